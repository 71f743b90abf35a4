"""What the lattice says within what a field can hold: lists, digits, the check digit; and never more than it saw."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.documents import Field
from models.id_number import check_digit, parse_id_number
from models.policy import LegibilityLimits, Policy
from pipeline.extract.calibration import calibrated, calibration
from pipeline.extract.fields import FieldReading, read_field
from pipeline.extract.runs import whole
from pipeline.extract.values import LEXICON
from pipeline.judge.field_legibility import Legibility, legibility_of
from pipeline.judge.rules.duplicates import printed_numbers
from tests.support.cards import CHILD_NUMBER as NUMBER
from tests.support.cards import FATHER_NUMBER as EIGHTS
from tests.support.cards import id_number, member
from tests.support.dossiers import dossier
from tests.support.fields import field_of
from tests.support.lines import Ink, Words, line

FIVES = id_number("19851015", 5)  # ends in X


def read(field: Field, *inks: Words) -> FieldReading:
    found = read_field(field, [whole(line(ink, 0, 60 * row)) for row, ink in enumerate(inks)])
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("field", "ink", "value"),
    [
        pytest.param(Field.SEX, Ink("奴", others={0: {"女": 0.3}}), "女", id="a sex that the engine saw"),
        pytest.param(Field.SEX, "奴", None, id="and one that it did not"),
        pytest.param(
            Field.ETHNICITY, Ink("仪佬族", weak={0: 0.5}, others={0: {"仡": 0.3}}), "仡佬族", id="a rare nationality"
        ),
        pytest.param(
            Field.ETHNICITY,
            Ink("仪佬族", weak={0: 0.4}, others={0: {"仡": 0.3, "仫": 0.29}}),
            None,
            id="two nationalities that are as likely",
        ),
        pytest.param(Field.RELATION, Ink("长文", weak={1: 0.6}, others={1: {"女": 0.3}}), "长女", id="a relation"),
        pytest.param(Field.RELATION, "房东", "房东", id="what is on no list stays as printed"),
        pytest.param(Field.MARITAL_STATUS, Ink("末婚", others={0: {"未": 0.2}}), "未婚", id="a marital status"),
        pytest.param(
            Field.HOUSEHOLD_NUMBER, "000799908样本省户专用章", "000799908", id="a seal's words behind a number"
        ),
        pytest.param(Field.HOUSEHOLD_NUMBER, Ink("O00799908"), "000799908", id="a letter that is a digit"),
        pytest.param(Field.MOVED_TO_CITY, "久居派出所户", "久居", id="a seal's words behind 久居"),
        pytest.param(
            Field.MOVED_TO_ADDRESS, "2019年02月06日因出生样本", "2019年02月06日因出生", id="and behind how one came"
        ),
        pytest.param(Field.CERTIFICATE_NUMBER, Ink("T11000000O"), "T110000000", id="a nought read as a letter"),
        pytest.param(Field.CERTIFICATE_NUMBER, "No.T11000000O", "T110000000", id="what stands before a number is none"),
        pytest.param(Field.CERTIFICATE_NUMBER, "0110000000", "O110000000", id="a letter read as a nought"),
        pytest.param(Field.ID_NUMBER, "l" + NUMBER, NUMBER, id="a line of the table before a number"),
        pytest.param(Field.ID_NUMBER, Ink("11019920191l230020"), NUMBER, id="a one read as a letter"),
        pytest.param(Field.ID_NUMBER, NUMBER.replace("1", "I"), NUMBER, id="ones read as capital letters"),
        pytest.param(Field.ID_NUMBER, NUMBER.replace("0", "O"), NUMBER, id="noughts read as letters"),
        pytest.param(Field.ID_NUMBER, EIGHTS.replace("8", "B"), EIGHTS, id="eights read as letters"),
        pytest.param(Field.ID_NUMBER, FIVES.replace("5", "S"), FIVES, id="fives read as letters"),
        pytest.param(Field.ID_NUMBER, FIVES[:17] + "x", FIVES, id="a small x at the end"),
        pytest.param(Field.ID_NUMBER, FIVES[:17] + "×", FIVES, id="a times sign at the end"),
        pytest.param(Field.ID_NUMBER, "号" + NUMBER + "。", NUMBER, id="stray signs around a number"),
    ],
)
def test_a_value_within_what_the_field_can_hold(field: Field, ink: Words, value: str | None) -> None:
    assert read(field, ink).value == value


def test_a_digit_is_repaired_by_the_check_digit_and_marked() -> None:
    wrong = NUMBER[:9] + "8" + NUMBER[10:]
    found = read(Field.ID_NUMBER, Ink(wrong, weak={9: 0.7}, others={9: {NUMBER[9]: 0.2}}))
    assert (found.value, found.repaired, found.text) == (NUMBER, True, wrong)
    assert found.confidence <= 0.2
    seen = field_of(Field.ID_NUMBER, Ink(wrong, weak={9: 0.7}, others={9: {NUMBER[9]: 0.2}}))
    assert legibility_of(seen, LegibilityLimits(unreadable=0.0)).legibility is Legibility.DOUBTFUL


def test_two_repairs_that_both_agree_are_none() -> None:
    wrong = NUMBER[:9] + "8" + NUMBER[10:]
    candidates = [
        (at, digit)
        for at in range(17)
        for digit in "0123456789"
        if digit != wrong[at]
        and (number := parse_id_number(wrong[:at] + digit + wrong[at + 1 :])) is not None
        and number.check_digit_right
    ]
    others = {at: {digit: 0.2} for at, digit in candidates[:2]}
    found = read(Field.ID_NUMBER, Ink(wrong, weak=dict.fromkeys(others, 0.7), others=others))
    assert not found.repaired
    assert found.value == wrong


def test_a_digit_that_the_engine_never_saw_repairs_nothing() -> None:
    wrong = NUMBER[:9] + "8" + NUMBER[10:]
    found = read(Field.ID_NUMBER, wrong)
    assert (found.value, found.repaired) == (wrong, False)


@pytest.mark.parametrize(
    ("field", "ink"),
    [
        pytest.param(Field.RELATION, Ink("长孙", others={1: {"子": 0.001}}), id="a relation of which a trace was seen"),
        pytest.param(Field.HOUSEHOLD_TYPE, "居民家庭户", id="a word that lacks a character"),
        pytest.param(Field.SEX, Ink("奴", others={0: {"女": 0.04}}), id="a sex that was hardly seen"),
    ],
)
def test_an_entry_is_never_invented(field: Field, ink: Words) -> None:
    found = read(field, ink)
    assert not found.decoded
    assert found.value in (None, found.text)


def test_a_decoded_value_is_as_sure_as_the_characters_that_it_rests_on() -> None:
    found = read(Field.RELATION, Ink("长文", weak={1: 0.6}, others={1: {"女": 0.3}}))
    assert found.decoded
    assert calibrated(found, calibration()) <= 0.3


def test_a_repaired_number_proves_nothing() -> None:
    wrong = NUMBER[:9] + "8" + NUMBER[10:]
    card = member({"公民身份证件编号": Ink(wrong, weak={9: 0.7}, others={9: {NUMBER[9]: 0.2}})})
    held = dossier(card)
    (page,) = held.pages
    number = page.get(Field.ID_NUMBER)
    assert number is not None
    assert number.repaired
    assert page.value(Field.ID_NUMBER) is None
    assert printed_numbers(held, Policy()).id_numbers == ()


days = st.integers(0, 40_000).map(lambda days: date(1930, 1, 1) + timedelta(days=days))


@given(days, st.integers(0, 999))
def test_a_clean_number_reads_as_it_is(born: date, sequence: int) -> None:
    first = f"110199{born:%Y%m%d}{sequence:03}"
    number = first + check_digit(first)
    found = read(Field.ID_NUMBER, number)
    assert (found.value, found.repaired) == (number, False)


@given(st.sampled_from(sorted(LEXICON)), st.data())
def test_a_list_gives_its_own_entries_or_what_was_read(field: Field, data: st.DataObject) -> None:
    entry = data.draw(st.sampled_from(sorted(LEXICON[field])))
    at = data.draw(st.integers(0, len(entry) - 1))
    found = read(field, Ink(entry[:at] + "樂" + entry[at + 1 :], others={at: {entry[at]: 0.1}}))
    assert found.value is None or found.value in LEXICON[field] or found.value == found.text
