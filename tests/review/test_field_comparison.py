"""What belongs side by side, and how it goes together."""

from collections.abc import Mapping
from typing import Any

import pytest

from models.documents import DocumentKind, Field, Person
from models.findings import Code, Finding, Location, Reason, Severity, found
from models.geometry import Box
from models.policy import NameLimits, Policy
from models.result import FieldValue
from models.submission import Guardian, GuardianRelation
from pipeline.review.field_comparison import Agreement, FieldComparison, canonical, compare_fields
from tests.support.values import case_of, result, submission

CARD, REGISTER, CERTIFICATE = DocumentKind.ID_CARD, DocumentKind.HOUSEHOLD_REGISTER, DocumentKind.BIRTH_CERTIFICATE
NUMBER, OTHER_NUMBER = "11019920191123002X", "110199201911230038"
PAGES = {CARD: 1, REGISTER: 3, CERTIFICATE: 7}
SURE, UNSURE, NOTHING = 0.98, 0.9799, 0.2999


def read(
    value: str,
    field: Field = Field.NAME,
    document: DocumentKind = REGISTER,
    person: Person | None = Person.CHILD,
    confidence: float = SURE,
    page_no: int | None = None,
) -> FieldValue:
    page = page_no or PAGES[document]
    place = {"file": "1.pdf", "page_no": page, "box": Box(0, 0, 9, 9)}
    return FieldValue(document=document, person=person, field=field, value=value, confidence=confidence, **place)


def rows(
    *values: FieldValue,
    findings: tuple[Finding, ...] = (),
    child: Mapping[str, Any] | None = None,
    guardian: Guardian | None = None,
    policy: Policy | None = None,
) -> tuple[FieldComparison, ...]:
    sent = submission("case-1")
    typed = sent.child.model_copy(update=dict(child or {}))
    sent = sent.model_copy(update={"child": typed, "guardian": guardian})
    sent_in = case_of(sent)
    judged = result(sent_in).model_copy(update={"fields": values, "findings": findings})
    return compare_fields(sent, judged, policy or Policy())


def row_of(
    field: Field, found_rows: tuple[FieldComparison, ...], person: Person | None = Person.CHILD
) -> FieldComparison:
    (one,) = (row for row in found_rows if row.field is field and row.person is person)
    return one


@pytest.mark.parametrize(
    ("values", "state"),
    [
        pytest.param((), Agreement.SINGLE, id="typed in, and on no page"),
        pytest.param((read("欧阳靖萱"),), Agreement.AGREE, id="read as it was typed in"),
        pytest.param((read("欧阳 靖萱"),), Agreement.AGREE, id="a space says nothing"),
        pytest.param((read("欧阳靖宣"),), Agreement.DIFFER, id="another one, read with just enough certainty"),
        pytest.param((read("欧阳靖宣", confidence=UNSURE),), Agreement.DOUBTFUL, id="another one, just not certain"),
        pytest.param((read("欧阳靖萱", confidence=UNSURE),), Agreement.AGREE, id="what both say needs no certainty"),
        pytest.param((read("欧阳靖萱", confidence=0.3),), Agreement.AGREE, id="just legible"),
        pytest.param(
            (read("欧阳靖萱", confidence=NOTHING),), Agreement.DOUBTFUL, id="illegible, and so no second source"
        ),
        pytest.param(
            (read("欧阳靖萱"), read("欧阳靖宣", document=CERTIFICATE)),
            Agreement.DIFFER,
            id="two documents, one differs",
        ),
        pytest.param(
            (read("欧阳靖萱"), read("欧阳靖宣", document=CERTIFICATE, confidence=UNSURE)),
            Agreement.DOUBTFUL,
            id="two documents, one differs and is not certain",
        ),
        pytest.param(
            (read("欧阳靖宣"), read("口口", document=CERTIFICATE, confidence=NOTHING)),
            Agreement.DIFFER,
            id="what certainly differs does so whatever else cannot be read",
        ),
    ],
)
def test_how_a_name_goes_together(values: tuple[FieldValue, ...], state: Agreement) -> None:
    row = row_of(Field.NAME, rows(*values))
    assert (row.entered, row.read, row.state) == ("欧阳靖萱", values, state)


def told(code: Code, reason: Reason, severity: Severity | None = None, field: Field | None = None) -> Finding:
    return found(code, reason, Location(document=REGISTER, field=field), severity=severity)


@pytest.mark.parametrize(
    ("finding", "field", "values", "state"),
    [
        pytest.param(
            told(Code.NAME_DIFFERS, Reason.DIFFERENT),
            Field.NAME,
            (read("欧阳靖宣", confidence=UNSURE),),
            Agreement.DIFFER,
            id="the rules are certain of one character, the field as a whole is not",
        ),
        pytest.param(
            told(Code.NAME_IN_DOUBT, Reason.VARIANT),
            Field.NAME,
            (read("欧阳靖宣"),),
            Agreement.DOUBTFUL,
            id="certainly read, and perhaps the same name",
        ),
        pytest.param(
            told(Code.NAME_IN_DOUBT, Reason.UNCERTAIN),
            Field.NAME,
            (read("欧阳靖萱"),),
            Agreement.DOUBTFUL,
            id="read alike, and not believed",
        ),
        pytest.param(
            told(Code.SEX_DIFFERS, Reason.CROSS_DOCUMENT, Severity.REVIEW, Field.ID_NUMBER),
            Field.SEX,
            (read("女", Field.SEX),),
            Agreement.DOUBTFUL,
            id="a number that says another sex is about the sex",
        ),
        pytest.param(
            told(Code.SEX_DIFFERS, Reason.CROSS_DOCUMENT, Severity.REVIEW, Field.ID_NUMBER),
            Field.ID_NUMBER,
            (read(NUMBER, Field.ID_NUMBER),),
            Agreement.AGREE,
            id="and not about the number",
        ),
        pytest.param(
            told(Code.BIRTH_DATE_DIFFERS, Reason.ENTERED, Severity.REVIEW, Field.BIRTH_DATE),
            Field.BIRTH_DATE,
            (read("2019-11-28", Field.BIRTH_DATE),),
            Agreement.DIFFER,
            id="a person decides, and there is no doubt that two dates differ",
        ),
        pytest.param(
            told(Code.NUMBER_DIFFERS, Reason.ENTERED, Severity.REVIEW, Field.ID_NUMBER),
            Field.ID_NUMBER,
            (),
            Agreement.DOUBTFUL,
            id="what was read is no number, and so no value",
        ),
        pytest.param(
            told(Code.NUMBER_DIFFERS, Reason.CHECKSUM, Severity.REJECT, Field.ID_NUMBER),
            Field.ID_NUMBER,
            (read(NUMBER, Field.ID_NUMBER),),
            Agreement.DOUBTFUL,
            id="alike, and wrong in both places",
        ),
    ],
)
def test_what_the_rules_say_goes_first(
    finding: Finding, field: Field, values: tuple[FieldValue, ...], state: Agreement
) -> None:
    assert row_of(field, rows(*values, findings=(finding,), child={"id_number": NUMBER})).state is state


def test_rules_about_the_child_say_nothing_of_others() -> None:
    finding = told(Code.NAME_DIFFERS, Reason.DIFFERENT, field=Field.NAME)
    fathers = (read("欧阳明", person=Person.FATHER), read("欧阳明", document=CARD, person=Person.FATHER))
    assert row_of(Field.NAME, rows(*fathers, findings=(finding,)), Person.FATHER).state is Agreement.AGREE


@pytest.mark.parametrize(
    ("field", "one", "other", "same"),
    [
        pytest.param(Field.NAME, "阿依古丽•买买提", "阿依古丽·买买提", True, id="dots of a name"),
        pytest.param(Field.NAME, "昇", "升", False, id="variants are two names"),
        pytest.param(Field.ID_NUMBER, "１１０199 20191123002x", NUMBER, True, id="a number in full width"),
        pytest.param(Field.CERTIFICATE_NUMBER, "z370000456", "Z370000456", True, id="a number in lower case"),
        pytest.param(Field.BIRTH_DATE, "2019-11-23T03:07", "2019-11-23", True, id="the day of a moment"),
        pytest.param(Field.ETHNICITY, "汉", "汉族", True, id="a card and a register"),
        pytest.param(Field.ADDRESS, "梧桐路 18号", "梧桐路18号", True, id="spaces of an address"),
        pytest.param(Field.ADDRESS, "梧桐路18号", "梧桐路19号", False, id="another house"),
    ],
)
def test_what_says_the_same(field: Field, one: str, other: str, *, same: bool) -> None:
    assert (canonical(field, one) == canonical(field, other)) is same


def test_everything_about_the_child_stands_in_one_row_whatever_its_page_calls_it() -> None:
    born = read("2019-11-23T03:07", Field.BIRTH_TIME, CERTIFICATE)
    number = read("Z370000456", Field.CERTIFICATE_NUMBER, CERTIFICATE, person=None)
    found_rows = rows(
        read("2019-11-23", Field.BIRTH_DATE), born, number, child={"birth_certificate_number": "z370000456"}
    )
    assert row_of(Field.BIRTH_DATE, found_rows).read[1] == born
    assert row_of(Field.CERTIFICATE_NUMBER, found_rows) == FieldComparison(
        Person.CHILD, Field.CERTIFICATE_NUMBER, "z370000456", (number,), Agreement.AGREE
    )


GRANDFATHER = Guardian(name="周德厚", relation=GuardianRelation.OTHER, id_number="320199195002080118")


@pytest.mark.parametrize(
    ("guardian", "values", "expected"),
    [
        pytest.param(
            Guardian(name="欧阳明", relation=GuardianRelation.FATHER),
            (read("欧阳明", document=CARD, person=Person.FATHER), read("欧阳明", person=Person.FATHER)),
            [("欧阳明", 2, Agreement.AGREE)],
            id="a father is one person",
        ),
        pytest.param(
            GRANDFATHER,
            (
                read("周德厚", document=CARD, person=Person.OTHER),
                read("周德厚", person=Person.OTHER, page_no=4),
                read("周德才", person=Person.OTHER, page_no=5),
            ),
            [("周德厚", 2, Agreement.AGREE), (None, 1, Agreement.SINGLE)],
            id="an uncle is not compared with the grandfather",
        ),
        pytest.param(
            GRANDFATHER,
            (
                read("周得厚", document=CARD, person=Person.OTHER),
                read("320199195002080118", Field.ID_NUMBER, CARD, person=Person.OTHER),
            ),
            [("周德厚", 1, Agreement.DIFFER)],
            id="a guardian is known by the number as well",
        ),
        pytest.param(
            None,
            (read("周德厚", person=Person.HEAD), read("何静怡", person=Person.HEAD, page_no=9)),
            [(None, 1, Agreement.SINGLE), (None, 1, Agreement.SINGLE)],
            id="two booklets have two heads",
        ),
    ],
)
def test_who_is_compared_with_whom(
    guardian: Guardian | None, values: tuple[FieldValue, ...], expected: list[tuple[str | None, int, Agreement]]
) -> None:
    grown_up = [row for row in rows(*values, guardian=guardian) if row.person is not Person.CHILD]
    names = [(row.entered, len(row.read), row.state) for row in grown_up if row.field is Field.NAME]
    assert sorted(names, key=str) == sorted(expected, key=str)


def test_what_is_nobodys_is_not_compared() -> None:
    values = (read("1", Field.HOUSEHOLD_NUMBER, person=None), read("2", Field.HOUSEHOLD_NUMBER, person=None, page_no=8))
    states = [row.state for row in rows(*values) if row.person is None]
    assert states == [Agreement.SINGLE, Agreement.SINGLE]


def test_the_child_comes_first_and_what_matters_of_everybody() -> None:
    values = (
        read("110000", Field.HOUSEHOLD_NUMBER, person=None),
        read("欧阳明", person=Person.FATHER),
        read("2019-11-23", Field.BIRTH_DATE),
        read("女", Field.SEX),
    )
    assert [(row.person, row.field) for row in rows(*values)] == [
        (Person.CHILD, Field.NAME),
        (Person.CHILD, Field.SEX),
        (Person.CHILD, Field.BIRTH_DATE),
        (Person.FATHER, Field.NAME),
        (None, Field.HOUSEHOLD_NUMBER),
    ]


@pytest.mark.parametrize(
    ("legacy", "state"),
    [
        pytest.param(True, Agreement.AGREE, id="from a system that writes so"),
        pytest.param(False, Agreement.DIFFER, id="from any other"),
    ],
)
def test_a_private_code_is_what_it_was_made_for(state: Agreement, *, legacy: bool) -> None:
    policy = Policy(names=NameLimits(legacy_gbk=legacy))
    found_rows = rows(read("欧阳䶮"), child={"name": "欧阳\ue863"}, policy=policy)
    assert row_of(Field.NAME, found_rows).state is state
