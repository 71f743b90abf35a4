from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.id_number import (
    age_on,
    check_digit,
    half_width,
    is_certificate_number,
    iso_date,
    modern_number,
    normal_number,
    parse_id_number,
)
from models.submission import Sex

_DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))
_REGIONS = st.sampled_from(["110199", "320199", "440300", "820000"])


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """Numbers with a right check digit."""
    first = f"{draw(_REGIONS)}{draw(_DAYS):%Y%m%d}{draw(st.integers(0, 999)):03}"
    return first + check_digit(first)


@given(numbers(), st.integers(0, 17), st.integers(1, 9))
def test_any_single_changed_digit_is_detected(number: str, at: int, step: int) -> None:
    digits = "0123456789X" if at == 17 else "0123456789"
    changed = digits[(digits.index(number[at]) + step) % len(digits)]
    parsed = parse_id_number(number[:at] + changed + number[at + 1 :])
    assert parsed is None or not parsed.check_digit_right


@given(numbers(), st.integers(0, 15))
def test_any_two_neighbours_exchanged_are_detected(number: str, at: int) -> None:
    exchanged = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    parsed = parse_id_number(exchanged)
    assert exchanged == number or parsed is None or not parsed.check_digit_right


@given(_REGIONS, _DAYS, st.integers(0, 999))
def test_a_number_tells_what_it_was_made_of(region: str, born: date, sequence: int) -> None:
    first = f"{region}{born:%Y%m%d}{sequence:03}"
    parsed = parse_id_number(first + check_digit(first))
    assert parsed is not None
    assert (parsed.birth_date, parsed.check_digit_right, parsed.province_known) == (born, True, True)
    assert parsed.sex is (Sex.MALE if sequence % 2 else Sex.FEMALE)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        pytest.param("11010519491231002X", "11010519491231002X", id="the example of GB 11643"),
        pytest.param("11010519491231002x", "11010519491231002X", id="a small x"),
        pytest.param("11010519491231002×", "11010519491231002X", id="a times sign"),
        pytest.param("１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X", id="full-width characters"),
        pytest.param("110105 19491231 002X", "11010519491231002X", id="set in groups"),
        pytest.param("110105\u300019491231\u00a0002X", "11010519491231002X", id="set in groups by wide spaces"),
    ],
)
def test_a_number_is_read_in_any_of_its_forms(text: str, number: str) -> None:
    parsed = parse_id_number(text)
    assert parsed is not None
    assert (parsed.text, parsed.check_digit_right) == (number, True)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("110105491231002", id="the old form of 15 digits"),
        pytest.param("11010519490230002X", id="the thirtieth of February"),
        pytest.param("110105190002290024", id="a leap day of 1900, which had none"),
        pytest.param("110105194912310020X", id="19 characters"),
        pytest.param("1101051949123100X2", id="an X that is not the last"),
        pytest.param("١١٠١٠٥١٩٤٩١٢٣١٠٠٢X", id="digits of another script"),
    ],
)
def test_what_has_not_the_form_of_a_number_is_none(text: str) -> None:
    assert parse_id_number(text) is None


@pytest.mark.parametrize(
    ("text", "right", "known"),
    [
        pytest.param("110105194912310021", False, True, id="a wrong check digit"),
        pytest.param("99010519491231002X", False, False, id="a province that does not exist"),
        pytest.param("81000019900101001X", False, True, id="Hong Kong"),
        pytest.param("110103209812310029", True, True, id="a county that was given up (崇文区)"),
    ],
)
def test_form_is_told_apart_from_truth(text: str, right: bool, known: bool) -> None:
    parsed = parse_id_number(text)
    assert parsed is not None
    assert (parsed.check_digit_right, parsed.province_known) == (right, known)


def test_a_leap_day_is_a_birthday() -> None:
    parsed = parse_id_number("110199202002290025")
    assert parsed is not None
    assert parsed.birth_date == date(2020, 2, 29)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        pytest.param("T110000000", True, id="a letter and nine digits"),
        pytest.param("t 110 000 000", True, id="small and spaced"),
        pytest.param("Ｔ１１００００００００"[:10], True, id="full-width"),
        pytest.param("T11000000", False, id="eight digits"),
        pytest.param("T1100000000", False, id="ten digits"),
        pytest.param("1110000000", False, id="no letter"),
        pytest.param("TT10000000", False, id="two letters"),
        pytest.param("Т110000000", False, id="a Cyrillic letter"),
        pytest.param("T１1٠000000", False, id="a digit of another script"),
    ],
)
def test_a_certificate_number(text: str, is_one: bool) -> None:
    assert is_certificate_number(text) is is_one


@pytest.mark.parametrize(
    ("text", "day"),
    [
        pytest.param("2019年1月3日", date(2019, 1, 3), id="as registers print it"),
        pytest.param("2019 年 01 月 03 日", date(2019, 1, 3), id="with wide gaps"),
        pytest.param("2019.01.03", date(2019, 1, 3), id="as cards print it"),
        pytest.param("2019-01-03", date(2019, 1, 3), id="as ISO writes it"),
        pytest.param("2019/1/3", date(2019, 1, 3), id="with slashes"),
        pytest.param("20190103", date(2019, 1, 3), id="without anything between"),
        pytest.param("２０１９年１月３日", date(2019, 1, 3), id="full-width"),
        pytest.param("出生于2019年1月3日08时", date(2019, 1, 3), id="inside a text"),
        pytest.param("2020.02.29", date(2020, 2, 29), id="a leap day"),
        pytest.param("2019.02.29", None, id="a leap day of another year"),
        pytest.param("2019年13月1日", None, id="a thirteenth month"),
        pytest.param("0000.00.00", None, id="noughts"),
        pytest.param("二〇一九年一月三日", None, id="in Chinese numerals"),
        pytest.param("长期", None, id="for ever"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_a_date_is_read_in_any_printed_form(text: str, day: date | None) -> None:
    assert iso_date(text) == day


@given(
    _DAYS,
    st.sampled_from(["{0.year}年{0.month}月{0.day}日", "{0:%Y.%m.%d}", "{0:%Y%m%d}", "{0.year}-{0.month}-{0.day}"]),
)
def test_a_printed_date_is_the_date(day: date, form: str) -> None:
    assert iso_date(form.format(day)) == day


@pytest.mark.parametrize(
    ("born", "day", "years"),
    [
        pytest.param(date(2000, 3, 1), date(2018, 3, 1), 18, id="on the birthday"),
        pytest.param(date(2000, 3, 1), date(2018, 2, 28), 17, id="the day before"),
        pytest.param(date(2000, 2, 29), date(2018, 2, 28), 17, id="born on a leap day, the day before"),
        pytest.param(date(2000, 2, 29), date(2018, 3, 1), 18, id="born on a leap day, the day after"),
        pytest.param(date(2026, 11, 20), date(2026, 11, 20), 0, id="born today"),
    ],
)
def test_age_counts_completed_years(born: date, day: date, years: int) -> None:
    assert age_on(born, day) == years


@given(st.text())
def test_half_width_leaves_nothing_more_to_do(text: str) -> None:
    assert half_width(half_width(text)) == half_width(text)
    assert len(half_width(text)) == len(text)


@given(st.text())
def test_a_normal_number_is_normal(text: str) -> None:
    assert normal_number(normal_number(text)) == normal_number(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        pytest.param("110199191123002", "11019919191123002" + check_digit("11019919191123002"), id="of fifteen digits"),
        pytest.param(" 110199 191123 002", "11019919191123002" + check_digit("11019919191123002"), id="with spaces"),
        pytest.param("110199191323002", "110199191323002", id="whose month is none"),
        pytest.param("11019919112300", "11019919112300", id="of fourteen"),
        pytest.param("11019920191123002x", "11019920191123002X", id="of eighteen"),
        pytest.param("T110000000", "T110000000", id="of a certificate"),
    ],
)
def test_a_number_in_todays_form(text: str, number: str) -> None:
    assert modern_number(text) == number
