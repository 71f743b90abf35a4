"""What speaks for a reading being right: numbers that calibration turns into a probability."""

import math
from collections.abc import Callable, Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from models.documents import Field
from pipeline.extract.fields import FieldReading
from pipeline.extract.runs import SPACES
from pipeline.extract.vocabularies import LEXICON
from pipeline.perceive.ocr.lattice import log_likelihood

_CERTAIN: Final = 1e-4  # probabilities nearer to 0 or 1 than this are all the same
_USUAL_HEIGHT: Final = 30.0  # pixels of a line that reads well
_NAMES: Final = frozenset({Field.NAME, Field.HEAD_NAME, Field.FORMER_NAME})
_NUMBERS: Final = frozenset({Field.ID_NUMBER, Field.CERTIFICATE_NUMBER, Field.HOUSEHOLD_NUMBER})
_DATES: Final = frozenset(
    {
        Field.BIRTH_DATE, Field.BIRTH_TIME, Field.ISSUE_DATE, Field.REGISTRATION_DATE, Field.VALID_FROM,
        Field.VALID_UNTIL,
    }
)  # fmt: skip
_CLOSED: Final = frozenset(LEXICON) | {Field.NATIONALITY}  # mostly 中国

# Name of each piece of evidence, and how it is taken from a field; the calibration file lists the same names.
CONFIDENCE_FEATURES: Final[Mapping[str, Callable[[FieldReading], float]]] = MappingProxyType(
    {
        "one": lambda _: 1.0,
        "weakest": lambda field: _odds(min(_sure(field), default=0.0)),
        "likelihood": lambda field: _odds(likelihood(field)),
        "invalid": lambda field: float(field.value is None),
        "name": lambda field: float(field.field in _NAMES),
        "number": lambda field: float(field.field in _NUMBERS),
        "date": lambda field: float(field.field in _DATES),
        "closed": lambda field: float(field.field in _CLOSED),
        "small": lambda field: -min(0.0, math.log(max(1.0, _height(field)) / _USUAL_HEIGHT)),
        "gap": lambda field: math.log(_widest_gap(field)),
        "pieces": lambda field: float(len(field.runs) - 1),
    }
)


def likelihood(field: FieldReading) -> float:
    """Probability of the reading, as the geometric mean over its characters (CTC forward score)."""
    characters = sum(len(run.text) for run in field.runs)
    score = sum(log_likelihood(run.steps, "".join(glyph.char for glyph in run.glyphs)) for run in field.runs)
    return math.exp(score / max(1, characters))


def _odds(probability: float) -> float:
    inside = min(1 - _CERTAIN, max(_CERTAIN, probability))
    return math.log(inside / (1 - inside))


def _sure(field: FieldReading) -> list[float]:
    return [glyph.probability for run in field.runs for glyph in run.glyphs if glyph.char not in SPACES]


def _height(field: FieldReading) -> float:
    """Of the lowest line, in pixels of the page."""
    quads = [line.quad for line in field.lines]
    return min(math.dist(quad.top_left, quad.bottom_left) for quad in quads)


def _widest_gap(field: FieldReading) -> float:
    """Of the gaps between characters, how many times as wide as the usual one: something may have stood there."""
    widest = 1.0
    for run in field.runs:
        middles = [(glyph.first + glyph.end) / 2 for glyph in run.glyphs if glyph.char not in SPACES]
        gaps = sorted(right - left for left, right in pairwise(middles))
        if len(gaps) > 1 and gaps[len(gaps) // 2] > 0:
            widest = max(widest, gaps[-1] / gaps[len(gaps) // 2])
    return widest
