"""Real cases decided in Chromium by keyboard alone: in few keys, and in a few seconds."""

import pytest
from playwright.sync_api import Page

from models.codes import Code, Reason
from models.result import Decision
from models.review import Relation
from pipeline.ledger.values import AuditKind
from tests.support.chromium import Chromium
from tests.support.desk import Desk
from tests.support.keyboard import DOUBTFUL, DRAWN, KNOWN, Reviewer, amy, chromium, desk, processed, served

__all__ = ["amy", "chromium", "desk", "processed", "served"]  # fixtures

pytestmark = [pytest.mark.browser, pytest.mark.ocr, pytest.mark.timeout(300)]
MOST_KEYS, MOST_SECONDS = 12, 8.0


def quick(reviewer: Reviewer) -> None:
    assert reviewer.keys <= MOST_KEYS, reviewer.steps
    assert reviewer.seconds <= MOST_SECONDS, reviewer.steps


def digit_of(page: Page, text: str) -> str:
    """The key of the reading that says so."""
    said = page.locator(".options .choice").all_inner_texts()
    return next(one.split()[0] for one in said if one.split()[-1] == text)


def test_a_doubtful_name_is_accepted_by_keyboard(desk: Desk, amy: Reviewer) -> None:
    amy.open(DOUBTFUL)
    amy.show()
    amy.press("choose the name", digit_of(amy.page, "欧阳靖萱"))
    amy.press("go on", "Enter", until=".accept:focus")
    amy.decided("accept", "Enter")
    quick(amy)
    made = desk.ledger.cases.latest_result(f"sample-{DOUBTFUL}")
    assert (made.decision, {one.severity.value for one in made.findings}) == (Decision.ACCEPTED, {"warning"})
    kinds = [one.kind for one in desk.ledger.audit.trail(f"sample-{DOUBTFUL}")]
    assert {AuditKind.VIEWED, AuditKind.REVEALED, AuditKind.HELD, AuditKind.DECIDED} <= set(kinds)


def test_a_name_is_returned_by_keyboard_once_the_parents_message_was_seen(desk: Desk, amy: Reviewer) -> None:
    amy.open(DOUBTFUL)
    amy.show()
    amy.press("choose the name", "1")
    amy.press("choose the reason", "r", "ArrowDown", until="#preview [lang=zh-Hans]")
    seen = amy.page.locator("#preview").inner_text()
    amy.press("go on", "Enter", until=".back:focus")
    assert amy.page.locator("#preview").is_visible()
    amy.decided("return", "Enter")
    quick(amy)
    made = desk.ledger.cases.latest_result(f"sample-{DOUBTFUL}")
    (sent,) = [one for one in made.findings if one.severity.value == "reject"]
    assert (made.decision, sent.code, sent.reason) == (Decision.RETURNED, Code.NAME_DIFFERS, Reason.DIFFERENT)
    assert sent.message in seen
    assert sent.next_step in seen


def test_a_case_is_handed_on_and_the_supervisor_decides_it(
    desk: Desk, served: tuple[Desk, str], amy: Reviewer, chromium: Chromium
) -> None:
    amy.open(DOUBTFUL)
    amy.decided("hand on", "u", "Enter")
    quick(amy)
    sue = Reviewer(chromium, served[1], "sue")
    sue.open(DOUBTFUL)
    sue.show()
    sue.press("choose the name", digit_of(sue.page, "欧阳靖萱"), "Enter")
    sue.decided("accept", "Enter")
    quick(sue)
    assert [one.account for one in desk.ledger.reviews.decisions(f"sample-{DOUBTFUL}")] == ["amy", "sue"]


@pytest.mark.parametrize(
    ("relation", "keys", "decision"),
    [
        pytest.param(
            Relation.SAME_CHILD, ("7", "r", "ArrowDown", "Enter", "Enter"), Decision.RETURNED, id="the same child"
        ),
        pytest.param(Relation.ANOTHER_CHILD, ("Space", "8", "a", "Enter"), Decision.ACCEPTED, id="a twin"),
    ],
)
def test_a_known_child(
    desk: Desk, amy: Reviewer, relation: Relation, keys: tuple[str, ...], decision: Decision
) -> None:
    amy.page.goto(f"{amy.origin}/queue?view=known")
    amy.open(KNOWN)
    amy.show()
    assert amy.page.locator(".records caption").inner_text().startswith("4005")
    amy.press("decide", *keys)
    if relation is Relation.SAME_CHILD:
        amy.page.wait_for_url("**/queue?done=return")
        assert desk.ledger.cases.latest_result(f"sample-{KNOWN}").decision is decision
    else:  # the register holds the number: nobody registers it twice by oversight
        amy.page.locator(".note.wrong").wait_for()
        assert "这个号码已有登记" in amy.page.locator(".note.wrong").inner_text()
        amy.visit.complaints.clear()  # of the 409
    quick(amy)


def test_a_blind_look(desk: Desk, amy: Reviewer) -> None:
    amy.page.goto(f"{amy.origin}/queue?view=blind")
    amy.open(DRAWN)
    amy.show()
    assert amy.page.evaluate("document.activeElement.id") == "sheet", "no decision is suggested"
    amy.page.evaluate("document.querySelectorAll('option').forEach(one => one.remove())")  # every reason that there is
    texts = amy.page.locator(".heading").inner_text() + amy.page.locator("#sheet").inner_text()
    assert [word for word in ("已有结论", "4005", "待核", "一致", "识别可信度", "系统结论：") if word in texts] == []
    assert amy.page.locator("mark, .doubtful, .doubt").count() == 0
    amy.decided("accept", "a", "Enter")
    quick(amy)
    (review,) = desk.ledger.reviews.decisions(f"sample-{DRAWN}")
    assert review.agreed is True


def test_keys_do_nothing_while_somebody_types_and_enter_decides_nothing(desk: Desk, amy: Reviewer) -> None:
    amy.open(DOUBTFUL)
    amy.show()
    amy.page.keyboard.press("m")
    amy.page.keyboard.type("qcb=a1")
    assert amy.page.locator("#note").input_value() == "qcb=a1"
    assert amy.page.locator(".tools [aria-pressed=true]").count() == 1, "the boxes, as before"
    amy.page.keyboard.press("Enter")
    assert amy.page.evaluate("document.activeElement.className") == "accept", "it leads there, and waits"
    assert desk.ledger.reviews.decisions(f"sample-{DOUBTFUL}") == ()


def test_a_key_that_is_held_down_decides_nothing(desk: Desk, amy: Reviewer) -> None:
    amy.page.goto(f"{amy.origin}/queue?view=blind")
    amy.open(DRAWN)
    amy.show()
    amy.page.keyboard.press("a")
    amy.page.keyboard.down("Enter")
    for _ in range(5):
        amy.page.keyboard.down("Enter")
    amy.page.keyboard.up("Enter")
    amy.page.wait_for_url("**/queue?done=accept")
    assert len(desk.ledger.reviews.decisions(f"sample-{DRAWN}")) == 1
