"""A decision, from the form to the ledger: recorded once, or handed back with everything that was typed."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import pytest
from starlette.testclient import TestClient

from models.case import Conclusion
from models.codes import Code, Reason
from models.result import Decision
from models.review import Relation, ReviewOutcome
from pipeline.review.validation import Problem
from tests.support.hospital import HELD_SECONDS, Form, Hospital, form_of, hospital, staffed
from tests.support.lying import CLEAR, DRAWN, laid
from tests.support.values import FILES, result, submission
from web.desk.rendering import DeskLanguage, translator_for

__all__ = ["hospital", "staffed"]  # fixtures

SAME: Final = {"seen.child-name-1": "#1"}  # as it was entered
ANOTHER: Final = {"seen.child-name-1": "#0"}
ACCEPT: Final = {"outcome": "accept", **SAME}
RETURN: Final = {"outcome": "return", **ANOTHER, "reason": "姓名不一致/different", "place": "r0"}
ESCALATE: Final = {"outcome": "escalate"}


@pytest.fixture
def amy(hospital: Hospital) -> TestClient:
    return hospital.browser("amy")


@pytest.fixture
def case(hospital: Hospital) -> str:
    laid(hospital.desk)
    return "/cases/case-1"


class Answer:
    """What came of a form that was sent."""

    def __init__(self, browser: TestClient, case: str, form: Mapping[str, str]) -> None:
        told = browser.post(f"{case}/decision", data=dict(form))
        self.status, self.text, self.to = told.status_code, told.text, told.headers.get("location", "")


def decided(browser: TestClient, case: str, filled: Mapping[str, str] = MappingProxyType(ACCEPT)) -> Answer:
    return Answer(browser, case, form_of(browser.get(case).text, filled))


def says(problem: str) -> str:
    return translator_for(DeskLanguage.ZH_HANS)(problem, who="")


@pytest.mark.parametrize(
    ("filled", "decision", "codes"),
    [
        pytest.param(ACCEPT, Decision.ACCEPTED, set(), id="accepted"),
        pytest.param(RETURN, Decision.RETURNED, {(Code.NAME_DIFFERS, Reason.DIFFERENT)}, id="returned"),
        pytest.param(ESCALATE, Decision.REVIEW, {(Code.NAME_IN_DOUBT, Reason.UNCERTAIN)}, id="handed on"),
    ],
)
def test_a_decision_is_recorded(
    hospital: Hospital,
    amy: TestClient,
    case: str,
    filled: dict[str, str],
    decision: Decision,
    codes: set[tuple[Code, Reason]],
) -> None:
    answer = decided(amy, case, filled)
    assert (answer.status, answer.to) == (303, f"/queue?done={filled['outcome']}")
    made = hospital.ledger.cases.latest_result("case-1")
    assert made.decision is decision
    assert codes <= {(one.code, one.reason) for one in made.findings}
    assert (hospital.ledger.reviews.waiting("case-1") is not None) is (decision is Decision.REVIEW)
    (review,) = hospital.ledger.reviews.decisions("case-1")
    assert (review.account, review.outcome) == ("amy", ReviewOutcome(filled["outcome"]))


@pytest.mark.parametrize(
    ("filled", "told"),
    [
        pytest.param(ACCEPT, 2, id="a result is told"),
        pytest.param(RETURN, 2, id="a return too"),
        pytest.param(ESCALATE, 1, id="there is none yet"),
    ],
)
def test_who_waits_for_results_is_told_what_a_person_decided(
    hospital: Hospital, amy: TestClient, case: str, filled: dict[str, str], told: int
) -> None:
    hospital.ledger.outbox.add("case-1")
    decided(amy, case, filled)
    assert len(hospital.ledger.outbox.claim(9, 60)) == told


def test_a_supervisor_decides_what_was_handed_on(hospital: Hospital, amy: TestClient, case: str) -> None:
    seen_before = form_of(amy.get(case).text, ACCEPT)
    decided(amy, case, ESCALATE)
    refused = Answer(amy, case, seen_before)
    assert (refused.status, says("stumble.supervisor") in refused.text) == (422, True)
    assert decided(hospital.browser("sue"), case).status == 303
    assert [one.account for one in hospital.ledger.reviews.decisions("case-1")] == ["amy", "sue"]


def token(browser: TestClient) -> str:
    return form_of(browser.get("/cases/case-1").text)["csrf"]


@pytest.mark.parametrize(
    ("filled", "problem"),
    [
        pytest.param({"outcome": "accept"}, Problem.UNCHECKED, id="nobody looked"),
        pytest.param({**ACCEPT, **ANOTHER}, Problem.DIFFERS, id="another name, accepted"),
        pytest.param({**ACCEPT, "seen.child-name-1": "illegible"}, Problem.ILLEGIBLE, id="illegible, accepted"),
        pytest.param({**RETURN, "reason": ""}, Problem.NO_REASON, id="a return without a reason"),
        pytest.param({**RETURN, "place": "p0"}, Problem.NO_PLACE, id="a reason that is none of the place"),
        pytest.param({**RETURN, "place": "r999"}, Problem.NO_PLACE, id="a place that there is not"),
        pytest.param({**RETURN, **SAME}, Problem.SAME_VALUE, id="the same name, returned as another"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    hospital: Hospital, amy: TestClient, case: str, filled: dict[str, str], problem: Problem
) -> None:
    note = {} if problem is Problem.DIFFERS else {"note": "看过 <b>"}
    answer = decided(amy, case, {**filled, **note})
    assert answer.status == 422
    assert says(f"stumble.{problem}") in answer.text
    kept = form_of(answer.text)
    typed = {name: value for name, value in (filled | note).items() if name not in ("outcome", "place")}
    assert {name: kept.get(name, "") for name in typed} == typed
    assert "<b>" not in answer.text.replace("&lt;b&gt;", "")
    assert hospital.ledger.reviews.decisions("case-1") == ()
    assert Answer(amy, case, form_of(answer.text, ACCEPT)).status == 303, "and may be mended there"


@pytest.mark.parametrize("problem", list(Problem))
@pytest.mark.parametrize("language", list(DeskLanguage))
def test_every_problem_has_words(problem: Problem, language: DeskLanguage) -> None:
    assert translator_for(language)(f"stumble.{problem}")


@pytest.mark.parametrize(
    ("filled", "status", "problem"),
    [
        pytest.param({"outcome": "accept"}, 422, Problem.NO_RELATION, id="nobody says what they are to each other"),
        pytest.param({"outcome": "accept"}, 422, Problem.UNCONFIRMED, id="nobody looked"),
        pytest.param(
            {"outcome": "accept", "relation": "same_child", "confirmed": "0"}, 422, Problem.CONTRADICTS, id="accepted"
        ),
        pytest.param(
            {"outcome": "return", "relation": "another_child", "reason": "4005/id_number", "place": "p0"},
            422,
            Problem.CONTRADICTS,
            id="another child, returned as known",
        ),
        pytest.param(
            {"outcome": "return", "relation": "same_child", "reason": "4005/id_number", "place": "p0"},
            303,
            None,
            id="the same child",
        ),
    ],
)
def test_what_a_case_is_to_a_record_of_the_register(
    hospital: Hospital, amy: TestClient, filled: dict[str, str], status: int, problem: Problem | None
) -> None:
    laid(hospital.desk, "first", CLEAR)
    laid(hospital.desk, "again", CLEAR)
    answer = decided(amy, "/cases/again", filled)
    assert answer.status == status
    if problem:
        assert says(f"stumble.{problem}") in answer.text
        assert form_of(answer.text).get("relation", "") == filled.get("relation", "")
        assert form_of(answer.text).get("confirmed", "") == filled.get("confirmed", "")
    else:
        (review,) = hospital.ledger.reviews.decisions("again")
        assert review.verdict.relation is Relation.SAME_CHILD


@pytest.mark.parametrize(
    ("filled", "agreed", "waits"),
    [
        pytest.param({"outcome": "accept"}, True, False, id="the same decision"),
        pytest.param(
            {"outcome": "return", "reason": "3002/blur", "place": "p4"}, False, True, id="another one, for a supervisor"
        ),
    ],
)
def test_a_blind_look(hospital: Hospital, amy: TestClient, filled: dict[str, str], agreed: bool, waits: bool) -> None:
    laid(hospital.desk, "drawn", CLEAR, looks=DRAWN)
    assert decided(amy, "/cases/drawn", filled).status == 303
    (review,) = hospital.ledger.reviews.decisions("drawn")
    waiting = hospital.ledger.reviews.waiting("drawn")
    assert (review.agreed, waiting is not None and waiting.escalated) == (agreed, waits)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"outcome": ""}, id="no outcome"),
        pytest.param({"outcome": "maybe"}, id="none that there is"),
        pytest.param({"decision_id": "x"}, id="a number of one's own"),
        pytest.param({"reason": "9999/blur"}, id="a code that there is not"),
        pytest.param({"reason": "3002/nothing"}, id="a reason that there is not"),
        pytest.param({**RETURN, "reason": "姓名不一致/expired"}, id="a reason of another code"),
        pytest.param({**RETURN, "reason": "1001/upload_incomplete"}, id="a reason that is no reviewer's"),
        pytest.param({"relation": "cousin"}, id="a relation that there is not"),
        pytest.param({"confirmed": "x"}, id="a confirmation of nothing"),
        *(
            pytest.param({"confirmed": one}, id=f"one of {one[:9]!r}")
            for one in ("9" * 12, "9" * 5000, "-1", "１", " 1")
        ),
        pytest.param({"note": "长" * 501}, id="a note without end"),
    ],
)
def test_a_form_that_no_page_sends_is_refused(
    hospital: Hospital, amy: TestClient, case: str, change: dict[str, str]
) -> None:
    assert decided(amy, case, {**ACCEPT, **change}).status == 400
    assert hospital.ledger.reviews.decisions("case-1") == ()


@pytest.mark.parametrize("number", ["9" * 12, "9" * 5000, "-1", "1e9", "１"])
@pytest.mark.parametrize("key", ["revision", "run"])
def test_a_run_that_cannot_be_is_refused(amy: TestClient, case: str, key: str, number: str) -> None:
    form = form_of(amy.get(case).text, {**RETURN, key: number})
    assert decided(amy, case, {**ACCEPT, key: number}).status == 403, "no button was made for it"
    assert amy.post(f"{case}/preview", data=form).status_code == 400


@pytest.mark.parametrize("choice", ["#9", "#-1", "#x", "typed", "", "=" + "长" * 400, "x"])
def test_a_choice_of_nothing_is_no_look(hospital: Hospital, amy: TestClient, case: str, choice: str) -> None:
    assert decided(amy, case, {"outcome": "accept", "seen.child-name-1": choice}).status == 422
    assert hospital.ledger.reviews.decisions("case-1") == ()


def test_a_double_click_is_one_decision(hospital: Hospital, amy: TestClient, case: str) -> None:
    form = form_of(amy.get(case).text, RETURN)
    answers = [Answer(amy, case, form) for _ in range(2)]
    assert [(one.status, one.to) for one in answers] == [(303, "/queue?done=return")] * 2
    assert len(hospital.ledger.reviews.decisions("case-1")) == 1
    assert len(hospital.ledger.cases.results("case-1")) == 2, "the machine's and hers"


def test_who_comes_second_is_told_who_was_first_and_keeps_what_they_typed(hospital: Hospital, case: str) -> None:
    first, second = hospital.browser("amy"), hospital.browser("ann")
    form = form_of(first.get(case).text, ACCEPT)
    hospital.clock.forward(HELD_SECONDS + 1)  # she thinks for a while
    typed = form_of(second.get(case).text, {**RETURN, "note": "再看"})
    kept = Answer(first, case, {**form, "note": "看过"})
    assert (kept.status, says("refusal.held.title") in kept.text, "ann" in kept.text) == (409, True, True)
    assert Answer(second, case, typed).status == 303
    late = Answer(first, case, form)
    assert (late.status, says("refusal.decided.title") in late.text, "ann" in late.text) == (409, True, True)
    assert [one.account for one in hospital.ledger.reviews.decisions("case-1")] == ["ann"]


def run_again(hospital: Hospital) -> None:
    laid(hospital.desk)


def sent_again(hospital: Hospital) -> None:
    hospital.ledger.cases.open(submission("case-1"), FILES, "another digest")


def sent_again_and_ended(hospital: Hospital) -> None:
    case = hospital.ledger.cases.open(submission("case-1"), FILES, "another digest")
    hospital.ledger.cases.conclude(Conclusion(case, result(case, (Code.NAME_IN_DOUBT, Reason.UNCERTAIN))))


@pytest.mark.parametrize(
    ("meanwhile", "status", "words"),
    [
        pytest.param(run_again, 409, "refusal.changed.title", id="the case was run again"),
        pytest.param(sent_again, 422, "stumble.newer", id="the family sends it in again"),
        pytest.param(sent_again_and_ended, 409, "refusal.changed.title", id="and that was decided"),
    ],
)
def test_a_decision_of_what_is_not_so_any_more(
    hospital: Hospital, amy: TestClient, case: str, meanwhile: object, status: int, words: str
) -> None:
    form = form_of(amy.get(case).text, {**ACCEPT, "note": "看过"})
    assert callable(meanwhile)
    meanwhile(hospital)
    answer = Answer(amy, case, form)
    assert (answer.status, says(words) in answer.text) == (status, True)
    kept = form_of(answer.text)
    assert kept["note"] == "看过"
    assert (kept["decision_id"] != form["decision_id"]) is (status == 409)
    assert hospital.ledger.reviews.decisions("case-1") == ()


@pytest.mark.parametrize("seconds", [pytest.param(1000, id="an idle one"), pytest.param(90_000, id="a long one")])
def test_a_session_that_ended_meanwhile_decides_nothing(
    hospital: Hospital, amy: TestClient, case: str, seconds: int
) -> None:
    form = form_of(amy.get(case).text, ACCEPT)
    hospital.clock.forward(seconds)
    answer = Answer(amy, case, form)
    assert (answer.status, answer.to) == (303, "/login?next=%2Fcases%2Fcase-1"), "and from there back to the case"
    part = amy.post(f"{case}/preview", data=form, headers={"HX-Request": "true"})
    assert (part.status_code, part.headers["hx-redirect"]) == (401, "/login?next=%2Fcases%2Fcase-1")
    assert hospital.ledger.reviews.decisions("case-1") == ()


def test_a_restart_between_page_and_decision_loses_nothing(hospital: Hospital, case: str) -> None:
    form = form_of(hospital.browser("amy").get(case).text, ACCEPT)
    assert Answer(hospital.browser("amy"), case, form).status == 303


def test_the_preview_says_what_the_parent_will_read(hospital: Hospital, amy: TestClient, case: str) -> None:
    page = amy.post(f"{case}/shown", data={"csrf": token(amy), "why": "compare"}).text
    preview = amy.post(f"{case}/preview", data=form_of(page, {**RETURN, "seen.child-name-1": "=欧阳靖宣"}))
    assert preview.status_code == 200
    assert "第4个字" in preview.text
    assert '<p lang="en">' in preview.text
    assert hospital.ledger.reviews.decisions("case-1") == ()
    assert "选好原因和位置后" in amy.post(f"{case}/preview", data=form_of(page)).text


def test_whatever_may_be_chosen_has_words_for_the_parent(amy: TestClient, case: str) -> None:
    page = amy.post(f"{case}/shown", data={"csrf": token(amy), "why": "compare"}).text
    offered = {name: one for name, one in Form(page).options.items() if name in ("reason", "place")}
    for reason in offered["reason"][1:]:
        forms = (form_of(page, {"reason": reason, "place": place}) for place in offered["place"])
        told = (amy.post(f"{case}/preview", data=form).text for form in forms)
        assert any('lang="zh-Hans"' in text for text in told), reason


def test_a_case_that_a_person_decided_stays_decided(hospital: Hospital, amy: TestClient, case: str) -> None:
    decided(amy, case)
    page = amy.get(case).text
    assert "已有结论" in page
    assert "amy: 通过" in page
    assert 'name="outcome"' not in page
