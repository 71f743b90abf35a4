"""Cut documents out of a page and lines out of a document, each as an upright rectangle."""

import math
from typing import Final, Literal, NamedTuple, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from models.geometry import Point, Quad
from pipeline.perceive.decode.pixels import Rgb

SURROUND = 0.085  # of the longer side is kept around the outline, which may have missed a title or an edge
_LONGEST = 2000  # pixels; finer than any print we read
_SHORTEST = 900  # pixels; below this the recogniser's own scaling loses strokes

Turn: TypeAlias = Literal[0, 90, 180, 270]
_TALL: Final = 1.5  # a line that is so many times higher than wide stands on its end


class Scene(NamedTuple):
    """A straightened document: `to_page` is the homography (3, 3) from its pixels to those of the page.

    `quad` starts at the document's own top left; in a mirrored picture its corners run counterclockwise on the page.
    """

    picture: Rgb
    to_page: NDArray[np.float64]
    quad: Quad
    rotation: Turn
    mirrored: bool = False

    def on_page(self, quad: Quad) -> Quad:
        """Corners in this picture as corners on the page."""
        points = cv2.perspectiveTransform(np.asarray([quad], dtype=np.float64), self.to_page)[0]
        return Quad(*(Point(round(float(x), 1), round(float(y), 1)) for x, y in points))

    def moved(self, left: int, top: int) -> "Scene":
        """The same scene on a page of which the page it was cut from is a part that begins there."""
        shift = np.array([[1, 0, left], [0, 1, top], [0, 0, 1]], np.float64)
        quad = Quad(*(Point(x + left, y + top) for x, y in self.quad))
        return self._replace(to_page=shift @ self.to_page, quad=quad)


def rectify(page: Rgb, quad: Quad, rotation: Turn = 0, *, mirrored: bool = False) -> Scene:
    """Cut a document out of a page.

    Args:
        page: As decoded.
        quad: Around the document, from the corner nearest to the page's top left; the scene's quad starts at the
            document's own.
        rotation: Degrees clockwise by which the document is turned to stand upright.
        mirrored: Whether the page shows the document mirrored; it is mirrored back after turning.
    """
    turned = _turned(quad, rotation)
    if mirrored:
        turned = Quad(turned.top_right, turned.top_left, turned.bottom_left, turned.bottom_right)
    width, height = _size(turned)
    surround = round(SURROUND * max(width, height)) if _inside(turned, page) else 0
    left, top, right, bottom = surround, surround, surround + width, surround + height
    target = np.asarray([(left, top), (right, top), (right, bottom), (left, bottom)], dtype=np.float32)
    to_page = cv2.getPerspectiveTransform(target, np.asarray(turned, dtype=np.float32))
    size = (width + 2 * surround, height + 2 * surround)
    picture = cv2.warpPerspective(
        page, to_page, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
    )
    return Scene(picture, np.asarray(to_page, dtype=np.float64), turned, rotation, mirrored)


def _turned(quad: Quad, rotation: Turn) -> Quad:
    """The same corners, starting at the one that is the top left after a clockwise turn."""
    start = -(rotation // 90) % 4
    return Quad(*(quad[(start + at) % 4] for at in range(4)))


def _size(quad: Quad) -> tuple[int, int]:
    width, height = _width(quad), _height(quad)
    longest = max(width, height, 1.0)
    scale = min(max(longest, _SHORTEST), _LONGEST) / longest
    return max(1, round(width * scale)), max(1, round(height * scale))


def _inside(quad: Quad, page: Rgb) -> bool:
    """Whether the quad is an outline on the page, and not the page itself."""
    height, width = page.shape[:2]
    box = quad.box
    return bool(box.width < width or box.height < height)


def is_tall(line: Quad) -> bool:
    """Whether a line runs vertically."""
    return _height(line) >= _TALL * _width(line)


def reading_order(line: Quad) -> Quad:
    """The corners as the line is read: a vertical line runs downwards and starts at its top right."""
    if not is_tall(line):
        return line
    return Quad(line.top_right, line.bottom_right, line.bottom_left, line.top_left)


def cut_line(picture: Rgb, line: Quad) -> Rgb:
    """The picture of one line at its own size, turned to run across; at least one pixel."""
    corners = reading_order(line)
    width, height = max(1, round(_width(corners))), max(1, round(_height(corners)))
    target = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    onto = cv2.getPerspectiveTransform(np.array(corners, np.float32), target)
    return cv2.warpPerspective(picture, onto, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


def _width(line: Quad) -> float:
    return max(math.dist(line.top_left, line.top_right), math.dist(line.bottom_left, line.bottom_right))


def _height(line: Quad) -> float:
    return max(math.dist(line.top_left, line.bottom_left), math.dist(line.top_right, line.bottom_right))
