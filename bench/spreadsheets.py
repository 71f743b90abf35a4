"""A register as spreadsheets save it, in their forms and with what they destroy; a part of bench.register_import."""

import csv
import io
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from bench.metrics import Figure, share
from models.overview import day_of
from models.register import KnownChild
from models.submission import Sex
from pipeline.ledger.database import utc_now
from pipeline.spreadsheets.columns import COLUMNS
from pipeline.spreadsheets.known_children import read_known_children

_CHINESE: Final = ("姓名", "性别", "出生日期", "身份证号码", "出生医学证明编号", "母亲身份证号")
_EXCELS_FIRST_DAY: Final = date(1899, 12, 30)
Row = dict[str, str]


def _as_is(cell: str) -> str:
    return cell


_ENCODINGS: Final = ("utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le")
_SEPARATORS: Final = (",", ";", "\t")
_DAYS: Final[tuple[Callable[[date], str], ...]] = (
    date.isoformat,
    lambda day: f"{day.year}/{day.month}/{day.day}",
    lambda day: f"{day:%Y%m%d}",
    lambda day: f"{day.year}年{day.month}月{day.day}日",
    lambda day: f"{day.year}/{day.month}/{day.day} 0:00:00",
    lambda day: str((day - _EXCELS_FIRST_DAY).days),
)
_NUMBERS: Final[tuple[Callable[[str], str], ...]] = (
    _as_is,
    lambda number: f"'{number}",
    lambda number: f'="{number}"',
    lambda number: f"\u200b{number} ",
    lambda number: number.translate({0x30 + digit: 0xFF10 + digit for digit in range(10)}),
)


def _exponent(number: str) -> str:
    return f"{float(number):.5E}" if number.isdigit() else number


def _rounded(number: str) -> str:
    return f"{number[:15]}000" if number.isdigit() else number


def _through_float(number: str) -> str:
    return str(int(float(number))) if number.isdigit() else number


def _of(column: str, change: Callable[[str], str]) -> Callable[[Row], Row]:
    return lambda row: {**row, column: change(row[column])}


_DAMAGE: Final[Mapping[str, Callable[[Row], Row]]] = {
    "written as 1.10199E+17": _of("id_number", _exponent),
    "rounded to 15 digits": _of("id_number", _rounded),
    "passed through a floating point number": _of("id_number", _through_float),
    "the mother's rounded to 15 digits": _of("mother_id_number", _rounded),
    "another birth date": _of("birth_date", lambda day: f"{int(day[:4]) - 1}{day[4:]}"),
    "the other sex": _of("sex", lambda sex: Sex.MALE if sex == Sex.FEMALE else Sex.FEMALE),
    "a character lost in GBK": _of("name", lambda name: f"{name[:-1]}?"),
    "UTF-8 opened as GBK": _of("name", lambda name: name.encode().decode("gbk", "replace")),
}


def measure_spreadsheets(records: Sequence[KnownChild], seed: int) -> Iterator[Figure]:
    """Write the records in every form, and then with each kind of damage in every row and in one row of ten."""
    records = [record for record in records if not _beyond_gbk(record.name)]
    rows = [_row(record) for record in records]
    taken = Counter[bool]()
    for data in _forms(records, rows):
        found = _read(data)
        taken.update(record == child for record, child in zip(records, found, strict=True))
    yield share("rows in every form that spreadsheets write: taken as they were", taken[True], taken.total())
    for words, damage in _DAMAGE.items():
        for share_of_rows, among in ((1.0, "every row"), (0.1, "one row of ten")):
            yield from _damaged(records, rows, damage, share_of_rows, f"{words}, {among}", random.Random(seed))


def excel_file(records: Sequence[KnownChild]) -> bytes:
    """The records as a Chinese Excel saves them as CSV: in GB18030, with days such as 2019/11/3."""
    days = (_DAYS[1](record.birth_date) for record in records)
    rows = [{**_row(record), "birth_date": day} for record, day in zip(records, days, strict=True)]
    return _file(rows, "gb18030")


def _beyond_gbk(name: str) -> bool:
    return name.encode("gbk", "replace").decode("gbk") != name


def _forms(records: Sequence[KnownChild], rows: Sequence[Row]) -> Iterator[bytes]:
    for encoding in _ENCODINGS:
        for separator in _SEPARATORS:
            yield _file(rows, encoding, separator)
    for day in _DAYS:
        for number in _NUMBERS:
            yield _file(
                [
                    {**row, "birth_date": day(record.birth_date), "id_number": number(row["id_number"])}
                    for record, row in zip(records, rows, strict=True)
                ]
            )


def _damaged(
    records: Sequence[KnownChild],
    rows: Sequence[Row],
    damage: Callable[[Row], Row],
    share_of_rows: float,
    words: str,
    chance: random.Random,
) -> Iterator[Figure]:
    """Of rows that the damage changed: how many are named; of the others: how many are taken."""
    written = [damage(row) if chance.random() < share_of_rows else row for row in rows]
    found = _read(_file(written))
    named, whole = Counter[bool](), Counter[bool]()
    for record, row, now, child in zip(records, rows, written, found, strict=True):
        if row == now:
            whole[child == record] += 1
        else:
            named[child is None] += 1
    yield share(f"{words}: destroyed rows named", named[True], named.total())
    if whole:
        yield share(f"{words}: whole rows taken", whole[True], whole.total())


def _row(record: KnownChild) -> Row:
    values = record.model_dump(mode="json")
    return {column: values[column] or "" for column in COLUMNS}


def _file(rows: Sequence[Row], encoding: str = "utf-8", separator: str = ",") -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    writer.writerow(_CHINESE)
    writer.writerows(list(row.values()) for row in rows)
    return out.getvalue().encode(encoding)


def _read(data: bytes) -> list[KnownChild | None]:
    return [row.child for row in read_known_children(data, day_of(utc_now())).rows]
