"""The shape of a character: which way its strokes run, where. Comparable between pictures of any size and weight."""

from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.perceive.decode.pixels import Grey

Shape: TypeAlias = NDArray[np.float32]  # a unit vector: a product of two is how alike they are, from 0 to 1

SHARP: Final = 1.2  # pixels of the square that softens any character: noise and print give way to the stroke
_SIDE: Final = 48  # pixels of the square that a character is drawn into
_ROOM: Final = 4  # pixels around it
_CELL: Final = 6  # pixels; cells overlap
_WAYS: Final = 8  # directions that are distinguished
_ROWS, _COLUMNS = np.indices((_SIDE, _SIDE))
# How much each row, or column, of the square counts for each cell.
_OFF = (np.arange(_SIDE) - np.arange(_CELL / 2, _SIDE, _CELL)[:, None]) / (0.6 * _CELL)
_CELLS: Final = np.exp(-0.5 * _OFF**2).astype(np.float32)


def shape_of(ink: Grey, soft: float = SHARP) -> Shape:
    """The shape of a character.

    Args:
        ink: Dark on light, cut to its rim.
        soft: As if it had been photographed so much out of focus: the deviation in 48ths of its larger side.

    Source:
        Directional features with root compression, as in Liu, Nakashima, Sako and Fujisawa, Handwritten digit
        recognition: investigation of normalization and feature extraction techniques, 2004.
    """
    square = cv2.GaussianBlur(_fitted(ink), (0, 0), soft)
    across = cv2.Sobel(square, cv2.CV_32F, 1, 0, ksize=3)
    down = cv2.Sobel(square, cv2.CV_32F, 0, 1, ksize=3)
    strength, angle = cv2.cartToPolar(across, down)
    way = angle * (_WAYS / (2 * np.pi))
    lower = way.astype(np.int32)
    share = way - lower
    planes = np.zeros((_SIDE, _SIDE, _WAYS), np.float32)
    planes[_ROWS, _COLUMNS, lower % _WAYS] = strength * (1 - share)
    planes[_ROWS, _COLUMNS, (lower + 1) % _WAYS] = strength * share
    rows = (_CELLS @ planes.reshape(_SIDE, -1)).reshape(-1, _SIDE, _WAYS)
    vector = np.sqrt((_CELLS @ rows).ravel())
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), np.float32)


def outline_of(shape: Shape) -> NDArray[np.float16]:
    """A shape with opposite directions taken together, half as long: enough to find those that are like it."""
    ways = shape.reshape(-1, 2, _WAYS // 2)
    return np.asarray(np.sqrt((ways**2).sum(axis=1)).ravel(), np.float16)


def _fitted(ink: Grey) -> NDArray[np.float32]:
    """The character in the middle of the square, as large as fits."""
    height, width = ink.shape
    scale = (_SIDE - 2 * _ROOM) / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    dark = 255.0 - cv2.resize(ink, size, interpolation=method).astype(np.float32)
    square = np.zeros((_SIDE, _SIDE), np.float32)
    top, left = (_SIDE - size[1]) // 2, (_SIDE - size[0]) // 2
    square[top : top + size[1], left : left + size[0]] = dark
    return square
