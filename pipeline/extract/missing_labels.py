"""Labels that could not be read, put where the other ones say that they stand."""

from collections.abc import Sequence
from typing import NamedTuple

from models.documents import Field
from models.geometry import Box, Point, Quad
from pipeline.extract.labels import Label, LabelledLines
from pipeline.extract.runs import Run, cut
from pipeline.extract.template_alignment import AlignedTemplate, Pin, label_pins, laid_box

_RIM = 0.3  # of a label's height by which its print may lie beside its place
_MOST = 6  # characters that a misread label may be


class _Place(NamedTuple):
    field: Field
    box: Box
    quad: Quad


def with_missing_labels(sheet: LabelledLines[Field], layout: AlignedTemplate) -> LabelledLines[Field]:
    """The sheet with a label for every cell of the form; what was read at a label's place is no value."""
    found = {label.key: label for label in sheet.labels}
    if all(field in found for field in layout.cells):
        return sheet
    upright = label_pins(layout, found, lambda label: label.box.centre)
    page = label_pins(layout, found, lambda label: label.quad.middle)
    places = [place for field in layout.cells if field not in found if (place := _place(field, layout, upright, page))]
    runs = tuple(piece for run in sheet.runs for piece in _without(run, places))
    return LabelledLines((*sheet.labels, *(Label(*place, was_read=False) for place in places)), runs)


def _place(field: Field, layout: AlignedTemplate, upright: Sequence[Pin], page: Sequence[Pin]) -> _Place | None:
    cell = layout.cells[field]
    size = (cell.wide, layout.label)
    here, there = (laid_box(Point(cell.x, cell.y), size, pins) for pins in (upright, page))
    return _Place(field, here.box, there) if here and there else None


def _without(run: Run, places: Sequence[_Place]) -> tuple[Run, ...]:
    """A run without the few characters of it that stand where a label must stand."""
    box = run.upright
    taken = []
    for place in places:
        label = place.box
        rim = _RIM * label.height
        if not label.top - rim < box.centre.y < label.bottom + rim or box.right < label.left or box.left > label.right:
            continue
        span, line = run.line.lattice.span, run.line.upright
        inside = [
            run.first + at
            for at, glyph in enumerate(run.glyphs)
            if label.left - rim < line.left + (glyph.first + glyph.end) / 2 * span * line.width < label.right + rim
        ]
        if inside and len(inside) <= _MOST:
            taken.append((inside[0], inside[-1] + 1))
    return cut(run, taken) if taken else (run,)
