"""A form as read: every field with the person whom it speaks of, and where the labels stand."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from models.documents import Field, Person
from models.geometry import Box
from models.reading import Line
from pipeline.documents.fields import FieldReading, read_field
from pipeline.documents.labels import take_apart, values_beside
from pipeline.documents.runs import Run


class Slot(NamedTuple):
    """What a label announces; a card's holder is nobody in particular until the case is known."""

    field: Field
    person: Person | None = None


class Form(NamedTuple):
    """Fields that were found, and for every label that was found where it stands in the straightened document."""

    fields: Mapping[Slot, FieldReading]
    labels: Mapping[Slot, Box]


def read_form(lines: Sequence[Line], spellings: Mapping[Field | None, tuple[str, ...]]) -> Form:
    """Read a plain form, whose labels announce one field each; those under None are the form's own words."""
    beside = values_beside(take_apart(lines, spellings))
    return form_of((Slot(label.key), label.box, runs) for label, runs in beside.items())


def form_of(rows: Iterable[tuple[Slot, Box, tuple[Run, ...]]]) -> Form:
    """A form from slots, the boxes of their labels, and the runs beside them."""
    held = tuple(rows)
    fields = ((slot, read_field(slot.field, runs)) for slot, _, runs in held)
    return Form({slot: field for slot, field in fields if field}, {slot: box for slot, box, _ in held})
