"""How much of an outline is a border: paper within, something else without, all along.

A printed frame is a line with the same paper on both sides, and a chance outline on a desk's grain has sides that
nothing marks. Only the border of a document is a step in one direction along each of its sides.
"""

from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.perceive.scene.outlines import Corners

_SAMPLES: Final = 48  # places looked at along a side
_ENDS: Final = 0.04  # of a side at both ends, where cards are round and booklets worn
_REACH: Final = 4  # pixels by which a place may lie off the straight side: curled paper, and the masks' own width
_NEAR, _FAR = 2, 4  # pixels from the border at which colours are compared: past its blur, short of a printed frame
_LEAST_STEP: Final = 1.6  # 8-bit Lab; bed and tinted paper differ by 3 or more, flat paper within itself by 1
_OF_USUAL: Final = 0.25  # of the outline's usual step, under which a place shows none: a shadow leaves half

Colours = NDArray[np.float32]  # 8-bit Lab, shape (height, width, 3)
_Places = NDArray[np.float64]


class Border(NamedTuple):
    """An outline moved onto the border it follows.

    Attributes:
        support: Share of each side, clockwise from the top, along which the colour steps; 1 along the picture's end.
        open: Sides that lie on the picture's own end.
        paper: Colour just inside, median along the outline, 8-bit Lab.
        heights: By how much the colour changes across each side, 8-bit Lab, median along it; where the picture
            ends, as usual for the outline.
        ground: Colour just outside, likewise.
        apart: By how much the colours inside and outside differ, 8-bit Lab, on the side where they differ least:
            hardly at all across a printed frame.
    """

    corners: Corners
    support: tuple[float, ...]
    open: int
    paper: NDArray[np.float32]
    heights: tuple[float, ...]
    ground: NDArray[np.float32]
    apart: float

    @property
    def weakest(self) -> float:
        """Support of the side that has least."""
        return min(self.support)

    @property
    def mean(self) -> float:
        """Support along the whole outline."""
        return sum(self.support) / 4


class _Side(NamedTuple):
    """Places along a side, moved onto its border.

    Attributes:
        steps: Change of colour at each place, in the direction usual for the side.
        inside: Which places lie in the picture.
        ended: Whether the side lies on the picture's own end.
        height: Change of colour that is usual for the side.
        within: Colours inside.
        without: Colours outside.
        shown: Which places show a border.
    """

    places: _Places
    steps: NDArray[np.float32]
    inside: NDArray[np.bool_]
    ended: bool
    height: float
    within: Colours
    without: Colours
    shown: NDArray[np.bool_] = np.zeros(_SAMPLES, np.bool_)


def fit_border(lab: Colours, corners: Corners) -> Border:
    """The outline moved onto the border that it nearly follows, and how much of that border is there."""
    moved = corners.astype(np.float64)
    for _ in range(2):  # once to get there, once to see more of it
        sides = _sides(lab, moved)
        moved = _met([_line(side, moved[at], moved[(at + 1) % 4]) for at, side in enumerate(sides)], moved)
    sides = _sides(lab, moved)
    support = tuple(1.0 if side.ended else float(side.shown.mean()) for side in sides)
    paper = np.median(np.concatenate([side.within for side in sides]), axis=0)
    ground = np.median(np.concatenate([side.without for side in sides]), axis=0)
    usual = _usual(sides)
    heights = tuple(usual if side.ended else side.height for side in sides)
    ended = sum(side.ended for side in sides)
    apart = min((_difference(side) for side in sides if not side.ended), default=0.0)
    return Border(moved.astype(np.float32), support, ended, paper, heights, ground, apart)


def _difference(side: _Side) -> float:
    """By how much the usual colours inside and outside differ, 8-bit Lab; a line along the border adds nothing."""
    return float(np.abs(np.median(side.within, axis=0) - np.median(side.without, axis=0)).max())


def _sides(lab: Colours, corners: _Places) -> list[_Side]:
    """The four sides; one at which the colour changes far less than at the others follows no border."""
    sides = [_side(lab, corners[at], corners[(at + 1) % 4]) for at in range(4)]
    least = max(_LEAST_STEP, _OF_USUAL * _usual(sides))
    return [side._replace(shown=side.inside & (side.steps > least)) for side in sides]


def _usual(sides: list[_Side]) -> float:
    """The step of most sides that the picture does not cut off; 0 if it cuts off all."""
    return float(np.median([side.height for side in sides if not side.ended] or [0.0]))


def _side(lab: Colours, start: _Places, end: _Places) -> _Side:
    along = end - start
    inward = np.array([-along[1], along[0]]) / max(float(np.hypot(*along)), 1e-6)
    places = start + np.linspace(_ENDS, 1 - _ENDS, _SAMPLES)[:, None] * along
    height, width = lab.shape[:2]
    room = np.minimum(places, np.array([width - 1, height - 1]) - places).min(axis=1)
    profile = _profile(lab, places, inward)
    steps = _steps(profile)
    usual = np.median(steps[:, _REACH], axis=0)
    length = float(np.linalg.norm(usual))
    heights = steps @ (usual / max(length, 1e-6))
    moved = places + (heights.argmax(axis=1) - _REACH)[:, None] * inward
    ended = bool(np.median(room) < _NEAR)
    return _Side(moved, heights.max(axis=1), room > 0, ended, length, profile[:, -1], profile[:, 0])


def _profile(lab: Colours, places: _Places, inward: _Places) -> Colours:
    """Colours across the side at every place, from outside to inside, shape (places, offsets, 3)."""
    reach = _REACH + _FAR
    offsets = np.arange(-reach, reach + 1)
    spots = places[:, None] + offsets[None, :, None] * inward
    height, width = lab.shape[:2]
    column = np.clip(np.rint(spots[..., 0]), 0, width - 1).astype(np.intp)
    row = np.clip(np.rint(spots[..., 1]), 0, height - 1).astype(np.intp)
    return lab[row, column]


def _steps(profile: Colours) -> Colours:
    """Colour just inside less colour just outside, were the border so far off, shape (places, 2 reach + 1, 3)."""
    shifts = 2 * _REACH + 1
    middle = _FAR
    inside = sum(profile[:, middle + far : middle + far + shifts] for far in range(_NEAR, _FAR + 1))
    outside = sum(profile[:, middle - far : middle - far + shifts] for far in range(_NEAR, _FAR + 1))
    return np.asarray((inside - outside) / (_FAR - _NEAR + 1), np.float32)


def _line(side: _Side, start: _Places, end: _Places) -> tuple[_Places, _Places]:
    """A point and a direction: through the places that show a step, or the side as it was if too few do."""
    if side.ended or side.shown.sum() < _SAMPLES // 2:
        return start, end - start
    shown = side.places[side.shown].astype(np.float32)
    along_x, along_y, x, y = cv2.fitLine(shown, cv2.DIST_HUBER, 0, 0.01, 0.01)[:, 0]
    return np.array([x, y], np.float64), np.array([along_x, along_y], np.float64)


def _met(lines: list[tuple[_Places, _Places]], before: _Places) -> _Places:
    """Where neighbouring lines meet; the old corner if they hardly do, or far from it."""
    corners = before.copy()
    for at in range(4):
        (one, ahead), (other, on) = lines[at - 1], lines[at]
        turn = ahead[0] * on[1] - ahead[1] * on[0]
        if abs(turn) < 1e-6 * np.hypot(*ahead) * np.hypot(*on):
            continue
        gap = other - one
        met = one + ahead * ((gap[0] * on[1] - gap[1] * on[0]) / turn)
        if float(np.hypot(*(met - before[at]))) <= 4 * _REACH:
            corners[at] = met
    return corners
