"""The harmed pages of bench.quality: every harm, at every level, over a page, a value, or an empty margin."""

from collections.abc import Iterator
from itertools import product
from typing import Final, NamedTuple

from bench.cases import page_of
from fixtures.people.family import Family
from fixtures.people.population import Traits, family
from fixtures.pictures.picture import Leaf, PictureSpec
from fixtures.specimens.required import REQUIRED
from fixtures.specimens.specimen import true_pages
from fixtures.truth import Damage, Extent, Harm, Legibility, PrintedField, Split

FAMILIES: Final = 12
_LEAVES: Final = (Leaf.CHILD, Leaf.CHILD, Leaf.HOME, Leaf.ID_PORTRAIT, Leaf.CERTIFICATE)
_LEVELS: Final = (3, 8, 5, 10, 4, 7, 2, 9, 6)  # in the order in which larger benches add them


class Harmed(NamedTuple):
    """A page to harm: its case, the harm, and the truth of the harmed page."""

    number: int
    leaf: Leaf
    damage: Damage
    spec: PictureSpec
    fields: tuple[PrintedField, ...]

    @property
    def file(self) -> str:
        """The file that holds the page."""
        return f"{self.leaf}.jpg"

    @property
    def required(self) -> tuple[PrintedField, ...]:
        """The required values of the page, of the person whom it shows."""
        wanted = REQUIRED[self.leaf]
        return tuple({field.field: field for field in reversed(self.fields) if field.field in wanted}.values())

    @property
    def legibility(self) -> Legibility:
        """Legibility of the worst required value."""
        return min((field.legibility for field in self.required), default=Legibility.LEGIBLE)


def plan(count: int, split: Split = Split.TEST) -> Iterator[Harmed]:
    """Plan pages: every harm over page, value and margin, at levels from 2 to 10, taking the cases in turn."""
    conditions = list(product(_LEVELS, Extent, Harm))
    for number in range(count):
        level, extent, harm = conditions[number % len(conditions)]
        leaf = _LEAVES[(number + number // len(conditions)) % len(_LEAVES)]
        field = REQUIRED[leaf][number % len(REQUIRED[leaf])] if extent is Extent.FIELD else None
        damage = Damage(harm=harm, level=level, extent=extent, field=field)
        yield _harmed(number, leaf, damage, split)


def applicants(number: int, split: Split = Split.TEST) -> Family:
    """The families whose pages are harmed: twelve families with a newborn, who need every page."""
    return family(split, 500 + number % FAMILIES, Traits(newborn=True))


def _harmed(number: int, leaf: Leaf, damage: Damage, split: Split) -> Harmed:
    spec = page_of(applicants(number, split), leaf, number, split).model_copy(update={"damage": damage})
    (page,) = true_pages(f"{leaf}.jpg", 1, spec)
    return Harmed(number, leaf, damage, spec, page.fields)
