"""Find the documents in a picture: rectangles whose border can be seen on a bed, a desk, anything."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from models.geometry import Box, Point, Quad
from pipeline.perceive.decode.pixels import Rgb, smaller
from pipeline.perceive.scene.borders import Border, Colours, fit_border
from pipeline.perceive.scene.outlines import Corners, area, clockwise, outlines, rim

_SIDE: Final = 512  # pixels of the longest side while looking; a hundredth of a page is still five of them
_SMALLEST: Final = 32  # pixels of the shorter side; with less there is no border to look along
_WEAKEST: Final = 0.45  # of each side that must show a border: another sheet under it may hide half of one
_MEAN: Final = 0.8  # of the whole outline
_OPEN: Final = 1  # sides that the picture may cut off; with two the whole picture is as good
_CUT: Final = 0.2  # of the picture that a document must fill if the picture cuts it off; less is a patch of the desk
_SMALL: Final = 0.12  # of the picture; on a scanner's bed a card is less, but people photograph a card from nearer
_FLAT: Final = 12  # 8-bit Lab by which most of a scanner's bed is even; a desk's grain and its light vary more
_FAINTEST: Final = 0.1  # of the usual step that every side must show
# 8-bit Lab by which paper and ground differ on every side; across a printed frame by 0 or 1. Of the outlines with a
# border on 93 training pages none lies between 1 and 2.
_APART: Final = 1.5
_DARKER: Final = 4  # 8-bit Lab; what is so much darker than its ground is a photo on a card, except on the bed
_BED: Final = 20  # 8-bit Lab by which the ground may differ from the picture's rim and still be the bed
_ALIKE: Final = 3  # pixels by which corners differ that lead to the same border
_RANK: Final = 6  # an outline with nine tenths of a border must be twice as large as one that has all
_LARGEST: Final = 0.25  # a second document is at least this share of the largest: a card beside a register page is 0.31
_GAPLESS: Final = 0.99  # of an outline's border, above which no gap parts what is inside: a fold casts shadows too
_PARTS: Final = 0.7  # of an outline that others inside it must cover, for it to be merely what is around them
_AS_HIGH: Final = 0.4  # of the step around both that two cards show to the gap between them; printed frames show less
_SAME: Final = 0.1  # of its area that a document may share with another


class _Ground(NamedTuple):
    """What the documents lie on: its usual colour, 8-bit Lab, and whether it is as even as a scanner's bed."""

    usual: NDArray[np.float32]
    flat: bool


def find_documents(page: Rgb) -> tuple[Quad, ...]:
    """Outlines of the documents in the picture, in page pixels, largest first.

    Corners start at the one nearest to the top left; the orientation of the document is not known yet.
    The whole picture if no outline stands out.
    """
    scale = min(1.0, _SIDE / max(page.shape[:2]))
    small = smaller(page, scale)
    found = tuple(_bordered(small)) if min(small.shape[:2]) >= _SMALLEST else ()
    kept = _apart(_divided(found))
    if not kept:
        return (whole_page(page),)
    ordered = sorted(kept, key=lambda one: area(one.corners), reverse=True)
    return tuple(_quad(np.divide(one.corners, scale), page) for one in ordered)


def whole_page(page: Rgb) -> Quad:
    """The whole page as an outline."""
    height, width = page.shape[:2]
    return Quad.of_box(Box(0, 0, width, height))


def _bordered(small: Rgb) -> Iterator[Border]:
    """Outlines with a border, each once."""
    smooth = np.asarray(cv2.medianBlur(small, 5), np.uint8)  # takes the grain of a desk, and leaves edges
    lab = cv2.cvtColor(cv2.GaussianBlur(small, (3, 3), 0), cv2.COLOR_RGB2LAB).astype(np.float32)
    ground = _ground(lab)
    seen: list[Corners] = []
    for corners in outlines(smooth):
        if any(float(np.abs(corners - other).max()) < _ALIKE for other in seen):
            continue
        seen.append(corners)
        found = fit_border(lab, corners)
        if _stands_out(found) and _is_document(found, ground, small.shape[0] * small.shape[1]):
            yield found


def _ground(lab: Colours) -> _Ground:
    there = rim(lab)
    usual = np.median(there, axis=0)
    return _Ground(usual, bool(np.percentile(np.abs(there - usual).max(axis=1), 90) < _FLAT))


def _stands_out(found: Border) -> bool:
    """Whether there is a border on every side, rather than a line that is printed on the paper."""
    marked = min(found.heights) >= _FAINTEST * float(np.median(found.heights))
    return marked and found.weakest >= _WEAKEST and found.mean >= _MEAN and found.apart >= _APART


def _is_document(found: Border, ground: _Ground, frame: int) -> bool:
    """Whether it lies on something, rather than being a picture printed on a card, a stain, or a note beside it."""
    size = area(found.corners) / frame
    least = _CUT if found.open else (0.0 if ground.flat else _SMALL)
    on_bed = float(np.abs(found.ground - ground.usual).max()) < _BED
    return size >= least and found.open <= _OPEN and (found.paper[0] > found.ground[0] - _DARKER or on_bed)


def _divided(found: Sequence[Border]) -> list[Border]:
    """Best first, without those that merely go around several others."""
    best = sorted(found, key=lambda one: area(one.corners) * one.mean**_RANK, reverse=True)
    return [one for one in best if not _goes_around(one, best)]


def _goes_around(one: Border, others: Sequence[Border]) -> bool:
    whole = area(one.corners)
    if one.mean > _GAPLESS:
        return False
    inside = [
        other
        for other in others
        if min(other.heights) > _AS_HIGH * float(np.median(one.heights))
        and _lies_on_ground_of(one, other)
        and area(other.corners) < _PARTS * whole
        and _shared(one, other) > (1 - _SAME) * area(other.corners)
    ]
    parts = _apart(inside)
    return len(parts) > 1 and sum(area(part.corners) for part in parts) >= _PARTS * whole


def _lies_on_ground_of(one: Border, other: Border) -> bool:
    """Whether the colour around the other is that around the first, rather than the first's own paper."""
    to_ground, to_paper = (float(np.abs(other.ground - colour).max()) for colour in (one.ground, one.paper))
    return to_ground < to_paper


def _apart(ranked: Sequence[Border]) -> list[Border]:
    """The best, and others of its size that do not share ground with one already kept."""
    kept: list[Border] = []
    for one in ranked:
        size = area(one.corners)
        if kept and not _LARGEST <= size / area(kept[0].corners) <= 1 / _LARGEST:
            continue
        if all(_shared(one, other) < _SAME * min(size, area(other.corners)) for other in kept):
            kept.append(one)
    return kept


def _shared(one: Border, other: Border) -> float:
    shared, _ = cv2.intersectConvexConvex(one.corners, other.corners)
    return float(shared)


def _quad(corners: MatLike, page: Rgb) -> Quad:
    """The corners in page pixels, none of them outside the page."""
    height, width = page.shape[:2]
    inside = np.minimum(np.maximum(clockwise(corners), 0), (width, height))
    return Quad(*(Point(float(x), float(y)) for x, y in inside))
