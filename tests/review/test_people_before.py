"""A case that somebody looked at before: who vouches for a field, and what the next one looks at."""

from collections.abc import Mapping

import pytest

from models.documents import Field, Person
from models.review import ReviewOutcome
from pipeline.ledger.ledger import Ledger
from pipeline.review.deciding import decide_case
from pipeline.review.review_case import ReviewCase
from pipeline.review.sheet import ReviewRow, ReviewSheet, Validator
from tests.support.reviewing import (
    DOUBTED,
    intent,
    looked,
    opened,
    opened_again,
    row_of,
    verdict,
)


def validators(sheet: ReviewSheet) -> Mapping[Field, Validator]:
    return {row.compared.field: row.validator for row in sheet.rows if row.compared.person is Person.CHILD}


def test_who_vouches(ledger: Ledger) -> None:
    found = opened(ledger, *DOUBTED)
    assert validators(found.sheet)[Field.NAME] is Validator.RULE
    assert validators(found.sheet)[Field.SEX] is Validator.MACHINE
    handed_on(ledger, found, row_of(found.sheet, Field.NAME), "欧阳靖萱")
    again = opened_again(ledger).sheet
    assert validators(again)[Field.NAME] is Validator.PERSON
    fathers = [row for row in again.rows if row.compared.person is Person.FATHER]
    assert {row.validator for row in fathers} == {Validator.MACHINE}


def handed_on(ledger: Ledger, found: ReviewCase, row: ReviewRow, seen: str | None) -> None:
    decide_case(found, intent(found, verdict(found, ReviewOutcome.ESCALATE, looked(row, seen))), ledger)


@pytest.mark.parametrize(
    ("seen", "doubtful", "options"),
    [
        pytest.param("女", False, (), id="as it was read"),
        pytest.param("男", True, ("女", "男"), id="otherwise"),
        pytest.param(None, True, ("女",), id="not at all"),
    ],
)
def test_what_a_person_saw_otherwise_the_next_one_looks_at(
    ledger: Ledger, seen: str | None, options: tuple[str, ...], *, doubtful: bool
) -> None:
    found = opened(ledger, *DOUBTED)
    handed_on(ledger, found, row_of(found.sheet, Field.SEX), seen)
    row = row_of(opened_again(ledger).sheet, Field.SEX)
    assert (row.validator, row.doubtful, row.options) == (Validator.PERSON, doubtful, options)
