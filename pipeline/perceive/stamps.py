"""Words in red: 注销 stamped across a card that is no longer in force; the number of a certificate from before 2014."""

import math
from typing import Final

import cv2

from models.geometry import Point, Quad
from pipeline.perceive.decode.pixels import Grey
from pipeline.perceive.ocr.base import OcrEngine, TextLine
from pipeline.perceive.rereading import read_lines

_LOOKED_AT: Final = 480  # pixels of the longer side: words that matter are large
_INK: Final = 200  # grey level below which something is stamped
_LEAST_HEIGHT: Final = 0.035  # of the picture's shorter side; the words around a seal are smaller
_LEAST_ASPECT: Final = 1.3  # of a line to its height: pieces of a ring are no words
_SMALL_HEIGHT: Final = 0.02  # of red print, which is as small as other print
_LONG: Final = 4.0  # of its length to its height: as long as a number is
_DIGITS: Final = 7  # of a number; the small words of a seal have none


def read_stamps(stamps: Grey, engine: OcrEngine) -> tuple[TextLine, ...]:
    """Lines of large letters, and numbers, among the red of a straightened document, which is dark on white."""
    scale = min(1.0, _LOOKED_AT / max(stamps.shape))
    size = max(1, round(stamps.shape[1] * scale)), max(1, round(stamps.shape[0] * scale))
    small = cv2.resize(stamps, size, interpolation=cv2.INTER_AREA)
    if not (small < _INK).any():
        return ()
    places = (_scaled(place, 1 / scale) for place in engine.find(cv2.cvtColor(small, cv2.COLOR_GRAY2RGB)))
    side = min(stamps.shape)
    words = [place for place in places if _is_large(place, side) or _is_long(place, side)]
    read = read_lines(cv2.cvtColor(stamps, cv2.COLOR_GRAY2RGB), words, {}, engine) if words else ()
    return tuple(line for line in read if _is_large(line.quad, side) or sum(map(str.isdecimal, line.text)) >= _DIGITS)


def _scaled(place: Quad, by: float) -> Quad:
    return Quad(*(Point(point.x * by, point.y * by) for point in place))


def _is_large(place: Quad, side: int) -> bool:
    width, height = _size(place)
    return height >= _LEAST_HEIGHT * side and width >= _LEAST_ASPECT * height


def _is_long(place: Quad, side: int) -> bool:
    width, height = _size(place)
    return height >= _SMALL_HEIGHT * side and width >= _LONG * height


def _size(place: Quad) -> tuple[float, float]:
    return math.dist(place.top_left, place.top_right), math.dist(place.top_left, place.bottom_left)
