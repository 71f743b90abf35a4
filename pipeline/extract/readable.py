"""Whether a person could read a page: its text reads with certainty and is crisp, and nothing hides a part of it."""

from collections.abc import Sequence
from statistics import median
from typing import Final

from models.reading import Line, PageReading, Tile
from pipeline.extract.labels import printed

_MARK: Final = "样本"
_SURE: Final = 0.85  # least confidence of a line
_MOST: Final = 0.85  # share of the characters that stand in such lines
_BLURRED: Final = 0.12  # edge width as a share of the height
_FAINT: Final = 0.3  # contrast
_SMALL: Final = 11.0  # pixels
_DARK: Final = 0.3  # brightness
_MARGIN: Final = 0.12  # share of a side that may show the surroundings
_BURNT_OUT: Final = 250  # grey level of a tile's ink from which nothing is visible in it
_COVERED: Final = 0.9  # share of the usual paper level below which a flat tile is something else
_FLAT: Final = 36  # grey levels between paper and ink
_HIDDEN: Final = 0.1  # share of the tiles


def is_readable(lines: Sequence[Line]) -> bool:
    """Whether a person could read the print of a page; False for a page without any but 样本."""
    print_ = [line for line in printed(lines) if line.text.strip() != _MARK]
    return _reads(print_) and _is_crisp(print_)


def _reads(lines: Sequence[Line]) -> bool:
    known = sum(len(line.text) for line in lines)
    return sum(len(line.text) for line in lines if line.confidence >= _SURE) > _MOST * known


def _is_crisp(lines: Sequence[Line]) -> bool:
    measures = [line.measures for line in lines]
    return (
        median(one.edge_width for one in measures) <= _BLURRED
        and median(one.contrast for one in measures) >= _FAINT
        and median(one.height for one in measures) >= _SMALL
    )


def is_hidden(reading: PageReading) -> bool:
    """Whether darkness, a reflection, or something over the page hides a part of it."""
    tiles = _inside(reading)
    usual = median(tile.paper for tile in tiles)
    lost = sum(_is_lost(tile, usual) for tile in tiles)
    return reading.measures.brightness < _DARK or lost > _HIDDEN * len(tiles)


def _is_lost(tile: Tile, usual: float) -> bool:
    burnt = usual < _BURNT_OUT <= tile.ink
    return burnt or (tile.paper < _COVERED * usual and tile.paper - tile.ink < _FLAT)


def _inside(reading: PageReading) -> tuple[Tile, ...]:
    """The tiles without the margin."""
    surface = reading.measures.surface
    across, down = round(_MARGIN * surface.columns), round(_MARGIN * surface.rows)
    rows, columns = range(down, surface.rows - down), range(across, surface.columns - across)
    return tuple(surface.tiles[row * surface.columns + column] for row in rows for column in columns)
