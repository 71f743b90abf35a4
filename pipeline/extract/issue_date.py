"""The 签发日期 of a 首页 where it stands elsewhere than beside its label: 年 月 日签发, below 签发, within the seal."""

import re
from collections.abc import Sequence
from typing import Any, Final

from models.content import Slot
from models.documents import Field
from models.geometry import Box
from models.id_number import half_width, iso_date
from pipeline.extract.fields import FieldReading, read_field
from pipeline.extract.form import Form
from pipeline.extract.labels import Label
from pipeline.extract.runs import Run

_SLOT: Final = Slot(Field.ISSUE_DATE)
_PART: Final = re.compile(r"\D{0,3}(\d{1,4}\D{0,3}){1,3}")  # of a date: digits, and the form's 年 月 日 between them
_ROW: Final = 0.6  # heights by which parts of a row may stand apart
_GAP: Final = 4.0  # heights between the parts: the form leaves room for them


def with_issue_date(form: Form, runs: Sequence[Run], changes: Box | None) -> Form:
    """The form with the only date on the page that can be its 签发日期; the nearest to the label 签发 of several.

    Args:
        form: The 首页 as its labels tell it.
        runs: The page's runs that are no label.
        changes: Where 住址变动登记 stands: dates below it are those of changes.
    """
    printed = form.fields.get(_SLOT)
    if printed is not None and printed.value is not None:
        return form
    owned = {id(run.line) for slot, read in form.fields.items() if slot != _SLOT for run in read.runs}
    parts = [run for run in runs if id(run.line) not in owned and _PART.fullmatch(half_width(run.text))]
    dates = [date for row in _rows(parts) if (date := read_field(_SLOT.field, row)) and date.value is not None]
    above = [date for date in dates if changes is None or _box(date).bottom <= changes.top + changes.height]
    label = form.labels.get(_SLOT)
    read = label is not None and label.was_read
    if len(above) == 1 or (above and read):
        nearest = min(above, key=lambda date: _apart(_box(date), label) if label else 0.0)
        return form._replace(fields={**form.fields, _SLOT: nearest})
    return form


def _rows(parts: Sequence[Run]) -> list[list[Run]]:
    """Parts that stand in a row, each no further from the last than the form's gaps."""
    rows: list[list[Run]] = []
    for part in sorted(parts, key=lambda run: run.upright.left):
        box = part.upright
        row = next((row for row in rows if _follows(row[-1].upright, box) and not iso_date(_text(row))), None)
        if row is None:
            rows.append([part])
        else:
            row.append(part)
    return rows


def _text(row: Sequence[Run]) -> str:
    return "".join(run.text for run in row)


def _follows(left: Box, right: Box) -> bool:
    level = abs(left.centre.y - right.centre.y) < _ROW * left.height
    return level and -0.5 * left.height < right.left - left.right < _GAP * left.height


def _box(date: FieldReading) -> Box:
    return Box.around(run.upright for run in date.runs)


def _apart(date: Box, label: Label[Any]) -> float:
    return abs(date.centre.x - label.box.centre.x) + abs(date.centre.y - label.box.centre.y)
