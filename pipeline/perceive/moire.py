"""The raster of a photographed screen: its pixels beat with the camera's, and blank paper shows stripes.

They are measured in the pixels as decoded, since scaling and straightening wipe them out, and on blank paper, since
print has frequencies of its own. Waves and lines that are printed on paper end where the paper ends; a screen's go on
beside the document, if anything lit lies there. Where nothing does, only their colours tell (`subpixels.py`).

Source:
    Kunina et al., "A method for detecting recaptured document images by moiré across the document's border", 2023.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.perceive.decode.pixels import Grey
from pipeline.perceive.paper_tiles import TILE, WINDOW, PaperTiles, counted_frequencies

_MOST: Final = 32  # tiles that are looked at, the blankest ones
_BLANK: Final = 12  # grey levels between the parts of a tile on which nothing is printed, not even a line of the form
_LEAST: Final = 3  # blank tiles, fewer of which tell nothing
_FAINT: Final = 1.0  # grey levels that any paper may waver by

Tiles = NDArray[np.float32]  # shape (tiles, side, side)


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


def measure_raster(grey: Grey, paper: PaperTiles) -> Raster:
    """Measure the raster of a document on the page as decoded, of which `paper` tells the tiles."""
    tiles = paper.blankest(grey, paper.within, limit=_BLANK, most=_MOST)
    if len(tiles) < _LEAST:
        return Raster(0.0, 0.0, None)
    energy = _energy(tiles)
    share = float(np.median([_at(tile, _peak(tile)) for tile in energy]))
    usual = _peak((energy / (energy.sum(axis=(1, 2), keepdims=True) + _FLOOR)).mean(axis=0))
    around = paper.blankest(grey, paper.beside, limit=_BLANK, most=_MOST)
    shared = float(np.median([_at(tile, usual) for tile in _energy(around)])) if len(around) >= _LEAST else None
    return Raster(round(share, 4), round(_cycles(usual), 4), None if shared is None else round(shared, 4))


def _energy(tiles: Tiles) -> NDArray[np.floating]:
    return np.abs(np.fft.rfft2((tiles - tiles.mean(axis=(1, 2), keepdims=True)) * WINDOW)) ** 2 * _COUNTED


def _peak(energy: NDArray[np.floating]) -> tuple[int, int]:
    row, column = np.unravel_index(int(energy.argmax()), energy.shape)
    return int(row), int(column)


def _cycles(at: tuple[int, int]) -> float:
    down, across = np.fft.fftfreq(TILE)[at[0]], np.fft.rfftfreq(TILE)[at[1]]
    return float(np.hypot(down, across))


def _at(energy: NDArray[np.floating], at: tuple[int, int]) -> float:
    """The share of the energy at a frequency and at its neighbours, which the window spreads it over."""
    rows = [(at[0] + off) % energy.shape[0] for off in (-1, 0, 1)]
    columns = [column for column in (at[1] - 1, at[1], at[1] + 1) if 0 <= column < energy.shape[1]]
    return float(energy[np.ix_(rows, columns)].sum() / (energy.sum() + _FLOOR))


_COUNTED: Final = counted_frequencies(np.fft.rfftfreq(TILE))
_FLOOR: Final = float(_FAINT**2 * (WINDOW**2).sum() * _COUNTED.sum())
