"""What people saw beside what was read: nothing is changed, the last look counts, characters are told apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.documents import DocumentKind, Field, Person
from models.geometry import Box
from models.review import ReviewOutcome, Role
from pipeline.ledger.ledger import Ledger
from pipeline.review.corrections import CheckedField, Confusion, checked_fields, confusions
from pipeline.review.deciding import decide_case
from pipeline.review.review_case import ReviewCase
from tests.support.lines import ENGINE
from tests.support.reviewing import (
    CASE,
    DOUBTED,
    accepting,
    all_looked,
    intent,
    looked,
    opened,
    opened_again,
    row_of,
    verdict,
)

FILE = f"{5:064}"  # the fifth file of the family is the child's card


def one(read: str | None, value: str | None, field: Field = Field.NAME, engine: str = "e") -> CheckedField:
    return CheckedField(
        document=DocumentKind.HOUSEHOLD_REGISTER,
        person=Person.CHILD,
        field=field,
        digest=FILE,
        page_no=1,
        box=Box(0, 0, 9, 9),
        value=value,
        read=read,
        confidence=None if read is None else 0.9,
        engine=engine,
    )


@pytest.mark.parametrize(
    ("read", "value", "field", "pairs"),
    [
        pytest.param("欧阳靖宣", "欧阳靖萱", Field.NAME, [("宣", "萱", "substituted")], id="one for another"),
        pytest.param("欧阳靖", "欧阳靖萱", Field.NAME, [("", "萱", "missed")], id="one was not read"),
        pytest.param("欧阳靖萱一", "欧阳靖萱", Field.NAME, [("一", "", "invented")], id="one is not there"),
        pytest.param("王𬀩", "王𬀪", Field.NAME, [("𬀩", "𬀪", "substituted")], id="outside the basic plane"),
        pytest.param("欧阳 靖萱", "欧阳靖萱", Field.NAME, [], id="a space says nothing"),
        pytest.param("2019-11-28T08:30", "2019-11-23", Field.BIRTH_TIME, [("8", "3", "substituted")], id="the day"),
        pytest.param("11010x", "11010X", Field.ID_NUMBER, [], id="a letter's case"),
        pytest.param(None, "欧阳靖萱", Field.NAME, [], id="nothing was read"),
        pytest.param("欧阳靖萱", None, Field.NAME, [], id="nobody can read it"),
    ],
)  # fmt: skip
def test_which_characters_are_taken_for_which(
    read: str | None, value: str | None, field: Field, pairs: list[tuple[str, str, str]]
) -> None:
    assert [(found.read, found.seen, found.kind) for found in confusions([one(read, value, field)])] == pairs


TEXTS = st.text("欧阳靖宣萱", max_size=6)


@given(TEXTS, TEXTS)
def test_as_few_edits_as_lead_from_one_to_the_other(read: str, seen: str) -> None:
    found = confusions([one(read, seen)])
    substituted = sum(pair.times for pair in found if pair.kind == "substituted")
    missed = sum(pair.times for pair in found if pair.kind == "missed")
    invented = sum(pair.times for pair in found if pair.kind == "invented")
    assert len(read) + missed - invented == len(seen)
    assert substituted + missed + invented <= max(len(read), len(seen))
    assert bool(found) is not one(read, seen).right


def test_they_are_counted_by_field_and_engine() -> None:
    fields = [one("宣", "萱"), one("宣", "萱"), one("宣", "萱", engine="f"), one("宣", "萱", Field.HEAD_NAME)]
    assert confusions(fields) == (
        Confusion(Field.NAME, "e", "宣", "萱", 2),
        Confusion(Field.HEAD_NAME, "e", "宣", "萱", 1),
        Confusion(Field.NAME, "f", "宣", "萱", 1),
    )


@pytest.mark.parametrize(
    ("read", "value", "right"),
    [
        pytest.param("欧阳靖萱", "欧阳靖萱", True, id="alike"),
        pytest.param("欧阳靖宣", "欧阳靖萱", False, id="otherwise"),
        pytest.param(None, "欧阳靖萱", False, id="not read"),
        pytest.param("欧阳靖萱", None, False, id="read, though nobody can"),
        pytest.param(None, None, True, id="rightly not read"),
    ],
)
def test_what_is_right(read: str | None, value: str | None, *, right: bool) -> None:
    assert one(read, value).right is right


def decide(
    ledger: Ledger, found: ReviewCase, outcome: ReviewOutcome, number: int, *seen: tuple[Field, str | None]
) -> None:
    checked = [looked(row_of(found.sheet, field), value) for field, value in seen]
    told = verdict(found, outcome, *checked, number=number)
    decide_case(found, intent(found, told, role=Role.SUPERVISOR), ledger)


def test_who_looked_last_says_what_is_true_and_the_reading_stays(ledger: Ledger) -> None:
    found = opened(ledger, *DOUBTED)
    before = found.laid_out.result
    decide(ledger, found, ReviewOutcome.ESCALATE, 1, (Field.NAME, "欧阳靖宜"), (Field.SEX, "女"))
    again = opened_again(ledger)
    decide(ledger, again, ReviewOutcome.ACCEPT, 2, (Field.NAME, "欧阳靖萱"))
    seen = {field.field: field for field in checked_fields(ledger)}
    assert [(field.field, field.read, field.value) for field in seen.values()] == [
        (Field.SEX, "女", "女"),
        (Field.NAME, "欧阳靖宣", "欧阳靖萱"),
    ]
    assert {(field.digest, field.page_no, field.engine) for field in seen.values()} == {(FILE, 1, ENGINE)}
    assert ledger.cases.result(CASE, 1, 1) == before
    value = next(field for field in before.fields if field.value == "欧阳靖宣")
    assert (seen[Field.NAME].box, seen[Field.NAME].confidence) == (value.box, value.confidence)


def test_of_a_child_who_was_forgotten_nothing_is_left(ledger: Ledger) -> None:
    found = opened(ledger, *DOUBTED)
    decide_case(found, intent(found, accepting(found, *all_looked(found.sheet))), ledger)
    (child,) = ledger.children.export()
    ledger.erasures.forget_child([child.id_number or ""])
    assert checked_fields(ledger) == ()


def test_a_line_of_the_set_is_read_as_it_was_written() -> None:
    field = one("欧阳靖宣", "欧阳靖萱")
    assert CheckedField.model_validate_json(field.to_json()) == field
