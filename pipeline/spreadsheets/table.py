"""The rows of a CSV file: which sign parts its cells, where its header stands, and whether each quote is closed."""

import csv
import io
import re
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from models.errors import BadTableError
from pipeline.spreadsheets.decoding import decoded

SEPARATORS: Final = (",", "\t", ";", "|", "，")
_SEPARATOR_LINE: Final = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)  # Excel obeys it, and shows no row for it
_HEADER_WITHIN: Final = 10  # rows: a title and blank rows may stand above
_LONGEST_CELL: Final = 10_000  # characters; Excel takes 32,767, and an unclosed quote takes the rest of the file


class TableRow(NamedTuple):
    """A row with its number in the spreadsheet, from 1; blank rows and those above the header count too."""

    number: int
    cells: Sequence[str]


class Table(NamedTuple):
    """The header and the rows below it that are not blank."""

    header: TableRow
    rows: tuple[TableRow, ...]
    encoding: str


def read_table(data: bytes, fit: Callable[[Sequence[str]], int]) -> Table:
    """Read a CSV file of any encoding and separator that spreadsheets use.

    Args:
        data: The file.
        fit: How many cells of a row are columns that are wanted; of the first ten rows the best is the header.

    Raises:
        BadTableError: It is no text, no row fits, or a quote is not closed.
    """
    text, encoding = decoded(data)
    told = _SEPARATOR_LINE.match(text)
    body = text[told.end() :] if told else text
    separators = (told[1],) if told else SEPARATORS
    fits = [
        (fit(row.cells), -order, separator)
        for order, separator in enumerate(separators)
        for row in _top(body, separator)
    ]
    best, _, separator = max(fits, default=(0, 0, ","))
    if not best:
        deque(rows_of(body, ",", sys.maxsize), maxlen=0)  # a quote that is not closed in the header hides the columns
        raise BadTableError(f"None of its first {_HEADER_WITHIN} rows names the columns")
    header = next(row for row in _top(body, separator) if fit(row.cells) == best)
    rows = tuple(row for row in rows_of(body, separator, len(header.cells)) if row.number > header.number)
    return Table(header, rows, encoding)


def _top(text: str, separator: str) -> Iterator[TableRow]:
    """The first rows, as far as a lenient reader makes them out."""
    reader = csv.reader(io.StringIO(text[: _HEADER_WITHIN * _LONGEST_CELL], newline=""), delimiter=separator)
    for number in range(1, _HEADER_WITHIN + 1):
        try:
            yield TableRow(number, next(reader))
        except (StopIteration, csv.Error):
            return


def rows_of(text: str, separator: str, columns: int) -> Iterator[TableRow]:
    """Every row that is not blank.

    Raises:
        BadTableError: A quote is not closed; it takes rows into its cell, so that none of them can be trusted.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise _unclosed(number, "is") from None
        whole = len(cells) == columns
        if any(_swallows_rows(cell, separator, columns, whole=whole) for cell in cells):
            raise _unclosed(number, "looks as if it is")
        if any(cell and not cell.isspace() for cell in cells):
            yield TableRow(number, cells)


def _swallows_rows(cell: str, separator: str, columns: int, *, whole: bool) -> bool:
    """Whether a cell holds what looks like the ends and beginnings of rows: two quotes that are no pair.

    Args:
        cell: The cell.
        separator: Of the file.
        columns: Of the header.
        whole: Whether the cell's row has as many cells as the header; then so few separators are an address.
    """
    if "\n" not in cell and "\r" not in cell:
        return False
    first, *middle, last = cell.splitlines()
    row = any(line.count(separator) >= columns - 1 for line in (first, *middle))
    ends = separator in first and separator in last
    few = whole and first.count(separator) + last.count(separator) < columns - 1
    return len(cell) > _LONGEST_CELL or row or (ends and not few)


def _unclosed(number: int, verb: str) -> BadTableError:
    return BadTableError(
        f'Row {number}: a quote (") {verb} opened and not closed where its cell ends',
        hint="which rows follow cannot be told. Correct it, and take the file again.",
    )
