"""Where lines of text stand: from a picture to the map of a DB network, and from the map to rectangles.

Source:
    Liao et al., "Real-time Scene Text Detection with Differentiable Binarization", AAAI 2020; limits as PaddleOCR sets
    them, but for `BOX_SCORE`.
"""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

import cv2
import numpy as np
from cv2.typing import MatLike

from models.geometry import Point, Quad
from pipeline.perceive.decode.pixels import Rgb
from pipeline.perceive.ocr.base import lies_on
from pipeline.perceive.ocr.runtimes import Network, Tensor

MEAN: Final = (0.485, 0.456, 0.406)  # red, green, blue: what the network was trained on
DEVIATION: Final = 0.226  # of its three channels, which differ by a hundredth
_LEVELS, _SCALE = tuple(255 * mean for mean in MEAN), 1 / (255 * DEVIATION)
_STEP: Final = 64  # sides of what the network sees are multiples of this, so that shapes are few and memory stays
INK: Final = 0.3  # of the map, from which a pixel belongs to text
BOX_SCORE: Final = 0.45  # PaddleOCR's own 0.6 misses single characters and labels set wide, such as 户　别
GROWTH: Final = 1.5  # the map shows shrunken text: by this much of area over circumference a rectangle grows again
_LEAST_SIDE: Final = 3.0  # pixels of the map
_MOST_LINES: Final = 1000
_SAME_ROW: Final = 10.0  # pixels between the tops of lines that are sorted from left to right


class _Rectangle(NamedTuple):
    centre: tuple[float, float]
    size: tuple[float, float]
    degrees: float


def find_lines(picture: Rgb, network: Network, longest: int) -> tuple[Quad, ...]:
    """Rectangles around lines of text in pixels of the picture, top to bottom.

    The network sees the picture with a longest side of at most `longest` pixels.
    """
    height, width = picture.shape[:2]
    scale = min(1.0, longest / max(height, width))
    seen_as = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(picture, seen_as, interpolation=cv2.INTER_AREA) if scale < 1 else picture
    shown = network(_tensor(small))[0, 0, : seen_as[1], : seen_as[0]]
    quads = [_quad(found, (width / seen_as[0], height / seen_as[1])) for found in _rectangles(shown)]
    # The rectangle around a slanted blot may reach far beyond the picture.
    return top_to_bottom(quad for quad in quads if lies_on(quad, width, height))


def top_to_bottom(quads: Iterable[Quad]) -> tuple[Quad, ...]:
    """Lines in reading order: those of about the same top from left to right."""
    return tuple(sorted(quads, key=lambda quad: (round(quad.top_left.y / _SAME_ROW), quad.top_left.x)))


def _tensor(picture: Rgb) -> Tensor:
    """The picture as the network's input, its rim repeated until both sides are multiples of the step."""
    height, width = picture.shape[:2]
    canvas = cv2.copyMakeBorder(picture, 0, -height % _STEP, 0, -width % _STEP, cv2.BORDER_REPLICATE)
    tensor: Tensor = cv2.dnn.blobFromImage(canvas, _SCALE, mean=_LEVELS, swapRB=True).astype(np.float32, copy=False)
    return tensor


def _rectangles(shown: Tensor) -> Iterator[_Rectangle]:
    ink = (shown > INK).astype(np.uint8)
    contours, _ = cv2.findContours(ink, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    for contour in contours[:_MOST_LINES]:
        (x, y), (wide, high), degrees = cv2.minAreaRect(contour)
        found = _Rectangle((x, y), (wide, high), degrees)
        if min(found.size) >= _LEAST_SIDE and _score(shown, found) >= BOX_SCORE:
            yield _grown(found)


def _score(shown: Tensor, found: _Rectangle) -> float:
    """Mean of the map within a rectangle."""
    corners = cv2.boxPoints(found)
    left, top = np.maximum(np.floor(corners.min(axis=0)), 0).astype(int)
    right, bottom = (np.ceil(corners.max(axis=0)) + 1).astype(int)
    part = shown[top:bottom, left:right]
    mask = np.zeros(part.shape, np.uint8)
    cv2.fillPoly(mask, [(corners - (left, top)).astype(np.int32)], 1)
    return float(cv2.mean(part, mask)[0])


def _grown(found: _Rectangle) -> _Rectangle:
    wide, high = found.size
    by = 2 * GROWTH * wide * high / (2 * (wide + high))
    return found._replace(size=(wide + by, high + by))


def _quad(found: _Rectangle, scale: tuple[float, float]) -> Quad:
    return quad_of(cv2.boxPoints(found) * np.array(scale, np.float32))


def quad_of(corners: MatLike) -> Quad:
    """The corners (4, 2) of a rectangle, from the one that is the top left when the longer side is read across."""
    ordered = corners[np.argsort(corners[:, 0])]
    left = ordered[:2][np.argsort(ordered[:2, 1])]
    right = ordered[2:][np.argsort(ordered[2:, 1])]
    return Quad(*(Point(float(x), float(y)) for x, y in (left[0], right[0], right[1], left[1])))
