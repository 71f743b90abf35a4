"""Lines of text cut out of a straightened document, each a picture of its own."""

import math
from typing import Final

import cv2
import numpy as np

from models.geometry import Quad
from pipeline.perceive.decode.pixels import Rgb

_TALL: Final = 1.5  # a line that is so many times higher than wide stands on its end


def is_tall(line: Quad) -> bool:
    """Whether a line stands on its end."""
    return _height(line) >= _TALL * _width(line)


def reading_order(line: Quad) -> Quad:
    """The corners as the line is read: one that stands runs downwards, and starts at its top right."""
    if not is_tall(line):
        return line
    return Quad(line.top_right, line.bottom_right, line.bottom_left, line.top_left)


def cut_line(picture: Rgb, line: Quad) -> Rgb:
    """The picture of one line at its own size, lying; at least one pixel."""
    corners = reading_order(line)
    width, height = max(1, round(_width(corners))), max(1, round(_height(corners)))
    target = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    onto = cv2.getPerspectiveTransform(np.array(corners, np.float32), target)
    return cv2.warpPerspective(picture, onto, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


def _width(line: Quad) -> float:
    return max(math.dist(line.top_left, line.top_right), math.dist(line.bottom_left, line.bottom_right))


def _height(line: Quad) -> float:
    return max(math.dist(line.top_left, line.bottom_left), math.dist(line.top_right, line.bottom_right))
