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
    """The natural logarithm of the probability that the picture shows `text`, summed over all alignments."""
    labels = [BLANK, *(symbol for char in text for symbol in (char, BLANK))]
    scores = [-math.inf] * len(labels)
    for at, step in enumerate(lattice.steps):
        emit = {char: math.log(max(probability, _FLOOR)) for char, probability in step}
        unlisted = math.log(_FLOOR)
        came = [
            0.0 if at == 0 and here < 2 else _arrivals(scores, labels, here, first=at == 0)
            for here in range(len(labels))
        ]
        scores = [score + emit.get(label, unlisted) for score, label in zip(came, labels, strict=True)]
    return _log_sum(scores[-2:])


def _arrivals(scores: list[float], labels: list[str], here: int, *, first: bool) -> float:
    if first:
        return -math.inf
    sources = scores[max(0, here - 1) : here + 1]
    if here >= 2 and labels[here] not in (BLANK, labels[here - 2]):
        sources = [scores[here - 2], *sources]
    return _log_sum(sources)


def _log_sum(values: list[float]) -> float:
    top = max(values)
    return top if top == -math.inf else top + math.log(sum(math.exp(value - top) for value in values))
