"""Rows of a spreadsheet as known children: each is one, or has reasons why it is none. No reason repeats a value."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from models.entered_numbers import is_marked_as_text, without_marks
from models.id_number import age_on, normal_number, parse_id_number
from models.register import KnownChild
from models.submission import Sex
from pipeline.spreadsheets.cells import (
    EPOCHS,
    GARBLED,
    LOST,
    ROUNDED,
    ROUNDED_END,
    WRONG_DIGIT,
    Garbled,
    Serial,
    SexCode,
    birth_day,
    certificate_number,
    child_name,
    child_sex,
    garbled,
    id_number,
)
from pipeline.spreadsheets.columns import fit, place_columns
from pipeline.spreadsheets.table import TableRow, read_table

_READ: Final[Mapping[str, Callable[[str], Any]]] = {
    "name": child_name,
    "sex": child_sex,
    "birth_date": birth_day,
    "id_number": id_number,
    "birth_certificate_number": certificate_number,
    "mother_id_number": id_number,
}
_UNIQUE: Final = ("id_number", "birth_certificate_number")
_PEOPLE: Final = ("id_number", "mother_id_number")
_OLDEST: Final = 40  # years; a hospital keeps children that grew up
_YOUNGEST_MOTHER: Final = 10  # years
_ENDS_BY_NATURE: Final = 0.01  # of whole numbers about one in 1100 ends in 000 and has a right check digit
_ENDS_BY_CHANCE: Final = 2  # of three rounded numbers at least one has a wrong check digit, but once in 1331 files
_LEAST_FLOATS: Final = 4  # numbers in a column


class ImportedRow(NamedTuple):
    """A row of the file: the child that it holds, or the reasons why it is not taken, each with its column."""

    number: int
    child: KnownChild | None
    problems: tuple[str, ...] = ()


class ImportedFile(NamedTuple):
    """The rows of a file that are not blank, and the headers of columns that the register does not keep."""

    rows: tuple[ImportedRow, ...]
    passed_over: tuple[str, ...]
    encoding: str


class _Draft:
    """A row while it is read: the values found so far, what is wrong with the others, and what was typed there."""

    def __init__(self, row: TableRow, places: Mapping[str, int], allowed: Collection[int]) -> None:
        self.number = row.number
        self.values: dict[str, Any] = {}
        self.problems: dict[str, str] = {}
        self.marked = set[str]()
        self.typed: dict[str, str] = {}
        for column, read in _READ.items():
            cell = row.cells[places[column]] if column in places and places[column] < len(row.cells) else ""
            if column in _PEOPLE and is_marked_as_text(cell):
                self.marked.add(column)
            try:
                self.values[column] = read(cell)
            except ValueError as error:
                self.values[column] = None
                self.problems[column] = str(error)
                if column in _PEOPLE:
                    self.typed[column] = normal_number(without_marks(cell))
        if any(cell.strip() for at, cell in enumerate(row.cells) if at not in allowed):
            self.problems["row"] = (
                "a cell stands beside the columns: a separator in a value, or a column without a header"
            )

    def refuse(self, column: str, why: str) -> None:
        """Note what is wrong with a column, unless something else is wrong with it already."""
        self.problems.setdefault(column, why)

    def finished(self) -> ImportedRow:
        """The row as a child, or with everything that is wrong with it."""
        if self.problems:
            return ImportedRow(self.number, None, tuple(f"{column}: {why}" for column, why in self.problems.items()))
        return ImportedRow(self.number, KnownChild(**self.values))


def read_known_children(data: bytes, today: date, ignored: Collection[str] = ()) -> ImportedFile:
    """Read a CSV file of known children as hospitals and their spreadsheets write it.

    Args:
        data: The file.
        today: The day in Beijing; no child is born later.
        ignored: Headers of columns to pass over although nobody knows what they hold.

    Raises:
        BadTableError: The file as a whole cannot be taken.
    """
    table = read_table(data, fit)
    columns = place_columns(table.header.cells, ignored)
    named = {at for at, cell in enumerate(table.header.cells) if cell.strip()}
    drafts = [_Draft(row, columns.places, named) for row in table.rows]
    _find_garbled(drafts)
    _settle_days(drafts, today)
    _settle_sexes(drafts)
    _compare_with_numbers(drafts)
    for column in _PEOPLE:
        _find_rounded(drafts, column)
    _find_shared(drafts)
    return ImportedFile(tuple(draft.finished() for draft in drafts), columns.passed_over, table.encoding)


def _find_garbled(drafts: Sequence[_Draft]) -> None:
    """Refuse names that were read in the wrong encoding; a short one may be a name, and another cell must say so."""
    found = [(draft, garbled(draft.values["name"] or "")) for draft in drafts]
    signs = [
        draft for draft, how in found if how in (Garbled.LIKELY, Garbled.SURELY) or draft.problems.get("name") == LOST
    ]
    for draft, how in found:
        elsewhere = "sex" in draft.problems or any(sign is not draft for sign in signs[:2])
        if how is Garbled.SURELY or (how is not Garbled.NO and elsewhere):
            draft.refuse("name", GARBLED)


def _settle_days(drafts: Sequence[_Draft], today: date) -> None:
    """Turn serials into days by the epoch that ID numbers of the file confirm, and refuse days that cannot be."""
    epoch = _epoch(drafts)
    for draft in drafts:
        born = draft.values["birth_date"]
        if isinstance(born, Serial):
            own = next((day for day in EPOCHS if _says(draft, born.on(day))), epoch)
            draft.values["birth_date"] = born = born.on(own) if own else None
            if born is None:
                draft.refuse("birth_date", "it is a number of days, and no ID number of the file says from which day")
        if born and not (today - timedelta(days=366 * _OLDEST) < born <= today):
            draft.refuse("birth_date", "it is no child's: it lies in the future, or long ago")


def _epoch(drafts: Sequence[_Draft]) -> date | None:
    """The day from which the file counts, if ID numbers confirm one and never the other."""
    confirmed = {
        epoch
        for draft in drafts
        if isinstance(draft.values["birth_date"], Serial)
        for epoch in EPOCHS
        if _says(draft, draft.values["birth_date"].on(epoch))
    }
    return confirmed.pop() if len(confirmed) == 1 else None


def _says(draft: _Draft, day: date) -> bool:
    """Whether the child's ID number says that it was born on a day."""
    number = parse_id_number(draft.values["id_number"] or "")
    return number is not None and number.birth_date == day


def _settle_sexes(drafts: Iterable[_Draft]) -> None:
    for draft in drafts:
        sex = draft.values["sex"]
        if isinstance(sex, SexCode):
            number = parse_id_number(draft.values["id_number"] or "")
            draft.values["sex"] = sex.sex
            if number is None or number.sex is not sex.sex:
                draft.refuse("sex", "it is a code, and no ID number says the same: write 男 or 女")


def _compare_with_numbers(drafts: Iterable[_Draft]) -> None:
    """Refuse rows whose ID number says another birth date or sex, or whose mother cannot be the mother."""
    for draft in drafts:
        born, sex, mother = (draft.values[column] for column in ("birth_date", "sex", "mother_id_number"))
        number = parse_id_number(draft.values["id_number"] or "")
        if number is not None and born and number.birth_date != born:
            draft.refuse("birth_date", "the ID number says another day")
        if number is not None and sex and number.sex is not sex:
            draft.refuse("sex", "the ID number says the other one")
        if mother and mother == draft.values["id_number"]:
            draft.refuse("mother_id_number", "it is the child's own")
        parent = parse_id_number(mother or "")
        if parent is not None and parent.sex is Sex.MALE:
            draft.refuse("mother_id_number", "it is a man's")
        elif parent is not None and born and age_on(parent.birth_date, born) < _YOUNGEST_MOTHER:
            draft.refuse("mother_id_number", "she would have been a child herself")


def _find_rounded(drafts: Sequence[_Draft], column: str) -> None:
    """Refuse numbers that look whole and were rounded: one in eleven of those has a right check digit by chance.

    Where another number of the column was surely rounded, all that end so are refused. A few that end so are refused in
    a file that is too short to have any.
    """
    whole = [draft for draft in drafts if (draft.values[column] or "").isdigit() and column not in draft.marked]
    ending = [draft for draft in whole if draft.values[column].endswith(ROUNDED_END)]
    sure = any(draft.problems.get(column) == ROUNDED for draft in drafts) or (
        column == "id_number" and any("sex" in draft.problems for draft in ending)
    )
    if sure or _ENDS_BY_NATURE * len(whole) < len(ending) <= _ENDS_BY_CHANCE:
        for draft in ending:
            draft.refuse(column, f"{ROUNDED}, or so it seems: where it is right, write ' in front of it")
    wrong = [draft.typed[column] for draft in drafts if draft.problems.get(column) in (ROUNDED, WRONG_DIGIT)]
    floats = [draft for draft in whole if _is_float(draft.values[column])]
    if (len(floats) >= _LEAST_FLOATS and 2 * len(floats) > len(whole)) or (
        len(wrong) >= _LEAST_FLOATS and 2 * sum(map(_is_float, wrong)) > len(wrong) and not sure
    ):
        for draft in floats:
            draft.refuse(column, "a program rounded it, or so it seems by the other numbers of this column")


def _is_float(number: str) -> bool:
    """Whether a number of 18 digits is the same as a floating point number: once in 16 to 128 by nature."""
    return number.isdigit() and int(float(number)) == int(number)


def _find_shared(drafts: Sequence[_Draft]) -> None:
    """Refuse rows that give one number to different children: none of them is sure."""
    for column in _UNIQUE:
        holders: dict[str, list[_Draft]] = defaultdict(list)
        for draft in drafts:
            if draft.values[column] and not draft.problems:
                holders[draft.values[column]].append(draft)
        for shared in holders.values():
            if len(shared) > 1:
                _refuse_unequal(shared, column)


def _refuse_unequal(shared: Sequence[_Draft], column: str) -> None:
    births = {tuple(draft.values[one] for one in ("name", "sex", "birth_date")) for draft in shared}
    if len(births) == 1:
        return
    for draft in shared:
        others = ", ".join(str(other.number) for other in shared[:4] if other is not draft)
        draft.refuse(column, f"row {others} has it for another child")
