"""The 签发日期 of a 首页 as stocks print it, and cells of a 首页 that hold no field of ours."""

import pytest

from models.documents import Field
from models.reading import Line
from tests.support.cards import home
from tests.support.dossiers import Sent, dossier
from tests.support.lines import line

_LOW = 350  # beside the seals, above 住址变动登记
_CHANGES = 500  # below it


def _home(*lines: Line) -> dict[Field, str | None]:
    held = home()
    page = dossier(Sent((held.model_copy(update={"lines": (*held.lines, *lines)}),))).pages[0]
    return {slot.field: field.value for slot, field in page.content.fields.items()}


@pytest.mark.parametrize(
    ("lines", "issued"),
    [
        pytest.param([line("签发日期", 700, _LOW), line("2016年05月09日", 840, _LOW)], "2016-05-09", id="its label"),
        pytest.param([line("签发：2016年05月09日", 700, _LOW)], "2016-05-09", id="签发 and the date in one line"),
        pytest.param([line("签发", 700, _LOW), line("2016年05月09日", 780, _LOW)], "2016-05-09", id="beside 签发"),
        pytest.param([line("签发", 700, _LOW), line("2016年05月09日", 700, _LOW + 45)], "2016-05-09", id="below 签发"),
        pytest.param([line("2016年05月09日签发", 700, _LOW)], "2016-05-09", id="年 月 日签发 in one line"),
        pytest.param(
            [line("2016年", 700, _LOW), line("05月", 850, _LOW), line("09日签发", 960, _LOW)],
            "2016-05-09",
            id="年 月 日签发 in three lines",
        ),
        pytest.param(
            [line("2016", 700, _LOW), line("5", 880, _LOW), line("9日", 960, _LOW), line("签发", 1080, _LOW)],
            None,
            id="digits without 年 and 月 may have lost one",
        ),
        pytest.param([line("2016年05月09日", 900, 330)], "2016-05-09", id="within the seal, far from any label"),
        pytest.param(
            [line("签发", 700, _LOW), line("2016年05月09日", 900, _LOW - 40), line("2012年1月1日", 100, 385)],
            "2016-05-09",
            id="the nearer one of two",
        ),
        pytest.param(
            [line("2016年05月09日", 900, 330), line("2012年1月1日", 900, 400)], None, id="two dates and no 签发"
        ),
        pytest.param([line("2020年05月09日", 700, _CHANGES)], None, id="the date of a change, below 住址变动登记"),
        pytest.param([], None, id="no date"),
    ],
)
def test_the_day_of_issue_as_stocks_print_it(lines: list[Line], issued: str | None) -> None:
    assert _home(*lines).get(Field.ISSUE_DATE) == issued


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([line("人号", 700, 200), line("003", 790, 200)], id="人号 beside 户号"),
        pytest.param([line("人号003", 520, 200)], id="人号 with its value, close behind 户号"),
        pytest.param([line("样本派出所 梧桐居委会 3居民组", 240, 290)], id="the offices below the address"),
        pytest.param([line("管理区", 100, 620), line("东城", 240, 620)], id="管理区 with a value"),
        pytest.param([line("样本派出所", 240, 290)], id="the station alone"),
        pytest.param([line("居民组 3", 240, 290)], id="the group below the address"),
    ],
)
def test_cells_for_offices_and_numbers_of_others_change_no_field(lines: list[Line]) -> None:
    assert _home(*lines) == _home()


def test_household_and_person_share_a_cell_on_some_stock() -> None:
    shared = home()
    label = next(one for one in shared.lines if one.text == "户号")
    lines = tuple(line("户号/人号", 60, one.upright.top) if one is label else one for one in shared.lines)
    page = dossier(Sent((shared.model_copy(update={"lines": lines}),))).pages[0]
    assert page.value(Field.HOUSEHOLD_NUMBER) == "110199000123"


def test_an_address_may_hold_words_of_such_cells() -> None:
    rural = "样本县样本镇样本村委会样本村民组12号"
    page = dossier(Sent((home({"住址": rural}),))).pages[0]
    assert page.value(Field.ADDRESS) == rural
