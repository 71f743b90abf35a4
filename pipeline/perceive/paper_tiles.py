"""Square tiles of a page as decoded: those of a document's paper with the least print, and those just beside it.

What a photographed screen shows is measured on them, since scaling and straightening wipe it out.
"""

from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from models.geometry import Quad
from pipeline.perceive.decode.pixels import Grey, Rgb

TILE: Final = 64  # pixels
_COARSE: Final = 8  # parts of a tile, across and down, between whose levels print shows
_LIT: Final = 60  # grey level of paper; darker tiles show a table or the lid
_BESIDE: Final = 2.0  # tiles beside the document's border that are compared with what is within it

_SLOW: Final = 0.06  # cycles a pixel, below which light falls off, lamps differ and paper waves
_BLOCK: Final = 8  # pixels of a JPEG block, whose edges have a frequency of their own
WINDOW: Final = np.outer(np.hanning(TILE), np.hanning(TILE)).astype(np.float32)

Mask = NDArray[np.bool_]


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

    def blankest(self, picture: Grey | Rgb, where: Mask, *, limit: float, most: int) -> NDArray[np.float32]:
        """The tiles there with less print than `limit`, the blankest first; shape (`most` at most, side, side, ...)."""
        row, column = np.nonzero(where & (self.print < limit))
        chosen = np.argsort(self.print[row, column], kind="stable")[:most]
        corners = zip((row[chosen] * TILE).tolist(), (column[chosen] * TILE).tolist(), strict=True)
        cut = [picture[top : top + TILE, left : left + TILE] for top, left in corners]
        return np.asarray(cut, np.float32).reshape(-1, TILE, TILE, *picture.shape[2:])


def counted_frequencies(across: NDArray[np.floating]) -> Mask:
    """Those frequencies of a tile that are neither slow nor of JPEG's blocks; `across` are those of its columns."""
    down = np.fft.fftfreq(TILE)[:, None]
    blocks = (np.rint(down * TILE) % _BLOCK == 0) & (np.rint(across * TILE) % _BLOCK == 0)
    counted: Mask = (np.hypot(down, across[None, :]) > _SLOW) & ~blocks
    return counted


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
