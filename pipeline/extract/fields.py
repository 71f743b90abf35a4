"""A field as found on a page, before anybody says whose it is."""

from collections.abc import Sequence
from typing import NamedTuple

from models.documents import Field
from models.geometry import Box
from models.reading import Line
from pipeline.extract.decoding import Decoded, decoded
from pipeline.extract.runs import Run
from pipeline.extract.values import is_sound, normal_value

_SPECK = 0.5


class FieldReading(NamedTuple):
    """A field: its normalised value (None if the text is no such value), where it stands, and how it was read.

    Attributes:
        text: The best reading, whatever the value was decoded to.
        confidence: Of its least sure character.
        decoded: Whether the value is not what reads best, but what the lattice shows within the field's list or digits.
        repaired: Whether a check digit chose the value, which is then no evidence of its own.
    """

    field: Field
    value: str | None
    text: str
    confidence: float
    box: Box
    runs: tuple[Run, ...]
    decoded: bool = False
    repaired: bool = False

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines that the value stands in."""
        return tuple(run.line for run in self.runs)


def read_field(field: Field, runs: Sequence[Run]) -> FieldReading | None:
    """A field from the runs beside its label, in reading order; None if there are none."""
    runs = _without_specks(runs)
    if not runs:
        return None
    text = "".join(run.text for run in runs)
    value, sure, other = _value(field, text, runs)
    return FieldReading(
        field=field,
        value=value,
        text=text,
        confidence=round(sure, 4),
        box=Box.around(run.on_page.box for run in runs),
        runs=tuple(runs),
        decoded=other is not None,
        repaired=other is not None and other.repaired,
    )


def _value(field: Field, text: str, runs: Sequence[Run]) -> tuple[str | None, float, Decoded | None]:
    """The value, how sure it is, and what the lattice was asked for where the best reading is no such value."""
    sure = min(run.confidence for run in runs)
    value = normal_value(field, text)
    if is_sound(field, value):
        return value, sure, None
    other = decoded(field, runs)
    of_other = normal_value(field, other.text) if other else None
    if other is None or of_other is None:
        return value, sure, None
    return of_other, min(sure, other.sure), other if of_other != value else None


def _without_specks(runs: Sequence[Run]) -> Sequence[Run]:
    """Beside other text, a single character that hardly reads is a piece of a seal or a line."""
    print_ = [run for run in runs if len(run.text) > 1 or run.confidence >= _SPECK]
    return print_ or runs
