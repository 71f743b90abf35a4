"""The raster of a photographed screen: its pixels beat with the camera's, and blank paper shows stripes.

They are measured in the pixels as decoded, since scaling and straightening wipe them out, and on blank paper, since
print has frequencies of its own. Waves and lines that are printed on paper end where the paper ends; a screen's go on
beside the document, if anything lit lies there.

Source:
    Kunina et al., "A method for detecting recaptured document images by moiré across the document's border", 2023.
"""

from typing import Final, NamedTuple

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
_BESIDE: Final = 2.0  # tiles beside the document's border that are compared with what is within it

Tiles = NDArray[np.float32]  # shape (tiles, side, side)
Mask = NDArray[np.bool_]


class Raster(NamedTuple):
    """A document's raster.

    Attributes:
        share: Of blank paper's variation at one frequency, 0-1: low for noise, high for stripes, waves and lines.
        frequency: That frequency, in cycles a pixel; 0 where nothing blank was found.
        around: Share of the variation at the same frequency just beside the document, 0-1; None if nothing lies there
            that is lit and blank.
    """

    share: float
    frequency: float
    around: float | None


def measure_raster(grey: Grey, document: Quad) -> Raster:
    """Measure the raster of a document.

    Args:
        grey: The page as decoded.
        document: The document's outline on it; what surrounds it may be woven.
    """
    levels = _levels(grey)
    within, beside = _places(document, *levels.shape[:2])
    tiles = _blankest(grey, levels, within)
    if len(tiles) < _LEAST:
        return Raster(0.0, 0.0, None)
    energy = _energy(tiles)
    share = float(np.median([_at(tile, _peak(tile)) for tile in energy]))
    usual = _peak((energy / (energy.sum(axis=(1, 2), keepdims=True) + _FLOOR)).mean(axis=0))
    around = _blankest(grey, levels, beside)
    shared = float(np.median([_at(tile, usual) for tile in _energy(around)])) if len(around) >= _LEAST else None
    return Raster(round(share, 4), round(_cycles(usual), 4), None if shared is None else round(shared, 4))


def _levels(grey: Grey) -> Tiles:
    """Means of the parts of each tile, shape (rows of tiles, columns of tiles, parts)."""
    rows, columns = grey.shape[0] // _TILE, grey.shape[1] // _TILE
    if not rows or not columns:
        return np.empty((rows, columns, 0), np.float32)
    size = columns * _COARSE, rows * _COARSE
    small = cv2.resize(grey[: rows * _TILE, : columns * _TILE], size, interpolation=cv2.INTER_AREA)
    parts = small.reshape(rows, _COARSE, columns, _COARSE).swapaxes(1, 2)
    return parts.reshape(rows, columns, _COARSE**2).astype(np.float32)


def _blankest(grey: Grey, levels: Tiles, places: Mask) -> Tiles:
    """The tiles at these places without print on them, the blankest first."""
    if not levels.size:
        return np.empty((0, _TILE, _TILE), np.float32)
    spread = np.ptp(levels, axis=2)
    row, column = np.nonzero(places & (levels.mean(axis=2) > _LIT) & (spread < _BLANK))
    chosen = np.argsort(spread[row, column], kind="stable")[:_MOST]
    tops, lefts = row[chosen] * _TILE, column[chosen] * _TILE
    cut = [
        grey[top : top + _TILE, left : left + _TILE] for top, left in zip(tops.tolist(), lefts.tolist(), strict=True)
    ]
    return np.asarray(cut, np.float32).reshape(-1, _TILE, _TILE)


def _places(document: Quad, rows: int, columns: int) -> tuple[Mask, Mask]:
    """Which tiles lie in the document with all their corners, and which just beside it with all of theirs."""
    tops, lefts = np.mgrid[:rows, :columns] * _TILE
    middle = np.stack([lefts + _TILE / 2, tops + _TILE / 2], axis=-1)
    within, near = np.ones((rows, columns), np.bool_), np.ones((rows, columns), np.bool_)
    beside = np.zeros((rows, columns), np.bool_)
    turn = 1.0 if _area(document) > 0 else -1.0
    for a, b in zip(document, (*document[1:], document[0]), strict=True):
        along = np.array([b.x - a.x, b.y - a.y])
        length = max(float(np.hypot(*along)), 1e-6)
        inward = turn * np.array([-along[1], along[0]]) / length
        depth = (middle - np.array([a.x, a.y])) @ inward  # pixels from the side to the tile's middle, inside positive
        half = _TILE / 2 * float(np.abs(inward).sum())  # from a tile's middle to its farthest corner
        within &= depth >= half
        near &= depth >= -half - _BESIDE * _TILE
        beside |= depth <= -half
    return within, near & beside


def _area(document: Quad) -> float:
    corners = zip(document, (*document[1:], document[0]), strict=True)
    return sum(a.x * b.y - b.x * a.y for a, b in corners)


def _energy(tiles: Tiles) -> NDArray[np.floating]:
    return np.abs(np.fft.rfft2((tiles - tiles.mean(axis=(1, 2), keepdims=True)) * _WINDOW)) ** 2 * _COUNTED


def _peak(energy: NDArray[np.floating]) -> tuple[int, int]:
    row, column = np.unravel_index(int(energy.argmax()), energy.shape)
    return int(row), int(column)


def _cycles(at: tuple[int, int]) -> float:
    down, across = np.fft.fftfreq(_TILE)[at[0]], np.fft.rfftfreq(_TILE)[at[1]]
    return float(np.hypot(down, across))


def _at(energy: NDArray[np.floating], at: tuple[int, int]) -> float:
    """The share of the energy at a frequency and at its neighbours, which the window spreads it over."""
    rows = [(at[0] + off) % energy.shape[0] for off in (-1, 0, 1)]
    columns = [column for column in (at[1] - 1, at[1], at[1] + 1) if 0 <= column < energy.shape[1]]
    return float(energy[np.ix_(rows, columns)].sum() / (energy.sum() + _FLOOR))


def _counted() -> Mask:
    """The frequencies that are neither slow nor those of JPEG's blocks."""
    down, across = np.fft.fftfreq(_TILE)[:, None], np.fft.rfftfreq(_TILE)[None, :]
    blocks = (np.rint(down * _TILE) % _BLOCK == 0) & (np.rint(across * _TILE) % _BLOCK == 0)
    counted: Mask = (np.hypot(down, across) > _SLOW) & ~blocks
    return counted


_WINDOW: Final = np.outer(np.hanning(_TILE), np.hanning(_TILE)).astype(np.float32)
_COUNTED: Final = _counted()
_FLOOR: Final = float(_FAINT**2 * (_WINDOW**2).sum() * _COUNTED.sum())
