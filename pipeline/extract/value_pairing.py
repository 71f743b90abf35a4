"""Values, found by where they stand: beside their labels, in one row or wrapped into several."""

from collections.abc import Iterable, Sequence
from statistics import median_high
from typing import NamedTuple

from models.geometry import Box
from pipeline.extract.labels import Key, Label, LabelledLines
from pipeline.extract.runs import Run

_BESIDE = 0.5  # of a value's height that it may stand above or below its label's box
_BELOW = 2.0  # of a value's height that it may stand below a label that it is flush with
_UNDER = 12.0  # heights: a label so far left of a value is likelier to be its own than the one above it
_LEADING = 0.28  # of its height that a row may stand below the one that it continues
_GAP = 2.5  # heights between two pieces of one value in a row; between columns there is more
_NEAR = 6.0  # heights right of a label in which its value starts
_LEAST_SLIPS = 4  # values beside labels; fewer do not show how far the page's values slipped
_FAR = 1e6
_COLUMN = 2.0  # heights by which rows of one value may start apart
_CELLS = 2  # labels that stand level with rows of a block make these values of their own


def values_beside(sheet: LabelledLines[Key]) -> dict[Label[Key], tuple[Run, ...]]:
    """The runs that belong to each label, in reading order: beside it, and the rows that a long value wraps into."""
    owned: dict[Label[Key], list[_Value]] = {label: [] for label in sheet.labels}
    left_over: list[_Value] = []
    for block in _blocks(_values(sheet)):
        for part in _as_owned(block, sheet.labels):
            owner = _owner(part, sheet.labels)
            (left_over if owner is None else owned[owner]).extend(part)
    for value in left_over:
        wrapped = (label for label, values in owned.items() if any(_wraps(above.box, value.box) for above in values))
        if (owner := next(wrapped, None)) is not None:
            owned[owner].append(value)
    return {label: _in_reading_order(values, label.box) for label, values in owned.items()}


class _Value(NamedTuple):
    """A run and its box as its labels see it: values of a page are printed a little too high or too low together."""

    run: Run
    box: Box


_Block = list[_Value]  # rows of one value, top down; one row mostly


def _values(sheet: LabelledLines[Key]) -> list[_Value]:
    """The runs from the top down, moved up by how far the page's values stand below their labels."""
    boxes = sorted(((run.upright, run) for run in sheet.runs), key=lambda row: (row[0].top, row[0].left))
    low = _slip([box for box, _ in boxes], [label.box for label in sheet.labels])
    return [_Value(run, Box(box.left, box.top - low, box.right, box.bottom - low)) for box, run in boxes]


def _slip(values: Sequence[Box], labels: Sequence[Box]) -> int:
    """By how many pixels values stand below their labels: the median, 0 where few values have a label near."""
    slips = []
    for value in values:
        near = [
            value.centre.y - label.centre.y
            for label in labels
            if -0.5 * value.height < value.left - label.right < _NEAR * value.height
        ]
        nearest = min(near, key=abs, default=None)
        if nearest is not None and abs(nearest) < value.height:
            slips.append(nearest)
    return round(median_high(slips)) if len(slips) >= _LEAST_SLIPS else 0


def _blocks(values: Sequence[_Value]) -> list[_Block]:
    """Rows that stand close below each other and start at one edge, as one value that wraps."""
    blocks: list[_Block] = []
    for value in values:
        above = next((block for block in reversed(blocks) if _continues(block[-1].box, value.box)), None)
        if above is None:
            blocks.append([value])
        else:
            above.append(value)
    return blocks


def _continues(above: Box, below: Box) -> bool:
    gap = below.top - above.bottom
    alike = 0.7 < below.height / max(1, above.height) < 1.4
    return alike and -0.5 * below.height < gap < _LEADING * below.height and abs(below.left - above.left) < below.height


def _as_owned(block: _Block, labels: Sequence[Label[Key]]) -> list[_Block]:
    """A block whole if a label stands before its middle or its first row; else each of its rows by itself.

    Rows of which two stand level with labels of their own are values of neighbouring cells.
    """
    if len(block) == 1 or _owner(block, labels) is None:
        return [[value] for value in block]
    own = {label for value in block for label in labels if _level_with(label.box, value.box)}
    return [block] if len(own) < _CELLS else [[value] for value in block]


def _level_with(label: Box, value: Box) -> bool:
    aside = value.left - label.right
    off = abs(value.centre.y - label.centre.y)
    return -0.8 * value.height < aside < _NEAR * value.height and off < 0.25 * value.height


def _owner(block: _Block, labels: Sequence[Label[Key]]) -> Label[Key] | None:
    if len(block) == 1:
        places = [block[0].box]
    else:
        row, around = block[0].box, Box.around(value.box for value in block)
        middle, half = round(around.centre.y), row.height // 2
        places = [row, Box(around.left, middle - half, around.right, middle + half)]
    distance, owner = min(
        ((_distance(label.box, place), label) for label in labels for place in places),
        key=lambda pair: pair[0],
        default=(_FAR, None),
    )
    return owner if distance < _FAR else None


def _distance(label: Box, value: Box) -> float:
    """How far a value stands from a label, in pixels; rows count more than columns, since values slip sideways."""
    below = value.top - label.bottom
    if 0 <= below < _BELOW * value.height and abs(value.left - label.left) < value.height:
        return _UNDER * value.height + 4.0 * below
    aside = value.left - label.right
    middle = value.centre.y
    beside = max(0.0, label.top - middle, middle - label.bottom)
    if aside < -0.8 * value.height or beside > _BESIDE * value.height:
        return _FAR
    return max(0.0, aside) + 6 * beside


def _wraps(above: Box, below: Box) -> bool:
    """Whether a row continues the one above it: close below, and starting where that one starts."""
    gap = below.top - above.bottom
    return abs(gap) < 0.7 * below.height and abs(below.left - above.left) < _COLUMN * below.height


def _in_reading_order(values: Iterable[_Value], label: Box) -> tuple[Run, ...]:
    rows: list[list[_Value]] = []
    for value in sorted(values, key=lambda value: value.box.centre.y):
        box = value.box
        if rows and box.centre.y - rows[-1][-1].box.centre.y < 0.5 * box.height:
            rows[-1].append(value)
        else:
            rows.append([value])
    ordered = [_unbroken(sorted(row, key=lambda value: value.box.left)) for row in rows]
    return tuple(value.run for row in _of_one_column(ordered, label) for value in row)


def _of_one_column(rows: Sequence[Sequence[_Value]], label: Box) -> list[Sequence[_Value]]:
    """The row beside the label, and others that start below or above its start."""
    if not rows:
        return []
    own = min(rows, key=lambda row: abs(row[0].box.centre.y - label.centre.y))[0].box
    return [row for row in rows if abs(row[0].box.left - own.left) < _COLUMN * own.height]


def _unbroken(row: Sequence[_Value]) -> list[_Value]:
    """A row up to its first wide gap; what follows stands in another column and has lost its label."""
    kept = list(row[:1])
    for value in row[1:]:
        if value.box.left - kept[-1].box.right > _GAP * value.box.height:
            break
        kept.append(value)
    return kept
