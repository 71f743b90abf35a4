"""Lists of cases as people and spreadsheets save them."""

import pytest

from models.errors import BadTableError
from pipeline.spreadsheets.case_ids import read_case_ids

LIST = "20261120-000123\r\n\r\ncase.7\r\n20261120-000123\r\n"
TABLE = '序号,申请编号,备注\n1,20261120-000123,\n,,\n2,\'case.7,"多行\n备注"\n'


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        pytest.param(LIST.encode(), [1, 3], id="an id a line"),
        pytest.param(LIST.encode("utf-8-sig"), [1, 3], id="with a mark"),
        pytest.param(LIST.encode("utf-16"), [1, 3], id="in UTF-16"),
        pytest.param(LIST.replace("\r\n", ",,\r\n").encode(), [1, 3], id="with blank columns"),
        pytest.param(LIST.replace("2026", "２０２６").encode("gb18030"), [1, 3], id="in wide digits"),
        pytest.param(LIST.replace("case", "\u200b'case").encode(), [1, 3], id="with marks in front"),
        pytest.param(TABLE.encode("gbk"), [2, 4], id="a table"),
        pytest.param(TABLE.replace("多行\n备注", "1, a\n2").encode(), [2, 4], id="a note in lines, with a comma"),
        pytest.param(TABLE.replace(",", "\t").encode("utf-16"), [2, 4], id="Excel's Unicode text"),
    ],
)  # fmt: skip
def test_a_list_of_cases(data: bytes, rows: list[int]) -> None:
    assert read_case_ids(data) == dict(zip(("20261120-000123", "case.7"), rows, strict=True))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("a\n2.02611E+13\n", "row 2: a spreadsheet destroyed it", id="a destroyed id"),
        pytest.param("a\nb c,d\n", "row 2: it has several cells", id="cells without a header"),
        pytest.param("a\n20261120 000123\n", "row 2: it holds a space", id="two ids, or one"),
        pytest.param("a\n李雷\n", "row 2: it has not the form", id="a name"),
        pytest.param("编号,备注\n,x\n", "row 2", id="a row without an id"),
        pytest.param('a\n"b\nc\n', "Row 2: a quote", id="a quote that is not closed"),
    ],
)
def test_a_list_with_a_row_that_names_no_case_is_refused(text: str, words: str) -> None:
    with pytest.raises(BadTableError, match=words):
        read_case_ids(text.encode())


def test_an_empty_list_names_no_case() -> None:
    assert read_case_ids(b"") == {}
