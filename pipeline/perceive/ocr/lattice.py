"""What a lattice says, how likely a given text is, and where each character stands.

Connectionist temporal classification: a text is any path over the steps that gives it after repeated characters are
merged and blanks dropped.

Source:
    Graves et al., "Connectionist Temporal Classification", ICML 2006.
"""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.reading import BLANK, Alternative, Glyph, Lattice

Steps = Sequence[tuple[Alternative, ...]]

_SKIP: Final = 2  # labels: from a character past the blank to the next one
_RESCALED: Final = 8  # steps; so many of the floor's probability are 1e-72, far from where numbers end
_FLOOR: Final = 1e-9  # probability of a character that the lattice does not list; the lattice lists all above 1e-4


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


def stretch(read: Sequence[Glyph], first: int, end: int, count: int) -> tuple[int, int]:
    """The steps, end exclusive, of some characters of a greedy reading, with the blanks around them.

    The cut lies midway between neighbouring characters.

    Args:
        read: The whole reading.
        first: The first of the characters.
        end: Behind the last one.
        count: Of the lattice's steps.
    """
    start = 0 if first == 0 else (read[first - 1].end + read[first].first) // 2
    stop = count if end >= len(read) else (read[end - 1].end + read[end].first + 1) // 2
    return start, stop


def log_likelihood(steps: Steps, text: str) -> float:
    """The natural logarithm of the probability that the picture shows `text`, summed over all alignments.

    The forward scores are scaled to their largest every few steps, so that long lines do not underflow; minus infinity
    for a text that has more characters than there are steps for.
    """
    labels = [BLANK, *(symbol for char in text for symbol in (char, BLANK))]
    if not steps:
        return -math.inf if text else 0.0
    seen = _emissions(steps, labels)
    came_from = np.eye(len(labels)) + np.eye(len(labels), k=-1)
    for here in range(_SKIP, len(labels)):
        came_from[here, here - _SKIP] = labels[here] not in (BLANK, labels[here - _SKIP])
    scores, scale = seen[0] * (np.arange(len(labels)) < _SKIP), 0.0
    for at, emit in enumerate(seen[1:]):
        scores = (came_from @ scores) * emit
        if at % _RESCALED == 0:
            largest = float(scores.max())
            scores /= largest
            scale += math.log(largest)
    last = float(scores[-_SKIP:].sum())
    return math.log(last) + scale if last else -math.inf


def _emissions(steps: Steps, labels: Sequence[str]) -> NDArray[np.float64]:
    """The probability (steps, labels) of each label at each step."""
    kinds = {label: at for at, label in enumerate(dict.fromkeys(labels))}
    seen = np.full((len(steps), len(kinds)), _FLOOR)
    for at, step in enumerate(steps):
        for char, probability in step:
            if char in kinds:
                seen[at, kinds[char]] = max(probability, _FLOOR)
    return seen[:, [kinds[label] for label in labels]]
