"""The machine-readable zone of passports, and names in Latin letters beside it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.latin_names import is_latin, same_latin_name
from models.mrz import DIGITS, LETTERS, check_digit, parse_td3, unchecked
from models.submission import Sex
from tests.support.guardian_documents import td3

SPECIMEN = "L898902C36UTO7408122F1204159ZE184226B<<<<<10"  # ICAO Doc 9303, part 4, appendix A
LOWER = td3()[1]


def test_the_specimen_of_icao_reads_and_agrees() -> None:
    read = parse_td3(SPECIMEN)
    assert read is not None
    assert read.agrees
    assert (read.number, read.nationality, read.sex) == ("L898902C3", "UTO", Sex.FEMALE)
    assert (read.birth_date, read.expiry) == (date(1974, 8, 12), date(2012, 4, 15))


@pytest.mark.parametrize(
    ("born", "until", "years"),
    [
        pytest.param("880101", "300101", (1988, 2030), id="born last century"),
        pytest.param("050101", "300101", (2005, 2030), id="born in this one"),
        pytest.param("280101", "300101", (1928, 2030), id="not born two years before it ends"),
        pytest.param("880101", "690101", (1988, 2069), id="the last year of this century that a zone can mean"),
        pytest.param("560101", "990101", (1956, 1999), id="a passport of last century"),
    ],
)
def test_two_digits_are_a_year(born: str, until: str, years: tuple[int, int]) -> None:
    read = parse_td3(td3(born=born, until=until)[1])
    assert read is not None
    assert (read.birth_date.year, read.expiry.year) == years


@pytest.mark.parametrize(
    "lower",
    [
        pytest.param(LOWER[:-1], id="a character less"),
        pytest.param(LOWER.replace("CHN", "ChN"), id="a small letter"),
        pytest.param(td3(born="881301")[1], id="a month that there is not"),
        pytest.param(td3(until="300230")[1], id="a day that there is not"),
        pytest.param(td3(born="<<<<<<")[1], id="an unknown day of birth"),
    ],
)
def test_what_is_no_zone_is_none(lower: str) -> None:
    assert parse_td3(lower) is None


@pytest.mark.parametrize(
    ("lower", "agrees"),
    [
        pytest.param(LOWER, True, id="all agree, without optional data"),
        pytest.param(td3(optional="G12345678")[1], True, id="with optional data"),
        pytest.param(LOWER[:42] + "<" + LOWER[43], True, id="a filler for the check of no optional data"),
        pytest.param(LOWER[:9] + "9" + LOWER[10:], False, id="that of the number"),
        pytest.param(LOWER[:19] + "9" + LOWER[20:], False, id="that of the birth"),
        pytest.param(LOWER[:27] + "1" + LOWER[28:], False, id="that of the expiry"),
        pytest.param(LOWER[:43] + "9", False, id="that of the whole"),
        pytest.param(td3(optional="G1")[1][:42] + "<" + td3(optional="G1")[1][43], False, id="that of optional data"),
    ],
)
def test_every_check_digit_counts(lower: str, agrees: bool) -> None:
    read = parse_td3(lower)
    assert read is not None
    assert read.agrees is agrees


@given(st.text(DIGITS + LETTERS, min_size=9, max_size=9), st.integers(0, 8), st.sampled_from(DIGITS + LETTERS))
def test_a_character_that_no_check_digit_tells_differs_by_ten(number: str, at: int, other: str) -> None:
    changed = number[:at] + other + number[at + 1 :]
    values = (DIGITS + LETTERS).index(number[at]) - (DIGITS + LETTERS).index(other)
    assert (check_digit(number) == check_digit(changed)) is (values % 10 == 0)
    assert (other in unchecked(number[at])) is (values % 10 == 0 and other != number[at])


@pytest.mark.parametrize(
    ("char", "other"),
    [("6", "G"), ("A", "K"), ("0", "U"), ("E", "O"), ("1", "L"), ("8", "S"), ("4", "Y"), ("G", "Q")],
)
def test_some_that_look_alike_are_such(char: str, other: str) -> None:
    assert check_digit(char) == check_digit(other)
    assert other in unchecked(char)
    assert char in unchecked(other)


@pytest.mark.parametrize(
    ("entered", "printed", "same"),
    [
        pytest.param("SMITH JOHN", "SMITH, JOHN", True, id="as printed"),
        pytest.param("John Smith", "SMITH, JOHN", True, id="the given name first"),
        pytest.param("JohnSmith", "SMITH, JOHN", True, id="in normal form, without spaces"),
        pytest.param("Jean-Pierre d’Arc", "DARC, JEAN PIERRE", True, id="a hyphen and an apostrophe"),
        pytest.param("Müller", "MUELLER", True, id="Ü as UE"),
        pytest.param("Müller", "MULLER", True, id="Ü as U"),
        pytest.param("Øystein Strauß", "STRAUSS, OEYSTEIN", True, id="Ø and ß"),
        pytest.param("Ouyang Xiaoming", "OUYANG, XIAO MING", True, id="a given name in two parts"),
        pytest.param("Jón Þór", "THOR, JON", True, id="a thorn"),
        pytest.param("Nguyễn Thị Hoa", "NGUYEN, THI HOA", True, id="two marks on one letter"),
        pytest.param("John Smyth", "SMITH, JOHN", False, id="another letter"),
        pytest.param("John", "SMITH, JOHN", False, id="a name less"),
        pytest.param("", "", False, id="nothing"),
        pytest.param("欧阳明", "OUYANG, MING", False, id="another script"),
        pytest.param(f"{'A' * 20} {'B' * 30}", f"{'A' * 20}, {'B' * 17}", True, id="cut at 39"),
        pytest.param(f"{'A' * 20} {'B' * 30}", f"{'A' * 20}, {'B' * 16}", False, id="short, and not cut"),
        pytest.param(f"{'A' * 20} {'C' * 30}", f"{'A' * 20}, {'B' * 17}", False, id="cut, and another"),
    ],
)
def test_names_are_compared_folded(entered: str, printed: str, same: bool) -> None:
    assert same_latin_name(entered, printed) is same


@pytest.mark.parametrize(
    ("name", "latin"),
    [("John Smith", True), ("Łukasz-Ñandú", True), ("欧阳明", False), ("王 John", False), ("Иван", False), ("", False)],
)
def test_a_script_is_told(name: str, latin: bool) -> None:
    assert is_latin(name) is latin
