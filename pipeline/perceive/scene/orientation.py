"""Which way is up, and whether the picture is a mirror's, told from how a few long lines read."""

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

import cv2

from models.geometry import Quad
from models.reading import Lattice
from pipeline.perceive.decode.pixels import Rgb
from pipeline.perceive.ocr.base import OcrEngine
from pipeline.perceive.ocr.lattice import glyphs
from pipeline.perceive.scene.rectify import Turn, cut_line, is_tall

_SAMPLE: Final = 6  # of the longest lines: they told 180 of 180 pages (quality.md, section 4.3)
_SURE: Final = 0.93  # mean confidence of lines that surely read the right way round; digits on their heads reach 0.85
_TELLING: Final = 0.6  # below this in every way, nothing is known and the page stays as it lies


class Way(NamedTuple):
    """How a page has to be turned, in degrees clockwise, and then mirrored, to be read."""

    turn: Turn
    mirrored: bool


class Orientation(NamedTuple):
    """The way up, and what was read meanwhile of lines that need not be turned."""

    way: Way
    read: Mapping[Quad, Lattice]


AS_IT_LIES: Final = Way(0, mirrored=False)
# What is done to a line to try a way, as cv2.flip names it.
_FLIPS: Final = MappingProxyType({Way(180, mirrored=False): -1, Way(0, mirrored=True): 1, Way(180, mirrored=True): 0})


def detect_orientation(picture: Rgb, lines: Sequence[Quad], engine: OcrEngine) -> Orientation:
    """The way in which the longest lines read best.

    Lines that stand are cut turned a quarter to the left, so where they read so the page wants the same.
    """
    longest = sorted(lines, key=_length, reverse=True)[:_SAMPLE]
    standing = sum(map(is_tall, longest)) * 2 > len(longest)
    alike = [line for line in longest if is_tall(line) is standing]
    cut = [cut_line(picture, line) for line in alike]
    read = engine.read(cut)
    way = _best_way(cut, readability(read), engine) if longest else AS_IT_LIES
    if not standing:
        return Orientation(way, dict(zip(alike, read, strict=True)) if way == AS_IT_LIES else {})
    return Orientation(way._replace(turn=_turned(way.turn, 270)), {})


def _best_way(lines: Sequence[Rgb], as_they_lie: float, engine: OcrEngine) -> Way:
    best, merit = AS_IT_LIES, as_they_lie
    for way, flip in _FLIPS.items():
        if merit >= _SURE:
            break
        sure = readability(engine.read([cv2.flip(line, flip) for line in lines]))
        if sure > merit:
            best, merit = way, sure
    return best if merit >= _TELLING else AS_IT_LIES


def readability(lines: Sequence[Lattice]) -> float:
    """Mean confidence of the characters, from 0 to 1; 0 where there are none."""
    sure = [glyph.probability for line in lines for glyph in glyphs(line)]
    return sum(sure) / len(sure) if sure else 0.0


def _length(line: Quad) -> float:
    return max(math.dist(line.top_left, line.top_right), math.dist(line.top_left, line.bottom_left))


def _turned(turn: Turn, by: int) -> Turn:
    turns: tuple[Turn, ...] = (0, 90, 180, 270)
    return turns[(turn + by) // 90 % 4]
