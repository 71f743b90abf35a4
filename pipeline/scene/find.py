"""Find the documents in a picture: bright or tinted rectangles on a bed, a desk, anything."""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

import cv2
import numpy as np
from cv2.typing import MatLike

from models.geometry import Point, Quad
from pipeline.decode.pixels import Grey, Rgb

_SIDE = 900  # pixels of the longest side while looking; outlines need no more
_LEAST_SHARE = 0.03  # of the picture; below this a rectangle is a stamp or a phone, not a document
_MOST_SHARE = 0.97  # above this the outline is the picture's own border
_LEAST_FILL = 0.86  # of its four corners' area that an outline must cover to count as a rectangle
_LARGEST = 0.5  # a second document is at least this share of the largest
_WIDEST_ASPECT = 3.0

Corners: TypeAlias = MatLike  # float32, shape (4, 2)


def find_documents(page: Rgb) -> tuple[Quad, ...]:
    """Outlines of the documents in the picture, in page pixels, largest first.

    Corners start at the one nearest to the top left; which edge is the document's own top is not known here.
    The whole picture, if no outline stands out.
    """
    height, width = page.shape[:2]
    scale = min(1.0, _SIDE / max(height, width))
    small = cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else page
    kept = _apart(sorted(_rectangles(small), key=_area, reverse=True))
    if not kept:
        return (Quad(Point(0, 0), Point(width, 0), Point(width, height), Point(0, height)),)
    return tuple(_quad(corners / scale) for corners in kept)


def _rectangles(small: Rgb) -> Iterator[Corners]:
    frame = small.shape[0] * small.shape[1]
    for mask in _masks(small):
        contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
        for contour in contours:
            if cv2.contourArea(contour) < _LEAST_SHARE * frame:
                continue
            corners = _four_corners(cv2.convexHull(contour))
            if (
                corners is not None
                and _LEAST_SHARE * frame <= _area(corners) <= _MOST_SHARE * frame
                and _plausible(corners)
            ):
                yield corners


def _masks(small: Rgb) -> Iterator[Grey]:
    """Pictures in which an outline may close: edges of each channel, and colour unlike the picture's border."""
    smooth = cv2.bilateralFilter(small, 7, 40, 40)
    kernel = np.ones((3, 3), np.uint8)
    for channel in (*cv2.split(smooth), cv2.cvtColor(smooth, cv2.COLOR_RGB2HSV)[:, :, 1]):
        for low, high in ((15, 45), (40, 120)):
            yield cv2.dilate(cv2.Canny(channel, low, high), kernel, iterations=2)
    lab = cv2.cvtColor(smooth, cv2.COLOR_RGB2LAB).astype(np.float32)
    rim = np.concatenate(
        [lab[:6].reshape(-1, 3), lab[-6:].reshape(-1, 3), lab[:, :6].reshape(-1, 3), lab[:, -6:].reshape(-1, 3)]
    )
    distance = np.linalg.norm(lab - np.median(rim, axis=0), axis=2)
    for threshold in (6.0, 14.0):
        mask = (distance > threshold).astype(np.uint8) * 255
        yield cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))


def _four_corners(hull: MatLike) -> Corners | None:
    """The hull as four corners, if it is close to a quadrilateral."""
    length = cv2.arcLength(hull, closed=True)
    for tolerance in (0.02, 0.03, 0.05):
        corners = cv2.approxPolyDP(hull, tolerance * length, closed=True)
        if len(corners) == 4:
            four = corners.reshape(4, 2).astype(np.float32)
            return four if cv2.contourArea(hull) >= _LEAST_FILL * _area(four) else None
    turned = cv2.boxPoints(cv2.minAreaRect(hull)).astype(np.float32)
    return turned if cv2.contourArea(hull) >= 0.95 * _area(turned) else None


def _plausible(corners: Corners) -> bool:
    sides = [float(np.linalg.norm(corners[at] - corners[at - 1])) for at in range(4)]
    if max(sides) > _WIDEST_ASPECT * min(sides):
        return False
    for at in range(4):
        before, after = corners[at - 1] - corners[at], corners[(at + 1) % 4] - corners[at]
        cosine = float(before @ after / (np.linalg.norm(before) * np.linalg.norm(after)))
        if abs(cosine) > 0.5:  # corners between 60 and 120 degrees
            return False
    return True


def _apart(candidates: Sequence[Corners]) -> list[Corners]:
    """The largest, and others of its size that do not lie in one already kept."""
    kept: list[Corners] = []
    for corners in candidates:
        if kept and _area(corners) < _LARGEST * _area(kept[0]):
            break
        if all(_shared(corners, other) < 0.1 * _area(corners) for other in kept):
            kept.append(corners)
    return kept


def _shared(one: Corners, other: Corners) -> float:
    area, _ = cv2.intersectConvexConvex(_clockwise(one), _clockwise(other))
    return float(area)


def _area(corners: Corners) -> float:
    return float(cv2.contourArea(corners))


def _clockwise(corners: Corners) -> Corners:
    centre = corners.mean(axis=0)
    angles = np.arctan2(corners[:, 1] - centre[1], corners[:, 0] - centre[0])
    return corners[np.argsort(angles)]


def _quad(corners: Corners) -> Quad:
    ordered = _clockwise(corners)  # angles grow clockwise, since y points down
    first = int(np.argmin(ordered.sum(axis=1)))
    return Quad(*(Point(float(x), float(y)) for x, y in np.roll(ordered, -first, axis=0)))
