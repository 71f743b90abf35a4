"""Square tiles of a page as decoded: those of a document's paper with the least print, and those just beside it.

What a photographed screen shows is measured on them, since scaling and straightening wipe it out.
"""

from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from models.geometry import Quad
from pipeline.perceive.decode.pixels import Grey

TILE: Final = 64  # pixels
_COARSE: Final = 8  # parts of a tile, across and down, between whose levels print shows
_LIT: Final = 60  # grey level of paper; darker tiles show a table or the lid
_BESIDE: Final = 2.0  # tiles beside the document's border that are compared with what is within it

Mask = NDArray[np.bool_]


class Corner(NamedTuple):
    """The top left corner of a tile, in pixels of the page."""

    top: int
    left: int


class PaperTiles(NamedTuple):
    """The tiles of a page, by row and column.

    Attributes:
        print: Grey levels between the parts of a tile: how much is printed on it; infinite for a dark one.
        within: Whether a tile lies in the document with all its corners.
        beside: Whether it lies just beside the document with all its corners.
    """

    print: NDArray[np.float32]
    within: Mask
    beside: Mask

    def blankest(self, where: Mask, *, limit: float, most: int) -> list[Corner]:
        """The tiles there with less print than `limit`, the blankest first, at most `most` of them."""
        row, column = np.nonzero(where & (self.print < limit))
        chosen = np.argsort(self.print[row, column], kind="stable")[:most]
        return [Corner(int(row[at]) * TILE, int(column[at]) * TILE) for at in chosen]


def paper_tiles(grey: Grey, document: Quad) -> PaperTiles:
    """The tiles of a page on and around a document.

    Args:
        grey: The page as decoded.
        document: The document's outline on it; what surrounds it may be woven.
    """
    levels = _levels(grey)
    if not levels.size:
        none = np.zeros(levels.shape[:2], np.bool_)
        return PaperTiles(np.zeros(levels.shape[:2], np.float32), none, none)
    spread = np.where(levels.mean(axis=2) > _LIT, np.ptp(levels, axis=2), np.float32(np.inf))
    return PaperTiles(spread, *_places(document, *levels.shape[:2]))


def _levels(grey: Grey) -> NDArray[np.float32]:
    """Means of the parts of each tile, shape (rows of tiles, columns of tiles, parts)."""
    rows, columns = grey.shape[0] // TILE, grey.shape[1] // TILE
    if not rows or not columns:
        return np.empty((rows, columns, 0), np.float32)
    size = columns * _COARSE, rows * _COARSE
    small = cv2.resize(grey[: rows * TILE, : columns * TILE], size, interpolation=cv2.INTER_AREA)
    parts = small.reshape(rows, _COARSE, columns, _COARSE).swapaxes(1, 2)
    return parts.reshape(rows, columns, _COARSE**2).astype(np.float32)


def _places(document: Quad, rows: int, columns: int) -> tuple[Mask, Mask]:
    """Which tiles lie in the document with all their corners, and which just beside it with all of theirs."""
    tops, lefts = np.mgrid[:rows, :columns] * TILE
    middle = np.stack([lefts + TILE / 2, tops + TILE / 2], axis=-1)
    within, near = np.ones((rows, columns), np.bool_), np.ones((rows, columns), np.bool_)
    beside = np.zeros((rows, columns), np.bool_)
    turn = 1.0 if _area(document) > 0 else -1.0
    for a, b in zip(document, (*document[1:], document[0]), strict=True):
        along = np.array([b.x - a.x, b.y - a.y])
        length = max(float(np.hypot(*along)), 1e-6)
        inward = turn * np.array([-along[1], along[0]]) / length
        depth = (middle - np.array([a.x, a.y])) @ inward  # pixels from the side to the tile's middle, inside positive
        half = TILE / 2 * float(np.abs(inward).sum())  # from a tile's middle to its farthest corner
        within &= depth >= half
        near &= depth >= -half - _BESIDE * TILE
        beside |= depth <= -half
    return within, near & beside


def _area(document: Quad) -> float:
    corners = zip(document, (*document[1:], document[0]), strict=True)
    return sum(a.x * b.y - b.x * a.y for a, b in corners)
