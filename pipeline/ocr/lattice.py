"""Questions to a lattice: what does it say, how likely is a given text, where does each character stand.

Connectionist temporal classification: a text is any path over the steps that gives it after repeated characters are
merged and blanks dropped.

Source:
    Graves et al., "Connectionist Temporal Classification", ICML 2006.
"""

import math
from typing import NamedTuple

from models.reading import BLANK, Lattice

_FLOOR = 1e-9  # probability of a character that the lattice does not list; the lattice lists all above 1e-4


class Glyph(NamedTuple):
    """One character of the greedy reading: its steps (end exclusive) and how sure the engine was."""

    char: str
    first: int
    end: int
    probability: float


def glyphs(lattice: Lattice) -> tuple[Glyph, ...]:
    """The greedy reading: at each step the likeliest character, repeats merged, blanks dropped.

    A glyph's probability is that of its first step, as PaddleOCR scores it.
    """
    found: list[Glyph] = []
    last = BLANK
    for at, step in enumerate(lattice.steps):
        best = step[0]
        if best.char == BLANK:
            last = BLANK
            continue
        if best.char == last:
            found[-1] = found[-1]._replace(end=at + 1)
        else:
            found.append(Glyph(best.char, at, at + 1, best.probability))
        last = best.char
    return tuple(found)


def text_of(lattice: Lattice) -> str:
    """The greedy reading as text."""
    return "".join(glyph.char for glyph in glyphs(lattice))


def part(lattice: Lattice, first: int, end: int) -> Lattice:
    """The lattice of some characters of the greedy reading, `end` exclusive, with the blanks around them.

    The cut lies midway between neighbouring characters.
    """
    read = glyphs(lattice)
    start = 0 if first == 0 else (read[first - 1].end + read[first].first) // 2
    stop = len(lattice.steps) if end >= len(read) else (read[end - 1].end + read[end].first + 1) // 2
    return Lattice(steps=lattice.steps[start:stop], span=lattice.span)


def log_likelihood(lattice: Lattice, text: str) -> float:
    """The natural logarithm of the probability that the picture shows `text`, summed over all alignments.

    The forward scores are scaled to their largest at every step, so that long lines do not underflow; minus infinity
    for a text that has more characters than the lattice has steps for.
    """
    labels = [BLANK, *(symbol for char in text for symbol in (char, BLANK))]
    skips = [here >= 2 and label not in (BLANK, labels[here - 2]) for here, label in enumerate(labels)]
    scores, scale = [1.0] + [0.0] * (len(labels) - 1), 0.0
    for at, step in enumerate(lattice.steps):
        emit = dict(step)
        came = _arrivals(scores, skips) if at else [1.0, 1.0, *scores[2:]][: len(labels)]
        scores = [score * max(emit.get(label, _FLOOR), _FLOOR) for score, label in zip(came, labels, strict=True)]
        largest = max(scores)
        scores = [score / largest for score in scores]
        scale += math.log(largest)
    last = sum(scores[-2:])
    return math.log(last) + scale if last else -math.inf


def _arrivals(scores: list[float], skips: list[bool]) -> list[float]:
    """For each label the score of being at it, at the one before, or, past a blank, at the one before that."""
    one_back = [0.0, *scores[:-1]]
    two_back = [0.0, 0.0, *scores[:-2]]
    return [
        here + before + (skipped if skip else 0.0)
        for here, before, skipped, skip in zip(scores, one_back, two_back, skips, strict=False)
    ]
