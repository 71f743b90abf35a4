"""Where a value is expected that was not found: beside its label, as far from it as other values from theirs."""

import math
from collections.abc import Mapping
from statistics import median
from types import MappingProxyType
from typing import Final

from models.content import PageContent, Slot
from models.documents import Field
from models.geometry import Box, Quad, beyond

# Of a line's height; the rest is the margin that the detector leaves: 0.65 and 0.79 on two forms of the training split.
_EM: Final = 0.75
# Widths of usual values in ems: a name of three characters, a day with the time, eighteen digits.
_WIDTHS: Final[Mapping[Field, float]] = MappingProxyType(
    {
        Field.NAME: 3.0,
        Field.SEX: 1.0,
        Field.BIRTH_DATE: 7.0,
        Field.BIRTH_TIME: 11.0,
        Field.ID_NUMBER: 10.0,
        Field.CERTIFICATE_NUMBER: 5.7,
    }
)
_LONGEST: Final = 8.0  # heights of the label: how far right of it another value reaches at most
_GAP: Final = 0.5  # heights between a label and its value, where no other value tells


def beside(label: Quad, slot: Slot, page: PageContent) -> Box:
    """The place of a value of usual length right of its label; it may reach beyond the picture.

    Forms leave different room between labels and values, so the values that were found tell where this one begins; not
    on a page that lies on its side.
    """
    width = _WIDTHS.get(slot.field)
    if width is None:
        return beyond(label, _LONGEST).box
    height = math.dist(label.top_left, label.bottom_left)
    along = math.dist(label.top_left, label.top_right) or 1.0
    gap = _gap(slot, page) if _is_upright(label) else None
    start = 1.0 + (_GAP * height if gap is None else gap) / along
    return label.part(start, start + width * _EM * height / along).box


def _gap(slot: Slot, page: PageContent) -> float | None:
    """Pixels from a label's end to its value: of the same field of other people, else of all; None for no value."""
    gaps = {
        other: page.fields[other].box.left - label.box.right
        for other, label in page.labels.items()
        if other in page.fields and _is_upright(label) and page.fields[other].box.left > label.box.left
    }
    alike = [gap for other, gap in gaps.items() if other.field is slot.field]
    return median(alike or gaps.values()) if gaps else None


def _is_upright(label: Quad) -> bool:
    across, down = label.top_right.x - label.top_left.x, label.top_right.y - label.top_left.y
    return across > 0 and 2 * abs(down) < across
