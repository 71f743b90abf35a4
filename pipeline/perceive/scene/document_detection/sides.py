"""Four sides of a region that has grown together with something else: another sheet under it, a pen, a shadow."""

from collections.abc import Iterator
from itertools import combinations
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

_UNEVEN: Final = 2.5  # pixels by which a side may leave a straight line
_SHORTEST: Final = 0.15  # of the region's longer side, from which a piece may be a document's side
_MOST: Final = 9  # longest pieces that are tried: 126 ways to choose four
_COVERED: Final = 0.4  # of each side that its piece must cover; the rest may be hidden or grown over
_BEYOND: Final = 0.06  # of a side by which its piece may reach past the corner
_TRIED: Final = 3  # best ways that are handed on

_Corners = NDArray[np.float64]  # shape (ways, 4, 2)


def four_sides(contour: NDArray[np.int32]) -> Iterator[NDArray[np.float32]]:
    """Corners where four straight pieces of the contour meet, clockwise; the ways that use most of it first."""
    pieces = _pieces(contour)
    if len(pieces) < 4:
        return
    ways = pieces[np.array(list(combinations(range(len(pieces)), 4)))]  # (ways, 4, 2 ends, 2)
    corners = _meetings(ways)
    used = _used(ways, corners)
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


def _meetings(ways: NDArray[np.float64]) -> _Corners:
    """Where each piece, prolonged, meets the next; far away where they hardly do. Corner n begins piece n."""
    start = ways[:, :, 0]
    along = ways[:, :, 1] - start
    before, ahead = np.roll(start, 1, axis=1), np.roll(along, 1, axis=1)
    turn = _cross(ahead, along)
    turn = np.where(np.abs(turn) < 1e-6, 1e-6, turn)
    return before + ahead * (_cross(start - before, along) / turn)[..., None]


def _used(ways: NDArray[np.float64], corners: _Corners) -> NDArray[np.float64]:
    """Pixels of the sides that pieces cover; 0 where a piece lies elsewhere than on its side."""
    sides = np.roll(corners, -1, axis=1) - corners
    squares = np.maximum((sides**2).sum(axis=2), 1e-6)
    first, last = (((ways[:, :, end] - corners) * sides).sum(axis=2) / squares for end in (0, 1))
    covered = last - first
    fits = (covered >= _COVERED) & (first >= -_BEYOND) & (last <= 1 + _BEYOND)
    return np.where(fits.all(axis=1), (covered * np.sqrt(squares)).sum(axis=1), 0.0)


def _cross(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0])
