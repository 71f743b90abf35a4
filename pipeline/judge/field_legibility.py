"""How legible a field is: whether its value may be compared, and whether it is certain."""

from collections.abc import Iterable
from enum import StrEnum
from itertools import combinations
from typing import Final, NamedTuple

from models.content import FieldContent, LineContent, PageContent
from models.geometry import Box
from models.policy import LegibilityLimits

# Two illegible numbers of the training split that read as no number have 0.32 and 0.36; one that lacks a digit has 1.0.
_GARBLED: Final = 0.5
_BESIDE: Final = 4  # heights of a field; print that is nearer than three is taken for a part of it
_OVER: Final = 0.2  # share of a field's area that another line covers; neighbouring rows overlap less


class Legibility(StrEnum):
    """How far a field can be relied on: certain, in doubt, or not comparable."""

    READ = "read"
    DOUBTFUL = "doubtful"
    UNREADABLE = "unreadable"


class FieldLegibility(NamedTuple):
    """The legibility of a field, and the measured probability beside its limit."""

    legibility: Legibility
    measured: float
    limit: float


def legibility_of(field: FieldContent | None, limits: LegibilityLimits) -> FieldLegibility:
    """Judge a field by the probability that it was read right; a field that was not found is unreadable.

    A text that reads well but is no valid value is doubtful, not unreadable, so that a person sees it; one that reads
    badly, too, is no reading at all.
    """
    if field is None:
        return FieldLegibility(Legibility.UNREADABLE, 0.0, limits.unreadable)
    sure = round(field.legible, 4)
    least = limits.unreadable if field.value is not None else max(limits.unreadable, _GARBLED)
    if sure < least:
        return FieldLegibility(Legibility.UNREADABLE, sure, least)
    doubtful = sure < limits.doubtful or field.value is None or field.repaired
    return FieldLegibility(Legibility.DOUBTFUL if doubtful else Legibility.READ, sure, limits.doubtful)


def is_poor(lines: Iterable[LineContent], limits: LegibilityLimits) -> bool:
    """Whether print is tiny, blurred or faint: the engine sometimes misreads such print with high confidence."""
    return any(
        line.height < limits.small_height or line.edge_width > limits.blurred_edge or line.contrast < limits.faint
        for line in lines
    )


def overprinted(page: PageContent, field: FieldContent) -> bool:
    """Whether another line overlaps a field, or two of its own do: a watermark may have been read instead of it."""
    area = max(1, field.box.width * field.box.height)
    others = (line for at, line in enumerate(page.lines) if at not in field.lines)
    crossed = any(one.box.overlap(two.box) > _OVER * area for one, two in combinations(page.lines_of(field), 2))
    return crossed or any(line.box.overlap(field.box) > _OVER * area for line in others)


def may_go_on(page: PageContent, field: FieldContent) -> bool:
    """Whether print beside a field, which is of no other field and no label, may be the rest of it."""
    height = field.box.height
    around = Box(field.box.left - height, field.box.top, field.box.right + _BESIDE * height, field.box.bottom)
    explained = {at for other in page.fields.values() for at in other.lines}
    labels = [label.box for label in page.labels.values()]
    return any(
        line.box.overlap(around) and not any(line.box.overlap(label) for label in labels)
        for at, line in enumerate(page.lines)
        if at not in explained
    )


def certain(field: FieldContent | None, limits: LegibilityLimits) -> str | None:
    """A field's value if it was read with certainty; None also for a value that the check digit repaired."""
    read = field is not None and legibility_of(field, limits).legibility is Legibility.READ
    return field.value if field and read else None
