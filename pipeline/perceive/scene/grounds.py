"""Take the ground of a page away, the waves, lines and weave under its print, so that lines of print are found."""

from typing import Final, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.perceive.decode.pixels import Grey, Rgb
from pipeline.perceive.scene.colour_projection import Ink, without_ink
from pipeline.perceive.scene.ink_separation import paper_level

# Set together on 13 training pages, 10 of which have a ground; one by one only `_EVERYWHERE` was looked at.
_TILE: Final = 40  # pixels: wider than the meshes of a ground
_TILES: Final = 18  # at most, across and down, in the picture's middle, that tell whether there is a ground
_INKED: Final = 99  # percentile of darkness that print reaches
_PRINT: Final = 0.45  # of that darkness, above which ink is print and not ground
_AROUND: Final = 7  # pixels around print that are as pale as a ground
_STROKE: Final = 9  # pixels; strokes of a ground are narrower
_SEEN: Final = 8  # grey levels by which they are darker than the paper
_BLANK: Final = 0.6  # of a tile that must be free of print for the tile to count
_COVERED: Final = 0.05  # of a tile's paper that strokes cover where there is a ground
_EVERYWHERE: Final = 0.6  # of the tiles covered so; on 13 training pages grounds reach 0.71 to 0.95, pale print 0.42
_DARK: Final = 25  # percentile of the lightness of a tile's strokes, up to which they are a stroke's middle

T = TypeVar("T", bound=np.generic)


def without_ground(printed: Rgb) -> Rgb | None:
    """The page in grey, with the strokes of its ground as bright as paper.

    None where there is no ground that print can be told from. Print of the ground's colour that is no darker vanishes
    along with it.
    """
    ink = _ink_of_ground(_middle(printed))
    return None if ink is None else without_ink(printed, ink)


def _middle(page: Rgb) -> Rgb:
    """The middle of a page, a whole number of tiles wide and high."""
    high, wide = (min(side // _TILE, _TILES) * _TILE for side in page.shape[:2])
    top, left = (page.shape[0] - high) // 2, (page.shape[1] - wide) // 2
    return np.ascontiguousarray(page[top : top + high, left : left + wide])


def _ink_of_ground(part: Rgb) -> Ink | None:
    """The ink of strokes that cover the paper everywhere; None if none do."""
    if not part.size:
        return None
    grey = cv2.cvtColor(part, cv2.COLOR_RGB2GRAY)
    darker = cv2.subtract(paper_level(grey), grey)
    print_ = (darker > _PRINT * np.percentile(darker, _INKED)).astype(np.uint8)
    paper = cv2.dilate(print_, np.ones((_AROUND, _AROUND), np.uint8)) == 0
    narrow = cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, np.ones((_STROKE, _STROKE), np.uint8)) > _SEEN
    papers, strokes = _tiles(paper), _tiles(paper & narrow)
    blank = papers.mean(axis=1) > _BLANK
    covered = blank & (strokes.sum(axis=1) > _COVERED * papers.sum(axis=1))
    if not covered.any() or covered.sum() < _EVERYWHERE * blank.sum():
        return None
    channels = [_tiles(_shares(np.ascontiguousarray(part[:, :, at]))) for at in range(3)]
    inks = [_darkest(np.stack([channel[at][strokes[at]] for channel in channels])) for at in np.flatnonzero(covered)]
    return np.asarray(np.median(inks, axis=0), np.float64)


def _shares(channel: Grey) -> NDArray[np.float32]:
    """Each pixel as a share of the paper's level."""
    return np.minimum(cv2.divide(channel, np.maximum(paper_level(channel), 1), dtype=cv2.CV_32F), np.float32(1))


def _darkest(strokes: NDArray[np.float32]) -> Ink:
    """The middles of strokes, whose edges are paler: the mean of the darkest ones; `strokes` has shape (3, pixels)."""
    lightness = strokes.mean(axis=0)
    return np.asarray(strokes[:, lightness <= np.percentile(lightness, _DARK)].mean(axis=1), np.float64)


def _tiles(part: NDArray[T]) -> NDArray[T]:
    """The pixels of each tile, shape (tiles, pixels)."""
    rows, columns = part.shape[0] // _TILE, part.shape[1] // _TILE
    return part.reshape(rows, _TILE, columns, _TILE).swapaxes(1, 2).reshape(-1, _TILE**2)
