"""Which way is up, and whether the picture is a mirror's, told from how a few long lines read."""

import math
from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

import cv2

from models.geometry import Quad
from models.reading import Lattice
from pipeline.decode.pixels import Rgb
from pipeline.ocr.base import OcrEngine
from pipeline.ocr.lattice import glyphs
from pipeline.scene.lines import cut_line, is_tall
from pipeline.scene.straighten import Turn

_SAMPLE: Final = 6  # of the longest lines: they told 180 of 180 pages (quality.md, section 4.3)
_SURE: Final = 0.8  # mean confidence of lines that read the right way round; upside down it is about 0.4
_TELLING: Final = 0.6  # below this in every way, nothing is known and the page stays as it lies

Read: TypeAlias = Callable[[Sequence[Rgb]], tuple[Lattice, ...]]


class Way(NamedTuple):
    """How a page has to be turned, in degrees clockwise, and then mirrored, to be read."""

    turn: Turn
    mirrored: bool


AS_IT_LIES: Final = Way(0, mirrored=False)
# What is done to a line to try a way, as cv2.flip names it.
_FLIPS: Final = MappingProxyType(
    {Way(0, mirrored=False): None, Way(180, mirrored=False): -1, Way(0, mirrored=True): 1, Way(180, mirrored=True): 0}
)


def way_up(picture: Rgb, lines: Sequence[Quad], engine: OcrEngine) -> Way:
    """The way in which the longest lines read best.

    Lines that stand are cut turned a quarter to the left, so where they read so the page wants the same.
    """
    longest = sorted(lines, key=_length, reverse=True)[:_SAMPLE]
    if not longest:
        return AS_IT_LIES
    standing = sum(map(is_tall, longest)) * 2 > len(longest)
    cut = [cut_line(picture, line) for line in longest if is_tall(line) is standing]
    best, merit = AS_IT_LIES, 0.0
    for way, flip in _FLIPS.items():
        tried = cut if flip is None else [cv2.flip(line, flip) for line in cut]
        sure = readability(engine.read(tried))
        if sure > merit:
            best, merit = way, sure
        if sure >= _SURE:
            break
    if merit < _TELLING and not standing:
        return AS_IT_LIES
    return best._replace(turn=_turned(best.turn, 270 if standing else 0))


def readability(lines: Sequence[Lattice]) -> float:
    """Mean confidence of the characters, from 0 to 1; 0 where there are none."""
    sure = [glyph.probability for line in lines for glyph in glyphs(line)]
    return sum(sure) / len(sure) if sure else 0.0


def _length(line: Quad) -> float:
    return max(math.dist(line.top_left, line.top_right), math.dist(line.top_left, line.bottom_left))


def _turned(turn: Turn, by: int) -> Turn:
    turns: tuple[Turn, ...] = (0, 90, 180, 270)
    return turns[(turn + by) // 90 % 4]
