"""What else a name may read as: the likeliest readings of its lattice, best first."""

from typing import Final, NamedTuple

from models.content import FieldContent, Piece
from models.reading import Glyph

_OF_A_CHARACTER: Final = 3
_LEAST: Final = 0.001  # probability of a character that anybody needs to see
_AT_ONCE: Final = 16  # readings that are followed


class ReadingCandidate(NamedTuple):
    """A reading, and the product of the probabilities of its characters."""

    text: str
    probability: float


def candidates(field: FieldContent, most: int) -> tuple[ReadingCandidate, ...]:
    """The likeliest readings of a name; none of a field whose lattice was not kept."""
    beam = [ReadingCandidate("", 1.0)]
    for piece in field.pieces:
        for glyph in piece.glyphs:
            grown = [_joined(before, after) for before in beam for after in _seen(piece, glyph)]
            beam = sorted(grown, key=lambda one: -one.probability)[:_AT_ONCE]
    return tuple(one for one in beam if one.text)[:most]


def _joined(before: ReadingCandidate, after: ReadingCandidate) -> ReadingCandidate:
    return ReadingCandidate(before.text + after.text, before.probability * after.probability)


def _seen(piece: Piece, glyph: Glyph) -> list[ReadingCandidate]:
    """The characters that may stand where a glyph was read; the glyph itself at least."""
    likely = {glyph.char: glyph.probability}
    for step in piece.steps[glyph.first : glyph.end]:
        for char, probability in step:
            if char and probability >= _LEAST:
                likely[char] = max(probability, likely.get(char, 0.0))
    best = sorted(likely.items(), key=lambda one: -one[1])[:_OF_A_CHARACTER]
    return [ReadingCandidate(char, probability) for char, probability in best]
