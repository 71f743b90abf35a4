"""Pixels to numbers, of a line, a page, and the moiré of a photographed screen.

No limit is known here; `pipeline/judge/rules/legibility.py` judges. A screen's pixels beat with the camera's: blank
paper shows stripes. They are measured in the pixels as decoded, since scaling and straightening wipe them out, and on
blank paper, since print has frequencies of its own.
"""

import math
from collections.abc import Sequence
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from models.geometry import Box, Quad
from models.reading import LineMeasures, PageMeasures, Surface, Tile
from pipeline.perceive.decode.pixels import Grey, Rgb

_SHARPNESS_WIDTH = 1000
_TILES_ACROSS = 64
_SURFACE_WIDTH = 1024  # pixels; finer than a tile needs
_FULL = 255.0
_SATURATED = 250
_CORE = 0.25  # of the way from ink to paper: darker pixels are the core of a stroke
_RIM = 0.1  # of the longer side; straightening keeps 0.085 around the document
_COLOUR_SIDE = 400  # pixels of the longer side for colours, whose noise a mean over several pixels takes off
_MOIRE_TILE: Final = 64  # pixels
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


def grey_of(picture: Rgb) -> Grey:
    """Luminance."""
    return cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)


def measure_line(picture: Rgb, grey: Grey, box: Box, characters: Sequence[float] = ()) -> LineMeasures:
    """Measure one text line of a straightened document.

    Args:
        picture: The document as photographed.
        grey: The layer that the line was read from, as luminance: the print without stamps, or the stamps.
        box: Where the line stands; clipped to the picture.
        characters: The middle of each character that was read, as a share of the line's width.
    """
    place = (slice(max(0, box.top), max(0, box.bottom)), slice(max(0, box.left), max(0, box.right)))
    crop = grey[place]
    if crop.size == 0:
        return LineMeasures(height=0, contrast=0, edge_width=1, brightness=0, saturated=0, redness=0)
    ink, paper = np.percentile(crop, (5, 95))
    return LineMeasures(
        height=float(crop.shape[0]),
        contrast=round(float(paper - ink) / _FULL, 4),
        edge_width=round(_edge_width(crop, float(paper - ink)), 4),
        brightness=round(float(paper) / _FULL, 4),
        saturated=round(float((crop >= _SATURATED).mean()), 4),
        redness=round(_redness(picture[place], crop, characters), 4),
    )


def _redness(picture: Rgb, grey: Grey, characters: Sequence[float]) -> float:
    """Red above green, times red, in the ink of the middlemost character; all of the paper's own red and green.

    A seal reddens some characters, its own words all; a lamp reddens paper and ink alike. Ink is the core of strokes
    that are dark in the layer that was read; below a seal these are dark in red light too, a seal's own are bright.
    """
    ink, paper = np.percentile(grey, (5, 95))
    dark = grey <= ink + _CORE * (paper - ink)
    red, green = (picture[:, :, at].astype(np.float32) / _paper(picture[:, :, at]) for at in (0, 1))
    redder = (red - green) * red
    height, width = grey.shape
    half = max(1, height // 2)
    middles = [round(share * width) for share in characters]
    windows = [slice(max(0, at - half), at + half) for at in middles] or [slice(0, width)]
    inks = (redder[:, window][dark[:, window]] for window in windows)
    reds = [float(ink.mean()) for ink in inks if len(ink)]
    return float(np.median(reds)) if reds else 0.0


def _paper(channel: Grey) -> float:
    return max(1.0, float(np.percentile(channel, 95)))


def _edge_width(crop: Grey, contrast: float) -> float:
    """Contrast over the steepest slope, as a share of the line's height.

    Source:
        The edge-profile width of document blur estimation; the 98th percentile stands for "steepest" to bear noise.
    """
    if contrast < 1:
        return 1.0
    smooth = cv2.GaussianBlur(crop, (3, 3), 0).astype(np.float32)
    slope = np.hypot(cv2.Sobel(smooth, cv2.CV_32F, 1, 0) / 8, cv2.Sobel(smooth, cv2.CV_32F, 0, 1) / 8)
    steepest = float(np.percentile(slope, 98))
    return min(1.0, contrast / max(steepest, 1e-3) / int(crop.shape[0]))


def measure_page(picture: Rgb, grey: Grey, raster: float | None = None) -> PageMeasures:
    """Measure a straightened document as a whole; `raster` is its moiré, measured on the page as decoded."""
    return PageMeasures(
        brightness=round(float(np.median(grey)) / _FULL, 4),
        sharpness=round(sharpness(grey), 1),
        colourfulness=round(_chroma(picture), 4),
        vividness=round(_vividness(picture), 4),
        raster=raster,
        surface=_surface(grey),
    )


def sharpness(grey: Grey) -> float:
    """Measure how crisp the edges are, at one width so that pages compare.

    Returns:
        Variance of the Laplacian, in grey levels squared; 0 for a flat page.

    Source:
        Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy", ICPR 2000.
    """
    scale = _SHARPNESS_WIDTH / grey.shape[1]
    size = _SHARPNESS_WIDTH, max(1, round(grey.shape[0] * scale))
    resized = cv2.resize(grey, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    return float(cv2.Laplacian(resized, cv2.CV_64F).var())


def _chroma(picture: Rgb) -> float:
    small = cv2.resize(picture, (200, 200), interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB).astype(np.float32) - 128
    return float(np.hypot(lab[:, :, 1], lab[:, :, 2]).mean()) / _FULL


def _vividness(picture: Rgb) -> float:
    """Chroma that the most coloured 200th of the document's middle exceeds, against the paper around it, 0-1.

    A lamp, a white balance and a shadow tint all of a neighbourhood, whose median takes them off; print that is
    coloured differs from it. The rim is left out, since it shows what the document lies on.
    """
    height, width = picture.shape[:2]
    rim = round(_RIM * max(height, width))
    middle = picture[rim : height - rim, rim : width - rim] if min(height, width) > 3 * rim else picture
    scale = _COLOUR_SIDE / max(middle.shape[:2])
    size = tuple(max(1, round(side * scale)) for side in middle.shape[1::-1])
    colour = cv2.cvtColor(cv2.resize(middle, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2LAB)[:, :, 1:]
    coarse = cv2.resize(colour, (64, 64), interpolation=cv2.INTER_AREA)
    paper = cv2.merge([cv2.medianBlur(part, 31) for part in cv2.split(coarse)])
    off = colour.astype(np.float32) - cv2.resize(paper, size).astype(np.float32)
    return float(np.percentile(np.hypot(off[:, :, 0], off[:, :, 1]), 99.5)) / _FULL


def _surface(grey: Grey) -> Surface:
    scale = min(1.0, _SURFACE_WIDTH / grey.shape[1])
    size = max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale))
    grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    height, width = grey.shape
    side = max(4, math.ceil(width / _TILES_ACROSS))
    columns, rows = math.ceil(width / side), math.ceil(height / side)
    padded = cv2.copyMakeBorder(grey, 0, rows * side - height, 0, columns * side - width, cv2.BORDER_REPLICATE)
    tiles = _in_tiles(padded, rows, columns, side)
    ink, paper = np.percentile(tiles, (5, 95), axis=1)
    energy = np.minimum(_FULL, tiles.std(axis=1) * 2)
    levels = np.stack([paper, ink, energy], axis=1).round().astype(int).tolist()
    return Surface(columns=columns, rows=rows, tiles=tuple(Tile(*level) for level in levels))


def moire(grey: Grey, document: Quad) -> float:
    """The share of blank paper's variation at one frequency, 0-1: low for noise, high for a photographed screen.

    Args:
        grey: The page as decoded.
        document: The document's outline on it; what surrounds it may be woven.
    """
    tiles = _blankest(grey, document)
    if len(tiles) < _LEAST:
        return 0.0
    energy = np.abs(np.fft.rfft2((tiles - tiles.mean(axis=(1, 2), keepdims=True)) * _WINDOW)) ** 2 * _COUNTED
    peaks = np.stack([_around_the_peak(tile) for tile in energy])
    return round(float(np.median(peaks / (energy.sum(axis=(1, 2)) + _FLOOR))), 4)


def _blankest(grey: Grey, document: Quad) -> Tiles:
    """The tiles (n, side, side) of the document without print on them, the blankest first."""
    rows, columns = grey.shape[0] // _MOIRE_TILE, grey.shape[1] // _MOIRE_TILE
    if not rows or not columns:
        return np.empty((0, _MOIRE_TILE, _MOIRE_TILE), np.float32)
    whole = grey[: rows * _MOIRE_TILE, : columns * _MOIRE_TILE]
    small = cv2.resize(whole, (columns * _COARSE, rows * _COARSE), interpolation=cv2.INTER_AREA)
    levels = _in_tiles(small, rows, columns, _COARSE)
    lit = np.flatnonzero((levels.mean(axis=1) > _LIT) & _inside(document, rows, columns))
    print_ = (levels.max(axis=1).astype(int) - levels.min(axis=1))[lit]
    chosen = lit[np.argsort(print_, kind="stable")[: min(_MOST, int((print_ < _BLANK).sum()))]]
    return _in_tiles(whole, rows, columns, _MOIRE_TILE)[chosen].reshape(-1, _MOIRE_TILE, _MOIRE_TILE).astype(np.float32)


def _inside(document: Quad, rows: int, columns: int) -> Mask:
    """Which tiles, row by row, lie in the document with all their corners: on one side of all its edges."""
    tops, lefts = np.divmod(np.arange(rows * columns), columns) * np.array(_MOIRE_TILE)
    xs, ys = (np.stack([start, start + _MOIRE_TILE]) for start in (lefts, tops))
    sides = np.stack(
        [
            (b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x)
            for a, b in zip(document, (*document[1:], document[0]), strict=True)
            for x in xs
            for y in ys
        ]
    )
    return np.asarray((sides >= 0).all(axis=0) | (sides <= 0).all(axis=0))


def _in_tiles(grey: Grey, rows: int, columns: int, side: int) -> Grey:
    return grey.reshape(rows, side, columns, side).swapaxes(1, 2).reshape(rows * columns, side * side)


def _around_the_peak(energy: NDArray[np.floating]) -> float:
    """The energy of the strongest frequency and of its neighbours, which the window spreads it over."""
    row, column = np.unravel_index(int(energy.argmax()), energy.shape)
    rows = [(int(row) + off) % energy.shape[0] for off in (-1, 0, 1)]
    columns = [at for at in (int(column) - 1, int(column), int(column) + 1) if 0 <= at < energy.shape[1]]
    return float(energy[np.ix_(rows, columns)].sum())


def _counted() -> Mask:
    """The frequencies that are neither slow nor those of JPEG's blocks."""
    down, across = np.fft.fftfreq(_MOIRE_TILE)[:, None], np.fft.rfftfreq(_MOIRE_TILE)[None, :]
    blocks = (np.rint(down * _MOIRE_TILE) % _BLOCK == 0) & (np.rint(across * _MOIRE_TILE) % _BLOCK == 0)
    counted: Mask = (np.hypot(down, across) > _SLOW) & ~blocks
    return counted


_WINDOW: Final = np.outer(np.hanning(_MOIRE_TILE), np.hanning(_MOIRE_TILE)).astype(np.float32)
_COUNTED: Final = _counted()
_FLOOR: Final = float(_FAINT**2 * (_WINDOW**2).sum() * _COUNTED.sum())
