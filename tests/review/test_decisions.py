"""What keeps a decision from being recorded: each problem by a row that would otherwise pass."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from models.case import FailedPage
from models.codes import Code, Reason
from models.documents import Field, Person
from models.reading import PageReading
from models.register import KnownChild
from models.review import Checked, Relation, ReviewDecision, ReviewOutcome, Role
from models.submission import Sex
from pipeline.ledger.ledger import Ledger
from pipeline.review.review_case import ReviewCase
from pipeline.review.validation import Issue, Problem, issues_of
from tests.support.cards import CHILD_NUMBER, certificate, id_number, member, mother, unreadable
from tests.support.dossiers import FAMILY, Sent
from tests.support.reviewing import (
    CASE,
    DOUBTED,
    OLD,
    Sending,
    accepting,
    all_looked,
    intent,
    looked,
    opened,
    opened_again,
    row_of,
    verdict,
)
from tests.support.values import BORN

CRASH = FailedPage(page_no=2, code=Code.OUR_FAULT, reason=Reason.ENGINE_CRASH)
CRASHED = (*FAMILY, Sent((unreadable(),), failed=CRASH))
NAMED_LIKE_IT = KnownChild(name="欧阳靖萱", sex=Sex.MALE, birth_date=BORN, id_number=CHILD_NUMBER)
MAYBE_KNOWN = Sending(known=(NAMED_LIKE_IT,))
NO_NUMBER = Sending(child={"id_number": None})


def told(found: ReviewCase, decided: ReviewDecision, **how: Any) -> tuple[Issue, ...]:
    return issues_of(found, intent(found, decided, **how))


def problems(found: ReviewCase, decided: ReviewDecision, **how: Any) -> list[Problem]:
    return [one.problem for one in told(found, decided, **how)]


@pytest.mark.parametrize(
    ("seen", "note", "expected"),
    [
        pytest.param({"name": "欧阳靖萱"}, "", [], id="a person sees what was typed in"),
        pytest.param({}, "", [Problem.UNCHECKED], id="nobody looked"),
        pytest.param({"name": None}, "", [Problem.ILLEGIBLE], id="nobody can read it"),
        pytest.param({"name": " "}, "看不清", [Problem.ILLEGIBLE], id="nothing was seen, and a note makes it no more"),
        pytest.param({"name": "欧阳靖宣"}, "", [Problem.DIFFERS], id="another name"),
        pytest.param({"name": "欧阳靖宣"}, " ", [Problem.DIFFERS], id="another name, and a note that says nothing"),
        pytest.param(
            {"name": "欧阳靖宣"}, "曾改名，见变更页", [], id="another name, and why it is the child's all the same"
        ),
        pytest.param({"name": "欧阳 靖萱"}, "", [], id="a space is no other name"),
        pytest.param({"name": "欧阳靖萱", "sex": "男"}, "", [Problem.DIFFERS], id="a field that nobody doubted"),
    ],
)
def test_what_somebody_saw(ledger: Ledger, seen: Mapping[str, str | None], note: str, expected: list[Problem]) -> None:
    found = opened(ledger, *DOUBTED)
    checked = [looked(row_of(found.sheet, Field(name)), value) for name, value in seen.items()]
    assert problems(found, accepting(found, *checked, note=note)) == expected


@pytest.mark.parametrize(
    ("files", "field"),
    [
        pytest.param((*FAMILY[:4], member({"姓名": None})), Field.NAME, id="a name"),
        pytest.param((*FAMILY[:4], member({"公民身份证件编号": None})), Field.ID_NUMBER, id="a number"),
    ],
)
def test_where_nothing_was_read_somebody_looks_as_well(
    ledger: Ledger, files: Sequence[PageReading], field: Field
) -> None:
    found = opened(ledger, *files)
    row = row_of(found.sheet, field)
    assert told(found, accepting(found)) == (Issue(Problem.UNCHECKED, row.number),)
    assert told(found, accepting(found, looked(row, row.compared.entered))) == ()


def test_the_father_is_not_the_child_though_both_stand_on_one_page(ledger: Ledger) -> None:
    files = (*FAMILY, certificate({"新生儿姓名": "欧阳靖宣"}, father={"父亲姓名": "欧阳旭"}))
    found = opened(ledger, *files)
    childs, fathers = row_of(found.sheet, Field.NAME), row_of(found.sheet, Field.NAME, Person.FATHER)
    assert childs.doubtful
    assert fathers.doubtful
    one = looked(fathers, "欧阳明")
    assert told(found, accepting(found, one)) == (Issue(Problem.UNCHECKED, childs.number),)
    assert told(found, accepting(found, one, looked(childs, "欧阳靖萱"))) == ()


def elsewhere(checked: Checked) -> Checked:
    return checked.model_copy(update={"page_no": 2})


def of_another(checked: Checked) -> Checked:
    return checked.model_copy(update={"person": Person.MOTHER})


@pytest.mark.parametrize(
    "changed", [pytest.param(elsewhere, id="another page"), pytest.param(of_another, id="another person")]
)
def test_what_was_seen_of_something_else_is_no_look(ledger: Ledger, changed: Callable[[Checked], Checked]) -> None:
    found = opened(ledger, *DOUBTED)
    one = changed(looked(row_of(found.sheet, Field.NAME), "欧阳靖萱"))
    assert problems(found, accepting(found, one)) == [Problem.UNCHECKED]


@pytest.mark.parametrize(
    ("confirmed", "expected"),
    [
        pytest.param(frozenset({0}), (), id="somebody looked"),
        pytest.param(frozenset[int](), (Issue(Problem.UNCONFIRMED, 0),), id="nobody did"),
        pytest.param(frozenset({1}), (Issue(Problem.UNCONFIRMED, 0),), id="somebody looked at something else"),
    ],
)
def test_a_blocker_about_no_field(ledger: Ledger, confirmed: frozenset[int], expected: tuple[Issue, ...]) -> None:
    found = opened(ledger, *CRASHED)
    wanted = intent(found, accepting(found, *all_looked(found.sheet)))._replace(confirmed=confirmed)
    assert issues_of(found, wanted) == expected


@pytest.mark.parametrize(
    ("relation", "expected"),
    [
        pytest.param(Relation.ANOTHER_CHILD, [], id="a twin"),
        pytest.param(None, [Problem.NO_RELATION], id="nobody said"),
        pytest.param(Relation.SAME_CHILD, [Problem.CONTRADICTS], id="the same child is registered already"),
        pytest.param(Relation.MISTYPED, [Problem.CONTRADICTS], id="what was mistyped is typed in anew"),
    ],
)
def test_what_a_case_is_to_a_record(ledger: Ledger, relation: Relation | None, expected: list[Problem]) -> None:
    found = opened(ledger, *FAMILY, sending=MAYBE_KNOWN)
    assert problems(found, accepting(found, *all_looked(found.sheet), relation=relation)) == expected


def test_a_record_counts_even_where_it_is_not_shown(ledger: Ledger) -> None:
    found = opened(ledger, *FAMILY, sending=MAYBE_KNOWN._replace(version=OLD))
    assert found.relatives == ()
    assert problems(found, accepting(found, *all_looked(found.sheet))) == [Problem.NO_RELATION]


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        pytest.param(Role.SUPERVISOR, [], id="a supervisor"),
        pytest.param(Role.REVIEWER, [Problem.SUPERVISOR], id="anybody else"),
    ],
)
def test_who_decides_what_was_handed_on(ledger: Ledger, role: Role, expected: list[Problem]) -> None:
    opened(ledger, *DOUBTED)
    ledger.reviews.reopen(CASE, "wang")
    found = opened_again(ledger)
    assert problems(found, accepting(found, *all_looked(found.sheet)), role=role) == expected


def test_a_family_that_sent_it_again_is_not_answered_for_what_was_before(ledger: Ledger) -> None:
    found = opened(ledger, *DOUBTED)
    seen = accepting(found, *all_looked(found.sheet))
    assert problems(found, seen) == []
    case = found.laid_out.case
    ledger.cases.open(case.submission, case.files, "1" * 64)
    newer = opened_again(ledger)
    assert problems(newer, seen) == [Problem.NEWER]
    assert problems(found, seen.model_copy(update={"revision": 2})) == [Problem.NEWER]


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        pytest.param(CHILD_NUMBER, [], id="one that the child can have"),
        pytest.param(CHILD_NUMBER[:-1] + "9", [Problem.DIFFERS], id="a wrong check digit"),
        pytest.param(CHILD_NUMBER[:-1], [Problem.DIFFERS], id="too short"),
        pytest.param(id_number("20191124", 2), [Problem.DIFFERS], id="of another day"),
        pytest.param(id_number("20191123", 3), [Problem.DIFFERS], id="of a boy"),
    ],
)
def test_a_number_that_nobody_typed_in_must_be_one_the_child_can_have(
    ledger: Ledger, seen: str, expected: list[Problem]
) -> None:
    found = opened(ledger, *DOUBTED, sending=NO_NUMBER)
    checked = [*all_looked(found.sheet), looked(row_of(found.sheet, Field.ID_NUMBER), seen)]
    assert problems(found, accepting(found, *checked)) == expected
    assert problems(found, accepting(found, *checked, note="证件上确是如此")) == []


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        pytest.param("T110000000", [], id="a letter and nine digits"),
        pytest.param("T11000000", [Problem.DIFFERS], id="a digit too few"),
    ],
)
def test_so_must_a_certificates(ledger: Ledger, seen: str, expected: list[Problem]) -> None:
    found = opened(ledger, *DOUBTED, mother(), certificate())
    checked = [*all_looked(found.sheet), looked(row_of(found.sheet, Field.CERTIFICATE_NUMBER), seen)]
    assert problems(found, accepting(found, *checked)) == expected


@pytest.mark.parametrize(
    ("field", "person", "seen"),
    [
        pytest.param(Field.NAME, Person.MOTHER, "林净", id="a parent's name that nobody typed in"),
        pytest.param(Field.ETHNICITY, Person.CHILD, "满族", id="what nobody is asked for"),
    ],
)
def test_what_nobody_typed_in_is_as_a_person_sees_it(ledger: Ledger, field: Field, person: Person, seen: str) -> None:
    found = opened(ledger, *DOUBTED, mother())
    checked = [*all_looked(found.sheet), looked(row_of(found.sheet, field, person), seen)]
    assert problems(found, accepting(found, *checked)) == []


def test_whoever_is_not_sure_hands_it_on_and_need_not_have_looked_at_anything(ledger: Ledger) -> None:
    found = opened(ledger, *DOUBTED)
    assert problems(found, verdict(found, ReviewOutcome.ESCALATE)) == []
    ledger.reviews.reopen(CASE, "wang")
    again = opened_again(ledger)
    assert problems(again, verdict(again, ReviewOutcome.ESCALATE)) == [Problem.SUPERVISOR]


def test_everything_is_said_at_once(ledger: Ledger) -> None:
    found = opened(ledger, *CRASHED, sending=Sending(child={"name": "欧阳靖宣"}))
    ledger.reviews.reopen(CASE, "wang")
    found = opened_again(ledger)
    wanted = intent(found, accepting(found))._replace(confirmed=frozenset())
    assert [one.problem for one in issues_of(found, wanted)] == [
        Problem.SUPERVISOR,
        Problem.UNCHECKED,
        Problem.UNCONFIRMED,
    ]
