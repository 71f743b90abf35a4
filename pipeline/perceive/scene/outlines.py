"""Outlines that may be a document's: regions of a small picture, each as the four corners around it.

A region that has grown together with another sheet, a pen or a shadow is no quadrilateral: its straight sides are used.
"""

from collections.abc import Iterator
from itertools import combinations
from typing import Final, TypeAlias

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from pipeline.perceive.decode.pixels import Grey, Rgb

_LEAST_SHARE: Final = 0.03  # of the picture; below this a rectangle is a stamp or a phone, not a document
_MOST_SHARE: Final = 0.97  # above this the outline is the picture's own border
_LEAST_FILL: Final = 0.8  # of its four corners' area that a region must cover: a thumb on a page takes a tenth
_LEAST_SOLID: Final = 0.85  # of its hull; what is less has grown together with something else
_WIDEST_ASPECT: Final = 3.5  # a card is 1.6, an open booklet 1.4; a steep view doubles it
_SHARPEST: Final = 0.6  # cosine of the sharpest corner, 53 degrees: seen from 45 degrees a page still has 60
_RIM: Final = 4  # pixels of the picture's border that show what the document lies on
_TOLERANCES: Final = (0.01, 0.02, 0.03)  # of the circumference, by which a straight side may be uneven

Corners: TypeAlias = MatLike  # float32, shape (4, 2), clockwise
_UNEVEN: Final = 2.5  # pixels by which a side may leave a straight line
_SHORTEST: Final = 0.15  # of the region's longer side, from which a piece may be a document's side
_MOST: Final = 9  # longest pieces that are tried: 126 ways to choose four
_COVERED: Final = 0.4  # of each side that its piece must cover; the rest may be hidden or grown over
_BEYOND: Final = 0.06  # of a side by which its piece may reach past the corner
_TRIED: Final = 3  # best choices that are returned
_EDGES: Final = ((16, 48), (40, 110), (100, 260))  # Sobel units, four to a grey level: tinted paper, card on a desk


def outlines(smooth: Rgb) -> Iterator[Corners]:
    """Four corners around every region of a plausible size and shape; the same one may come several times."""
    frame = smooth.shape[0] * smooth.shape[1]
    for mask in _masks(smooth):
        contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
        for contour in contours:
            if cv2.contourArea(contour) < _LEAST_SHARE * frame:
                continue
            for corners in _corners_of(contour):
                if area(corners) <= _MOST_SHARE * frame and _plausible(corners):
                    yield corners


def area(corners: Corners) -> float:
    """Pixels that the corners enclose."""
    return float(cv2.contourArea(corners))


def clockwise(corners: Corners) -> Corners:
    """The corners in clockwise order, the one nearest to the top left first."""
    centre = corners.mean(axis=0)
    angles = np.arctan2(corners[:, 1] - centre[1], corners[:, 0] - centre[0])  # grow clockwise: y points down
    ordered = corners[np.argsort(angles, kind="stable")]
    return np.roll(ordered, -int(np.argmin(ordered.sum(axis=1))), axis=0)


def four_corners(contour: MatLike) -> Corners | None:
    """The contour as four corners around it; None if it does not fill them, or its own hull."""
    hull = cv2.convexHull(contour)
    filled = cv2.contourArea(contour)
    if filled < _LEAST_SOLID * cv2.contourArea(hull):
        return None
    length = cv2.arcLength(hull, closed=True)
    for tolerance in _TOLERANCES:
        corners = cv2.approxPolyDP(hull, tolerance * length, closed=True)
        if len(corners) == 4:
            break
    else:
        corners = _around(cv2.approxPolyDP(hull, _TOLERANCES[0] * length, closed=True))
    four = clockwise(corners.reshape(-1, 2).astype(np.float32))
    return four if len(four) == 4 and filled >= _LEAST_FILL * area(four) else None


def _corners_of(contour: MatLike) -> Iterator[Corners]:
    """The region as it is; where it is no rectangle, its straight sides."""
    corners = four_corners(contour)
    if corners is not None:
        yield corners
    else:
        yield from map(clockwise, four_sides(np.asarray(contour, np.int32)))


def _masks(smooth: Rgb) -> Iterator[Grey]:
    """Pictures in which a document may be a region: inside its edges, as paper, and unlike the picture's border."""
    for low, high in _EDGES:
        edges = cv2.Canny(smooth, low, high)  # of whichever channel changes most
        for width in (3, 5):
            yield cv2.bitwise_not(cv2.dilate(edges, np.ones((width, width), np.uint8)))
    red, green, blue = cv2.split(smooth)
    paper = cv2.min(cv2.min(red, green), blue)  # paper is bright in every channel, a coloured desk in some
    _, bright = cv2.threshold(paper, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    yield _without_whiskers(bright)
    yield from _unlike_the_rim(smooth)


def _unlike_the_rim(smooth: Rgb) -> Iterator[Grey]:
    """Where the colour differs from that at the picture's border; tinted paper on a white bed differs by little."""
    lab = cv2.cvtColor(smooth, cv2.COLOR_RGB2LAB)
    usual = np.median(rim(lab), axis=0)
    lightness, red, blue = cv2.split(cv2.absdiff(lab, np.array([*usual, 0.0])))
    apart = np.asarray(cv2.max(cv2.max(lightness, red), blue), np.uint8)
    spread = float(np.percentile(rim(apart[..., None]), 90))
    for least in (1, 5, 12):  # 8-bit Lab: tinted paper on white, white paper on grey, any paper on a desk
        _, mask = cv2.threshold(apart, spread + least, 255, cv2.THRESH_BINARY)
        yield _without_whiskers(np.asarray(mask, np.uint8))


def rim(lab: MatLike) -> MatLike:
    """Colours along the picture's border, shape (pixels, channels)."""
    edge = (lab[:_RIM], lab[-_RIM:], lab[:, :_RIM], lab[:, -_RIM:])
    return np.concatenate([part.reshape(-1, lab.shape[2]) for part in edge])


def _without_whiskers(mask: Grey) -> Grey:
    """Holes of print closed, and pens and cables that touch the paper cut off."""
    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    return cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((9, 9), np.uint8))


def _around(polygon: MatLike) -> MatLike:
    """Four corners around a convex polygon: the side whose loss adds least goes, until four are left.

    A finger or a folded corner adds short sides; dropping them keeps everything inside.
    """
    points: list[NDArray[np.float64]] = [np.asarray(point, np.float64) for point in polygon.reshape(-1, 2)]
    while len(points) > 4:
        options = [(extra, at, tip) for at in range(len(points)) for extra, tip in _dropped(points, at)]
        if not options:
            break
        _, at, tip = min(options, key=lambda option: option[:2])
        points[at] = tip
        del points[(at + 1) % len(points)]
    return np.asarray(points, np.float32)


def _dropped(points: list[NDArray[np.float64]], at: int) -> Iterator[tuple[float, NDArray[np.float64]]]:
    """Where the neighbours of the side that begins at a point meet without it, and the area which that adds."""
    before, start, end, after = (points[(at + step) % len(points)] for step in (-1, 0, 1, 2))
    ahead, back = start - before, end - after
    turn = float(ahead[0] * back[1] - ahead[1] * back[0])
    if abs(turn) < 1e-6:
        return
    gap = end - start
    along = float(gap[0] * back[1] - gap[1] * back[0]) / turn
    tip = start + along * ahead
    if along > 0 and float((tip - end) @ back) > 0:
        yield abs(float((start[0] - tip[0]) * (end[1] - tip[1]) - (start[1] - tip[1]) * (end[0] - tip[0]))) / 2, tip


def _plausible(corners: Corners) -> bool:
    sides = np.roll(corners, -1, axis=0) - corners
    lengths = np.linalg.norm(sides, axis=1)
    if float(lengths.max()) > _WIDEST_ASPECT * float(lengths.min()):
        return False
    cosines = (sides * np.roll(sides, 1, axis=0)).sum(axis=1) / (lengths * np.roll(lengths, 1))
    return bool(np.abs(cosines).max() <= _SHARPEST)


def four_sides(contour: NDArray[np.int32]) -> Iterator[NDArray[np.float32]]:
    """Corners where four straight pieces of the contour meet, clockwise; choices that use most of it first."""
    pieces = _pieces(contour)
    if len(pieces) < 4:
        return
    choices = pieces[np.array(list(combinations(range(len(pieces)), 4)))]  # (choices, 4, 2 ends, 2)
    corners = _meetings(choices)
    used = _used(choices, corners)
    for at in np.argsort(-used, kind="stable")[:_TRIED]:
        if used[at] > 0:
            yield corners[at].astype(np.float32)


def _pieces(contour: NDArray[np.int32]) -> NDArray[np.float64]:
    """The longest straight pieces in the order of the contour, shape (pieces, 2, 2)."""
    points = cv2.approxPolyDP(contour, _UNEVEN, closed=True).reshape(-1, 2).astype(np.float64)
    pieces = np.stack([points, np.roll(points, -1, axis=0)], axis=1)
    lengths = np.linalg.norm(pieces[:, 1] - pieces[:, 0], axis=1)
    longest = np.sort(np.argsort(-lengths, kind="stable")[:_MOST])
    straight = longest[lengths[longest] >= _SHORTEST * np.ptp(points, axis=0).max()]
    return np.asarray(pieces[straight], np.float64)


def _meetings(choices: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where each piece, prolonged, meets the next, shape (choices, 4, 2); far away where they hardly do.

    Corner n begins piece n.
    """
    start = choices[:, :, 0]
    along = choices[:, :, 1] - start
    before, ahead = np.roll(start, 1, axis=1), np.roll(along, 1, axis=1)
    turn = _cross(ahead, along)
    turn = np.where(np.abs(turn) < 1e-6, 1e-6, turn)
    return before + ahead * (_cross(start - before, along) / turn)[..., None]


def _used(choices: NDArray[np.float64], corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Pixels of the sides that pieces cover; 0 where a piece lies elsewhere than on its side."""
    sides = np.roll(corners, -1, axis=1) - corners
    squares = np.maximum((sides**2).sum(axis=2), 1e-6)
    first, last = (((choices[:, :, end] - corners) * sides).sum(axis=2) / squares for end in (0, 1))
    covered = last - first
    fits = (covered >= _COVERED) & (first >= -_BEYOND) & (last <= 1 + _BEYOND)
    return np.where(fits.all(axis=1), (covered * np.sqrt(squares)).sum(axis=1), 0.0)


def _cross(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0])
