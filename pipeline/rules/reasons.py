"""Why something cannot be read, from what its place looks like. For people only: reasons decide nothing."""

import math
from collections.abc import Iterable, Sequence
from statistics import median
from typing import Final, NamedTuple

from models.findings import Reason
from models.geometry import Box
from models.policy import LegibilityLimits
from models.reading import Line, PageReading, Tile

_BURNT_OUT: Final = 250  # grey level of the darkest of a tile from which nothing can be seen there
_FLAT: Final = 12  # grey levels between paper and ink below which nothing is printed there
_COVERED: Final = 0.9  # of the usual paper, below which a flat place is not the page's own paper
_LIGHTLESS: Final = 30  # grey level of paper in a shadow; things that lie on a page in good light are brighter
_WHITE: Final = 253  # grey level of paper that took too much light
_OUTSIDE: Final = 0.3  # of a value's place that must lie beyond the picture for it to be cut off
_AT_THE_RIM: Final = 0.2  # of a line's height
_PALER: Final = 0.5  # of the page's usual contrast, below which print is pale beside the rest
_LOST: Final = 0.15  # of a document that something covers, from which it is the reason that nothing reads
_INSIDE: Final = 0.12  # of the picture on each side that may show what the document lies on
_CUT_LINES: Final = 3  # lines that end at the picture's rim, from which a page is cut off


class Place(NamedTuple):
    """Where something should be read: on the page as decoded, and in the straightened document."""

    on_page: Box
    upright: Box


def reason_at(reading: PageReading, place: Place, lines: Sequence[Line], limits: LegibilityLimits) -> Reason:
    """Why a value does not read.

    Args:
        reading: Of its page.
        place: Where it stands, or should.
        lines: What was found of it; none where nothing was.
        limits: Of what a reason is told by.
    """
    if _outside(place.on_page, reading) or any(_cut(line, reading) for line in lines):
        return Reason.CUT_OFF
    if reading.measures.brightness < limits.dark:
        return Reason.TOO_DARK
    tiles = _tiles(reading, place.upright)
    over = _over_the_place(tiles, _usual_paper(reading), limits) if tiles else None
    if over or lines:
        return over or _of_print(lines, reading, limits)
    whole = page_reason(reading, limits)
    return Reason.LOW_CONTRAST if whole is Reason.BLUR and tiles and all(map(_is_flat, tiles)) else whole


def _over_the_place(tiles: Sequence[Tile], usual: float, limits: LegibilityLimits) -> Reason | None:
    """What lies over a place and not over the rest of the page: a shadow, a reflection, a finger."""
    local = sorted(tile.paper for tile in tiles)[len(tiles) // 4]  # a shadow may fall on one row only
    if local < limits.dark * 255:
        return Reason.TOO_DARK if local < _LIGHTLESS else Reason.OCCLUDED
    if usual < _BURNT_OUT <= _second_largest(tile.ink for tile in tiles):
        return Reason.GLARE
    return Reason.OCCLUDED if _covered(tiles, usual) else None


def page_reason(reading: PageReading, limits: LegibilityLimits) -> Reason:
    """Why a whole page does not read, from its looks alone."""
    if reading.measures.brightness < limits.dark:
        return Reason.TOO_DARK
    if sum(_cut(line, reading) for line in reading.lines) >= _CUT_LINES:
        return Reason.CUT_OFF
    tiles = reading.measures.surface.tiles
    if sum(tile.ink >= _BURNT_OUT for tile in tiles) * 2 > len(tiles):
        return Reason.TOO_BRIGHT
    if _share_covered(reading) > _LOST:
        return Reason.OCCLUDED
    if not reading.lines:
        return Reason.LOW_CONTRAST if all(map(_is_flat, tiles)) else Reason.BLUR
    return _of_print(reading.lines, reading, limits)


def _of_print(lines: Sequence[Line], reading: PageReading, limits: LegibilityLimits) -> Reason:
    """What is wrong with print that is there."""
    if median(_height(line) for line in lines) < limits.small_height:
        return Reason.TOO_SMALL
    if median(line.measures.edge_width for line in lines) > limits.blurred_edge:
        return Reason.BLUR  # which makes print pale as well
    contrast, usual = (median(line.measures.contrast for line in held) for held in (lines, reading.lines))
    faint = contrast < limits.faint or contrast < _PALER * usual
    if faint and reading.measures.brightness > limits.bright:
        return Reason.TOO_BRIGHT if _usual_paper(reading) >= _WHITE else Reason.LOW_CONTRAST
    return Reason.BLUR


def _height(line: Line) -> float:
    """Of a line, in pixels of the page: a small picture may have been drawn larger before it was read."""
    return min(line.measures.height, math.dist(line.quad.top_left, line.quad.bottom_left))


def _outside(box: Box, reading: PageReading) -> bool:
    inside = box.overlap(Box(0, 0, reading.width, reading.height))
    return inside < (1 - _OUTSIDE) * box.width * box.height


def _cut(line: Line, reading: PageReading) -> bool:
    """Whether a line ends where the picture does."""
    box, near = line.box, max(2, round(_AT_THE_RIM * _height(line)))
    rim = Box(near, near, reading.width - near, reading.height - near)
    return box.left < rim.left or box.top < rim.top or box.right > rim.right or box.bottom > rim.bottom


def _covered(tiles: Sequence[Tile], usual: float) -> bool:
    """Whether something flat lies there that is not the page's paper."""
    return sum(_is_strange(tile, usual) for tile in tiles) >= max(2, len(tiles) // 4)


def _share_covered(reading: PageReading) -> float:
    """How much of the document is flat and not its own paper."""
    across, down = (round(_INSIDE * side) for side in (reading.upright_width, reading.upright_height))
    inside = _tiles(reading, Box(across, down, reading.upright_width - across, reading.upright_height - down))
    usual = _usual_paper(reading)
    return sum(_is_strange(tile, usual) for tile in inside) / max(1, len(inside))


def _is_strange(tile: Tile, usual: float) -> bool:
    return tile.paper < _COVERED * usual and tile.paper - tile.ink < 3 * _FLAT


def _is_flat(tile: Tile) -> bool:
    return tile.paper - tile.ink < _FLAT


def _usual_paper(reading: PageReading) -> float:
    return median(tile.paper for tile in reading.measures.surface.tiles)


def _second_largest(values: Iterable[int]) -> int:
    """One tile may be a speck; two are a place."""
    return sorted((*values, -1, -1))[-2]


def _tiles(reading: PageReading, box: Box) -> tuple[Tile, ...]:
    surface = reading.measures.surface
    across, down = reading.upright_width / surface.columns, reading.upright_height / surface.rows
    rows = range(max(0, int(box.top / down)), min(surface.rows, int(box.bottom / down) + 1))
    columns = range(max(0, int(box.left / across)), min(surface.columns, int(box.right / across) + 1))
    return tuple(surface.tiles[row * surface.columns + column] for row in rows for column in columns)
