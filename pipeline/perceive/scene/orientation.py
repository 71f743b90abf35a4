"""Which way is up, and whether the picture is mirrored, by how well a few long lines read."""

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

_SAMPLE: Final = 6  # of the longest lines
_SURE: Final = 0.93  # mean confidence of lines that read the right way round; digits upside down reach 0.85
_LEAST: Final = 0.6  # if no change reads better than this, the page stays as it is


class Change(NamedTuple):
    """How a page has to be turned, in degrees clockwise, and then mirrored, to be read."""

    turn: Turn
    mirrored: bool


class Orientation(NamedTuple):
    """The change that makes a page upright, and the lines that were read meanwhile if none is needed."""

    change: Change
    read: Mapping[Quad, Lattice]


UNCHANGED: Final = Change(0, mirrored=False)
# For each change to try, the code of cv2.flip that applies it to a line.
_FLIPS: Final = MappingProxyType(
    {Change(180, mirrored=False): -1, Change(0, mirrored=True): 1, Change(180, mirrored=True): 0}
)


def detect_orientation(picture: Rgb, lines: Sequence[Quad], engine: OcrEngine) -> Orientation:
    """The change of the page after which its longest lines read best.

    Tall lines are cut turned a quarter to the left; if they read well so, the page needs the same turn.
    """
    longest = sorted(lines, key=_length, reverse=True)[:_SAMPLE]
    tall = sum(map(is_tall, longest)) * 2 > len(longest)
    alike = [line for line in longest if is_tall(line) is tall]
    cuts = [cut_line(picture, line) for line in alike]
    read = engine.read(cuts)
    change = _best_change(cuts, readability(read), engine) if longest else UNCHANGED
    if not tall:
        return Orientation(change, dict(zip(alike, read, strict=True)) if change == UNCHANGED else {})
    return Orientation(change._replace(turn=90 if change.turn else 270), {})


def _best_change(lines: Sequence[Rgb], unchanged: float, engine: OcrEngine) -> Change:
    best, highest = UNCHANGED, unchanged
    for change, flip in _FLIPS.items():
        if highest >= _SURE:
            break
        score = readability(engine.read([cv2.flip(line, flip) for line in lines]))
        if score > highest:
            best, highest = change, score
    return best if highest >= _LEAST else UNCHANGED


def readability(lines: Sequence[Lattice]) -> float:
    """Mean confidence of the characters, from 0 to 1; 0 where there are none."""
    sure = [glyph.probability for line in lines for glyph in glyphs(line)]
    return sum(sure) / len(sure) if sure else 0.0


def _length(line: Quad) -> float:
    return max(math.dist(line.top_left, line.top_right), math.dist(line.top_left, line.bottom_left))
