"""The pictures that a collage or a stitched screenshot is made of, by the seams between them.

A seam runs straight across the whole picture: the colours above it are not those below it, or a gutter of one colour
lies between. A rule of a form has the same paper on both sides, and the edge of a sheet ends before the picture does.
Between pages on grounds a gutter may be as thin as a rule: it is the only row of one colour, and lighter than both.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from models.geometry import Box
from pipeline.perceive.decode.pixels import Grey, Rgb, smaller
from pipeline.perceive.scene.document_detection import find_documents

_SIDE: Final = 384  # pixels of the shorter side while looking
_NEAR: Final = 2  # pixels on either side of an edge whose means are compared
_RULE: Final = 2  # pixels on either side of an edge that a printed rule may take
_BAND: Final = 4  # pixels beyond these that are compared
_STEP: Final = 5.0  # 8-bit Lab by which they differ; a register's tinted paper and white differ by 8
_EVERYWHERE: Final = 0.5  # of the rows that step along nearly their whole length; at most 0.15 do on 93 training pages
_PIECES: Final = 16  # of a row, nearly each of which shows strokes of a ground
_PAPER: Final = 75  # percentile of the lightness of a page with a ground that its paper has
_LIGHTER: Final = 2.0  # 8-bit lightness by which a gutter is lighter; ten of two training pictures are by 3.8 at least
_CROWD: Final = 2  # other seams nearby, above which those without a gutter are bands of a ground or rows of a table
_ALONG: Final = 0.88  # of the seam that must show it: a desk of the same colour may hide a little
_GUTTER: Final = 0.008  # of the shorter side that a gutter is wide at least; a rule of a form is 0.004
_WIDEST: Final = 0.5  # of the shorter side that a gutter is wide at most
_EVEN: Final = 2.5  # 8-bit Lab by which a gutter may vary along itself
_ASPECT: Final = 3.0  # of a panel's sides at most: what is longer is a bar of an app, or a band that is printed
_PART: Final = 0.22  # of a box that lies on either side of its seam at least; less shows the bed beside a sheet
_ACROSS: Final = 0.2  # of a document, above which it lies in a panel; in two it lies across. By judgement
_WITHIN: Final = 0.85  # of these panels, below which it lies on them; more is the border of the panels themselves
_SMALLEST: Final = 0.03  # of the picture that a panel fills at least: one of a collage of 24

Lab = NDArray[np.uint8]  # shape (height, width, 3)


class _Seam(NamedTuple):
    """Where one panel ends and the next begins, in pixels along an axis.

    Attributes:
        end: Of the first panel.
        start: Of the second one, past the gutter.
        step: By how much their colours differ, 8-bit Lab.
        vertical: Whether they lie side by side.
    """

    end: int
    start: int
    step: float
    vertical: bool


def find_panels(page: Rgb) -> tuple[Box, ...]:
    """The boxes of the panels, in page pixels; one box, the whole page, where there is no seam.

    Where a document lies across two of them there are none: the checks of a cloth run along the picture's sides.
    """
    height, width = page.shape[:2]
    whole = Box(0, 0, width, height)
    panels = _parted(page, whole, least=_SMALLEST * width * height)
    if len(panels) <= 1 or any(_lies_across(document.box, panels) for document in find_documents(page)):
        return (whole,)
    return tuple(_without_rim(page, panel) for panel in panels)


def _lies_across(document: Box, panels: Sequence[Box]) -> bool:
    size = document.width * document.height
    under = [panel for panel in panels if panel.overlap(document) > _ACROSS * size]
    return len(under) > 1 and size < _WITHIN * sum(panel.width * panel.height for panel in under)


def _parted(page: Rgb, box: Box, *, least: float, gutters: bool = False) -> list[Box]:
    """The panels in a box, itself if no seam parts it; none if it is too long to be one.

    Where pages on grounds lie between thin gutters, only gutters count: colours step within a ground as well.
    """
    lab, scale = _small(page, box)
    cuts = [
        (seam.start - seam.end, seam.step, _sides(box, seam, scale))
        for seam in _seams(lab)
        if seam.start > seam.end or not gutters
    ]
    room = max(least, _PART * box.width * box.height)
    large = [cut for cut in cuts if all(side.width * side.height >= room for side in cut[2])]
    if large:
        _, step, sides = max(large)  # the widest gutter, else where colours differ most
        thin = gutters or step == 0
        parts = [panel for side in sides for panel in _parted(page, side, least=least, gutters=thin)]
        if len(parts) > 1:
            return parts
    return [box] if max(box.width, box.height) <= _ASPECT * min(box.width, box.height) else []


def _without_rim(page: Rgb, panel: Box) -> Box:
    """The panel without what is left of gutters around it."""
    lab, scale = _small(page, panel)
    upright = lab.swapaxes(0, 1)
    sides = [np.ascontiguousarray(rows) for rows in (upright, lab, upright[::-1], lab[::-1])]
    left, top, right, bottom = (round(_rim(rows) / scale) for rows in sides)
    return Box(panel.left + left, panel.top + top, panel.right - right, panel.bottom - bottom)


def _rim(rows: Lab) -> int:
    """How many rows from the first on are a gutter, up to an edge along nearly all of them; 0 for none."""
    for edge in _edges(rows):
        rim = rows[: max(1, edge - _NEAR)]
        if edge > _WIDEST * min(rows.shape[:2]) or not _is_even(rim):
            break
        if _apart(rim, _after(rows, edge)):
            return edge + 1
    return 0


def _sides(box: Box, seam: _Seam, scale: float) -> tuple[Box, Box]:
    end, start = round(seam.end / scale), round(seam.start / scale)
    if seam.vertical:
        return box._replace(right=box.left + end), box._replace(left=box.left + start)
    return box._replace(bottom=box.top + end), box._replace(top=box.top + start)


def _small(page: Rgb, box: Box) -> tuple[Lab, float]:
    """A part of the page with a shorter side of `_SIDE` at most, and its scale."""
    scale = min(1.0, _SIDE / min(box.width, box.height))
    small = smaller(page[box.top : box.bottom, box.left : box.right], scale)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2LAB), np.uint8), scale


def _seams(lab: Lab) -> Iterator[_Seam]:
    """The seams across the picture along both axes."""
    for vertical in (False, True):
        rows = np.ascontiguousarray(lab.swapaxes(0, 1)) if vertical else lab
        if rows.shape[0] >= 4 * _BAND:
            for end, start in _thin_gutters(rows):
                yield _Seam(end, start, 0.0, vertical)
            found = [_Seam(end, start, _step(rows, end, start), vertical) for end, start in _steps(rows)]
            near = min(rows.shape[:2]) / _ASPECT
            for seam in found:
                crowd = sum(abs(seam.end - other.end) < near for other in found) - 1
                if seam.start > seam.end or crowd <= _CROWD:
                    yield seam


def _steps(rows: Lab) -> Iterator[tuple[int, int]]:
    """The ends of panels where colours step, and where the next ones start."""
    edges = _edges(rows)
    for at in edges:
        start = _start_of_next(rows, edges, at)
        if start is not None:
            yield at, start


def _step(rows: Lab, end: int, start: int) -> float:
    """By how much the colours before and after a seam differ."""
    apart = np.abs(_before(rows, end).astype(np.int16).mean(axis=0) - _after(rows, start).mean(axis=0))
    return float(apart.max(axis=1).mean())


def _thin_gutters(rows: Lab) -> list[tuple[int, int]]:
    """First rows and ends of gutters too thin to have an edge on each side; none if they come as often as a pattern."""
    median = np.median(rows, axis=1, keepdims=True)
    even = (np.abs(rows - median).mean(axis=1).max(axis=1) < _EVEN).astype(np.int8)
    turns = np.flatnonzero(np.diff(even, prepend=0, append=0)).tolist()
    found = [
        (first, end)
        for first, end in zip(turns[::2], turns[1::2], strict=True)
        if end - first <= max(_RULE, _GUTTER * min(rows.shape[:2])) and _is_lighter(rows, first, end, even)
    ]
    gaps = [after[0] - before[1] for before, after in pairwise(found)]
    return found if min(gaps, default=rows.shape[1]) * _ASPECT >= rows.shape[1] else []


def _is_lighter(rows: Lab, first: int, end: int, even: NDArray[np.int8]) -> bool:
    """Whether these rows are lighter than those before and after them, which strokes of a ground cover everywhere."""
    sides = [slice(max(0, first - 1 - _BAND), max(0, first - 1)), slice(end + 1, end + 1 + _BAND)]
    level = float(rows[first:end, :, 0].mean())
    return all(rows[side].size and not even[side].any() and _covered(rows[side, :, 0], level) for side in sides)


def _covered(side: Grey, level: float) -> bool:
    """Whether rows are darker than a level: strokes along nearly their whole length, and the paper between them too.

    A line of print has margins, and rules on both sides of a blank row lie on paper as light as the row.
    """
    pieces = [piece for piece in np.array_split(side, _PIECES, axis=1) if piece.size]
    darker = [level - float(piece.min()) > _STEP for piece in pieces]
    return level - float(np.percentile(side, _PAPER)) > _LIGHTER and sum(darker) >= _ALONG * len(pieces)


def _edges(rows: Lab) -> list[int]:
    """Positions at which the colour steps along nearly the whole row, the strongest of neighbours only.

    Empty if it steps so at more than half of the rows: that is noise or a texture, and has no seams.
    """
    means = cv2.blur(rows, (1, _NEAR), anchor=(0, 0), borderType=cv2.BORDER_REPLICATE)
    lightness, red, blue = cv2.split(cv2.absdiff(means[_NEAR:], means[:-_NEAR]))
    steps = np.asarray(cv2.max(cv2.max(lightness, red), blue), np.uint8)  # step n lies at row n + near
    shares = (steps > _STEP).mean(axis=1)
    strengths = np.where(shares >= _ALONG, steps.mean(axis=1), 0.0)
    if float((strengths > 0).mean()) > _EVERYWHERE:
        return []
    return [
        at + _NEAR
        for at in np.flatnonzero(strengths).tolist()
        if strengths[at] == strengths[max(0, at - _NEAR) : at + _NEAR + 1].max()
    ]


def _start_of_next(rows: Lab, edges: Sequence[int], end: int) -> int | None:
    """Where the panel after an edge begins: past a gutter, else at the edge where its sides differ; None for a rule."""
    shorter = min(rows.shape[:2])
    other = next((edge for edge in edges if edge - end >= _GUTTER * shorter), None)  # a gutter has no edge within it
    if other is not None and other - end <= _WIDEST * shorter:
        gutter = rows[end + 1 : other - 1]
        if _is_even(gutter) and _apart(_before(rows, end), gutter) and _apart(gutter, _after(rows, other)):
            return other
    return end if _apart(_before(rows, end), _after(rows, end)) else None


def _before(rows: Lab, at: int) -> Lab:
    return rows[max(0, at - _RULE - _BAND) : max(0, at - _RULE)]


def _after(rows: Lab, at: int) -> Lab:
    return rows[at + _RULE : at + _RULE + _BAND]


def _apart(one: Lab, other: Lab) -> bool:
    """Whether two bands differ along nearly all of their length."""
    if not one.size or not other.size:
        return False
    apart = np.abs(one.mean(axis=0) - other.mean(axis=0)).max(axis=1)
    return float((apart > _STEP).mean()) >= _ALONG


def _is_even(gutter: Lab) -> bool:
    if not gutter.size:
        return False
    colour = np.median(gutter, axis=(0, 1))
    return float(np.abs(gutter - colour).mean(axis=(0, 1)).max()) < _EVEN
