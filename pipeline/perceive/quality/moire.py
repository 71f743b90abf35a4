"""The raster of a screen that was photographed: its pixels beat with the camera's, and blank paper shows stripes.

Looked for on blank paper, in the pixels as decoded: print has frequencies of its own, and drawing a picture smaller or
straight wipes the stripes out.
"""

from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from models.geometry import Quad
from pipeline.perceive.decode.pixels import Grey

_TILE: Final = 64  # pixels
_COARSE: Final = 8  # parts of a tile, across and down, between whose levels print shows
_MOST: Final = 32  # tiles that are looked at, the blankest ones
_BLANK: Final = 12  # grey levels between the parts of a tile on which nothing is printed, not even a line of the form
_LEAST: Final = 3  # blank tiles, fewer of which tell nothing
_LIT: Final = 60  # grey level of paper; darker tiles show a table or the lid
_SLOW: Final = 0.06  # cycles a pixel, below which light falls off and paper waves
_BLOCK: Final = 8  # pixels of a JPEG block, whose edges have a frequency of their own
_FAINT: Final = 1.0  # grey levels that any paper may waver by

Tiles: TypeAlias = NDArray[np.float32]
Mask: TypeAlias = NDArray[np.bool_]


def moire(grey: Grey, document: Quad) -> float:
    """The part of the wavering of blank paper that one frequency holds, 0-1: noise has none, a raster has one.

    Args:
        grey: The page as decoded.
        document: Where the document lies on it; what lies around it may well be woven.
    """
    tiles = _blankest(grey, document)
    if len(tiles) < _LEAST:
        return 0.0
    energy = np.abs(np.fft.rfft2((tiles - tiles.mean(axis=(1, 2), keepdims=True)) * _WINDOW)) ** 2 * _COUNTED
    peaks = np.stack([_around_the_peak(tile) for tile in energy])
    return round(float(np.median(peaks / (energy.sum(axis=(1, 2)) + _FLOOR))), 4)


def _blankest(grey: Grey, document: Quad) -> Tiles:
    """The tiles (n, side, side) of the document without print on them, the blankest first."""
    rows, columns = grey.shape[0] // _TILE, grey.shape[1] // _TILE
    if not rows or not columns:
        return np.empty((0, _TILE, _TILE), np.float32)
    whole = grey[: rows * _TILE, : columns * _TILE]
    small = cv2.resize(whole, (columns * _COARSE, rows * _COARSE), interpolation=cv2.INTER_AREA)
    levels = _tiled(small, rows, columns, _COARSE)
    lit = np.flatnonzero((levels.mean(axis=1) > _LIT) & _inside(document, rows, columns))
    print_ = (levels.max(axis=1).astype(int) - levels.min(axis=1))[lit]
    chosen = lit[np.argsort(print_, kind="stable")[: min(_MOST, int((print_ < _BLANK).sum()))]]
    return _tiled(whole, rows, columns, _TILE)[chosen].reshape(-1, _TILE, _TILE).astype(np.float32)


def _inside(document: Quad, rows: int, columns: int) -> Mask:
    """Which tiles, row by row, lie in the document with all their corners: on one side of all its edges."""
    tops, lefts = np.divmod(np.arange(rows * columns), columns) * np.array(_TILE)
    xs, ys = (np.stack([start, start + _TILE]) for start in (lefts, tops))
    sides = np.stack(
        [
            (b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x)
            for a, b in zip(document, (*document[1:], document[0]), strict=True)
            for x in xs
            for y in ys
        ]
    )
    return np.asarray((sides >= 0).all(axis=0) | (sides <= 0).all(axis=0))


def _tiled(grey: Grey, rows: int, columns: int, side: int) -> Grey:
    return grey.reshape(rows, side, columns, side).swapaxes(1, 2).reshape(rows * columns, side * side)


def _around_the_peak(energy: NDArray[np.floating]) -> float:
    """The energy of the strongest frequency and of its neighbours, which the window spreads it over."""
    row, column = np.unravel_index(int(energy.argmax()), energy.shape)
    rows = [(int(row) + off) % energy.shape[0] for off in (-1, 0, 1)]
    columns = [at for at in (int(column) - 1, int(column), int(column) + 1) if 0 <= at < energy.shape[1]]
    return float(energy[np.ix_(rows, columns)].sum())


def _counted() -> Mask:
    """The frequencies that are neither slow nor those of JPEG's blocks."""
    down, across = np.fft.fftfreq(_TILE)[:, None], np.fft.rfftfreq(_TILE)[None, :]
    blocks = (np.rint(down * _TILE) % _BLOCK == 0) & (np.rint(across * _TILE) % _BLOCK == 0)
    counted: Mask = (np.hypot(down, across) > _SLOW) & ~blocks
    return counted


_WINDOW: Final = np.outer(np.hanning(_TILE), np.hanning(_TILE)).astype(np.float32)
_COUNTED: Final = _counted()
_FLOOR: Final = float(_FAINT**2 * (_WINDOW**2).sum() * _COUNTED.sum())
