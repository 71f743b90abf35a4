"""From evidence to the probability that a field was read right, by constants that `bench.calibrate` learned."""

import json
import math
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Final, Literal

from models.base import Model
from pipeline.extract.confidence_features import CONFIDENCE_FEATURES
from pipeline.extract.fields import FieldReading

_FILE: Final = "calibration.json"
_INVALID: Final = 0.3  # of a text that cannot be what the field holds
_MOST: Final = 0.9999  # nothing is surer: the training split cannot show more


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
