"""A form as read: every field with the person it belongs to, and where the labels stand, those not read included."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from models.content import Slot
from models.documents import Field
from models.geometry import Box, Point, Quad
from models.reading import Line
from pipeline.extract.fields import FieldReading, read_field
from pipeline.extract.form_templates import FormTemplate, Pin, agreeing, label_pins, laid_box, stands_upright
from pipeline.extract.labels import Label, LabelledLines, Unread, find_labels
from pipeline.extract.runs import Run, cut
from pipeline.extract.shaped_values import shaped_values, value_pins
from pipeline.extract.value_pairing import values_beside

Sheet = LabelledLines[Field | Unread]

_RIM = 0.3  # of a label's height by which its print may lie beside its place
_MOST_CHARACTERS = 6  # characters that a misread label may be


def with_missing_labels(sheet: Sheet, layout: FormTemplate) -> Sheet:
    """The sheet with a label for every cell of the form; characters read at the place of such a label are no value."""
    found = {label.key: label for label in sheet.labels if isinstance(label.key, Field)}
    if all(field in found for field in layout.cells):
        return sheet
    upright, page = _pins(sheet, found, layout)
    placed = (_missing_label(field, layout, upright, page) for field in layout.cells if field not in found)
    missing = [label for label in placed if label is not None]
    runs = tuple(piece for run in sheet.runs for piece in _without(run, [label.box for label in missing]))
    return LabelledLines((*sheet.labels, *missing), runs)


def lies_on(sheet: Sheet, layout: FormTemplate) -> int:
    """How many labels and values that tell by their shape what they are stand as the form has them; 0 for no form."""
    found = {label.key: label for label in sheet.labels if isinstance(label.key, Field)}
    pins, _ = _pins_of_all(sheet, found, layout)
    return len(pins) if pins and stands_upright(pins) else 0


def _pins(sheet: Sheet, found: Mapping[Field, Label[Any]], layout: FormTemplate) -> tuple[Sequence[Pin], Sequence[Pin]]:
    """Pins in the straightened document and on the page: labels; with values where too few labels were read."""
    upright = label_pins(layout, found, lambda label: label.box.centre)
    page = label_pins(layout, found, lambda label: label.quad.middle)
    return (upright, page) if upright else _pins_of_all(sheet, found, layout)


def _pins_of_all(
    sheet: Sheet, found: Mapping[Field, Label[Any]], layout: FormTemplate
) -> tuple[Sequence[Pin], Sequence[Pin]]:
    if Field.ID_NUMBER not in layout.cells or not (values := shaped_values(sheet.runs)):
        return (), ()
    labels = [(layout.cells[field], label) for field, label in found.items() if field in layout.cells]
    upright = [Pin(Point(cell.x, cell.y), label.box.centre) for cell, label in labels]
    page = [Pin(Point(cell.x, cell.y), label.quad.middle) for cell, label in labels]
    return (
        agreeing((*upright, *value_pins(layout, values, lambda run: Quad.of_box(run.upright)))),
        agreeing((*page, *value_pins(layout, values, lambda run: run.on_page))),
    )


def _missing_label(
    field: Field, layout: FormTemplate, upright: Sequence[Pin], page: Sequence[Pin]
) -> Label[Field | Unread] | None:
    cell = layout.cells[field]
    size = (cell.wide, layout.label)
    box, quad = (laid_box(Point(cell.x, cell.y), size, pins) for pins in (upright, page))
    return Label(field, box.box, quad, was_read=False) if box and quad else None


def _without(run: Run, labels: Sequence[Box]) -> tuple[Run, ...]:
    """A run without the few characters of it that stand where a label must stand."""
    box = run.upright
    taken = []
    for label in labels:
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
    """The fields found, the labels read or placed by the template, and the template if the form has one."""

    fields: Mapping[Slot, FieldReading]
    labels: Mapping[Slot, Label[Any]]
    layout: FormTemplate | None = None

    @property
    def labels_read(self) -> int:
        """How many labels were read, not counting those that the template placed."""
        return sum(label.was_read for label in self.labels.values())

    def expected(self, slot: Slot) -> Box | None:
        """Where on the page the value of a field would stand, by the values that were found, else by the labels."""
        cell = self.layout.cells.get(slot.field) if self.layout else None
        if self.layout is None or cell is None:
            return None
        centre = Point(cell.value + cell.usual / 2, cell.y)
        size = (cell.usual, self.layout.value * cell.rows)
        quad = laid_box(centre, size, _value_pins(self.layout, self.fields))
        if quad is None:
            labels = {other.field: label for other, label in self.labels.items() if label.was_read}
            quad = laid_box(centre, size, label_pins(self.layout, labels, lambda label: label.quad.middle))
        return quad.box if quad else None


def read_form(
    lines: Sequence[Line],
    spellings: Mapping[Field | None, tuple[str, ...]],
    layout: FormTemplate | None = None,
    *,
    unread: tuple[str, ...] = (),
) -> Form:
    """Read a form whose labels announce one field each.

    Args:
        lines: Of one document.
        spellings: The words that announce each field; those under None are the form's own and announce nothing.
        layout: The form's template, if it has one.
        unread: Labels whose values are no field of ours.
    """
    return form_beside(labelled(lines, spellings, unread), layout)


def labelled(
    lines: Sequence[Line], spellings: Mapping[Field | None, tuple[str, ...]], unread: tuple[str, ...] = ()
) -> Sheet:
    """The labels of a form, and the runs that are none."""
    cells: dict[Field | Unread | None, tuple[str, ...]] = {Unread.CELL: unread}
    cells.update(spellings.items())
    return find_labels(lines, cells)


def form_beside(sheet: Sheet, layout: FormTemplate | None = None) -> Form:
    """The form whose values stand beside the labels of a sheet."""
    beside = values_beside(with_missing_labels(sheet, layout) if layout else sheet)
    rows = ((label, runs) for label, runs in beside.items())
    return form_of((Slot(label.key), label, runs) for label, runs in rows if isinstance(label.key, Field))._replace(
        layout=layout
    )


def form_of(rows: Iterable[tuple[Slot, Label[Any], tuple[Run, ...]]]) -> Form:
    """A form from slots, their labels, and the runs beside them."""
    fields: dict[Slot, FieldReading] = {}
    labels: dict[Slot, Label[Any]] = {}
    for slot, label, runs in rows:
        labels[slot] = label
        if field := read_field(slot.field, runs):
            fields[slot] = field
    return Form(fields, labels)


def _value_pins(layout: FormTemplate, fields: Mapping[Slot, FieldReading]) -> tuple[Pin, ...]:
    """Pins where values start; values that wrap into several rows are left out."""
    pins = []
    for slot, field in fields.items():
        cell = layout.cells.get(slot.field)
        if cell is not None and len(field.runs) == 1 and field.value is not None:
            quad = field.runs[0].on_page
            start = Point((quad.top_left.x + quad.bottom_left.x) / 2, (quad.top_left.y + quad.bottom_left.y) / 2)
            pins.append(Pin(Point(cell.value, cell.y), start))
    return agreeing(tuple(pins))
