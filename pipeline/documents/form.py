"""A plain form: every label announces one field, beside it."""

from collections.abc import Mapping, Sequence

from models.documents import Field
from models.reading import Line
from pipeline.documents.fields import FieldReading, read_field
from pipeline.documents.labels import take_apart, values_beside


def read_form(lines: Sequence[Line], spellings: Mapping[Field | None, tuple[str, ...]]) -> tuple[FieldReading, ...]:
    """Read the fields of a form.

    Args:
        lines: Of one document.
        spellings: The words that announce each field; those under None are the form's own and announce nothing.
    """
    beside = values_beside(take_apart(lines, spellings))
    fields = (read_field(label.key, runs) for label, runs in beside.items())
    return tuple(field for field in fields if field)
