"""A case's page: what it shows to whom, what is written down of that, and in whose hands it is."""

import re
from io import BytesIO
from typing import Final

import pytest
from PIL import Image
from starlette.testclient import TestClient

from models.submission import Guardian, GuardianRelation
from pipeline.ledger.values import AuditKind, AuditRecord
from tests.support import lines
from tests.support.cards import CHILD_NUMBER, FATHER_NUMBER, member
from tests.support.dossiers import FAMILY
from tests.support.hospital import HELD_SECONDS, Form, Hospital, form_of, hospital, staffed
from tests.support.lines import Ink
from tests.support.lying import CANARIES, CLEAR, DRAWN, laid
from tests.support.reviewing import Sending, judged

__all__ = ["hospital", "staffed"]  # fixtures

READ: Final = "欧阳靖<mark>宣</mark>"
VERDICTS: Final = ("姓名待核", "识别不准", "4005", "3002", "等待过久")
PREVIEW: Final = {"reason": "姓名不一致/different", "place": "r0", "seen.child-name-1": "#0"}


@pytest.fixture
def amy(hospital: Hospital) -> TestClient:
    return hospital.browser("amy")


@pytest.fixture
def case(hospital: Hospital) -> str:
    laid(hospital.desk)
    return "/cases/case-1"


def noted(hospital: Hospital, kind: AuditKind, name: str = "case-1") -> list[AuditRecord]:
    return [record for record in hospital.ledger.audit.trail(name) if record.kind == kind]


def revealed(browser: TestClient, case: str, **form: str) -> str:
    token = Form(browser.get(case).text).fields["csrf"]
    answer = browser.post(f"{case}/shown", data={"csrf": token, "why": "compare", **form})
    assert answer.status_code == 200, answer.text
    return answer.text


def leaks(text: str) -> list[str]:
    return [canary for canary in CANARIES if canary in text]


def test_nothing_is_in_clear_before_somebody_says_why(hospital: Hospital, amy: TestClient, case: str) -> None:
    page = amy.get(case).text
    assert leaks(page) == []
    assert "欧阳" in page, "masked, and not missing"
    assert leaks(revealed(amy, case)) == [*CANARIES], "or this test would see nothing"
    assert READ in revealed(amy, case)


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/queue", id="the queue"),
        pytest.param("/queue?view=mine", id="my part of it"),
        pytest.param("/find?id=case-1", id="the search"),
    ],
)
def test_no_other_page_names_anybody(amy: TestClient, case: str, path: str) -> None:
    amy.get(case)
    assert leaks(amy.get(path, follow_redirects=True).text) == []


def test_records_of_the_register_are_masked_as_well(hospital: Hospital, amy: TestClient) -> None:
    laid(hospital.desk, "first", CLEAR)
    laid(hospital.desk, "again", CLEAR)
    page = amy.get("/cases/again").text
    assert "已登记的孩子" in page
    assert leaks(page) == []
    assert CHILD_NUMBER in revealed(amy, "/cases/again")


def test_a_reviewer_sees_whom_a_paper_about_guardianship_names(hospital: Hospital, amy: TestClient) -> None:
    paper = lines.page(lines.rows({"委托人：欧阳明": None, f"受托人：欧阳大山{FATHER_NUMBER}": None}, title="委托书"))
    guardian = Guardian(name="欧阳大山", relation=GuardianRelation.OTHER)
    judged(hospital.ledger, *FAMILY, paper, sending=Sending(guardian=guardian))
    masked, clear = amy.get("/cases/case-1").text, revealed(amy, "/cases/case-1")
    assert "委托人：欧阳*；受托人：欧阳** 110***********0014<br>家长填写: 欧阳**" in masked
    assert f"委托人：欧阳明；受托人：欧阳大山 {FATHER_NUMBER}<br>家长填写: 欧阳大山" in clear


def test_who_looked_and_who_asked_for_values_is_written_down(hospital: Hospital, amy: TestClient, case: str) -> None:
    revealed(amy, case, why="other", why_words=f"请欧阳靖萱家长说明 {CHILD_NUMBER}")
    looked, asked = noted(hospital, AuditKind.VIEWED), noted(hospital, AuditKind.REVEALED)
    assert [record.details for record in looked] == [{"account": "amy", "what": "case", "run": 1}]
    words = "请欧阳**家长说明 110***********0020"  # nothing of the audit chain can be erased
    assert [record.details for record in asked] == [{"account": "amy", "why": "other", "words": words, "run": 1}]


@pytest.mark.parametrize(
    "form",
    [
        pytest.param({}, id="no reason"),
        pytest.param({"why": "curious"}, id="none that there is"),
        pytest.param({"why": "other"}, id="another one that is not said"),
        pytest.param({"why": "other", "why_words": "  "}, id="another one of spaces"),
    ],
)
def test_nobody_sees_values_without_a_reason(
    hospital: Hospital, amy: TestClient, case: str, form: dict[str, str]
) -> None:
    answer = amy.post(f"{case}/shown", data={"csrf": form_of(amy.get(case).text)["csrf"], **form})
    assert (answer.status_code, leaks(answer.text)) == (400, [])
    assert noted(hospital, AuditKind.REVEALED) == []


@pytest.mark.parametrize("mark", [pytest.param("yes", id="a word"), pytest.param("0" * 64, id="a mark of one's own")])
def test_nobody_sees_values_by_saying_that_they_were_shown(amy: TestClient, case: str, mark: str) -> None:
    form = form_of(amy.get(case).text, {"shown": mark, "outcome": "return", **PREVIEW})
    preview = amy.post(f"{case}/preview", data=form)
    page = amy.post(f"{case}/decision", data={**form, "reason": ""})
    assert (preview.status_code, leaks(preview.text)) == (200, [])
    assert (page.status_code, leaks(page.text)) == (422, [])


def test_the_mark_of_another_case_shows_nothing_of_this_one(hospital: Hospital, amy: TestClient, case: str) -> None:
    laid(hospital.desk, "other")
    mark = form_of(revealed(amy, "/cases/other"))["shown"]
    form = form_of(amy.get(case).text, {"shown": mark, **PREVIEW})
    assert leaks(amy.post(f"{case}/preview", data=form).text) == []


def test_what_was_chosen_while_values_were_masked_is_kept(amy: TestClient, case: str) -> None:
    form = form_of(amy.get(case).text, {"seen.child-name-1": "#1", "note": "看过"})
    page = amy.post(f"{case}/shown", data={**form, "why": "compare"}).text
    assert form_of(page)["seen.child-name-1"] == "=欧阳靖萱"
    assert form_of(page)["note"] == "看过"


def drawn(colour: str = "white") -> bytes:
    out = BytesIO()
    Image.new("RGB", (1400, 1400), colour).save(out, "JPEG")
    return out.getvalue()


def test_a_picture_is_handed_out_and_that_is_written_down(hospital: Hospital, amy: TestClient) -> None:
    laid(hospital.desk, picture=drawn())
    answer = amy.get("/cases/case-1/pages/4")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    assert answer.headers["cache-control"] == "no-store"
    assert Image.open(BytesIO(answer.content)).size == (1400, 1400)
    assert noted(hospital, AuditKind.VIEWED)[-1].details == {"account": "amy", "what": "page", "page": 4}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("pages/0", 404, id="a file that cannot be opened"),
        pytest.param("pages/5", 404, id="a page that there is not"),
        pytest.param("pages/-1", 404, id="one before the first"),
        pytest.param("pages/x", 404, id="no number"),
    ],
)
def test_a_picture_that_cannot_be_handed_out(
    hospital: Hospital, amy: TestClient, case: str, path: str, status: int
) -> None:
    assert amy.get(f"{case}/{path}").status_code == status
    assert [one.details for one in noted(hospital, AuditKind.VIEWED) if one.details["what"] == "page"] == []


def test_a_case_whose_scans_are_gone_can_be_looked_at(hospital: Hospital, amy: TestClient, case: str) -> None:
    for path in (hospital.desk.settings.workspace / "store").rglob("*"):
        if path.is_file():
            path.unlink()
    assert amy.get(case).status_code == 200
    assert amy.get(f"{case}/pages/0").status_code == 404


@pytest.mark.parametrize("name", ["amy", "ann", "sue"])
def test_a_case_is_in_the_hands_of_who_opened_it_first(hospital: Hospital, case: str, name: str) -> None:
    hospital.browser("amy").get(case)
    page = hospital.browser(name).get(case).text
    held = "amy正在处理这份申请" in page
    assert held is (name != "amy")
    assert ('name="outcome"' in page) is not held
    assert ("disabled" in page) is held, "nothing that nobody takes can be typed"


@pytest.mark.parametrize(
    ("how", "free"),
    [
        pytest.param("release", True, id="who puts it back"),
        pytest.param("expire", True, id="who leaves it lying"),
        pytest.param("work on", False, id="who works on"),
    ],
)
def test_who_lets_go_of_a_case(hospital: Hospital, amy: TestClient, case: str, how: str, free: bool) -> None:
    page = amy.get(case).text
    if how == "release":
        answer = amy.post(f"{case}/release", data=form_of(page, button="release"))
        assert answer.headers["location"] == "/queue"
    else:
        hospital.clock.forward(HELD_SECONDS - 1)
    if how == "work on":
        revealed(amy, case)
    hospital.clock.forward(2)
    assert ('name="outcome"' in hospital.browser("ann").get(case).text) is free


def test_nobody_lets_go_of_what_is_somebody_elses(hospital: Hospital, amy: TestClient, case: str) -> None:
    form = form_of(hospital.browser("ann").get(case).text, button="release")
    hospital.browser("ann").post(f"{case}/release", data=form)
    amy.get(case)
    assert hospital.browser("ann").post(f"{case}/release", data=form).headers["location"] == "/queue"
    waiting = hospital.ledger.reviews.waiting("case-1")
    assert waiting is not None
    assert waiting.owner == "amy"


def test_a_blind_look_shows_nothing_of_what_the_machine_made_of_it(hospital: Hospital, amy: TestClient) -> None:
    laid(hospital.desk, "drawn", CLEAR, looks=DRAWN)
    for page in (amy.get("/cases/drawn").text, revealed(amy, "/cases/drawn")):
        rest = r'<optgroup label="其他原因">.*?</optgroup>|<details class="help">.*?</details>|[0-9a-f]{32,}'
        seen = re.sub(rest, "", page, flags=re.DOTALL).replace(CHILD_NUMBER, "")
        assert "这是独立抽查" in page
        assert [
            word for word in (*VERDICTS, "已有结论", "<mark>", "存疑", "识别可信度", "doubtful") if word in seen
        ] == []
        assert re.findall(r'<optgroup label="可能的原因">\s*</optgroup>', page)


def test_what_documents_say_is_text_and_nothing_else(hospital: Hospital, amy: TestClient) -> None:
    laid(hospital.desk, page=member({"姓名": Ink("欧<script>", sure=0.6), "出生地": "<b>'\"&{{7*7}}"}))
    page = revealed(amy, "/cases/case-1")
    assert "&lt;script&gt;" in page.replace("<mark>", "").replace("</mark>", "")
    assert "&lt;b&gt;&#39;&#34;&amp;{{7*7}}" in page
    assert "<b>" not in page
    assert "<script>" not in page


def test_a_case_that_only_supervisors_decide(hospital: Hospital, case: str) -> None:
    form = form_of(hospital.browser("amy").get(case).text, {"outcome": "escalate"})
    hospital.browser("amy").post(f"{case}/decision", data=form)
    assert 'name="outcome"' not in hospital.browser("amy").get(case).text
    assert 'name="outcome"' in hospital.browser("sue").get(case).text


@pytest.mark.parametrize(("name", "offered"), [("amy", False), ("sue", True)])
def test_a_supervisor_opens_a_decided_case_again(hospital: Hospital, name: str, offered: bool) -> None:
    laid(hospital.desk, "decided", CLEAR)
    browser = hospital.browser(name)
    page = browser.get("/cases/decided").text
    assert ("/cases/decided/reopen" in page, 'name="outcome"' in page) == (offered, False)
    token = re.findall(r'name="csrf" value="(\w+)"', page)[0]
    answer = browser.post("/cases/decided/reopen", data={"csrf": token})
    assert answer.status_code == (303 if offered else 403)
    waiting = hospital.ledger.reviews.waiting("decided")
    assert (waiting is not None) is offered
    if offered:
        assert "家长有异议" in browser.get("/cases/decided").text
        assert 'name="outcome"' in browser.get("/cases/decided").text
        assert browser.post("/cases/nowhere/reopen", data={"csrf": token}).status_code == 404
