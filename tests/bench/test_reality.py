"""The figures of bench.reality: what counts as found, as called a screen, as all fields right."""

import pytest

from bench.reality import Scored, figures
from bench.scoring import score_case, score_fields, score_pages
from fixtures.people.families import families
from fixtures.pictures.files import FileSpec
from fixtures.scenes.scene import Arrangement
from fixtures.specimens.application import application, typed_child, typed_guardian
from fixtures.specimens.specimen import Specimen
from fixtures.truth import Expected, PictureStyle, PrintedField, TruePage, TrueWatermark
from models.documents import DocumentKind, Field, PageKind, Person
from models.findings import Code, Location, Reason, found
from models.geometry import Box, Quad
from models.result import Decision, FieldValue, Judgement, PageOutcome

BOX = Box(0, 0, 9, 9)
NAME = PrintedField(person=Person.CHILD, field=Field.NAME, value="欧阳靖萱", box=BOX)
MARK = TrueWatermark(words="仅供挂号使用", colour="red", angle=20, strength=0.2)
PORTRAIT, EMBLEM, MEMBER = PageKind.ID_PORTRAIT, PageKind.ID_EMBLEM, PageKind.HUKOU_MEMBER


def _page(kind: PageKind, at: int = 0, **change: object) -> TruePage:
    quad = Quad.of_box(Box(0, at, 9, at + 9))
    page = TruePage(file="a.jpg", page_no=1, kind=kind, style=PictureStyle.FLATBED, damage=None, quad=quad, fields=())
    return page.model_copy(update=change)


def _scored(
    pages: tuple[TruePage, ...],
    read: tuple[PageKind, ...],
    *,
    way: Arrangement = Arrangement.ALONE,
    decided: Decision = Decision.ACCEPTED,
    finding: tuple[Code, Reason] | None = None,
    name: str = "",
) -> dict[str, float | None]:
    truth = Expected(name="test-00001-x", decision=Decision.ACCEPTED, findings=(), pages=pages)
    outcomes = tuple(
        PageOutcome(file="a.jpg", page_no=1, kind=kind, legible=True, rotation=0, quad=Quad.of_box(BOX))
        for kind in read
    )
    value = FieldValue(document=DocumentKind.HOUSEHOLD_REGISTER, person=Person.CHILD, field=Field.NAME, value=name,
                       confidence=0.9, file="a.jpg", page_no=1, box=BOX)  # fmt: skip
    findings = (found(*finding, Location(file="a.jpg", page_no=1)),) if finding else ()
    told = Judgement(decision=decided, notice="", findings=findings, fields=(value,) if name else (), pages=outcomes)
    family = families()["ouyang"]
    typed = application("x", typed_child(family), typed_guardian(family), (FileSpec(path="a.jpg", hint=None),))
    specimen = Specimen("test-00001-x", typed, (), Decision.ACCEPTED, ())
    one = Scored(
        specimen,
        score_case(truth, told),
        score_fields(truth, told),
        score_pages(truth, told),
        told,
        {"a.jpg": way},
        0.5,
    )
    return {figure.name: figure.value for figure in figures((one,))}


@pytest.mark.parametrize(
    ("finding", "share"),
    [
        pytest.param((Code.COPY, Reason.SCREEN), 1.0, id="a ground called a screen"),
        pytest.param((Code.COPY, Reason.PHOTOCOPY), 0.0, id="something else"),
        pytest.param(None, 0.0, id="nothing"),
    ],
)
def test_an_honest_ground(finding: tuple[Code, Reason] | None, share: float) -> None:
    told = _scored((_page(MEMBER, ground="waves"),), (MEMBER,), finding=finding)
    assert told["honest pages on a ground called a screen"] == share


@pytest.mark.parametrize(
    ("read", "share"),
    [
        pytest.param((PORTRAIT, EMBLEM), 1.0, id="both"),
        pytest.param((PORTRAIT,), 0.0, id="one"),
        pytest.param((PORTRAIT, PORTRAIT), 0.0, id="one of them twice"),
    ],
)
def test_both_sides_on_a_sheet(read: tuple[PageKind, ...], share: float) -> None:
    told = _scored((_page(PORTRAIT), _page(EMBLEM, 20)), read, way=Arrangement.COPY)
    assert told["both sides of the card found on one sheet"] == share


def test_pages_of_a_collage_are_counted_one_by_one() -> None:
    pages = (_page(MEMBER), _page(MEMBER, 20), _page(PageKind.HUKOU_HOME, 40))
    told = _scored(pages, (MEMBER, PageKind.OTHER, PageKind.HUKOU_HOME, PageKind.HUKOU_HOME), way=Arrangement.COLLAGE)
    assert told["pages in their slot: collage"] == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("name", "share"), [("欧阳靖萱", 1.0), ("登记使用", 0.0), ("", 0.0)], ids=["as printed", "the mark", "-"]
)
def test_a_watermarked_page(name: str, share: float) -> None:
    told = _scored((_page(MEMBER, watermark=MARK, fields=(NAME,)),), (MEMBER,), name=name)
    assert told["watermarked pages with all fields right: faint"] == share
    assert told["watermarked families sent home"] == 0
    assert told["accepted with a wrong deciding field"] == (name == "登记使用")


@pytest.mark.parametrize("decided", Decision)
def test_a_good_family(decided: Decision) -> None:
    told = _scored((_page(MEMBER),), (MEMBER,), decided=decided)
    assert told["good families sent home"] == (decided is Decision.RETURNED)
    assert told["good families to a person"] == (decided is Decision.REVIEW)


@pytest.mark.parametrize(
    ("read", "other", "ours"),
    [
        pytest.param(PageKind.OTHER, 1, 0, id="other"),
        pytest.param(PORTRAIT, 0, 1, id="one of ours"),
        pytest.param(PageKind.UNREADABLE, 0, 0, id="unreadable"),
    ],
)
def test_another_document(read: PageKind, other: float, ours: float) -> None:
    told = _scored((_page(PageKind.OTHER, document="driving_licence"),), (read,))
    assert (told["other documents called other"], told["other documents called one of ours"]) == (other, ours)
