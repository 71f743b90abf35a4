"""A form as read: every field with the person whom it speaks of, and where the labels stand."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from models.documents import Field, Person
from models.reading import Line
from pipeline.documents.fields import FieldReading, read_field
from pipeline.documents.labels import Label, take_apart, values_beside
from pipeline.documents.runs import Run


class Slot(NamedTuple):
    """What a label announces; a card's holder is nobody in particular until the case is known."""

    field: Field
    person: Person | None = None


class Form(NamedTuple):
    """Fields that were found, and every label that was found."""

    fields: Mapping[Slot, FieldReading]
    labels: Mapping[Slot, Label[Any]]


def read_form(lines: Sequence[Line], spellings: Mapping[Field | None, tuple[str, ...]]) -> Form:
    """Read a plain form, whose labels announce one field each; those under None are the form's own words."""
    beside = values_beside(take_apart(lines, spellings))
    return form_of((Slot(label.key), label, runs) for label, runs in beside.items())


def form_of(rows: Iterable[tuple[Slot, Label[Any], tuple[Run, ...]]]) -> Form:
    """A form from slots, their labels, and the runs beside them."""
    held = tuple(rows)
    fields = ((slot, read_field(slot.field, runs)) for slot, _, runs in held)
    return Form({slot: field for slot, field in fields if field}, {slot: label for slot, label, _ in held})
