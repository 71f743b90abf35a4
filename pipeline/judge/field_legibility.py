"""How legible a field is: what may be compared, and what may be relied on."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final, NamedTuple

from models.content import FieldContent, LineContent, PageContent
from models.policy import LegibilityLimits

_OVER: Final = 0.2  # of a field's area that another line covers; neighbouring rows touch by less


class Legibility(StrEnum):
    """What a reader of a field can rely on."""

    READ = "read"
    DOUBTFUL = "doubtful"
    UNREADABLE = "unreadable"


class FieldLegibility(NamedTuple):
    """How legible a field is, and the number that says so beside its limit."""

    legibility: Legibility
    measured: float
    limit: float


def legibility_of(field: FieldContent | None, limits: LegibilityLimits) -> FieldLegibility:
    """Judge one field by the probability that it was read right; one that was not found is unreadable.

    A text that reads well and cannot be such a value is legible all the same: a person should see it.
    """
    if field is None:
        return FieldLegibility(Legibility.UNREADABLE, 0.0, limits.unreadable)
    sure = round(field.legible, 4)
    if sure < limits.unreadable:
        return FieldLegibility(Legibility.UNREADABLE, sure, limits.unreadable)
    doubtful = sure < limits.doubtful or field.value is None or field.repaired
    return FieldLegibility(Legibility.DOUBTFUL if doubtful else Legibility.READ, sure, limits.doubtful)


def is_poor(lines: Iterable[LineContent], limits: LegibilityLimits) -> bool:
    """Whether print is tiny, blurred or faint: networks misread it now and then, and are sure of it."""
    return any(
        line.height < limits.small_height or line.edge_width > limits.blurred_edge or line.contrast < limits.faint
        for line in lines
    )


def overprinted(page: PageContent, field: FieldContent) -> bool:
    """Whether other words lie over a field: a watermark may have been read for it."""
    area = max(1, field.box.width * field.box.height)
    others = (line for at, line in enumerate(page.lines) if at not in field.lines)
    return any(line.box.overlap(field.box) > _OVER * area for line in others)


def certain(field: FieldContent | None, limits: LegibilityLimits) -> str | None:
    """A field's value, if it was read with certainty; None for one that the check digit chose as well."""
    read = field is not None and legibility_of(field, limits).legibility is Legibility.READ
    return field.value if field and read else None
