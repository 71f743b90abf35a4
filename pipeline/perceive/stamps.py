"""Words stamped across a page in red: 注销 on a card that is no longer in force."""

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


def read_stamps(stamps: Grey, engine: OcrEngine) -> tuple[TextLine, ...]:
    """Lines of large letters among the stamps of a straightened document, which are dark on white."""
    scale = min(1.0, _LOOKED_AT / max(stamps.shape))
    size = max(1, round(stamps.shape[1] * scale)), max(1, round(stamps.shape[0] * scale))
    small = cv2.resize(stamps, size, interpolation=cv2.INTER_AREA)
    if not (small < _INK).any():
        return ()
    places = (_scaled(place, 1 / scale) for place in engine.find(cv2.cvtColor(small, cv2.COLOR_GRAY2RGB)))
    large = [place for place in places if _is_large(place, min(stamps.shape))]
    return read_lines(cv2.cvtColor(stamps, cv2.COLOR_GRAY2RGB), large, {}, engine) if large else ()


def _scaled(place: Quad, by: float) -> Quad:
    return Quad(*(Point(point.x * by, point.y * by) for point in place))


def _is_large(place: Quad, side: int) -> bool:
    width, height = math.dist(place.top_left, place.top_right), math.dist(place.top_left, place.bottom_left)
    return height >= _LEAST_HEIGHT * side and width >= _LEAST_ASPECT * height
