"""Find the documents in a picture: bright or tinted rectangles on a bed, a desk, anything."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

import cv2
import numpy as np
from cv2.typing import MatLike

from models.geometry import Point, Quad
from pipeline.decode.pixels import Grey, Rgb

_SIDE = 900  # pixels of the longest side while looking; outlines need no more
_LEAST_SHARE = 0.03  # of the picture; below this a rectangle is a stamp or a phone, not a document
_MOST_SHARE = 0.97  # above this the outline is the picture's own border
_LEAST_FILL = 0.93  # of its four corners' area that an outline must cover to count as a rectangle
_LARGEST = 0.25  # a second document is at least this share of the largest: a card beside a register page is 0.31
_WIDEST_ASPECT = 3.0
_WITNESSES = 2  # masks that must show an outline, for it not to count as chance
_RIM = 6  # pixels of the picture's border that show what the document lies on

Corners: TypeAlias = MatLike  # float32, shape (4, 2)


class _Outline(NamedTuple):
    """Four corners, and the share of their area that the contour covers which gave them."""

    corners: Corners
    fill: float


def find_documents(page: Rgb) -> tuple[Quad, ...]:
    """Outlines of the documents in the picture, in page pixels, largest first.

    Corners start at the one nearest to the top left; which edge is the document's own top is not known here.
    The whole picture, if no outline stands out.
    """
    height, width = page.shape[:2]
    scale = min(1.0, _SIDE / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(page, size, interpolation=cv2.INTER_AREA) if scale < 1 else page
    found = tuple(_rectangles(small))
    kept = _apart(sorted(found, key=lambda outline: _merit(outline, found), reverse=True))
    if not kept:
        return (Quad(Point(0, 0), Point(width, 0), Point(width, height), Point(0, height)),)
    return tuple(_quad(outline.corners / scale) for outline in kept)


def _merit(outline: _Outline, found: Sequence[_Outline]) -> float:
    """Area, less where the contour is ragged, and less where no other mask shows the same outline."""
    ragged = max(0.0, 1 - outline.fill)
    alone = sum(_same(outline.corners, other.corners) for other in found) < _WITNESSES
    return _area(outline.corners) * max(0.0, 1 - 8 * ragged) * (0.7 if alone else 1.0)


def _same(one: Corners, other: Corners) -> bool:
    """Whether corresponding corners lie within a fiftieth of the longer diagonal."""
    reach = float(np.linalg.norm(one[0] - one[2])) / 50
    return float(np.abs(_clockwise(one) - _clockwise(other)).max()) < reach


def _rectangles(small: Rgb) -> Iterator[_Outline]:
    frame = small.shape[0] * small.shape[1]
    for mask in _masks(small):
        contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
        for contour in contours:
            if cv2.contourArea(contour) < _LEAST_SHARE * frame:
                continue
            outline = _four_corners(contour)
            if (
                outline
                and _LEAST_SHARE <= _area(outline.corners) / frame <= _MOST_SHARE
                and _plausible(outline.corners)
            ):
                yield outline


def _masks(small: Rgb) -> Iterator[Grey]:
    """Pictures in which an outline may close: edges of each channel, and colour unlike the picture's border."""
    smooth = cv2.bilateralFilter(small, 7, 40, 40)
    kernel = np.ones((3, 3), np.uint8)
    channels = (*cv2.split(smooth), cv2.cvtColor(smooth, cv2.COLOR_RGB2HSV)[:, :, 1])
    for channel in channels:
        for low, high in ((15, 45), (40, 120)):
            yield cv2.dilate(cv2.Canny(channel, low, high), kernel, iterations=2)
    for channel in channels:
        _, split = cv2.threshold(cv2.GaussianBlur(channel, (9, 9), 0), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
        for mask in (split, cv2.bitwise_not(split)):
            yield cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((15, 15), np.uint8))
    yield from _unlike_the_rim(cv2.GaussianBlur(small, (5, 5), 0))


def _unlike_the_rim(smooth: Rgb) -> Iterator[Grey]:
    """Where the colour differs from that at the picture's border; tinted paper on a white bed differs by little."""
    lab = cv2.cvtColor(smooth, cv2.COLOR_RGB2LAB).astype(np.float32)
    rows, columns = lab.shape[:2]
    rim = np.ones((rows, columns), bool)
    rim[_RIM : rows - _RIM, _RIM : columns - _RIM] = False
    distance = np.linalg.norm(lab - np.median(lab[rim], axis=0), axis=2)
    usual = float(np.percentile(distance[rim], 90))
    for threshold in (usual + 1.5, usual + 6.0, usual + 14.0):
        mask = (distance > threshold).astype(np.uint8) * 255
        yield cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))


def _four_corners(contour: MatLike) -> _Outline | None:
    """The contour as four corners, if it fills them: whiskers of a desk's grain make a hull that it does not."""
    hull = cv2.convexHull(contour)
    area = cv2.contourArea(contour)
    length = cv2.arcLength(hull, closed=True)
    for tolerance in (0.01, 0.02, 0.03, 0.05):
        corners = cv2.approxPolyDP(hull, tolerance * length, closed=True)
        if len(corners) == 4:
            break
    else:
        corners = cv2.boxPoints(cv2.minAreaRect(hull))
    four = corners.reshape(4, 2).astype(np.float32)
    fill = area / max(_area(four), 1.0)
    return _Outline(four, fill) if fill >= _LEAST_FILL else None


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


def _apart(candidates: Sequence[_Outline]) -> list[_Outline]:
    """The best, and others of its size that do not share ground with one already kept."""
    kept: list[_Outline] = []
    for outline in candidates:
        area = _area(outline.corners)
        if kept and not _LARGEST <= area / _area(kept[0].corners) <= 1 / _LARGEST:
            continue
        if all(_shared(outline.corners, other.corners) < 0.1 * area for other in kept):
            kept.append(outline)
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
