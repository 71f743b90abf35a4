"""No key decides but on the button of the decision: every key, in every focus of a case's page, in Chromium."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Route

from tests.support.chromium import Chromium
from tests.support.desk import Desk
from tests.support.keyboard import DOUBTFUL, DRAWN, KNOWN, Reviewer, amy, chromium, desk, processed, served
from web.desk.rendering import DeskLanguage, translator_for

__all__ = ["amy", "chromium", "desk", "processed", "served"]  # fixtures

pytestmark = [pytest.mark.browser, pytest.mark.ocr, pytest.mark.timeout(300)]
ENTERS: Final = ("NumpadEnter", "Shift+Enter", "Control+Enter", "Escape")
LEADING: Final = set("aulbmrw")  # keys that lead to a button or to a field, on every page of a case
BUTTONS: Final = {
    ".accept": ("decision", ["accept"]),
    ".back": ("decision", ["return"]),
    "[data-key=u]": ("decision", ["escalate"]),
    "[data-key=l]": ("release", None),
}
DIGITS_AND_PAGES: Final = "123456789n[]+"
EVERYWHERE: Final = {"a", "button", "checkbox", "main", "select-one", "submit", "summary", "text"}
SETTLED_MS: Final = 300.0
DECIDING: Final = ("decision", "release", "reopen", "logout")
SENT: Final = re.compile(r"^http://[^/]+/(?!static/|alive)")
# Holds the focus on one element, and notes which form is sent meanwhile and which keys lead elsewhere.
WALK: Final = """on => {
  const deciding = button => /(decision|release|reopen|logout)$/.test(
    button.getAttribute('formaction') || button.form?.getAttribute('action') || '');
  const named = one => `${one.tagName} ${one.type || ''} ${one.name || one.id || one.textContent.trim()}`;
  const walk = window.walk = { at: null, key: '', sent: [], led: [] };
  walk.restore = () => {
    document.querySelectorAll('main details').forEach(one => { one.open = true; });
    localStorage.setItem('desk-keys', on ? 'on' : 'off');
    document.activeElement.blur();
    walk.at.focus();
  };
  const why = document.querySelector('#why');
  if (why) why.value = 'other'; // it asks for words then
  addEventListener('keydown', event => { walk.key = event.key; }, true);
  addEventListener('keyup', event => {
    const led = document.activeElement !== walk.at;
    if (led) walk.led.push(event.key);
    if (led || event.key === 'Enter') walk.restore(); // and not for a space: what it clicks comes after this
  }, true);
  addEventListener('submit', event => {
    if (event.target.method === 'post' && !event.target.matches('.reveal'))
      walk.sent.push(`${named(walk.at)}: ${walk.key} sends ${event.submitter && named(event.submitter)}`);
  }, true);
  walk.at = document.body;
  walk.restore();
  walk.stops = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')]
    .filter(one => one.checkVisibility() && !one.disabled);
  return walk.stops.map((one, at) => ({
    kind: one.type || one.localName,
    decides: one.matches('button') && deciding(one),
    repeats: one.matches('.go') && walk.stops[at - 1].matches('.go'),
  }));
}"""
STOP: Final = "number => { walk.at = walk.stops[number]; walk.restore(); return document.activeElement === walk.at; }"


class Posted(NamedTuple):
    """A form that was sent to where something is decided."""

    to: str
    fields: dict[str, list[str]]


@contextmanager
def going_nowhere(page: Page) -> Iterator[list[Posted]]:
    """Whatever a page sends is answered by 204, so that it stays; yields what it sent to decide something."""
    posted = list[Posted]()

    def answer(route: Route) -> None:
        to = urlsplit(route.request.url).path.rpartition("/")[2]
        if route.request.method == "POST" and to in DECIDING:
            posted.append(Posted(to, parse_qs(route.request.post_data or "", keep_blank_values=True)))
        route.fulfill(status=204)

    page.route(SENT, answer)
    yield posted
    page.unroute(SENT, answer)


def opened(reviewer: Reviewer, sample: str, *, shown: bool = False) -> Page:
    """The page of a case, with its values shown if they are asked for: htmx puts its fields there anew."""
    page = reviewer.page
    page.goto(f"{reviewer.origin}/cases/sample-{sample}")
    page.wait_for_load_state("networkidle")
    if shown:
        page.locator("#show").press("Enter")
        page.wait_for_selector("#show", state="detached")
        page.wait_for_load_state("networkidle")
    return page


def walked(page: Page, kinds: set[str], *, on: bool) -> dict[str, Any]:
    """Press every key in every focus of a page, but for what presses the button of a decision.

    Buttons that show where a field stands follow each other by the dozen: only Enter and space are pressed in each.
    """
    keys = "".join(page.locator("[data-key]").evaluate_all("all => all.map(one => one.dataset.key)")) + DIGITS_AND_PAGES
    page.set_viewport_size({"width": 640, "height": 120})  # there is less to draw
    stops = page.evaluate(WALK, on)
    assert kinds <= {stop["kind"] for stop in stops}
    for number, stop in enumerate(stops):
        assert page.evaluate(STOP, number), (number, stop)
        if not stop["repeats"]:
            page.keyboard.type(keys)
        if stop["decides"]:
            continue
        for enter in () if stop["kind"] == "a" else ENTERS:  # which open a link in another window
            page.keyboard.press(enter)
        page.keyboard.type("\n ")  # a space at last, since it may open a list
    page.wait_for_timeout(SETTLED_MS)
    seen: dict[str, Any] = page.evaluate("({ sent: walk.sent, led: walk.led })")
    return seen


@pytest.mark.parametrize("on", [True, False], ids=["with shortcuts", "without"])
@pytest.mark.parametrize(
    ("sample", "shown", "kinds"),
    [
        pytest.param(DOUBTFUL, False, {"radio"}, id="a doubtful name"),
        pytest.param(KNOWN, True, {"radio"}, id="a known child, its values shown"),
        pytest.param(DRAWN, False, set(), id="a blind look"),
    ],
)
def test_no_key_decides_but_on_the_button_of_the_decision(
    desk: Desk, amy: Reviewer, sample: str, shown: bool, kinds: set[str], on: bool
) -> None:
    page = opened(amy, sample, shown=shown)
    before = page.url
    with going_nowhere(page) as posted:
        seen = walked(page, EVERYWHERE | kinds, on=on)
    assert (seen["sent"], posted) == ([], [])
    assert LEADING & set(seen["led"]) == (LEADING if on else set()), "or no shortcut was pressed"
    assert page.url.removesuffix("#main") == before
    assert desk.ledger.reviews.decisions(f"sample-{sample}") == ()
    waiting = desk.ledger.reviews.waiting(f"sample-{sample}")
    assert waiting is not None
    assert waiting.owner == "amy"


@pytest.mark.parametrize("on", [True, False], ids=["with shortcuts", "without"])
def test_the_button_of_a_decision_sends_it_with_what_was_entered(amy: Reviewer, on: bool) -> None:
    page = opened(amy, DOUBTFUL)
    page.evaluate("on => localStorage.setItem('desk-keys', on ? 'on' : 'off')", on)
    page.locator("#note").fill("看过")
    page.locator(".options input[value='#0']").check()
    with going_nowhere(page) as posted:
        for button, (to, outcome) in BUTTONS.items():
            for key in ("Enter", "Space"):
                with page.expect_response("**/" + to):
                    page.locator(button).press(key)
                sent = posted.pop()
                assert (sent.to, sent.fields.get("outcome")) == (to, outcome)
                entered = {name: sent.fields[name] for name in ("note", "seen.child-name-1", "revision", "run")}
                assert entered == {"note": ["看过"], "seen.child-name-1": ["#0"], "revision": ["1"], "run": ["1"]}
                assert [len(sent.fields[name]) for name in ("pressed", "decision_id", "csrf")] == [1, 1, 1]
    assert posted == []


def test_without_shortcuts_enter_in_a_choice_does_nothing_and_the_button_decides(desk: Desk, amy: Reviewer) -> None:
    page = opened(amy, DOUBTFUL, shown=True)
    page.evaluate("localStorage.setItem('desk-keys', 'off')")
    page.locator(".options .choice", has_text="欧阳靖萱").first.click()
    page.keyboard.press("Enter")
    page.wait_for_timeout(SETTLED_MS)
    assert desk.ledger.reviews.decisions(f"sample-{DOUBTFUL}") == ()
    page.locator(".accept").press("Enter")
    page.wait_for_url("**/queue?done=accept")
    assert [one.account for one in desk.ledger.reviews.decisions(f"sample-{DOUBTFUL}")] == ["amy"]


def test_a_case_is_put_back_by_keyboard(desk: Desk, amy: Reviewer) -> None:
    opened(amy, DOUBTFUL)
    amy.page.keyboard.press("l")
    amy.page.keyboard.press("Enter")
    amy.page.wait_for_url("**/queue")
    waiting = desk.ledger.reviews.waiting(f"sample-{DOUBTFUL}")
    assert waiting is not None
    assert waiting.owner is None


@pytest.mark.parametrize("language", DeskLanguage)
def test_without_scripts_a_case_can_be_looked_at_and_not_decided(
    desk: Desk, amy: Reviewer, chromium: Chromium, language: DeskLanguage
) -> None:
    state, words = amy.page.context.storage_state(), translator_for(language)
    context = chromium.browser.new_context(storage_state=state, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{amy.origin}/language/{language.value}?next=/cases/sample-{DOUBTFUL}")
    assert words("case.no_script") in page.locator("noscript").inner_text()
    before = page.url
    for one in page.locator("#inputs input:visible, #inputs select:visible").all():
        one.press("Enter")
    page.wait_for_timeout(SETTLED_MS)
    assert page.url == before
    page.locator(".accept").press("Enter")
    page.wait_for_selector(".note.wrong")
    assert words("refusal.not_pressed.title") in page.locator(".note.wrong").inner_text()
    assert desk.ledger.reviews.decisions(f"sample-{DOUBTFUL}") == ()
    page.locator("#show").press("Enter")
    page.wait_for_selector("#show", state="detached")
    assert "欧阳靖萱" in page.locator("#inputs").inner_text()
    context.close()
