"""How legible a field is: whether its value may be compared, and whether it is certain."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final, NamedTuple

from models.content import FieldContent, LineContent, PageContent
from models.policy import LegibilityLimits

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

    A text that reads well but is no valid value is doubtful, not unreadable, so that a person sees it.
    """
    if field is None:
        return FieldLegibility(Legibility.UNREADABLE, 0.0, limits.unreadable)
    sure = round(field.legible, 4)
    if sure < limits.unreadable:
        return FieldLegibility(Legibility.UNREADABLE, sure, limits.unreadable)
    doubtful = sure < limits.doubtful or field.value is None or field.repaired
    return FieldLegibility(Legibility.DOUBTFUL if doubtful else Legibility.READ, sure, limits.doubtful)


def is_poor(lines: Iterable[LineContent], limits: LegibilityLimits) -> bool:
    """Whether print is tiny, blurred or faint: the engine sometimes misreads such print with high confidence."""
    return any(
        line.height < limits.small_height or line.edge_width > limits.blurred_edge or line.contrast < limits.faint
        for line in lines
    )


def overprinted(page: PageContent, field: FieldContent) -> bool:
    """Whether another line overlaps a field: a watermark may have been read instead of it."""
    area = max(1, field.box.width * field.box.height)
    others = (line for at, line in enumerate(page.lines) if at not in field.lines)
    return any(line.box.overlap(field.box) > _OVER * area for line in others)


def certain(field: FieldContent | None, limits: LegibilityLimits) -> str | None:
    """A field's value if it was read with certainty; None also for a value that the check digit repaired."""
    read = field is not None and legibility_of(field, limits).legibility is Legibility.READ
    return field.value if field and read else None
