"""Why a field or page is illegible, from the measures of its place. Reasons inform people; they decide nothing."""

import math
from collections.abc import Iterable, Sequence
from statistics import median
from typing import Final

import numpy as np

from models.content import LineContent, PageContent
from models.findings import Reason
from models.geometry import Box, Quad
from models.policy import LegibilityLimits
from models.reading import Tile

_BURNT_OUT: Final = 250  # grey level of a tile's ink from which nothing is visible in it
_FLAT: Final = 12  # grey levels between paper and ink below which a tile has no print
_COVERED: Final = 0.9  # share of the usual paper level below which a flat tile is not the page's own paper
# Share of the usual paper level below which the lightest of a tile is no paper: 0.31 to 0.45 under stamps of training.
_BLOTTED: Final = 0.5
_LIGHTLESS: Final = 30  # grey level of ink in a deep shadow, and of spilt ink
_HARD_EDGE: Final = 208  # grey levels between paper and ink in one tile; a shadow's edge is softer
_TENTH: Final = 0.1
_PRINTLESS: Final = 9  # grey levels between paper and ink at which print is hardly visible
_WOVEN: Final = 30  # grey levels by which cloth, skin or another paper varies; smeared print varies more
_FAINTEST: Final = 24  # grey levels between paper and ink of the best print on a faint page
_STRIP: Final = 2.2  # aspect ratio above that of any document: the rest was cut off
_WHITE: Final = 253  # grey level of overexposed paper
_OUTSIDE: Final = 0.3  # share of a value's place beyond the picture from which it is cut off
_AT_THE_RIM: Final = 0.2  # share of a line's height
_PALER: Final = 0.5  # share of the page's usual contrast below which print is pale
_BEST_OF: Final = 20  # one tile in so many has the page's best print
_LOST: Final = 0.15  # share of a document that is covered, from which that is the reason
_INSIDE: Final = 0.12  # share of the picture at each side that may show the surroundings
_TELLING: Final = 4  # fewest lines that tell how the document lies
_CUT_LINES: Final = 3  # lines that end at the picture's edge, from which a page is cut off


def reason_at(page: PageContent, place: Box, lines: Sequence[LineContent], limits: LegibilityLimits) -> Reason:
    """Why a value is illegible.

    Args:
        page: The page that has it.
        place: Its found or expected box on the page as decoded; may reach beyond the picture.
        lines: The lines that were found of it, if any.
        limits: The limits that choose the reason.
    """
    if _outside(place, page) or any(_cut(line, page) for line in lines):
        return Reason.CUT_OFF
    if page.brightness < limits.dark:
        return _of_darkness(page.tiles)
    upright = _upright(place, page)
    tiles = _tiles(page, upright) if upright else ()
    over = _over_the_place(tiles, _usual_paper(page)) if tiles else None
    if over or lines:
        return over or _of_print(lines, page, limits)
    whole = page_reason(page, limits)
    return Reason.GLARE if whole is Reason.BLUR and tiles and _is_burnt(tiles, page) else whole


def _over_the_place(tiles: Sequence[Tile], usual: float) -> Reason | None:
    """A reason of this place, not of the whole page: shadow, reflection, finger or faint print; None for none."""
    if median(tile.ink for tile in tiles) < _LIGHTLESS:
        return _of_darkness(tiles)
    blotted = [tile.ink for tile in tiles if tile.paper < _BLOTTED * usual]
    if blotted:
        return _of_darkness(tiles) if median(blotted) < _LIGHTLESS else Reason.OCCLUDED
    if usual < _BURNT_OUT <= _second_largest(tile.ink for tile in tiles):
        return Reason.GLARE
    if _covered(tiles, usual) or _is_texture(tiles):
        return Reason.OCCLUDED
    return Reason.LOW_CONTRAST if median(map(_spread, tiles)) < _PRINTLESS else None


def _is_burnt(tiles: Sequence[Tile], page: PageContent) -> bool:
    """Whether a place is white where the page is not, and what is left of its print is pale."""
    best = sorted(map(_spread, page.tiles))[-max(1, len(page.tiles) // _BEST_OF)]
    white = _usual_paper(page) < _WHITE <= min(tile.paper for tile in tiles)
    return white and max(map(_spread, tiles)) < _PALER * best


def _of_darkness(tiles: Sequence[Tile]) -> Reason:
    """Shadows have soft edges; hard edges between black and white are an object or ink over the page."""
    return Reason.OCCLUDED if _share_of(tiles, _HARD_EDGE) > _TENTH else Reason.TOO_DARK


def is_hidden(page: PageContent, place: Box) -> bool:
    """Whether something lies over a place: a finger, a shadow, a reflection; also where the page is too bare to tell.

    Args:
        page: The page that has it.
        place: On the page as decoded.
    """
    upright = _upright(place, page)
    tiles = _tiles(page, upright) if upright else ()
    hiding = (Reason.GLARE, Reason.OCCLUDED, Reason.TOO_DARK)
    return not tiles or _over_the_place(tiles, _usual_paper(page)) in hiding


def page_reason(page: PageContent, limits: LegibilityLimits) -> Reason:
    """Why a whole page is illegible, from its measures alone."""
    if _is_a_strip(page.quad) or sum(_cut(line, page) for line in page.lines) >= _CUT_LINES:
        return Reason.CUT_OFF
    inside = _inside(page)
    if page.brightness < limits.dark:
        return _of_darkness(inside)
    if sum(tile.ink >= _BURNT_OUT for tile in inside) * 2 > len(inside):
        return Reason.TOO_BRIGHT
    if _share_covered(page) > _LOST or _is_texture(inside):
        return Reason.OCCLUDED
    if _share_of(inside, _FAINTEST) < _TENTH:
        return Reason.LOW_CONTRAST
    return _of_print(page.lines, page, limits) if page.lines else Reason.BLUR


def _of_print(lines: Sequence[LineContent], page: PageContent, limits: LegibilityLimits) -> Reason:
    """The reason for visible print."""
    if median(line.height_on_page for line in lines) < limits.small_height:
        return Reason.TOO_SMALL
    if median(line.edge_width for line in lines) > limits.blurred_edge:
        return Reason.BLUR  # blur makes print pale, too, so it goes first
    contrast, usual = (median(line.contrast for line in group) for group in (lines, page.lines))
    if contrast < limits.faint and _usual_paper(page) >= _WHITE:
        return Reason.TOO_BRIGHT
    return Reason.LOW_CONTRAST if contrast < _PALER * usual else Reason.BLUR


def _outside(box: Box, page: PageContent) -> bool:
    inside = box.overlap(Box(0, 0, page.width, page.height))
    return inside < (1 - _OUTSIDE) * box.width * box.height


def _cut(line: LineContent, page: PageContent) -> bool:
    """Whether a line ends at the picture's edge."""
    box, near = line.box, max(2, round(_AT_THE_RIM * line.height_on_page))
    rim = Box(near, near, page.width - near, page.height - near)
    return box.left < rim.left or box.top < rim.top or box.right > rim.right or box.bottom > rim.bottom


def _covered(tiles: Sequence[Tile], usual: float) -> bool:
    """Whether something flat covers the place that is not the page's paper."""
    return sum(_is_strange(tile, usual) for tile in tiles) >= max(3, len(tiles) // 4)


def _share_covered(page: PageContent) -> float:
    """The share of the document that is flat and not its own paper."""
    inside, usual = _inside(page), _usual_paper(page)
    return sum(_is_strange(tile, usual) for tile in inside) / max(1, len(inside))


def _inside(page: PageContent) -> tuple[Tile, ...]:
    """The tiles without the margin, which may show the surroundings."""
    across, down = (round(_INSIDE * side) for side in (page.upright_width, page.upright_height))
    return _tiles(page, Box(across, down, page.upright_width - across, page.upright_height - down))


def _is_texture(tiles: Sequence[Tile]) -> bool:
    """Whether the tiles vary evenly without being flat: cloth, skin or another sheet; print leaves bare paper."""
    spreads = sorted(map(_spread, tiles))
    least, usual, most = (spreads[len(spreads) * tenths // 10] for tenths in (1, 5, 9))
    return least >= _PRINTLESS and _FLAT <= usual < _WOVEN and most < 2 * usual


def _is_a_strip(quad: Quad) -> bool:
    across = math.dist(quad.top_left, quad.top_right) + math.dist(quad.bottom_left, quad.bottom_right)
    down = math.dist(quad.top_left, quad.bottom_left) + math.dist(quad.top_right, quad.bottom_right)
    return max(across, down) > _STRIP * min(across, down)


def _share_of(tiles: Sequence[Tile], spread: int) -> float:
    """The share of tiles with at least this spread between paper and ink."""
    return sum(_spread(tile) >= spread for tile in tiles) / max(1, len(tiles))


def _spread(tile: Tile) -> int:
    return tile.paper - tile.ink


def _is_strange(tile: Tile, usual: float) -> bool:
    return tile.paper < _COVERED * usual and _spread(tile) < 3 * _FLAT


def _usual_paper(page: PageContent) -> float:
    return median(tile.paper for tile in page.tiles)


def _second_largest(values: Iterable[int]) -> int:
    """The second largest value, so that a single tile (a speck) does not count."""
    return sorted((*values, -1, -1))[-2]


def _upright(place: Box, page: PageContent) -> Box | None:
    """The box of a place in the straightened document, fitted from the lines of the page; None for too few lines."""
    if len(page.lines) < _TELLING:
        return None
    there = np.asarray([(1.0, *line.quad.middle) for line in page.lines])
    here = np.asarray([line.upright.centre for line in page.lines])
    onto = np.linalg.lstsq(there, here, rcond=None)[0]
    corners = np.asarray([(1.0, x, y) for x in (place.left, place.right) for y in (place.top, place.bottom)]) @ onto
    left, top, right, bottom = (int(edge) for edge in (*corners.min(axis=0), *corners.max(axis=0)))
    return Box(left, top, right, bottom)


def _tiles(page: PageContent, box: Box) -> tuple[Tile, ...]:
    tiles, columns = page.tiles, page.columns
    across, down = page.upright_width / columns, page.upright_height / (len(tiles) // columns)
    rows = range(max(0, int(box.top / down)), min(len(tiles) // columns, int(box.bottom / down) + 1))
    within = range(max(0, int(box.left / across)), min(columns, int(box.right / across) + 1))
    return tuple(tiles[row * columns + column] for row in rows for column in within)
