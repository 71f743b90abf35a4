"""Graded harm: what it reaches, what it leaves alone, and what a person can still read."""

import itertools
from functools import cache

import numpy as np
import pytest

from fixtures.people.families import families
from fixtures.pictures.damage import damaged, em_of
from fixtures.pictures.picture import Leaf, draw
from fixtures.pictures.shot import Shot
from fixtures.pictures.styles import taken
from fixtures.truth import Damage, Extent, Harm, Legibility, PictureStyle, PrintedField, Split
from models.documents import Field
from models.geometry import Box
from tests.support.fonts import needs_fonts

pytestmark = needs_fonts
SEED = 5
_EVERY_HARM = pytest.mark.parametrize("harm", Harm)
_LOCAL = [harm for harm in Harm if harm is not Harm.CUT_OFF]  # a cut changes the picture's size


@cache
def whole() -> Shot:
    page = draw(families()["ouyang"], Leaf.CHILD)
    style = PictureStyle.FLATBED
    return damaged(
        taken((page,), style, np.random.default_rng(SEED), split=Split.TRAIN, angle=0.0), None, np.random.default_rng(1)
    )


def harmed(harm: Harm, level: int, extent: Extent = Extent.PAGE, field: Field | None = None) -> Shot:
    damage = Damage(harm=harm, level=level, extent=extent, field=field)
    return damaged(whole(), damage, np.random.default_rng(SEED))


def fields(shot: Shot) -> dict[Field, PrintedField]:
    return {field.field: field for field in shot.documents[0].fields}


def test_without_damage_everything_is_legible() -> None:
    assert {field.legibility for field in whole().documents[0].fields} == {Legibility.LEGIBLE}


@_EVERY_HARM
def test_level_0_changes_nothing(harm: Harm) -> None:
    assert np.array_equal(harmed(harm, 0).image, whole().image)


@_EVERY_HARM
@pytest.mark.parametrize("extent", [Extent.PAGE, Extent.FIELD])
def test_a_higher_level_never_makes_a_value_more_legible(harm: Harm, extent: Extent) -> None:
    field = Field.NAME if extent is Extent.FIELD else None
    seen = [fields(harmed(harm, level, extent, field))[Field.NAME] for level in range(11)]
    assert all(later.legibility <= before.legibility for before, later in itertools.pairwise(seen))
    assert seen[-1].legibility is Legibility.ILLEGIBLE


@_EVERY_HARM
def test_level_10_leaves_next_to_nothing_of_a_page(harm: Harm) -> None:
    lost = [field.legibility is Legibility.ILLEGIBLE for field in fields(harmed(harm, 10)).values()]
    assert sum(lost) >= 0.8 * len(lost)


@pytest.mark.parametrize("harm", _LOCAL)
def test_harm_to_a_value_leaves_distant_ones_alone(harm: Harm) -> None:
    after = harmed(harm, 8, Extent.FIELD, Field.NAME)
    reach = fields(whole())[Field.NAME].box.grown(round(4 * em_of(whole())))
    for field, told in fields(after).items():
        if told.box.overlap(reach) == 0:
            assert told.level == 0, field
            assert np.array_equal(_cut(after, told.box), _cut(whole(), told.box)), field
    assert fields(after)[Field.NAME].legibility is Legibility.ILLEGIBLE


@pytest.mark.parametrize("harm", _LOCAL)
def test_harm_in_the_margin_touches_no_value(harm: Harm) -> None:
    after = harmed(harm, 10, Extent.MARGIN)
    assert not np.array_equal(after.image, whole().image)
    for told in fields(after).values():
        assert (told.level, told.legibility) == (0, Legibility.LEGIBLE)
        assert np.array_equal(_cut(after, told.box), _cut(whole(), told.box))


def _cut(shot: Shot, box: Box) -> np.ndarray:
    return shot.image[box.top : box.bottom, box.left : box.right]


def test_a_margin_that_is_cut_off_costs_no_value() -> None:
    after = harmed(Harm.CUT_OFF, 10, Extent.MARGIN)
    assert after.image.shape < whole().image.shape
    assert fields(after) == fields(whole())


@pytest.mark.parametrize(
    ("level", "legibility"),
    [
        pytest.param(4, Legibility.LEGIBLE, id="the foot of the characters is gone"),
        pytest.param(10, Legibility.ILLEGIBLE, id="all of them is gone"),
    ],
)
def test_what_is_cut_off_has_no_box_beyond_the_picture(level: int, legibility: Legibility) -> None:
    after = harmed(Harm.CUT_OFF, level, Extent.FIELD, Field.NAME)
    name = fields(after)[Field.NAME]
    assert name.box.bottom <= after.size[1]
    assert len(name.characters) == 4
    assert name.legibility is legibility


@pytest.mark.parametrize(
    ("level", "legibility"),
    [
        pytest.param(4, Legibility.LEGIBLE, id="small"),
        pytest.param(6, Legibility.DOUBTFUL, id="smaller"),
        pytest.param(8, Legibility.ILLEGIBLE, id="far too small"),
    ],
)
def test_a_small_picture_is_small(level: int, legibility: Legibility) -> None:
    after = harmed(Harm.DOWNSCALE, level)
    assert after.size[0] < whole().size[0]
    assert fields(after)[Field.ID_NUMBER].legibility is legibility
    assert fields(after)[Field.ID_NUMBER].box.right <= after.size[0]


@_EVERY_HARM
def test_the_same_seed_gives_the_same_pixels(harm: Harm) -> None:
    assert np.array_equal(harmed(harm, 6).image, harmed(harm, 6).image)


def test_a_value_that_is_not_printed_cannot_be_harmed() -> None:
    with pytest.raises(ValueError, match="has no field occupation"):
        harmed(Harm.GLARE, 5, Extent.FIELD, Field.OCCUPATION)


@pytest.mark.parametrize(
    ("extent", "field"),
    [
        pytest.param(Extent.PAGE, Field.NAME, id="a page has no field"),
        pytest.param(Extent.FIELD, None, id="a field has a name"),
    ],
)
def test_a_damage_that_contradicts_itself_cannot_be_built(extent: Extent, field: Field | None) -> None:
    with pytest.raises(ValueError, match="names the field"):
        Damage(harm=Harm.GLARE, level=5, extent=extent, field=field)
