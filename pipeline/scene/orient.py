"""Which way is up, told from how the text reads."""

from collections.abc import Sequence
from typing import Final

from pipeline.ocr.base import TextLine
from pipeline.scene.straighten import Turn

_SURE: Final = 0.8  # mean confidence of a page that reads the right way round; upside down it is about 0.4


def next_turn(lines: Sequence[TextLine], tried: Sequence[Turn]) -> Turn | None:
    """The turn to try next, clockwise in degrees from the first reading; None if no other promises more.

    Engines turn tall lines a quarter to the left before they read them, so tall lines that read well run downwards
    and the page wants a quarter to the left.
    """
    if not lines:
        return None
    sure = readability(lines) >= _SURE
    lying = not _mostly_tall(lines)
    if len(tried) > 1:
        return None if sure or len(tried) > 2 or lying else _opposite(tried[-1], tried)
    if lying:
        return None if sure else 180
    return 270 if sure else 90


def readability(lines: Sequence[TextLine]) -> float:
    """Mean confidence, weighted by the number of characters; 0 without lines."""
    characters = sum(len(line.text) for line in lines)
    return sum(line.confidence * len(line.text) for line in lines) / characters if characters else 0.0


def merit(lines: Sequence[TextLine]) -> float:
    """How well a turn reads: characters, the sure ones above all; half as much where lines stand upright."""
    characters = sum(len(line.text.replace(" ", "")) for line in lines)
    return readability(lines) ** 2 * characters * (0.5 if lines and _mostly_tall(lines) else 1.0)


def _mostly_tall(lines: Sequence[TextLine]) -> bool:
    """Whether the longest lines stand upright; short ones tell nothing."""
    longest = sorted(lines, key=lambda line: len(line.text), reverse=True)[:6]
    return sum(_tall(line) for line in longest) * 2 > len(longest)


def _tall(line: TextLine) -> bool:
    start, end = line.quad.top_left, line.quad.top_right
    return abs(end.y - start.y) > abs(end.x - start.x)


def _opposite(turn: Turn, tried: Sequence[Turn]) -> Turn | None:
    other: Turn = 270 if turn == 90 else 90
    return None if other in tried else other
