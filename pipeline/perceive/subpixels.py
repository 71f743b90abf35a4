"""The colours of a photographed screen: its pixels are red, green and blue side by side.

The camera's pixels beat with them, and the paper that is shown changes its colour from red over green to blue and back
to red, in this order or in the reverse one. Ink cannot do that: where its lines are darker, they are darker in red,
green and blue at the same place. So a ground of fine lines, which has a raster as well, is told from a screen that
fills the picture.

Source:
    Our own, after the stripes of colour in photos of screens, whose channels lie a third of a period apart.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.perceive.decode.pixels import Rgb
from pipeline.perceive.paper_tiles import TILE, WINDOW, PaperTiles, counted_frequencies

_MOST: Final = 32  # tiles that are looked at, those with the least print
_PRINTED: Final = 60  # grey levels between the parts of a tile; print has no colour that turns, but it hides one
_LEAST: Final = 3  # tiles, fewer of which tell nothing
_FAINT: Final = 3.0  # grey levels squared, of all three channels, that any paper may waver by
_THIRD: Final = np.exp(2j * np.pi / 3)  # a third of a turn: from red to green, from green to blue

Spectra = NDArray[np.floating]  # energy at each frequency, shape (tiles, side, side)


def measure_subpixels(page: Rgb, paper: PaperTiles) -> float:
    """Measure how far a document's colours turn as those of a screen do.

    Args:
        page: As decoded.
        paper: Which of its tiles are the document's.

    Returns:
        The share of the variation in colour, 0-1, that turns at a single frequency, the median of the tiles with the
        least print; 0 if there are too few of them.
    """
    tiles = paper.blankest(page, paper.within, limit=_PRINTED, most=_MOST)
    if len(tiles) < _LEAST:
        return 0.0
    red, green, blue = (tiles[..., channel] for channel in range(3))
    onward = _energy(red + _THIRD * green + _THIRD**2 * blue)
    back = np.roll(onward[:, ::-1, ::-1], 1, axis=(1, 2))  # at the opposite frequency: it turns the other way round
    together = _energy(red + green + blue)
    coloured = _with_neighbours(onward + back)
    number, peak = np.arange(len(tiles)), coloured.reshape(len(tiles), -1).argmax(axis=1)

    def at_peak(energy: Spectra) -> NDArray[np.floating]:
        return np.asarray(energy.reshape(len(tiles), -1)[number, peak])

    turning = np.abs(at_peak(_with_neighbours(onward - back)))
    share = at_peak(coloured) / (onward.sum(axis=(1, 2)) + _FLOOR)
    of_it = turning / (at_peak(coloured) + at_peak(_with_neighbours(together)) + _TINY)
    return round(float(np.median(share * of_it)), 4)


def _energy(tiles: NDArray[np.complexfloating] | NDArray[np.floating]) -> Spectra:
    level = tiles.mean(axis=(1, 2), keepdims=True)
    return np.asarray(np.abs(np.fft.fft2((tiles - level) * WINDOW)) ** 2 * _COUNTED, np.float64)


def _with_neighbours(energy: Spectra) -> Spectra:
    """With the energy of the neighbouring frequencies, over which the window spreads a stripe."""
    rows = energy + np.roll(energy, 1, axis=1) + np.roll(energy, -1, axis=1)
    return np.asarray(rows + np.roll(rows, 1, axis=2) + np.roll(rows, -1, axis=2), np.float64)


_COUNTED: Final = counted_frequencies(np.fft.fftfreq(TILE))
_FLOOR: Final = float(_FAINT * (WINDOW**2).sum() * _COUNTED.sum())
_TINY: Final = 1e-9
