"""Known children as Chinese hospitals and their spreadsheets write them: taken, repaired, or refused with a reason."""

import csv
import io
from collections.abc import Sequence
from datetime import date
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import BadTableError
from models.id_number import check_digit
from models.register import KnownChild
from models.submission import Sex
from pipeline.spreadsheets.known_children import ImportedFile, read_known_children

TODAY: Final = date(2026, 11, 30)
HEADER: Final = ("姓名", "性别", "出生日期", "身份证号码", "出生医学证明编号", "母亲身份证号")
NUMBER, MOTHER = "110199201911230020", "330199199007070445"
ROW: Final = ("欧阳靖萱", "女", "2019-11-23", NUMBER, "T110000000", MOTHER)
CHILD: Final = KnownChild(
    name="欧阳靖萱",
    sex=Sex.FEMALE,
    birth_date=date(2019, 11, 23),
    id_number=NUMBER,
    birth_certificate_number="T110000000",
    mother_id_number=MOTHER,
)
PLACES: Final = {name: at for at, name in enumerate(KnownChild.model_fields) if at < len(HEADER)}


def written(*rows: Sequence[str], header: Sequence[str] = HEADER, separator: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator="\r\n").writerows((header, *rows))
    return out.getvalue()


def read(text: str | bytes, encoding: str = "utf-8", ignored: Sequence[str] = ()) -> ImportedFile:
    data = text if isinstance(text, bytes) else text.encode(encoding)
    return read_known_children(data, TODAY, ignored)


def altered(**cells: str) -> tuple[str, ...]:
    """The row with other cells, by the column's name."""
    return tuple(cells.get(column, ROW[at]) for column, at in PLACES.items())


def numbered(sequence: str, born: str = "20191123") -> str:
    return (first := f"110199{born}{sequence}") + check_digit(first)


def one(**cells: str) -> KnownChild | tuple[str, ...]:
    """What becomes of the row with other cells: the child, or the problems."""
    (row,) = read(written(altered(**cells))).rows
    return row.child or row.problems


FORMS: Final = [
    pytest.param(written(ROW).encode("utf-8"), id="UTF-8"),
    pytest.param(written(ROW).encode("utf-8-sig"), id="UTF-8 with a mark"),
    pytest.param(written(ROW).encode("gbk"), id="GBK"),
    pytest.param(written(ROW, separator=";").encode("gb18030"), id="GB18030 with semicolons"),
    pytest.param(written(ROW, separator="\t").encode("utf-16"), id="Excel's Unicode text"),
    pytest.param(written(ROW, separator="\t").encode("utf-16-le"), id="the same without its mark"),
    pytest.param(written(ROW).encode("utf-16-be"), id="big end first"),
    pytest.param(f"sep=;\n{written(ROW, separator=';')}".encode(), id="a line that names the separator"),
    pytest.param(written(ROW).replace("\r\n", "\r").encode(), id="line ends of old Macs"),
    pytest.param(written(ROW, separator="，").encode(), id="wide commas"),
    pytest.param(f"儿童登记表,,,,,\n,,,,,\n{written(ROW)},,,,,\n".encode(), id="a title and blank rows"),
    pytest.param(written((*ROW, "", ""), header=(*HEADER, "", "")).encode(), id="blank columns"),
    pytest.param(written(("1", *ROW, "多行\n备注, 甲"), header=("序号", *HEADER, "备注")).encode(), id="other columns"),
    pytest.param(written(ROW, header=list(PLACES)).encode(), id="the headers of our export"),
    pytest.param(
        written(
            ROW, header=("*儿童姓名", "性別", "出生年月日（必填）", "公民身份号码", "出生证号", "母亲身份证号码")
        ).encode(),
        id="other names of the columns",
    ),
    pytest.param(
        written(ROW, header=("Name", "Sex", "Date of Birth", "ID No.", "Birth_Cert_No", "mother's ID number")).encode(),
        id="English names of the columns",
    ),
]


@pytest.mark.parametrize("data", FORMS)
def test_a_file_is_taken_in_the_form(data: bytes) -> None:
    assert [row.child for row in read(data).rows] == [CHILD]


@pytest.mark.parametrize(
    "cells",
    [
        *(
            pytest.param({"birth_date": day}, id=f"a day as {day}")
            for day in (
                "2019/11/23", "20191123", "2019年11月23日", "2019 年 11 月 23 日", "2019.11.23", "2019-11-23 00:00:00",
                "2019/11/23 12:00 AM", "2019-11-23T08:30:00", "二〇一九年十一月二十三日", "43792", "43792.5", "42330",
                "２０１９年１１月２３日", "2019年11月23日 星期六", "2019年11月23日08时30分",
                "2019-11-23T00:00:00+08:00", "'2019-11-23",
            )
        ),
        *(
            pytest.param({"id_number": number}, id=f"a number as {number!r}")
            for number in (
                f"'{NUMBER}", f"’{NUMBER}", f'="{NUMBER}"', f"\t{NUMBER}", f"\ufeff{NUMBER}\u200b",
                f"\u202d{NUMBER}\u202c", "１１０１９９２０１９１１２３００２０", "110199 20191123 0020",
                "110199-20191123-0020", f"\u3000{NUMBER}\xa0",
            )
        ),
        *(pytest.param({"sex": sex}, id=f"a sex as {sex}") for sex in "女性 女孩 　女 Female f 2 2.0".split(" ")),
        *(
            pytest.param({"name": name}, id=f"a name as {name!r}")
            for name in ("欧阳 靖萱", "'欧阳靖萱", "欧\u200b阳靖萱", "欧阳\n靖萱", "“欧阳靖萱”", "\ufeff欧阳靖萱\u3000")
        ),
        pytest.param({"birth_certificate_number": "ｔ110 000 000"}, id="a certificate, wide and in groups"),
    ],
)  # fmt: skip
def test_a_cell_is_repaired(cells: dict[str, str]) -> None:
    assert one(**cells) == CHILD


@pytest.mark.parametrize("absent", ["", " ", "无", "-", "—", "／", "N/A", "暂无", "null", "\u200b"])
def test_a_number_may_be_absent(absent: str) -> None:
    found = one(id_number=absent, birth_certificate_number=absent, mother_id_number=absent)
    assert found == CHILD.model_copy(
        update={"id_number": None, "birth_certificate_number": None, "mother_id_number": None}
    )


REFUSED: Final = [
    *(
        (column, cell, words)
        for column in ("id_number", "mother_id_number")
        for cell, words in (
            ("1.10199E+17", "destroyed"),
            ("1.10199201911230E+17", "destroyed"),
            ("'1.1e17", "destroyed"),
            ("110199201911230000", "rounded"),
            ("110199201911230020.00", "decimal"),
            ("########", "instead of its content"),
            ("#N/A", "instead of its content"),
            ("110199********0020", "masked"),
            ("11019920191123002", "17 digits"),
            ("110199201911230021", "check digit"),
            ("110199201913230029", "does not exist"),
            ("T110000000", "birth certificate"),
            ("见附件", "form"),
        )
    ),
    ("birth_certificate_number", "1.1E+08", "destroyed"),
    ("birth_certificate_number", NUMBER, "ID number"),
    ("birth_certificate_number", "110000000", "one letter"),
    ("mother_id_number", NUMBER, "child's own"),
    ("mother_id_number", "330199199007070613", "man's"),
    ("mother_id_number", numbered("008", "20110101"), "child herself"),
    ("birth_date", "1574467200", "no day"),
    ("birth_date", "1979-11-23", "long ago"),
    ("birth_date", "2026-12-01", "future"),
    ("birth_date", "2019-11-22T16:00:00+00:00", "no day"),
    *(("birth_date", cell, "no day") for cell in ("2019-11-22T16:00:00Z", "23/11/2019", "19-11-23", "2019年11月")),
    ("birth_date", "2019-02-29", "does not exist"),
    ("birth_date", "2019/11/22", "another day"),
    ("birth_date", "43793", "which day"),
    ("birth_date", "#######", "wider"),
    ("birth_date", "", "missing"),
    ("sex", "男", "the other one"),
    ("sex", "1", "code"),
    ("sex", "girl", "neither"),
    ("sex", "", "missing"),
    *(("name", cell, "missing") for cell in ("", " \u3000", "无", "-", "未取名", "合计", "\u200b")),
    ("name", "欧?靖萱", "lost"),
    ("name", "欧\ufffd靖萱", "lost"),
    ("name", "娆ч槼闈栬悾", "wrong encoding"),
    ("name", "\u202e萱靖阳欧", "bidirectional"),
    ("name", "欧阳**", "masked"),
    ("name", "=cmd|' /C calc'!A0", "signs"),
    ("name", "20191123", "no letter"),
    ("name", "字" * 51, "50"),
]  # fmt: skip


@pytest.mark.parametrize(("column", "cell", "words"), [pytest.param(*one, id=f"{one[0]}: {one[1]}") for one in REFUSED])
def test_a_cell_is_refused_with_its_column_and_without_its_value(column: str, cell: str, words: str) -> None:
    problems = one(**{column: cell})
    assert isinstance(problems, tuple)
    (said,) = [problem for problem in problems if problem.startswith(f"{column}: ")]
    assert words in said
    assert not any(value in said for value in (NUMBER, MOTHER, "欧阳", "靖萱"))


WRONG_FILES: Final = [
    pytest.param(b"PK\x03\x04\x14", "workbook", id="a workbook"),
    pytest.param(b"\xd0\xcf\x11\xe0\xa1", "workbook", id="an old workbook"),
    pytest.param(b"<html><table>", "web page", id="a web page"),
    pytest.param(b"", "names the columns", id="nothing"),
    pytest.param(written(ROW).splitlines()[1].encode(), "names the columns", id="no header"),
    pytest.param(written(ROW[:2], header=HEADER[:2]).encode(), "birth_date", id="no birth dates"),
    pytest.param(written(ROW, header=(*HEADER[:3], "id_nubmer", *HEADER[4:])).encode(), "id_nubmer", id="misspelt"),
    pytest.param(written((*ROW, NUMBER), header=(*HEADER, "证件号码")).encode(), "Two columns", id="two numbers"),
    pytest.param(written(ROW).encode() + b"\xe6\xac", "Row 3", id="UTF-8 that breaks off"),
    pytest.param("name,sex,birth_date\n陳怡君,女,2019/11/3\n".encode("big5"), "Big5", id="Big5"),
    pytest.param(f'"{written(ROW)}'.encode(), "Row 1: a quote", id="a quote in the header"),
    pytest.param(written(ROW, ROW).replace("女", '"女', 1).encode(), "Row 2", id="a quote before the end"),
    pytest.param(written(ROW, ROW, altered(name='"')).replace('""""', '"').encode(), "Row 4", id="in the last row"),
    pytest.param(written(ROW, *[ROW] * 3).replace("欧", '"欧').encode(), "Row 2", id="quotes that seem a pair"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "words"), WRONG_FILES)
def test_a_file_is_refused_as_a_whole(data: bytes, words: str) -> None:
    with pytest.raises(BadTableError, match=words):
        read(data)


def test_a_quoted_address_of_two_lines_is_one_cell() -> None:
    rows = read(written((*ROW, "Tower 1, Room 2\nHangzhou, China"), ROW, header=(*HEADER, "地址"))).rows
    assert [row.child for row in rows] == [CHILD, CHILD]


@pytest.mark.parametrize(
    ("names", "refused"),
    [
        pytest.param(["濮鸿涵", "濮虹涵", "璩鸿涵", "Na", "Nan"], [], id="names that are UTF-8 by chance, or a word"),
        pytest.param(["鐜嬭姵", "欧阳靖萱"], [], id="one that may be a name"),
        pytest.param(["鐜嬭姵", "濮鸿涵", "寮犱紵", "欧阳靖萱"], ["鐜嬭姵", "濮鸿涵", "寮犱紵"], id="several"),
        pytest.param(["濮鸿涵", "娆ч槼闈栬悾"], ["濮鸿涵", "娆ч槼闈栬悾"], id="beside a sure one"),
    ],
)
def test_a_name_is_garbled_where_another_cell_says_so(names: list[str], refused: list[str]) -> None:
    rows = [altered(name=name, id_number="", birth_certificate_number="") for name in names]
    found = read(written(*rows)).rows
    assert {name for name, row in zip(names, found, strict=True) if row.child is None} == set(refused)


def test_rows_have_the_numbers_that_the_spreadsheet_shows() -> None:
    lines = written(altered(name="欧阳\n靖萱"), altered(sex="?"), *[("",) * 6] * 2, altered(name=""))
    assert [(row.number, row.child is None) for row in read(lines).rows] == [(2, False), (3, True), (6, True)]


def test_a_value_beside_the_columns_is_refused_in_its_row_alone() -> None:
    rows = read(written(ROW, (*ROW[:5], "", "x"), header=(*HEADER, ""))).rows
    assert [row.child is None for row in rows] == [False, True]


@pytest.mark.parametrize(
    ("header", "ignored"),
    [
        pytest.param("编号", "编号", id="a header that nobody knows"),
        pytest.param("编号（必填）", "编号", id="without its brackets"),
        pytest.param("身份证号码（母）", "身份证号码(母)", id="and not one that differs in brackets alone"),
    ],
)
def test_a_column_is_passed_over_where_that_is_asked_for(header: str, ignored: str) -> None:
    found = read(written((*ROW, "x"), header=(*HEADER, header)), ignored=[ignored])
    assert ([row.child for row in found.rows], found.passed_over) == ([CHILD], (header,))


def test_a_header_that_is_to_be_passed_over_names_one_column() -> None:
    with pytest.raises(BadTableError, match=r"编号 fits 2 columns: 编号\(甲\), 编号\(乙\)"):
        read(written((*ROW, "x", "y"), header=(*HEADER, "编号(甲)", "编号(乙)")), ignored=["编号"])


def test_serials_are_days_where_another_row_says_from_which_day_they_count() -> None:
    lone = altered(id_number="", birth_certificate_number="", birth_date="42331")
    assert [row.child is None for row in read(written(lone)).rows] == [True]
    for serial, day in (("43792", date(2015, 11, 23)), ("42330", date(2019, 11, 24))):
        *_, row = read(written(altered(birth_date=serial), lone)).rows
        assert row.child is not None
        assert row.child.birth_date == day


@pytest.mark.parametrize("column", ["id_number", "birth_certificate_number"])
def test_rows_that_give_one_number_to_different_children_are_all_refused(column: str) -> None:
    beside = {"id_number", "birth_certificate_number"} - {column}
    cells = {**dict.fromkeys(beside, ""), "birth_date": "2019-11-23"}
    found = read(written(altered(**cells), altered(**cells, name="韩梅梅"), altered(**cells))).rows
    assert [len(row.problems) for row in found] == [1, 1, 1]
    assert "row 3" in found[0].problems[0]
    assert read(written(ROW, ROW)).rows[1].child == CHILD


def whole(count: int) -> list[str]:
    """Right numbers of girls that do not end in 000."""
    return [number for at in range(0, 998, 2) if not (number := numbered(f"{at:03}")).endswith("000")][:count]


BY_CHANCE: Final = next(number for at in range(0, 1000, 100) if (number := numbered(f"{at:03}")).endswith("000"))


@pytest.mark.parametrize(
    ("numbers", "refused"),
    [
        pytest.param([BY_CHANCE], [BY_CHANCE], id="alone"),
        pytest.param([f"'{BY_CHANCE}"], [], id="marked as text"),
        pytest.param([*whole(300), BY_CHANCE], [], id="one of many whole ones"),
        pytest.param(
            [*whole(300), BY_CHANCE, f"{NUMBER[:15]}000"], [BY_CHANCE, f"{NUMBER[:15]}000"], id="beside a sure one"
        ),
    ],
)  # fmt: skip
def test_a_rounded_number_with_a_right_check_digit_is_told_by_the_others(
    numbers: list[str], refused: list[str]
) -> None:
    rows = [altered(id_number=number, birth_certificate_number="") for number in numbers]
    found = read(written(*rows)).rows
    assert [number for number, row in zip(numbers, found, strict=True) if row.child is None] == refused


@pytest.mark.parametrize("among", [1, 10])
def test_numbers_that_a_program_made_floats_are_refused_although_one_in_eleven_has_a_right_check_digit(
    among: int,
) -> None:
    digits = [number for number in whole(480) if number.isdigit()]
    numbers = [str(int(float(number))) if at % among == 0 else number for at, number in enumerate(digits, start=1)]
    rows = [altered(id_number=number, birth_certificate_number="") for number in numbers]
    found = read(written(*rows)).rows
    assert all(row.child is None for at, row in enumerate(found, start=1) if at % among == 0)
    assert sum(row.child is None for row in found) < 60 + 480 / among


@given(
    st.lists(
        st.tuples(st.sampled_from(["王小红", "阿依古丽·买买提", '李"雷', "多\n行", "Ann, B"]), st.just("女")),
        max_size=8,
    ),
    st.data(),
)
def test_a_quote_that_was_lost_loses_no_row_unsaid(names: list[tuple[str, str]], data: st.DataObject) -> None:
    rows = [(*ROW[:0], *one, *altered(id_number=whole(9)[at])[2:4], "", "") for at, one in enumerate(names)]
    text = written(*rows)
    quotes = [at for at, char in enumerate(text) if char == '"']
    if quotes:
        at = data.draw(st.sampled_from(quotes))
        text = text[:at] + text[at + 1 :]
    try:
        found = read(text)
    except BadTableError:
        return
    assert len(found.rows) >= len(rows)


_SCRAPS: Final = st.sampled_from(
    [*HEADER, NUMBER, "43792", "欧阳靖萱", "女", ",", "\t", ";", "\n", "\r", '"', "'", "1e9", "\0", "\ufeff"]
)


@given(st.binary(max_size=60) | st.lists(_SCRAPS | st.text(max_size=3), max_size=40).map("".join))
def test_whatever_comes_is_read_or_refused_by_row(data: bytes | str) -> None:
    for encoding in ("utf-8",) if isinstance(data, bytes) else ("utf-8", "utf-16", "gb18030"):
        written_as = data if isinstance(data, bytes) else f"姓名,性别,出生日期\n{data}".encode(encoding, "replace")
        try:
            rows = read(written_as).rows
        except BadTableError:
            continue
        assert all((row.child is None) == bool(row.problems) for row in rows)
