"""The specimens: drawn the same every time, and true to what the samples say of themselves."""

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fixtures import truth
from fixtures.draw import known_children
from fixtures.people.families import RARE_NAME, families
from fixtures.pictures.files import FileSpec, content
from fixtures.pictures.picture import Leaf, PictureSpec, picture
from fixtures.pictures.shot import turned
from fixtures.printing import fonts
from fixtures.printing.fonts import Face, MissingFontError, MissingGlyphError, face_of, font
from fixtures.samples import samples
from fixtures.specimens.specimen import Specimen
from fixtures.truth import PictureStyle
from models.children import KnownChild
from models.documents import Field
from models.findings import CATALOGUE, found
from models.identity import parse_id_number
from models.result import decide
from models.submission import MANIFEST_NAME, parse_manifest
from pipeline.ocr.weights import characters_of, find_weights
from tests.support.fonts import needs_fonts

_UNASSIGNED = {"110199", "320199", "330199", "370199"}
_NAMES = truth.names()
_OUYANG = families()["ouyang"]
_EMBLEM = PictureSpec(family=_OUYANG, leaf=Leaf.ID_EMBLEM)
_ONE_SAMPLE_EACH = pytest.mark.parametrize("name", _NAMES)


def _manifest(name: str) -> bytes:
    return (truth.SAMPLES / name / MANIFEST_NAME).read_bytes()


def _drawn_anew(spec: FileSpec) -> bytes:
    picture.cache_clear()
    return content(spec)


@needs_fonts
@pytest.mark.parametrize(
    ("path", "style"),
    [
        pytest.param("page.jpg", PictureStyle.FLATBED, id="a flatbed scan as JPEG"),
        pytest.param("page.jpg", PictureStyle.PHONE, id="a phone photo as JPEG"),
        pytest.param("page.png", PictureStyle.FLATBED, id="a PNG"),
        pytest.param("page.pdf", PictureStyle.FLATBED, id="a PDF, which carries dates"),
        pytest.param("page.tif", PictureStyle.FLATBED, id="a TIFF"),
    ],
)
def test_the_same_description_gives_the_same_bytes(path: str, style: PictureStyle) -> None:
    spec = FileSpec(path=path, hint=None, pages=(_EMBLEM.model_copy(update={"style": style}),))
    assert _drawn_anew(spec) == _drawn_anew(spec)


@needs_fonts
def test_a_picture_turned_by_a_quarter_keeps_its_values_under_their_boxes() -> None:
    upright = picture(_EMBLEM)
    sideways = turned(upright, 1)
    for before, after in zip(upright.documents[0].fields, sideways.documents[0].fields, strict=True):
        was = upright.image[before.box.top : before.box.bottom, before.box.left : before.box.right]
        now = sideways.image[after.box.top : after.box.bottom, after.box.left : after.box.right]
        assert np.array_equal(np.rot90(was, -1), now)


@needs_fonts
@pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.name)
def test_the_committed_sample_is_the_described_one(sample: Specimen) -> None:
    assert parse_manifest(_manifest(sample.name)) == sample.submission
    expected = truth.load(sample.name)
    assert (expected.decision, expected.findings) == (sample.decision, sample.findings)
    described = [(file.path, page_no) for file in sample.files for page_no in range(1, len(file.pages) + 1)]
    assert [(page.file, page.page_no) for page in expected.pages] == described


def test_every_described_sample_is_committed_and_no_other() -> None:
    committed = {path.name for path in truth.SAMPLES.iterdir()}
    assert committed == set(_NAMES) == {sample.name for sample in samples()}
    assert len(committed) >= 18


@_ONE_SAMPLE_EACH
def test_a_sample_holds_the_files_that_it_names_and_no_other(name: str) -> None:
    named = {file.path for file in parse_manifest(_manifest(name)).files}
    there = {path.name for path in (truth.SAMPLES / name).iterdir()} - {MANIFEST_NAME}
    assert there == named
    assert {page.file for page in truth.load(name).pages} <= there


@_ONE_SAMPLE_EACH
def test_the_expected_decision_follows_from_the_expected_findings(name: str) -> None:
    expected = truth.load(name)
    assert set(expected.findings) <= set(CATALOGUE)
    assert decide(tuple(found(code, reason) for code, reason in expected.findings)) is expected.decision


@_ONE_SAMPLE_EACH
def test_printed_numbers_are_right_and_belong_to_no_county(name: str) -> None:
    printed = [
        field.value for page in truth.load(name).pages for field in page.fields if field.field is Field.ID_NUMBER
    ]
    assert printed
    for value in printed:
        number = parse_id_number(value)
        assert number is not None
        assert number.check_digit_right
        assert value[:6] in _UNASSIGNED


@_ONE_SAMPLE_EACH
def test_values_lie_inside_their_document(name: str) -> None:
    for page in truth.load(name).pages:
        around = page.quad.box
        for field in page.fields:
            assert field.box.overlap(around) == field.box.width * field.box.height > 0, field


@pytest.mark.parametrize(
    ("name", "file"),
    [
        pytest.param("accepted-twin", "hukou-child.jpg", id="a flatbed scan"),
        pytest.param("accepted-phone", "IMG_1043.jpg", id="a phone photo"),
        pytest.param("accepted-certificate", "birth-certificate.png", id="a PNG"),
        pytest.param("accepted-older-certificate", "birth-certificate.webp", id="a scan that lies sideways"),
    ],
)
def test_every_box_holds_ink(name: str, file: str) -> None:
    grey = np.asarray(Image.open(truth.SAMPLES / name / file).convert("L"), np.int16)
    page = next(page for page in truth.load(name).pages if page.file == file)
    for field in page.fields:
        left, top, right, bottom = field.box
        cut = grey[top:bottom, left:right]
        assert np.percentile(cut, 90) - cut.min() > 80, field


def test_the_samples_stay_small() -> None:
    total = sum(path.stat().st_size for path in truth.SAMPLES.rglob("*") if path.is_file())
    assert total < 15_000_000


@needs_fonts
def test_the_known_children_are_the_committed_ones() -> None:
    text = truth.KNOWN_CHILDREN.read_text(encoding="utf-8")
    assert text == known_children()
    rows = list(csv.DictReader(text.splitlines()))
    children = [KnownChild.model_validate({key: value or None for key, value in row.items()}) for row in rows]
    assert "孟清越" in {child.name for child in children}


def test_a_missing_font_names_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_ROOT", tmp_path)
    font.cache_clear()
    with pytest.raises(MissingFontError, match="Debian package fonts-arphic-ukai"):
        font(Face.KAI, 20)
    font.cache_clear()


@needs_fonts
def test_a_missing_character_is_named_instead_of_drawn_as_a_box() -> None:
    with pytest.raises(MissingGlyphError, match=r"U\+3F06"):
        face_of(RARE_NAME[-1], Face.MICRO_HEI)
    assert face_of(RARE_NAME[-1], Face.MICRO_HEI, Face.SONG) is Face.SONG


@pytest.mark.ocr
def test_the_rare_name_cannot_be_read_by_the_recogniser(tmp_path: Path) -> None:
    known = characters_of(find_weights(None, tmp_path))
    assert [character for character in RARE_NAME if character not in known] == [RARE_NAME[-1]]
