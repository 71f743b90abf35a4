"""Ways to take a picture: values stay under their boxes, whatever happens to the pixels."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from fixtures.people.families import families
from fixtures.pictures.backgrounds import BACKGROUNDS
from fixtures.pictures.picture import Leaf, draw
from fixtures.pictures.shot import Shot, mirrored
from fixtures.pictures.styles import taken
from fixtures.printing.paper import Page
from fixtures.printing.wear import Wear, worn
from fixtures.truth import PictureStyle, PrintedField, Split
from models.documents import Field, PageKind
from models.geometry import Box
from tests.support.fonts import needs_fonts

_EVERY_STYLE = pytest.mark.parametrize("style", PictureStyle)


def _spotted() -> Page:
    """A white page with one black square, which is a value."""
    image = Image.new("RGB", (1200, 900), (246, 246, 240))
    box = Box(300, 240, 420, 330)
    ImageDraw.Draw(image).rectangle((box.left, box.top, box.right - 1, box.bottom - 1), fill=(10, 10, 10))
    field = PrintedField(person=None, field=Field.NAME, value="一", text="一", box=box, characters=(box,))
    return Page(PageKind.HUKOU_MEMBER, image, (field,))


def _taken(style: PictureStyle, angle: float, seed: int = 3) -> Shot:
    return taken((_spotted(),), style, np.random.default_rng(seed), split=Split.TEST, angle=angle)


@_EVERY_STYLE
@pytest.mark.parametrize("angle", [0.0, -7.0, 100.0])
def test_values_stay_under_their_boxes(style: PictureStyle, angle: float) -> None:
    shot = _taken(style, angle)
    (document,) = shot.documents
    (field,) = document.fields
    outside = field.box.grown(30).within(*shot.size)
    grey = shot.image[outside.top : outside.bottom, outside.left : outside.right].mean(axis=2)
    dark = np.argwhere(grey < (grey.min() + grey.max()) / 2)
    (top, left), (bottom, right) = dark.min(axis=0), dark.max(axis=0) + 1
    seen = Box(outside.left + left, outside.top + top, outside.left + right, outside.top + bottom)
    assert max(abs(a - b) for a, b in zip(seen, field.box, strict=True)) <= 4


@_EVERY_STYLE
def test_the_document_lies_in_the_picture(style: PictureStyle) -> None:
    shot = _taken(style, 4.0)
    around = shot.documents[0].quad.box
    assert around.within(*shot.size) == around
    assert around.width > 300


@_EVERY_STYLE
def test_the_same_seed_gives_the_same_picture(style: PictureStyle) -> None:
    assert np.array_equal(_taken(style, 2.0).image, _taken(style, 2.0).image)
    assert not np.array_equal(_taken(style, 2.0).image, _taken(style, 2.0, seed=4).image)


@pytest.mark.parametrize("style", [PictureStyle.FLATBED, PictureStyle.PHONE, PictureStyle.SCREEN])
def test_two_pages_are_two_documents(style: PictureStyle) -> None:
    pages = (_spotted(), _spotted())
    first, second = taken(pages, style, np.random.default_rng(1), split=Split.TRAIN, angle=3.0).documents
    assert first.fields[0].box.overlap(second.fields[0].box) == 0
    assert second.quad.top_left.y >= first.quad.bottom_left.y - 2


def test_a_mirror_shows_everything_on_the_other_side() -> None:
    shot = _taken(PictureStyle.FLATBED, 0.0)
    other = mirrored(shot)
    before, after = shot.documents[0].fields[0].box, other.documents[0].fields[0].box
    assert (after.left, after.right) == (shot.size[0] - before.right, shot.size[0] - before.left)
    assert np.array_equal(other.image[:, ::-1], shot.image)


def test_the_splits_share_no_background() -> None:
    assert not set(BACKGROUNDS[Split.TRAIN]) & set(BACKGROUNDS[Split.TEST])


@needs_fonts
@pytest.mark.parametrize(
    "wear",
    [
        pytest.param(Wear(folds=2), id="folded"),
        pytest.param(Wear(sleeve=True), id="in a sleeve"),
        pytest.param(Wear(grime=1.0), id="grimy"),
        pytest.param(Wear(rubbed=1.0), id="rubbed"),
    ],
)
def test_wear_leaves_the_ink_to_be_seen(wear: Wear) -> None:
    page = draw(families()["ouyang"], Leaf.CHILD)
    used = worn(page, wear, np.random.default_rng(2))
    assert used.fields == page.fields
    assert not np.array_equal(np.asarray(used.image), np.asarray(page.image))
    grey = np.asarray(used.image.convert("L"), np.int16)
    for field in used.fields:
        cut = grey[field.box.top : field.box.bottom, field.box.left : field.box.right]
        assert np.percentile(cut, 90) - cut.min() > 50, field.field
