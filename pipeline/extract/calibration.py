"""The probability that a field was read right: features of the reading, weighed by what `bench.calibrate` learned."""

import json
import math
import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from itertools import pairwise
from types import MappingProxyType
from typing import Final, Literal

from models.base import Model
from models.content import PageContent
from models.documents import Field
from models.id_number import half_width
from models.reading import BLANK, Alternative, weights_named
from pipeline.extract.fields import FieldReading
from pipeline.extract.runs import SPACES
from pipeline.extract.values import LEXICON, is_sound
from pipeline.perceive.ocr.lattice import Steps, log_likelihood

_CERTAIN: Final = 1e-4  # probabilities nearer to 0 or 1 than this are all the same
_USUAL_HEIGHT: Final = 30.0  # pixels of a line that reads well
_NAMES: Final = frozenset({Field.NAME, Field.HEAD_NAME, Field.FORMER_NAME})
_NUMBERS: Final = frozenset({Field.ID_NUMBER, Field.CERTIFICATE_NUMBER, Field.HOUSEHOLD_NUMBER})
_DATES: Final = frozenset(
    (Field.BIRTH_DATE, Field.BIRTH_TIME, Field.ISSUE_DATE, Field.REGISTRATION_DATE, Field.VALID_FROM, Field.VALID_UNTIL)
)
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
_FILE: Final = "calibration.json"
_INVALID: Final = 0.3  # of a text that cannot be what the field holds
_MOST: Final = 0.9999  # nothing is surer: the training split cannot show more
_DOUBTFUL: Final = (
    0.3,
    0.9,
)  # within this, the delivered policy compares a field and lets a person decide what differs


def likelihood(field: FieldReading) -> float:
    """Probability of the reading, as the geometric mean over its characters (CTC forward score).

    Spaces say nothing: whether they were read, as between the digits of a number in boxes, makes no difference.
    """
    characters = sum(len(run.text) for run in field.runs)
    score = sum(log_likelihood(_without_spaces(run.steps), run.text) for run in field.runs)
    return math.exp(score / max(1, characters))


def _without_spaces(steps: Steps) -> Steps:
    """Steps whose spaces are blanks."""
    if not any(char in SPACES for step in steps for char, _ in step if char):
        return steps
    return tuple(_spaceless(step) for step in steps)


def _spaceless(step: tuple[Alternative, ...]) -> tuple[Alternative, ...]:
    blank = sum(probability for char, probability in step if char == BLANK or char in SPACES)
    others = [one for one in step if one.char != BLANK and one.char not in SPACES]
    return tuple(sorted((Alternative(BLANK, blank), *others), key=lambda one: -one.probability))


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
    """Of the gaps between characters, how many times as wide as the usual one: something may have stood there.

    1 for a value of fixed length that has all its characters: gaps between pre-printed 年 月 日 hide none.
    """
    widest = 1.0
    if _is_complete(field):
        return widest
    for run in field.runs:
        middles = [(glyph.first + glyph.end) / 2 for glyph in run.glyphs if glyph.char not in SPACES]
        gaps = sorted(right - left for left, right in pairwise(middles))
        if len(gaps) > 1 and gaps[len(gaps) // 2] > 0:
            widest = max(widest, gaps[-1] / gaps[len(gaps) // 2])
    return widest


def _is_complete(field: FieldReading) -> bool:
    """Whether no character of the value can have been lost: a lawful ID number, a certificate number, padded dates."""
    if field.value is None or field.decoded:
        return False
    if field.field is Field.ID_NUMBER:
        return is_sound(field.field, field.value)
    if field.field in _DATES:
        wanted = 5 if field.field is Field.BIRTH_TIME else 3
        groups = re.findall(r"\d+", half_width(field.text))
        return [len(group) for group in groups] == [4, 2, 2, 2, 2][:wanted]
    return field.field is Field.CERTIFICATE_NUMBER


class Calibration(Model):
    """Constants of a logistic model, and what they were learned from.

    Attributes:
        weights: For each piece of evidence, by name.
        weights_digest: Of the OCR weights whose confidences these are; others need a calibration of their own.
        fields: How many readings it was learned from.
        wrong: How many of them were wrong.
    """

    version: Literal["calibration@1"] = "calibration@1"
    weights: Mapping[str, float]
    weights_digest: str
    split: str
    seed: int
    submissions: int
    harmed_pages: int
    fields: int
    wrong: int


@cache
def calibration() -> Calibration:
    """The constants in force."""
    text = resources.files("pipeline.extract").joinpath(_FILE).read_text("utf-8")
    return Calibration.model_validate(json.loads(text))


def calibrated(field: FieldReading, constants: Calibration) -> float:
    """The probability that a field was read right, 0-1; low for a text that is no such value.

    Takes `field.confidence` for that of the characters that its value rests on.
    """
    score = sum(weight * CONFIDENCE_FEATURES[name](field) for name, weight in constants.weights.items())
    most = _MOST if field.value is not None else _INVALID
    if field.decoded:  # the evidence is of what reads best, and the value is not that
        most = min(most, field.confidence)
    return round(min(most, 1 / (1 + math.exp(-max(-40.0, min(40.0, score))))), 4)


def is_calibrated(engine: str) -> bool:
    """Whether the constants in force were learned from the weights that an engine's name tells."""
    return weights_named(engine) == calibration().weights_digest


def bounded(page: PageContent) -> PageContent:
    """The page; its fields are in doubt, neither certain nor unreadable, if the constants are not of the weights."""
    if is_calibrated(page.engine):
        return page
    least, most = _DOUBTFUL
    return page._replace(
        fields={
            slot: field._replace(confidence=min(field.confidence, most), legible=min(max(field.legible, least), most))
            for slot, field in page.fields.items()
        }
    )
