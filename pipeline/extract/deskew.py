"""Deskew lines: slanted lines get the boxes that they would have on a level page.

After a missed outline, or on a sheet that curls, lines slant in the straightened picture; the upright boxes around them
then overlap their neighbours, and no value stands beside its label. The lines' corners show where they really are.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.geometry import Box
from models.reading import Line

_LEVEL = 0.02  # slope; below it boxes fit their lines well enough
_LONG = 2.5  # times as long as high: shorter lines do not tell a slope
_LEAST = 5  # long lines, fewer of which tell nothing about a page
_TOLERANCE = 0.12  # slope by which a line may differ from the page's before it is ignored
_FLAT = 1e-9


class _Field(NamedTuple):
    """The slope of lines at a point, linear in its position; `x0` and `y0` are the middle of the page's lines."""

    at_middle: float
    across: float
    down: float
    x0: float
    y0: float

    def moved(self, x: float, y: float) -> tuple[float, float]:
        """Where a point lies once the lines are level: each slides along its own line to the middle's column."""
        aside, below = x - self.x0, y - self.y0
        slope = self.at_middle + self.down * below + self.across * aside / 2
        return x + self.at_middle * below, y - slope * aside


def deskew(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines with `upright` boxes as on a level page; those of a page that is level are left as they are.

    Print tells how the page lies; stamps stand as they like.
    """
    corners = _in_picture(lines) if len(lines) >= _LEAST else None
    printed = np.asarray([not line.stamped for line in lines], dtype=bool)
    field = _slopes(corners[printed]) if corners is not None and printed.any() else None
    if corners is None or field is None:
        return tuple(lines)
    return tuple(
        line.model_copy(update={"upright": _box(quad, field)}) for line, quad in zip(lines, corners, strict=True)
    )


def _in_picture(lines: Sequence[Line]) -> NDArray[np.float64] | None:
    """Corners of each line in the straightened picture (n, 4, 2), by the homography fitted to the lines' middles."""
    quads = np.asarray([line.quad for line in lines], dtype=np.float64)
    boxes = np.asarray([line.upright for line in lines], dtype=np.float64)
    onto = (boxes[:, :2] + boxes[:, 2:]) / 2
    matrix = _homography(quads.mean(axis=1), onto)
    flat = np.concatenate((quads.reshape(-1, 2), np.ones((len(lines) * 4, 1))), axis=1) @ matrix.T
    if np.any(np.abs(flat[:, 2]) < _FLAT):
        return None
    corners = (flat[:, :2] / flat[:, 2:]).reshape(-1, 4, 2)
    missed = np.abs(corners.mean(axis=1) - onto).max(axis=1)
    heights = boxes[:, 3] - boxes[:, 1]
    return corners if np.median(missed / np.maximum(heights, 1)) < 0.2 else None


def _homography(points: NDArray[np.float64], onto: NDArray[np.float64]) -> NDArray[np.float64]:
    """The projective map (3, 3) that takes points (n, 2) onto others with the least error.

    Not `cv2.findHomography`: extract may not import OpenCV, and damping keeps the map of a few lines nearly affine.
    """
    to_unit, from_unit = _normaliser(points), np.linalg.inv(_normaliser(onto))
    source, target = _apply(to_unit, points), _apply(np.linalg.inv(from_unit), onto)
    x, y = source.T
    one, nought = np.ones_like(x), np.zeros_like(x)
    rows = []
    for own, other in ((target[:, 0], 0), (target[:, 1], 1)):
        linear = (x, y, one, nought, nought, nought) if other == 0 else (nought, nought, nought, x, y, one)
        rows.append(np.stack((*linear, -own * x, -own * y), axis=1))
    found = np.linalg.lstsq(
        np.concatenate((*rows, 0.03 * np.eye(8)[6:])), np.concatenate((target.T.ravel(), (0.0, 0.0))), rcond=None
    )[0]
    return np.asarray(from_unit @ np.append(found, 1.0).reshape(3, 3) @ to_unit)


def _normaliser(points: NDArray[np.float64]) -> NDArray[np.float64]:
    middle, spread = points.mean(axis=0), max(float(points.std()), 1.0)
    return np.asarray([[1 / spread, 0, -middle[0] / spread], [0, 1 / spread, -middle[1] / spread], [0, 0, 1]])


def _apply(affine: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    return points @ affine[:2, :2].T + affine[:2, 2]


def _slopes(corners: NDArray[np.float64]) -> _Field | None:
    """How lines lie across the page; None for a level one."""
    starts, ends = (corners[:, 0] + corners[:, 3]) / 2, (corners[:, 1] + corners[:, 2]) / 2
    along = ends - starts
    high = np.linalg.norm(corners[:, 3] - corners[:, 0], axis=1)
    long = along[:, 0] > _LONG * high
    if long.sum() < _LEAST:
        return None
    middles, weights = corners.mean(axis=1)[long], along[long, 0]
    slopes = (along[:, 1] / np.maximum(along[:, 0], 1))[long]
    usual = float(np.median(slopes))
    near = np.abs(slopes - usual) < _TOLERANCE
    if np.median(np.abs(slopes)) < _LEVEL or near.sum() < _LEAST:
        return None
    x0, y0 = corners.mean(axis=(0, 1))
    offsets = middles[near] - (x0, y0)
    scale = max(float(np.abs(offsets).max()), 1.0)
    design = np.stack((np.ones(int(near.sum())), offsets[:, 0] / scale, offsets[:, 1] / scale), axis=1)
    root = np.sqrt(weights[near])
    damped = np.concatenate((design * root[:, None], np.diag((0.0, 1.0, 1.0)) * float(root.mean())))
    wanted = np.concatenate((slopes[near] * root, np.zeros(3)))
    found = np.linalg.lstsq(damped, wanted, rcond=None)[0]
    return _Field(float(found[0]), float(found[1]) / scale, float(found[2]) / scale, float(x0), float(y0))


def _box(quad: NDArray[np.float64], field: _Field) -> Box:
    """As long as the line is and as high, around where its ends come to lie."""
    (left, top), (right, bottom) = (
        field.moved(*(float(value) for value in (quad[at] + quad[3 - at]) / 2)) for at in (0, 1)
    )
    high = float(np.linalg.norm(quad[3] - quad[0]) + np.linalg.norm(quad[2] - quad[1])) / 4
    middle = (top + bottom) / 2
    return Box(round(left), round(middle - high), max(round(right), round(left) + 1), round(middle + high))
