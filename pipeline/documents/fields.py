"""A field as found on a page, before anybody says whose it is."""

from collections.abc import Sequence
from typing import NamedTuple

from models.documents import Field
from models.geometry import Box
from models.reading import Line
from pipeline.documents.decoding import decoded
from pipeline.documents.runs import Run
from pipeline.documents.values import is_sound, normal_value

_SPECK = 0.5


class FieldReading(NamedTuple):
    """A field: its normalised value (None if the text is no such value), where it stands, and how it was read.

    Attributes:
        text: The best reading, whatever the value was decoded to.
        confidence: Of its least sure character; on a page's form, the probability that it was read right.
        repaired: Whether a check digit chose the value, which is then no evidence of its own.
    """

    field: Field
    value: str | None
    text: str
    confidence: float
    box: Box
    runs: tuple[Run, ...]
    repaired: bool = False

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines that the value stands in."""
        return tuple(run.line for run in self.runs)

    def glyph_box(self, at: int) -> Box | None:
        """Where character `at` of the text stands on the page; None past its end."""
        for run in self.runs:
            if at < len(run.text):
                return run.glyph_quad(at).box
            at -= len(run.text)
        return None


def read_field(field: Field, runs: Sequence[Run]) -> FieldReading | None:
    """A field from the runs beside its label, in reading order; None if there are none."""
    runs = _without_specks(runs)
    if not runs:
        return None
    text = "".join(run.text for run in runs)
    value, sure, repaired = _value(field, text, runs)
    return FieldReading(
        field=field,
        value=value,
        text=text,
        confidence=round(sure, 4),
        box=Box.around(run.on_page.box for run in runs),
        runs=tuple(runs),
        repaired=repaired,
    )


def _value(field: Field, text: str, runs: Sequence[Run]) -> tuple[str | None, float, bool]:
    """The value, how sure it is, and whether it was repaired; the lattice is asked where the best reading is none."""
    sure = min(run.confidence for run in runs)
    value = normal_value(field, text)
    if is_sound(field, value):
        return value, sure, False
    other = decoded(field, runs)
    of_other = normal_value(field, other.text) if other else None
    if other is None or of_other is None:
        return value, sure, False
    return of_other, min(sure, other.sure), other.repaired


def _without_specks(runs: Sequence[Run]) -> Sequence[Run]:
    """Beside other text, a single character that hardly reads is a piece of a seal or a line."""
    print_ = [run for run in runs if len(run.text) > 1 or run.confidence >= _SPECK]
    return print_ or runs
