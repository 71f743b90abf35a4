"""A form as read: every field with the person it belongs to, and where the labels stand, those not read included."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from models.content import Slot
from models.documents import Field
from models.geometry import Box, Point, Quad
from models.reading import Line
from pipeline.extract.fields import FieldReading, read_field
from pipeline.extract.form_templates import AlignedTemplate, Pin, agreeing, label_pins, laid_box
from pipeline.extract.labels import Label, LabelledLines, find_labels
from pipeline.extract.runs import Run, cut
from pipeline.extract.value_pairing import values_beside

_RIM = 0.3  # of a label's height by which its print may lie beside its place
_MOST_CHARACTERS = 6  # characters that a misread label may be


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
        if inside and len(inside) <= _MOST_CHARACTERS:
            taken.append((inside[0], inside[-1] + 1))
    return cut(run, taken) if taken else (run,)


class Form(NamedTuple):
    """Fields that were found, every label that was found or must stand there, and the layout where one is known."""

    fields: Mapping[Slot, FieldReading]
    labels: Mapping[Slot, Label[Any]]
    layout: AlignedTemplate | None = None

    @property
    def labels_read(self) -> int:
        """How many labels were read, not counting those that must stand there."""
        return sum(label.was_read for label in self.labels.values())

    def expected(self, slot: Slot) -> Box | None:
        """Where on the page the value of a field would stand, as the values tell that were found."""
        cell = self.layout.cells.get(slot.field) if self.layout else None
        if self.layout is None or cell is None:
            return None
        centre = Point(cell.value + cell.usual / 2, cell.y)
        size = (cell.usual, self.layout.value)
        quad = laid_box(centre, size, _value_pins(self.layout, self.fields))
        if quad is None:
            labels = {held.field: label for held, label in self.labels.items() if label.was_read}
            quad = laid_box(centre, size, label_pins(self.layout, labels, lambda label: label.quad.middle))
        return quad.box if quad else None


def read_form(
    lines: Sequence[Line], spellings: Mapping[Field | None, tuple[str, ...]], layout: AlignedTemplate | None = None
) -> Form:
    """Read a plain form, whose labels announce one field each; those under None are the form's own words."""
    sheet: LabelledLines[Field] = find_labels(lines, spellings)
    beside = values_beside(with_missing_labels(sheet, layout) if layout else sheet)
    return form_of((Slot(label.key), label, runs) for label, runs in beside.items())._replace(layout=layout)


def form_of(rows: Iterable[tuple[Slot, Label[Any], tuple[Run, ...]]]) -> Form:
    """A form from slots, their labels, and the runs beside them."""
    held = tuple(rows)
    fields = ((slot, read_field(slot.field, runs)) for slot, _, runs in held)
    return Form({slot: field for slot, field in fields if field}, {slot: label for slot, label, _ in held})


def _value_pins(layout: AlignedTemplate, fields: Mapping[Slot, FieldReading]) -> tuple[Pin, ...]:
    """Pins where values start; a value of several rows tells no row."""
    pins = []
    for slot, field in fields.items():
        cell = layout.cells.get(slot.field)
        if cell is not None and len(field.runs) == 1 and field.value is not None:
            quad = field.runs[0].on_page
            start = Point((quad.top_left.x + quad.bottom_left.x) / 2, (quad.top_left.y + quad.bottom_left.y) / 2)
            pins.append(Pin(Point(cell.value, cell.y), start))
    return agreeing(tuple(pins))
