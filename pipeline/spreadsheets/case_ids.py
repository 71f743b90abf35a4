"""A list of cases: an id a line, or a table with a column of ids, as spreadsheets and people save it."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from models.entered_numbers import destruction_of, plain_number, without_marks
from models.errors import BadTableError
from pipeline.spreadsheets.decoding import decoded
from pipeline.spreadsheets.table import SEPARATORS, TableRow, rows_of

_HEADERS: Final = frozenset("submission_id submissionid caseid case_id id 申请编号 申请号 编号 案件编号".split())
_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_MOST_NAMED: Final = 20  # rows in a message


def read_case_ids(data: bytes) -> Mapping[str, int]:
    """The ids of a list, each with the number of its first row.

    Raises:
        BadTableError: It is no text, or a row holds no id; the error names such rows, and no id.
    """
    text, _ = decoded(data)
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = next((sign for sign in SEPARATORS if sign in first), SEPARATORS[0])
    rows = list(rows_of(text, separator, columns=max(2, first.count(separator) + 1)))
    column = _column(rows[0].cells) if rows else None
    found: dict[str, int] = {}
    wrong: list[str] = []
    for row in rows if column is None else rows[1:]:
        try:
            found.setdefault(_id(row, column), row.number)
        except ValueError as error:
            wrong.append(f"row {row.number}: {error}")
    if wrong:
        more = f"; and {len(wrong) - _MOST_NAMED} rows more" if len(wrong) > _MOST_NAMED else ""
        raise BadTableError(f"These rows hold no id: {'; '.join(wrong[:_MOST_NAMED])}{more}")
    return found


def _column(cells: Sequence[str]) -> int | None:
    """The place of the column of ids if the first row is a header."""
    names = (plain_number(cell).casefold() for cell in cells)
    return next((at for at, name in enumerate(names) if name in _HEADERS), None)


def _id(row: TableRow, column: int | None) -> str:
    cells = [cell for cell in row.cells if cell.strip()]
    if column is None and len(cells) > 1:
        raise ValueError("it has several cells, and no header says which is submission_id")
    cell = cells[0] if column is None else next(iter(row.cells[column : column + 1]), "")
    if len(without_marks(cell).split()) > 1:
        raise ValueError("it holds a space, and may be two ids")
    name = plain_number(cell)
    if not _ID.fullmatch(name):
        raise ValueError(destruction_of(name) or "it has not the form of an id")
    return name
