"""A character cut out of a page: its ink alone, evened, without its neighbours'."""

from collections.abc import Iterator
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from models.geometry import Quad
from pipeline.perceive.decode.pixels import Grey, Rgb

_EM: Final = 48  # pixels that the height of a line is given
_ROOM: Final = 0.9  # of the height, to each side of the character's middle
_NARROWEST: Final = 0.25  # of the height, from the middle to a gap beside the character
_WIDEST: Final = 0.72
_TALLEST: Final = 0.62  # likewise up and down
_DARK: Final = 90  # levels of ink from which a pixel is a stroke's
_NUDGES: Final = (0, 2, -2)  # pixels by which gaps are tried further in and out
_INK_AND_PAPER: Final = (1.5, 90)  # percentiles
_LEAST_CONTRAST: Final = 0.05  # of paper: fainter ink is not made stronger
_LEAST: Final = 4  # rows and columns of ink that a character has


def cut_out(page: Rgb, place: Quad) -> tuple[Grey, ...]:
    """The character that stands at a place, cut in a few ways that differ in where its neighbours end.

    Args:
        page: As decoded.
        place: Around the character, as high as its line.

    Returns:
        Pictures, dark on light, cut to the ink's rim; none where there is no ink.
    """
    ink = _ink(_upright(page, place))
    middle = ink.shape[0] / 2
    left, right = _gaps(ink, middle)
    return tuple(_trimmed(ink, middle, left, right))


def _upright(page: Rgb, place: Quad) -> NDArray[np.float32]:
    """A square around the character. Of the colours only red, in which a red seal is paper."""
    corners = np.array(place, np.float32)
    middle = corners.mean(axis=0)
    along = (corners[1] - corners[0] + corners[2] - corners[3]) / 2
    down = (corners[3] - corners[0] + corners[2] - corners[1]) / 2
    height = float(np.linalg.norm(down))
    along *= height * _ROOM / max(float(np.linalg.norm(along)), 1e-6)
    down = down * _ROOM
    source = np.array([middle - along - down, middle + along - down, middle + along + down, middle - along + down])
    side = round(2 * _ROOM * _EM)
    target = np.array([(0, 0), (side, 0), (side, side), (0, side)], np.float32)
    onto = cv2.getPerspectiveTransform(source.astype(np.float32), target)
    red = np.ascontiguousarray(page[:, :, 0])
    square = cv2.warpPerspective(red, onto, (side, side), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(square, np.float32)


def _ink(square: NDArray[np.float32]) -> NDArray[np.float32]:
    """How dark each pixel is against the paper around it, from 0 to 255."""
    paper = cv2.GaussianBlur(cv2.dilate(square, np.ones((9, 9), np.uint8)), (0, 0), _EM / 4)
    flat = square / np.maximum(paper, 1.0)
    darkest, brightest = np.percentile(flat, _INK_AND_PAPER)
    dark = (brightest - flat) / max(float(brightest - darkest), _LEAST_CONTRAST)
    return np.asarray(255 * np.clip(dark, 0, 1), np.float32)


def _gaps(ink: NDArray[np.float32], middle: float) -> tuple[int, int]:
    """The columns with least ink to the left and right, rather where a character of a square ends."""
    half = _EM / 2
    rows = ink[round(middle - half) : round(middle + half)]
    columns = cv2.GaussianBlur(rows.sum(axis=0).reshape(1, -1), (0, 0), 1.0).ravel()

    def gap(side: int) -> int:
        near, far = sorted((middle + side * _NARROWEST * _EM, middle + side * _WIDEST * _EM))
        tried = np.arange(max(0, round(near)), min(len(columns), round(far)))
        off = np.abs(tried - (middle + side * half)) / _EM
        return int(tried[np.argmin(columns[tried] + 0.08 * columns.max() * off)])

    return gap(-1), gap(1)


def _trimmed(ink: NDArray[np.float32], middle: float, left: int, right: int) -> Iterator[Grey]:
    top, bottom = round(middle - _TALLEST * _EM), round(middle + _TALLEST * _EM)
    for nudge in _NUDGES:
        part = ink[top:bottom, max(0, left + nudge) : right - nudge + 1]
        rows, columns = np.flatnonzero((part > _DARK).any(axis=1)), np.flatnonzero((part > _DARK).any(axis=0))
        if min(len(rows), len(columns)) >= _LEAST:
            cut = part[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
            yield np.asarray(255 - cut, np.uint8)
