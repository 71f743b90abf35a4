from collections.abc import Mapping
from datetime import date

import pytest

from models.findings import Code, Finding, Reason, Severity
from models.id_number import check_digit
from models.policy import Policy
from models.reading import PageReading
from models.submission import Guardian, GuardianRelation, IdType, Sex
from pipeline.judge.rules.identity import identity
from tests.support.cards import (
    CERTIFICATE_NUMBER,
    CHILD_NUMBER,
    FATHER_NUMBER,
    MOTHER_NUMBER,
    certificate,
    father,
    id_number,
    member,
    mother,
    portrait,
)
from tests.support.dossiers import FAMILY, dossier
from tests.support.lines import Cells, Ink, Words

Told = tuple[Code, Reason, Severity]
SEX = (Code.SEX_DIFFERS, Reason.ENTERED, Severity.REJECT)
BORN = (Code.BIRTH_DATE_DIFFERS, Reason.ENTERED, Severity.REJECT)
NUMBER = (Code.NUMBER_DIFFERS, Reason.ENTERED, Severity.REJECT)
OTHER_NUMBER = id_number("20191123", 6)
WRONG_DIGIT = CHILD_NUMBER[:-1] + str((int(CHILD_NUMBER[-1]) + 1) % 10)
BY_NUMBER = {"birth_certificate_number": "T110000000"}


def _told(findings: list[Finding]) -> list[Told]:
    return [(finding.code, finding.reason, finding.severity) for finding in findings]


DOUBTED_SEX = (Code.SEX_DIFFERS, Reason.ENTERED, Severity.REVIEW)
DOUBTED_DAY = (Code.BIRTH_DATE_DIFFERS, Reason.ENTERED, Severity.REVIEW)


def _with_card(cells: Cells, child: Mapping[str, object]) -> list[Finding]:
    return list(identity(dossier(*FAMILY[:4], member(cells), child=child), Policy()))


@pytest.mark.parametrize(
    ("cells", "child", "told"),
    [
        pytest.param({}, {}, [], id="everything agrees"),
        pytest.param({"性别": "男"}, {}, [DOUBTED_SEX], id="another sex on the card, though its number says the same"),
        pytest.param(
            {"性别": "男", "公民身份证件编号": None}, {"id_number": None}, [SEX], id="another sex on the card"
        ),
        pytest.param({}, {"sex": Sex.MALE}, [SEX], id="another sex typed in"),
        pytest.param(
            {"性别": Ink("男", sure=0.8)},
            {},
            [(Code.SEX_DIFFERS, Reason.ENTERED, Severity.REVIEW)],
            id="another sex that is hard to read",
        ),
        pytest.param({"性别": Ink("男", sure=0.01)}, {}, [], id="another sex that cannot be read"),
        pytest.param(
            {"性别": "另"}, {}, [(Code.SEX_DIFFERS, Reason.ENTERED, Severity.REVIEW)], id="a sex that is none"
        ),
        pytest.param({"性别": None}, {}, [], id="no sex"),
        pytest.param(
            {"出生日期": "2019年11月24日"}, {}, [DOUBTED_DAY], id="born a day later, though not by the number"
        ),
        pytest.param(
            {"出生日期": "2019年11月24日", "公民身份证件编号": None}, {"id_number": None}, [BORN], id="born a day later"
        ),
        pytest.param({}, {"birth_date": date(2019, 11, 22)}, [BORN], id="typed in a day earlier"),
        pytest.param({"出生日期": "2019.11.23"}, {}, [], id="the same day in another form"),
        pytest.param(
            {"出生日期": Ink("2019年11月24日", sure=0.85)},
            {},
            [(Code.BIRTH_DATE_DIFFERS, Reason.ENTERED, Severity.REVIEW)],
            id="another day that is hard to read",
        ),
        pytest.param(
            {"出生日期": "2019年2月30日"},
            {},
            [(Code.BIRTH_DATE_DIFFERS, Reason.ENTERED, Severity.REVIEW)],
            id="a day that never was",
        ),
        pytest.param(
            {"公民身份证件编号": CHILD_NUMBER[:17]},
            {},
            [(Code.NUMBER_DIFFERS, Reason.ENTERED, Severity.REVIEW)],
            id="a number that lost a digit",
        ),
        pytest.param({"公民身份证件编号": OTHER_NUMBER}, {}, [NUMBER], id="another number"),
        pytest.param({"公民身份证件编号": CHILD_NUMBER}, {"id_number": CHILD_NUMBER.lower()}, [], id="a small letter"),
        pytest.param({}, {"id_number": f" {CHILD_NUMBER[:6]} {CHILD_NUMBER[6:]} "}, [], id="typed in with spaces"),
        pytest.param({"公民身份证件编号": OTHER_NUMBER}, {"id_number": None}, [], id="no number was typed in"),
        pytest.param(
            {"公民身份证件编号": WRONG_DIGIT},
            {},
            [
                (Code.NUMBER_DIFFERS, Reason.ENTERED, Severity.REVIEW),
                (Code.NUMBER_DIFFERS, Reason.CHECKSUM, Severity.REVIEW),
            ],
            id="a printed number whose check digit is wrong, and which is not the one typed in",
        ),
        pytest.param(
            {"公民身份证件编号": WRONG_DIGIT},
            {"id_number": WRONG_DIGIT},
            [(Code.NUMBER_DIFFERS, Reason.CHECKSUM, Severity.REVIEW)],
            id="a number whose check digit is wrong in both places",
        ),
        pytest.param(
            {"公民身份证件编号": WRONG_DIGIT},
            {"id_number": None},
            [(Code.NUMBER_DIFFERS, Reason.CHECKSUM, Severity.REVIEW)],
            id="a printed number whose check digit is wrong, and none was typed in",
        ),
        pytest.param(
            {"公民身份证件编号": Ink(WRONG_DIGIT, sure=0.85)},
            {"id_number": WRONG_DIGIT},
            [(Code.NUMBER_DIFFERS, Reason.CHECKSUM, Severity.REVIEW)],
            id="a wrong check digit in both places, one of them hard to read",
        ),
        pytest.param({"公民身份证件编号": None}, {}, [], id="no number on the card"),
        pytest.param(
            {"公民身份证件编号": "110199191123002"},
            {"id_number": None},
            [(Code.NUMBER_DIFFERS, Reason.CHECKSUM, Severity.REVIEW)],
            id="a printed number of 15 digits, as cards of the first generation had",
        ),
        pytest.param(
            {"性别": "男", "出生日期": "2018年11月23日", "公民身份证件编号": None},
            {"id_number": None},
            [SEX, BORN],
            id="everything differs but the name",
        ),
    ],
)
def test_the_childs_card_against_what_was_entered(cells: Cells, child: Mapping[str, object], told: list[Told]) -> None:
    assert _told(_with_card(cells, child)) == told


@pytest.mark.parametrize(
    ("cells", "child", "told"),
    [
        pytest.param({}, BY_NUMBER, [], id="everything agrees"),
        pytest.param({}, {}, [], id="no certificate number was typed in"),
        pytest.param({"性别": "男"}, {}, [DOUBTED_SEX], id="another sex on the certificate than on the card"),
        pytest.param({"出生时间": "2019年11月24日08时30分"}, {}, [DOUBTED_DAY], id="another day than on the card"),
        pytest.param({"出生时间": "2019年11月23日23时59分"}, {}, [], id="the time of day does not count"),
        pytest.param({"出生时间": "2019年11月23日"}, {}, [], id="a certificate without the time of day"),
        pytest.param({"出生医学证明编号": "T110000001"}, BY_NUMBER, [NUMBER], id="another certificate number"),
        pytest.param(
            {"出生医学证明编号": Ink("T110000001", weak={9: 0.3})},
            BY_NUMBER,
            [(Code.NUMBER_DIFFERS, Reason.ENTERED, Severity.REVIEW)],
            id="another certificate number that is hard to read",
        ),
    ],
)
def test_the_certificate_against_what_was_entered(cells: Cells, child: Mapping[str, object], told: list[Told]) -> None:
    assert _told(list(identity(dossier(*FAMILY, certificate(cells), child=child), Policy()))) == told


@pytest.mark.parametrize(
    ("barcode", "severity"),
    [
        pytest.param("t110000000", Severity.REVIEW, id="what was typed in: the print is in doubt"),
        pytest.param("T110000001", Severity.REJECT, id="what is printed"),
        pytest.param("T110000002", Severity.REJECT, id="a third number"),
    ],
)
def test_another_certificate_number_is_typed_in_and_the_barcode_says(barcode: str, severity: Severity) -> None:
    paper = certificate({"出生医学证明编号": "T110000001"}, barcodes=(barcode,))
    findings = list(identity(dossier(*FAMILY, paper, child=BY_NUMBER), Policy()))
    assert _told(findings) == [(Code.NUMBER_DIFFERS, Reason.ENTERED, severity)]


@pytest.mark.parametrize(
    ("number", "told"),
    [
        pytest.param(CHILD_NUMBER, [], id="the same number"),
        pytest.param(OTHER_NUMBER, [(Code.NUMBER_DIFFERS, Reason.CROSS_DOCUMENT, Severity.REVIEW)] * 2, id="another"),
    ],
)
def test_pages_that_state_a_number_which_nobody_entered_are_held_against_each_other(
    number: Words, told: list[Told]
) -> None:
    twice = member({"公民身份证件编号": number})
    findings = list(identity(dossier(*FAMILY, twice, child={"id_number": None}), Policy()))
    assert _told(findings) == told


def test_a_difference_shows_both_values_and_points_at_the_page() -> None:
    (finding,) = _with_card({"性别": "男"}, {})
    assert (finding.read, finding.entered, finding.file, finding.page_no) == ("男", "女", "5.jpg", 1)
    assert finding.box is not None
    assert finding.measured == pytest.approx(0.9995, abs=5e-4)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(member({"性别": "男", "姓名": "欧阳子涵", "出生日期": "2017年5月6日"}), id="a brother's card"),
        pytest.param(FAMILY[3], id="the father's card"),
    ],
)
def test_nobody_elses_values_are_compared(other: object) -> None:
    assert not list(identity(dossier(*FAMILY, other), Policy()))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("number", "told"),
    [
        pytest.param(id_number("20191123", 2), [], id="the number says the same"),
        pytest.param(
            id_number("20191123", 1),
            [(Code.SEX_DIFFERS, Reason.CROSS_DOCUMENT, Severity.REVIEW)] * 2,
            id="the number is a boy's",
        ),
        pytest.param(
            id_number("20191122", 2),
            [(Code.BIRTH_DATE_DIFFERS, Reason.CROSS_DOCUMENT, Severity.REVIEW)] * 2,
            id="the number is of another day",
        ),
        pytest.param(Ink(id_number("20191122", 2), sure=0.7), [], id="a number that is not certain says nothing"),
    ],
)
def test_the_number_on_the_card_speaks_of_sex_and_day(
    number: str | Ink, told: list[tuple[Code, Reason, Severity]]
) -> None:
    assert _told(_with_card({"公民身份证件编号": number}, {"id_number": None})) == told


@pytest.mark.parametrize(
    ("number", "born"),
    [
        pytest.param("512900201911230029", date(2019, 11, 23), id="of a region that was given up (南充地区)"),
        pytest.param(id_number("20200229", 2), date(2020, 2, 29), id="of a child born on a leap day"),
    ],
)
def test_a_right_number_raises_nothing(number: str, born: date) -> None:
    card = {"公民身份证件编号": number, "出生日期": f"{born.year}年{born.month}月{born.day}日"}
    assert not _with_card(card, {"id_number": number, "birth_date": born})


def test_a_number_typed_in_that_no_page_shows_asks_a_person() -> None:
    child = {"id_type": IdType.BIRTH_CERTIFICATE}
    findings = list(identity(dossier(*FAMILY[:4], certificate(), child=child), Policy()))
    assert _told(findings) == [(Code.NUMBER_DIFFERS, Reason.ENTERED, Severity.REVIEW)]


def test_a_printed_number_that_is_none_asks_a_person_where_none_was_typed_in() -> None:
    findings = _with_card({"公民身份证件编号": "1101992019112"}, {"id_number": None})
    assert _told(findings) == [(Code.NUMBER_DIFFERS, Reason.CHECKSUM, Severity.REVIEW)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("12345", id="five digits"),
        pytest.param("110199191123002", id="fifteen digits"),
        pytest.param(CHILD_NUMBER[:17], id="one digit less"),
        pytest.param("110199201902300020", id="the thirtieth of February"),
    ],
)
def test_a_text_that_is_no_number_asks_a_person_even_if_both_say_it(text: str) -> None:
    same = _told(_with_card({"公民身份证件编号": text}, {"id_number": text}))
    assert same == [(Code.NUMBER_DIFFERS, Reason.CHECKSUM, Severity.REVIEW)]
    other = _told(_with_card({"公民身份证件编号": text}, {}))
    assert other == [(Code.NUMBER_DIFFERS, Reason.ENTERED, Severity.REVIEW)]


@pytest.mark.parametrize(
    ("id_type", "text", "typed", "told"),
    [
        pytest.param(IdType.BIRTH_CERTIFICATE, "T11000000", None, [Reason.CHECKSUM], id="a digit lost"),
        pytest.param(
            IdType.BIRTH_CERTIFICATE, "T11000000", CERTIFICATE_NUMBER, [Reason.ENTERED], id="and one typed in"
        ),
        pytest.param(
            IdType.BIRTH_CERTIFICATE, Ink("T11000000", sure=0.1), None, [], id="illegible, and reported as such"
        ),
        pytest.param(IdType.BIRTH_CERTIFICATE, CERTIFICATE_NUMBER, None, [], id="a lawful one"),
        pytest.param(IdType.HOUSEHOLD_REGISTER, "T11000000", None, [], id="on a certificate that nobody needs"),
    ],
)
def test_a_certificates_number_that_is_none_asks_a_person(
    id_type: IdType, text: str | Ink, typed: str | None, told: list[Reason]
) -> None:
    child = {"id_type": id_type, "id_number": None, "birth_certificate_number": typed}
    paper = certificate({"出生医学证明编号": text})
    findings = list(identity(dossier(*FAMILY[:4], paper, child=child), Policy()))
    assert _told(findings) == [(Code.NUMBER_DIFFERS, reason, Severity.REVIEW) for reason in told]


def test_a_number_of_no_province_that_both_say_asks_a_person() -> None:
    first = "99" + CHILD_NUMBER[2:17]
    nowhere = first + check_digit(first)
    told = _told(_with_card({"公民身份证件编号": nowhere}, {"id_number": nowhere}))
    assert told == [(Code.NUMBER_DIFFERS, Reason.CHECKSUM, Severity.REVIEW)]


WRONG_FATHER = FATHER_NUMBER[:-1] + str((int(FATHER_NUMBER[-1]) + 1) % 10)
WRONG_MOTHER = MOTHER_NUMBER[:-1] + str((int(MOTHER_NUMBER[-1]) + 1) % 10)
NO_DAY = FATHER_NUMBER[:10] + "0230" + FATHER_NUMBER[14:]
WRONG_CARD = portrait({"公民身份号码": WRONG_FATHER})
WRONG_PAGE = father({"公民身份证件编号": WRONG_FATHER})
ADULTS = (Code.NUMBER_DIFFERS, Reason.CHECKSUM, Severity.REVIEW)


@pytest.mark.parametrize(
    ("pages", "typed", "places"),
    [
        pytest.param([portrait(), father()], FATHER_NUMBER, [], id="the check digit is right"),
        pytest.param([WRONG_CARD, father()], WRONG_FATHER, ["1.jpg"], id="the card and the entry say it"),
        pytest.param([portrait(), WRONG_PAGE], WRONG_FATHER, ["2.jpg"], id="the register and the entry say it"),
        pytest.param([WRONG_CARD, WRONG_PAGE], None, ["1.jpg"], id="two documents say it: one finding"),
        pytest.param([portrait({"公民身份号码": NO_DAY}), father()], NO_DAY, ["1.jpg"], id="its day does not exist"),
        pytest.param([WRONG_CARD, father()], None, [], id="one page alone may be misread"),
        pytest.param([WRONG_CARD, mother()], FATHER_NUMBER, ["1.jpg"], id="a card's, and no page tells the right one"),
        pytest.param(
            [portrait({"公民身份号码": FATHER_NUMBER[1:]}), mother()],
            FATHER_NUMBER,
            ["1.jpg"],
            id="a card's that lacks a digit, and no page tells the right one",
        ),
        pytest.param(
            [portrait({"公民身份号码": FATHER_NUMBER[1:]}), certificate()],
            FATHER_NUMBER,
            [],
            id="a card's that lacks a digit, and the certificate tells the right one",
        ),
        pytest.param([WRONG_CARD, father()], FATHER_NUMBER, [], id="one page, and the entry has another"),
        pytest.param([portrait(), father()], WRONG_FATHER, [], id="the entry alone"),
        pytest.param(
            [portrait({"公民身份号码": Ink(WRONG_FATHER, sure=0.85)}), father()],
            WRONG_FATHER,
            ["1.jpg"],
            id="hard to read, and the entry says the same",
        ),
        pytest.param(
            [portrait({"公民身份号码": Ink(WRONG_FATHER, sure=0.05)}), father()],
            WRONG_FATHER,
            [],
            id="it cannot be read",
        ),
        pytest.param(
            [
                portrait(),
                father(),
                mother({"公民身份证件编号": WRONG_MOTHER}),
                certificate(mother={"有效身份证件号码": WRONG_MOTHER}),
            ],
            FATHER_NUMBER,
            ["3.jpg"],
            id="the mother's, on the register and on the certificate",
        ),
        pytest.param(
            [portrait(), father(), certificate(mother={"有效身份证件号码": "E12345678"})],
            FATHER_NUMBER,
            [],
            id="a passport has no check digit of this kind",
        ),
    ],
)
def test_a_wrong_check_digit_of_an_adult_that_two_sources_say(
    pages: list[PageReading], typed: str | None, places: list[str]
) -> None:
    guardian = Guardian(name="欧阳明", relation=GuardianRelation.FATHER, id_number=typed)
    findings = list(identity(dossier(*pages, member(), guardian=guardian), Policy()))
    assert _told(findings) == [ADULTS] * len(places)
    assert [finding.file for finding in findings] == places
