"""Groups of lines that stand near one another: what lies beside a picture's outlines may be several documents."""

from collections.abc import Sequence
from statistics import median
from typing import Final

import numpy as np

from models.geometry import Box, Quad

FEW_LINES: Final = 4  # an outline with fewer may be a frame inside the document, or no document
_GAP: Final = 3.0  # heights of a line between lines of one document
_SPARSE: Final = 1.5  # times the usual gap between neighbours, up to which lines of a sparse form belong together
_USUAL: Final = 75  # percentile of the gaps between neighbours. Both by judgement, after two forms beside a card


def groups_of(lines: Sequence[Quad], size: tuple[int, int]) -> tuple[Box, ...]:
    """A box around each group of lines that stand near one another, with some room; one around all groups of few."""
    if not lines:
        return ()
    reach = _reach([line.box for line in lines])
    groups: list[tuple[Box, int]] = []
    for line in lines:
        box, count = line.box, 1
        while near := [group for group in groups if group[0].overlap(box.grown(reach)) > 0]:
            groups = [group for group in groups if group not in near]
            box = Box.around([box, *(group[0] for group in near)])
            count += sum(group[1] for group in near)
        groups.append((box, count))
    boxes = [box for box, count in groups if count >= FEW_LINES]
    if few := [box for box, count in groups if count < FEW_LINES]:
        boxes.append(Box.around(few))
    return tuple(box.grown(reach).within(size[1], size[0]) for box in boxes)


def _reach(boxes: Sequence[Box]) -> int:
    """Pixels between lines of one document: more where a form leaves much room between its words."""
    heights = _GAP * median(min(box.width, box.height) for box in boxes)
    gaps = [gap for gap in _gaps_to_the_next(boxes) if gap > 0]
    return round(max(heights, _SPARSE * float(np.percentile(gaps, _USUAL)) if gaps else 0.0))


def _gaps_to_the_next(boxes: Sequence[Box]) -> list[int]:
    """The gaps along which lines hang together, each line by its nearest way to the others: a minimum spanning tree."""
    gaps = list[int]()
    apart = {at: _gap(boxes[0], box) for at, box in enumerate(boxes) if at}
    while apart:
        nearest = min(apart, key=apart.__getitem__)
        gaps.append(apart.pop(nearest))
        apart = {at: min(gap, _gap(boxes[nearest], boxes[at])) for at, gap in apart.items()}
    return gaps


def _gap(one: Box, other: Box) -> int:
    across = max(one.left, other.left) - min(one.right, other.right)
    down = max(one.top, other.top) - min(one.bottom, other.bottom)
    return max(across, down, 0)
