"""A field as found on a page, before anybody says whose it is."""

from collections.abc import Sequence
from typing import NamedTuple

from models.documents import Field
from models.geometry import Box
from models.reading import Line
from pipeline.documents.runs import Run
from pipeline.documents.values import normal_value

_SPECK = 0.5
_INVALID = 0.3  # confidence is at most this where the text cannot be what the field holds


class FieldReading(NamedTuple):
    """A field: its normalised value (None if the text is no such value), where it stands, and how it was read."""

    field: Field
    value: str | None
    text: str
    confidence: float
    box: Box
    runs: tuple[Run, ...]

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
    value = normal_value(field, text)
    sure = min(run.confidence for run in runs)
    return FieldReading(
        field=field,
        value=value,
        text=text,
        confidence=round(sure if value is not None else min(sure, _INVALID), 4),
        box=Box.around(run.on_page.box for run in runs),
        runs=tuple(runs),
    )


def _without_specks(runs: Sequence[Run]) -> Sequence[Run]:
    """Beside other text, a single character that hardly reads is a piece of a seal or a line."""
    print_ = [run for run in runs if len(run.text) > 1 or run.confidence >= _SPECK]
    return print_ or runs
