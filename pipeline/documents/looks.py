"""How legible a field is: what may be compared, and what may be relied on."""

import math
from enum import StrEnum
from typing import NamedTuple

from models.policy import LegibilityLimits
from pipeline.documents.fields import FieldReading
from pipeline.ocr.lattice import log_likelihood


class Legibility(StrEnum):
    """What a reader of a field can rely on."""

    READ = "read"
    DOUBTFUL = "doubtful"
    UNREADABLE = "unreadable"


class Looks(NamedTuple):
    """How legible a field is, and the number that says so beside its limit."""

    legibility: Legibility
    measured: float
    limit: float


def look(field: FieldReading | None, limits: LegibilityLimits) -> Looks:
    """Judge one field; one that was not found is unreadable.

    Whether it reads at all is a matter of the whole; whether one may rely on it, of its weakest character.
    """
    likely = likelihood(field) if field else 0.0
    if field is None or likely < limits.unreadable:
        return Looks(Legibility.UNREADABLE, round(likely, 4), limits.unreadable)
    weakest = min(likely, field.confidence)
    doubtful = weakest < limits.doubtful or field.value is None or field.repaired
    return Looks(Legibility.DOUBTFUL if doubtful else Legibility.READ, round(weakest, 4), limits.doubtful)


def likelihood(field: FieldReading) -> float:
    """Probability of the reading, as the geometric mean over its characters (CTC forward score)."""
    characters = sum(len(run.text) for run in field.runs)
    score = sum(log_likelihood(run.lattice, "".join(glyph.char for glyph in run.glyphs)) for run in field.runs)
    return math.exp(score / max(1, characters))
