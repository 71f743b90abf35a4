"""The queue as browsers see it: its parts, its order, its pages, and what may be done there."""

import re
from typing import Final

import pytest
from starlette.testclient import TestClient

from models.case import Conclusion
from models.findings import Code, Reason
from models.policy import ReviewSampling
from models.review import Priority, ReviewDecision, ReviewOutcome
from models.review_case import RecordedDecision
from tests.support.hospital import HELD_SECONDS, Hospital, hospital, staffed
from tests.support.values import FILES, result, submission

__all__ = ["hospital", "staffed"]  # fixtures

UNSURE: Final = (Code.NAME_IN_DOUBT, Reason.UNCERTAIN)
KNOWN: Final = (Code.CHILD_EXISTS, Reason.ID_NUMBER)
LOOKS_LIKE_A_NUMBER: Final = "110199201911230027"


def ended(hospital: Hospital, name: str, *codes: tuple[Code, Reason], share: float = 0) -> None:
    case = hospital.ledger.cases.open(submission(name), FILES, name)
    hospital.ledger.cases.conclude(Conclusion(case, result(case, *codes), looks=ReviewSampling(share=share)))


def handed_on(hospital: Hospital, name: str) -> None:
    ended(hospital, name, UNSURE)
    verdict = ReviewDecision(decision_id=f"{1:032x}", revision=1, run=1, outcome=ReviewOutcome.ESCALATE)
    hospital.ledger.reviews.record_decision(RecordedDecision(hospital.ledger.cases.get(name), "ann", verdict))


def listed(text: str) -> list[str]:
    return re.findall(r'class="open" href="/cases/([^"]+)"', text)


def csrf(browser: TestClient) -> str:
    return re.search(r'name="csrf" value="(\w+)"', browser.get("/queue").text)[1]  # type: ignore[index] # it is there


@pytest.fixture
def amy(hospital: Hospital) -> TestClient:
    return hospital.browser("amy")


@pytest.fixture
def mixed(hospital: Hospital) -> Hospital:
    """A case of each kind; one that is decided waits for nobody."""
    ended(hospital, "unsure", UNSURE)
    ended(hospital, "known", KNOWN)
    ended(hospital, "drawn", share=1)
    ended(hospital, "decided")
    handed_on(hospital, "handed-on")
    return hospital


@pytest.mark.parametrize(
    ("view", "cases"),
    [
        pytest.param("open", ["unsure"], id="what waits for a reviewer"),
        pytest.param("supervisor", ["handed-on"], id="what waits for a supervisor"),
        pytest.param("known", ["known"], id="known children"),
        pytest.param("blind", ["drawn"], id="blind looks"),
        pytest.param("mine", [], id="in my hands"),
    ],
)
def test_a_part_of_the_queue_holds_its_cases_and_their_number(mixed: Hospital, view: str, cases: list[str]) -> None:
    page = mixed.browser("amy").get("/queue", params={"view": view}).text
    assert listed(page) == cases
    counts = dict(re.findall(r'view=(\w+)"[^>]*>[^<]* <span class="count">(\d+)<', page))
    assert counts == {"open": "1", "supervisor": "1", "known": "1", "blind": "1"}
    assert re.findall(r'view=(\w+)" aria-current="page"', page) == [view]


@pytest.mark.parametrize(("name", "first"), [("amy", "unsure"), ("sue", "handed-on")])
def test_everybody_begins_with_what_waits_for_them(mixed: Hospital, name: str, first: str) -> None:
    assert listed(mixed.browser(name).get("/queue").text) == [first]


def test_a_supervisor_with_nothing_handed_on_begins_with_the_rest(hospital: Hospital) -> None:
    ended(hospital, "unsure", UNSURE)
    assert listed(hospital.browser("sue").get("/queue").text) == ["unsure"]


def test_a_blind_look_is_listed_without_what_the_machine_made_of_it(hospital: Hospital) -> None:
    ended(hospital, "drawn", (Code.REGISTER_ILLEGIBLE, Reason.BLUR), share=1)
    page = hospital.browser("amy").get("/queue?view=blind").text
    assert listed(page) == ["drawn"]
    assert "3002" not in page
    assert "模糊" not in page


def test_an_empty_part_says_so(amy: TestClient) -> None:
    assert "暂无待处理的申请" in amy.get("/queue").text


def walked(browser: TestClient) -> list[list[str]]:
    pages, path = [], "/queue?view=open"
    while path:
        text = browser.get(path).text
        pages.append(listed(text))
        following = re.search(r'href="(/queue\?view=open&amp;after=[^"]+)"', text)
        path = following[1].replace("&amp;", "&") if following else ""
    return pages


def test_pages_lead_through_all_cases_without_loss_or_repetition(hospital: Hospital, amy: TestClient) -> None:
    names = [f"case-{number:03}" for number in range(120)]
    for name in names:
        ended(hospital, name, UNSURE)
    pages = walked(amy)
    assert [len(page) for page in pages] == [50, 50, 20]
    assert [name for page in pages for name in page] == names
    hospital.ledger.reviews.prioritise("case-119", "amy", Priority.AT_DESK)
    assert [name for page in walked(amy) for name in page] == ["case-119", *names[:-1]]


@pytest.mark.parametrize(
    "after",
    [
        pytest.param("", id="nothing"),
        pytest.param("x", id="no base64"),
        pytest.param("中", id="no ASCII"),
        pytest.param("e30", id="another value"),
        pytest.param("WzEsMiwzXQ", id="too few values"),
        pytest.param("W2ZhbHNlLDIsIjIwMjYtMTEtMjBUMDk6MzA6MDAiLDFd", id="a moment without a zone"),
        pytest.param("W2ZhbHNlLDIsIjIwMjYtMTEtMjBUMDk6MzA6MDBaIiwxZTMwXQ", id="a number that no database holds"),
        pytest.param("W2ZhbHNlLDIsIjIwMjYtMTEtMjBUMDk6MzA6MDBaIiwtMV0", id="a number below nothing"),
        pytest.param("W1" * 20_000, id="brackets without end"),
    ],
)
def test_a_cursor_that_somebody_made_up_leads_to_the_beginning(hospital: Hospital, amy: TestClient, after: str) -> None:
    ended(hospital, "unsure", UNSURE)
    answer = amy.get("/queue", params={"view": "open", "after": after})
    assert (answer.status_code, listed(answer.text)) == (200, ["unsure"])


@pytest.mark.parametrize(
    ("query", "status"),
    [
        pytest.param("view=nothing", 404, id="a part that there is not"),
        pytest.param("done=accept", 200, id="what was done"),
        pytest.param("done=nothing", 200, id="nothing that can be done"),
        pytest.param("done=<script>", 200, id="a script"),
    ],
)
def test_what_may_be_asked_of_the_queue(amy: TestClient, query: str, status: int) -> None:
    answer = amy.get(f"/queue?{query}")
    assert answer.status_code == status
    assert ("已通过，结果已发出" in answer.text) is (query == "done=accept")


def test_a_child_at_the_desk_comes_first_and_back_again(hospital: Hospital, amy: TestClient) -> None:
    for name in ("first", "second"):
        ended(hospital, name, UNSURE)
    form = {"csrf": csrf(amy), "priority": "0", "next": "/queue?view=open"}
    answer = amy.post("/cases/second/priority", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/queue?view=open")
    assert listed(amy.get("/queue").text) == ["second", "first"]
    amy.post("/cases/second/priority", data={**form, "priority": "2"})
    assert listed(amy.get("/queue").text) == ["first", "second"]


@pytest.mark.parametrize(
    ("name", "change", "status", "to"),
    [
        pytest.param("unsure", {"next": "//evil.example"}, 303, "/", id="and then elsewhere"),
        pytest.param("unsure", {"priority": "7"}, 400, "", id="none that there is"),
        pytest.param("unsure", {"priority": "first"}, 400, "", id="no number"),
        pytest.param("decided", {}, 409, "", id="of a case that does not wait"),
        pytest.param("nowhere", {}, 409, "", id="of no case"),
    ],
)
def test_a_priority_that_is_not_given(
    mixed: Hospital, amy: TestClient, name: str, change: dict[str, str], status: int, to: str
) -> None:
    form = {"csrf": csrf(amy), "priority": "0", "next": "/queue", **change}
    answer = amy.post(f"/cases/{name}/priority", data=form)
    assert (answer.status_code, answer.headers.get("location", "")) == (status, to)


def test_the_queue_says_in_whose_hands_a_case_is(hospital: Hospital, amy: TestClient) -> None:
    ended(hospital, "unsure", UNSURE)
    amy.get("/cases/unsure")
    ann = hospital.browser("ann")
    assert "<td>amy</td>" in ann.get("/queue").text
    assert "<td>我</td>" in amy.get("/queue").text
    assert listed(amy.get("/queue?view=mine").text) == ["unsure"]
    assert listed(ann.get("/queue?view=mine").text) == []
    hospital.clock.forward(HELD_SECONDS + 1)
    assert "<td>amy</td>" not in ann.get("/queue").text, "nobody has it for ever"


def test_whoever_waited_too_long_is_said_to(hospital: Hospital, amy: TestClient) -> None:
    ended(hospital, "unsure", UNSURE)
    ended(hospital, "known", KNOWN)
    for _ in range(3):  # a day of work, from break to break
        hospital.clock.forward(800)
        page = amy.get("/queue").text
    assert "等待过久" in page
    assert "40分钟" in page
    assert "等待过久" not in amy.get("/queue?view=known").text, "nobody waits for it"


@pytest.mark.parametrize(
    ("asked", "status", "to"),
    [
        pytest.param("unsure", 303, "/cases/unsure", id="a case that waits"),
        pytest.param(" decided ", 303, "/cases/decided", id="a decided one, with spaces"),
        pytest.param("", 303, "/queue", id="nothing"),
        pytest.param("nowhere", 404, "", id="no case"),
        pytest.param("../login", 404, "", id="no id"),
        pytest.param("x" * 3000, 404, "", id="a long one"),
    ],
)
def test_a_case_is_found_by_its_id(mixed: Hospital, amy: TestClient, asked: str, status: int, to: str) -> None:
    answer = amy.get("/find", params={"id": asked})
    assert (answer.status_code, answer.headers.get("location", "")) == (status, to)


def test_a_case_that_is_being_worked_on_says_so(hospital: Hospital, amy: TestClient) -> None:
    hospital.ledger.cases.open(submission("at-work"), FILES, "at-work")
    answer = amy.get("/cases/at-work")
    assert answer.status_code == 404
    assert "这份申请还没有结果" in answer.text


def test_an_id_that_looks_like_a_number_is_masked(hospital: Hospital, amy: TestClient) -> None:
    ended(hospital, LOOKS_LIKE_A_NUMBER, UNSURE)
    for path in ("/queue", f"/cases/{LOOKS_LIKE_A_NUMBER}"):
        page = amy.get(path).text
        assert "110***********0027" in page
        assert LOOKS_LIKE_A_NUMBER not in re.sub(r'(href|action|formaction|hx-post|value)="[^"]*"', "", page), (
            "it stands in addresses alone"
        )
