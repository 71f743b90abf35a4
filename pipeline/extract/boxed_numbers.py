"""Numbers whose digits stand each in a box of its own, and are found as a line each."""

from collections.abc import Mapping, Sequence
from typing import Final

from models.geometry import Box
from pipeline.extract.labels import Key, Label
from pipeline.extract.runs import Run

_DIGITS: Final = 3  # that two neighbouring boxes may be read as, at most
_LEAST: Final = 8  # boxes in a row; fewer are ages and weeks
_ROW: Final = 0.6  # heights by which the middles may stand apart
_GAP: Final = 3.0  # heights between two boxes: one of them may be lost


def boxed_rows(runs: Sequence[Run], labels: Sequence[Label[Key]]) -> Mapping[Label[Key], tuple[Run, ...]]:
    """The rows of boxes, each with the label in front of it.

    Args:
        runs: Of the whole page.
        labels: Those that announce a number in boxes.
    """
    single = sorted((run for run in runs if len(run.text) <= _DIGITS), key=lambda run: run.upright.left)
    rows = {label: _row(label.box, single) for label in labels}
    return {label: row for label, row in rows.items() if len(row) >= _LEAST}


def _row(label: Box, single: Sequence[Run]) -> tuple[Run, ...]:
    """The boxes level with a label, up to the first wide gap; the first may stand some way off."""
    row: list[Run] = []
    for run in single:
        box = run.upright
        level = abs(box.centre.y - label.centre.y) < _ROW * box.height
        if level and box.left >= label.right and (not row or box.left - row[-1].upright.right < _GAP * box.height):
            row.append(run)
    return tuple(row)
