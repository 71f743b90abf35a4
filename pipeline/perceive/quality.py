"""Pixels to numbers, of a line and of a page.

No limit is known here; `pipeline/judge/rules/legibility.py` judges.
"""

import math
from collections.abc import Sequence
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from models.geometry import Box
from models.reading import LineMeasures, PageMeasures, Surface, Tile
from pipeline.perceive.decode.pixels import Grey, Rgb
from pipeline.perceive.moire import Raster

_SHARPNESS_WIDTH = 1000
_TILES_ACROSS = 64
_SURFACE_WIDTH = 1024  # pixels; finer than a tile needs
_FULL = 255.0
_SATURATED = 250
_CORE = 0.25  # of the way from ink to paper: darker pixels are the core of a stroke
_RIM = 0.1  # of the longer side; straightening keeps 0.085 around the document
_PARTS = 8  # across and down, in which colour is looked for
_COLOUR_SIDE = 400  # pixels of the longer side for colours, whose noise a mean over several pixels takes off

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


def measure_page(
    picture: Rgb, grey: Grey, raster: Raster | None = None, subpixels: float | None = None
) -> PageMeasures:
    """Measure a straightened document as a whole; `raster` and `subpixels` are measured on the page as decoded."""
    colour = _colour(picture)
    return PageMeasures(
        brightness=round(float(np.median(grey)) / _FULL, 4),
        sharpness=round(sharpness(grey), 1),
        colourfulness=round(_chroma(picture), 4),
        vividness=round(float(np.percentile(colour, 99.5)) / _FULL, 4),
        tint=round(_tint(colour), 4),
        raster=raster.share if raster else None,
        raster_frequency=raster.frequency if raster else None,
        raster_around=raster.around if raster else None,
        subpixels=subpixels,
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


def _colour(picture: Rgb) -> NDArray[np.float32]:
    """Chroma of the document's middle against the paper around each place, 0-255, made small.

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
    return np.asarray(np.hypot(off[:, :, 0], off[:, :, 1]), np.float32)


def _tint(colour: NDArray[np.float32]) -> float:
    """What one pixel in 33 exceeds in half of the parts, 0-1."""
    rows = np.array_split(colour, min(_PARTS, colour.shape[0]), axis=0)
    parts = [part for row in rows for part in np.array_split(row, min(_PARTS, row.shape[1]), axis=1)]
    return float(np.median([np.percentile(part, 97) for part in parts])) / _FULL


def _surface(grey: Grey) -> Surface:
    scale = min(1.0, _SURFACE_WIDTH / grey.shape[1])
    size = max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale))
    grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    height, width = grey.shape
    side = max(4, math.ceil(width / _TILES_ACROSS))
    columns, rows = math.ceil(width / side), math.ceil(height / side)
    padded = cv2.copyMakeBorder(grey, 0, rows * side - height, 0, columns * side - width, cv2.BORDER_REPLICATE)
    tiles = in_tiles(padded, rows, columns, side)
    ink, paper = np.percentile(tiles, (5, 95), axis=1)
    energy = np.minimum(_FULL, tiles.std(axis=1) * 2)
    levels = np.stack([paper, ink, energy], axis=1).round().astype(int).tolist()
    return Surface(columns=columns, rows=rows, tiles=tuple(Tile(*level) for level in levels))


def in_tiles(grey: Grey, rows: int, columns: int, side: int) -> Grey:
    """The square tiles of a picture, row by row, shape (tiles, pixels)."""
    return grey.reshape(rows, side, columns, side).swapaxes(1, 2).reshape(rows * columns, side * side)
