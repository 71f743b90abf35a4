"""A form as read: every field with the person whom it speaks of, and where the labels stand."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from models.content import Slot
from models.documents import Field
from models.geometry import Box, Point
from models.reading import Line
from pipeline.extract.fields import FieldReading, read_field
from pipeline.extract.labels import Label, LabelledLines, find_labels
from pipeline.extract.missing_labels import with_missing_labels
from pipeline.extract.runs import Run
from pipeline.extract.template_alignment import AlignedTemplate, Pin, agreeing, label_pins, laid_box
from pipeline.extract.value_pairing import values_beside


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
