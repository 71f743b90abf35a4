"""Where a sheet parts into lines that read as they stand and lines that do not: two documents, one on its head."""

from collections.abc import Sequence
from statistics import fmean
from typing import Final

from models.geometry import Box
from pipeline.perceive.ocr.base import TextLine
from pipeline.perceive.scene.rectify import is_tall

# By judgement and one training sheet with a side on its head, whose lines had a mean confidence of 0.53.
_FEW_LINES: Final = 4  # on either side of the cut, at least
_ROOM: Final = 0.05  # of the longer side of the lines' box that is left around them
_ASTRAY: Final = 0.65  # mean confidence of lines, under which they may stand another way round than their sheet
_READS: Final = 0.8  # mean confidence of lines that stand upright


def cut_where_it_reads(lines: Sequence[TextLine]) -> tuple[Box, Box] | None:
    """The boxes of the lines that do not read and of those that do, side by side or one above the other.

    None if no straight cut between lines parts them so; of several cuts, the one in the widest gap: numbers of a side
    on its head may read, too.
    """
    best: tuple[int, tuple[Box, Box]] | None = None
    for vertical in (False, True):
        ranked = sorted(lines, key=lambda line: line.quad.middle.x if vertical else line.quad.middle.y)
        for at in range(_FEW_LINES, len(ranked) - _FEW_LINES + 1):
            parts = ranked[:at], ranked[at:]
            first, last = (fmean(map(_sureness, part)) for part in parts)
            if min(first, last) > _ASTRAY or max(first, last) < _READS:
                continue
            before, after = (Box.around([line.quad.box for line in part]) for part in parts)
            gap = after.left - before.right if vertical else after.top - before.bottom
            if gap >= 0 and (best is None or gap > best[0]):
                halves = _halves(before, after, gap, vertical=vertical)
                best = gap, halves if first < last else (halves[1], halves[0])
    return best[1] if best else None


def _halves(before: Box, after: Box, gap: int, *, vertical: bool) -> tuple[Box, Box]:
    """The two parts with room around them, parted in the middle of the gap."""
    around = Box.around([before, after])
    around = around.grown(round(_ROOM * max(around.width, around.height)))
    if vertical:
        at = before.right + gap // 2
        return around._replace(right=at), around._replace(left=at)
    at = before.bottom + gap // 2
    return around._replace(bottom=at), around._replace(top=at)


def _sureness(line: TextLine) -> float:
    """How surely a line reads as it stands, 0-1: one that stands on end does not."""
    return 0.0 if is_tall(line.quad) else line.confidence
