"""Only its own button makes a decision: a form without that button's token records nothing and comes back as typed."""

from itertools import permutations
from typing import Final

import pytest
from starlette.testclient import TestClient

from pipeline.extract.extraction import CONTENT_VERSION
from tests.support.cards import member
from tests.support.hospital import Form, Hospital, form_of, hospital, staffed
from tests.support.lines import Ink
from tests.support.lying import laid
from web.desk.buttons import BUTTONS, PRESSED_FIELD, RELEASE
from web.desk.rendering import DeskLanguage, translator_for

__all__ = ["hospital", "staffed"]  # fixtures

TYPED: Final = {"seen.child-name-1": "#1", "note": "看过", "reason": "姓名不一致/different", "place": "p0"}
DONE: Final = {"accept": "/queue?done=accept", "escalate": "/queue?done=escalate", RELEASE: "/queue"}


@pytest.fixture
def amy(hospital: Hospital) -> TestClient:
    return hospital.browser("amy")


@pytest.fixture
def case(hospital: Hospital) -> str:
    laid(hospital.desk)
    return "/cases/case-1"


def sent(browser: TestClient, case: str, button: str, form: dict[str, str]) -> tuple[int, str, str]:
    """What is answered to a button's form: its status, where it leads, and the page."""
    path = f"{case}/release" if button == RELEASE else f"{case}/decision"
    answer = browser.post(path, data=form)
    return answer.status_code, answer.headers.get("location", ""), answer.text


def filled(page: str, button: str) -> dict[str, str]:
    """What a page sends when its fields are filled in and a button is pressed."""
    return form_of(page, TYPED, button)


def refused(hospital: Hospital, browser: TestClient, case: str, button: str, form: dict[str, str]) -> str:
    """The page that says that no button sent the form; nothing was recorded, and the case is still in hand."""
    status, to, page = sent(browser, case, button, form)
    assert (status, to) == (403, "")
    for part in ("title", "text"):
        assert translator_for(DeskLanguage.ZH_HANS)(f"refusal.not_pressed.{part}") in page
    assert hospital.ledger.reviews.decisions("case-1") == ()
    waiting = hospital.ledger.reviews.waiting("case-1")
    assert waiting is not None
    assert (waiting.owner, waiting.escalated) == ("amy", False)
    return page


@pytest.mark.parametrize("button", sorted(DONE))
def test_a_button_does_what_it_says(hospital: Hospital, amy: TestClient, case: str, button: str) -> None:
    status, to, _ = sent(amy, case, button, filled(amy.get(case).text, button))
    assert (status, to) == (303, DONE[button])


def of_another_case(hospital: Hospital, amy: TestClient, button: str) -> str:
    laid(hospital.desk, "other")
    return token(amy, "/cases/other", button)


def of_another_session(hospital: Hospital, _amy: TestClient, button: str) -> str:
    ann = hospital.browser("ann")
    page = ann.get("/cases/case-1").text
    ann.post("/cases/case-1/release", data=form_of(page, button=RELEASE))
    return Form(page).buttons[button][PRESSED_FIELD]


def of_an_older_run(hospital: Hospital, amy: TestClient, button: str) -> str:
    older = token(amy, "/cases/case-1", button)
    laid(hospital.desk)
    return older


def token(browser: TestClient, case: str, button: str) -> str:
    return Form(browser.get(case).text).buttons[button][PRESSED_FIELD]


@pytest.mark.parametrize("button", BUTTONS)
@pytest.mark.parametrize("other", [of_another_case, of_another_session, of_an_older_run])
def test_a_token_from_elsewhere_decides_nothing(
    hospital: Hospital, amy: TestClient, case: str, button: str, other: object
) -> None:
    assert callable(other)
    taken = other(hospital, amy, button)
    form = filled(amy.get(case).text, button)
    assert form[PRESSED_FIELD] != taken
    refused(hospital, amy, case, button, {**form, PRESSED_FIELD: taken})
    assert sent(amy, case, RELEASE, filled(amy.get(case).text, RELEASE))[0] == 303, "its own is good"


@pytest.mark.parametrize(("button", "other"), [*permutations(BUTTONS, 2)])
def test_a_button_does_nothing_with_the_token_of_another(
    hospital: Hospital, amy: TestClient, case: str, button: str, other: str
) -> None:
    page = amy.get(case).text
    pressed = Form(page).buttons[other][PRESSED_FIELD]
    refused(hospital, amy, case, button, {**filled(page, button), PRESSED_FIELD: pressed})


@pytest.mark.parametrize("button", BUTTONS)
@pytest.mark.parametrize(
    "change",
    [
        pytest.param({PRESSED_FIELD: None}, id="no token"),
        pytest.param({PRESSED_FIELD: ""}, id="an empty one"),
        pytest.param({PRESSED_FIELD: "0" * 64}, id="one of one's own"),
        pytest.param({PRESSED_FIELD: "通过"}, id="a word"),
        pytest.param({"run": "2"}, id="another run"),
        pytest.param({"run": " 1"}, id="the run in another form"),
        pytest.param({"run": "first"}, id="a run that is no number"),
        pytest.param({"revision": "2"}, id="another revision"),
        pytest.param({"revision": None, "run": None}, id="no run at all"),
    ],
)
def test_a_form_that_is_not_of_its_button_decides_nothing(
    hospital: Hospital, amy: TestClient, case: str, button: str, change: dict[str, str | None]
) -> None:
    form = {name: value for name, value in (filled(amy.get(case).text, button) | change).items() if value is not None}
    refused(hospital, amy, case, button, form)


def test_what_was_typed_is_there_again_and_its_button_decides(hospital: Hospital, amy: TestClient, case: str) -> None:
    form = filled(amy.get(case).text, "accept")
    page = refused(hospital, amy, case, "accept", {**form, PRESSED_FIELD: ""})
    again = form_of(page, button="accept")
    assert {name: again[name] for name in TYPED} == TYPED
    assert sent(amy, case, "accept", again)[0] == 303


def test_a_reading_chosen_by_its_number_is_not_kept_for_another_run(
    hospital: Hospital, amy: TestClient, case: str
) -> None:
    form = filled(amy.get(case).text, "accept")
    laid(hospital.desk)
    again = form_of(refused(hospital, amy, case, "accept", {**form, PRESSED_FIELD: ""}))
    assert "seen.child-name-1" not in again
    assert again["note"] == "看过"


@pytest.mark.parametrize("button", BUTTONS)
def test_a_browser_without_scripts_decides_nothing(hospital: Hospital, amy: TestClient, case: str, button: str) -> None:
    page = Form(amy.get(case).text)
    refused(hospital, amy, case, button, {"csrf": page.fields["csrf"], **page.buttons[button]})


@pytest.mark.parametrize("language", DeskLanguage)
def test_the_page_says_that_a_decision_needs_scripts(amy: TestClient, case: str, language: DeskLanguage) -> None:
    amy.cookies.set("desk-language", language.value)
    assert (
        f'<noscript><p class="note">{translator_for(language)("case.no_script")}</p></noscript>' in amy.get(case).text
    )


def test_the_form_of_a_decision_has_no_field_to_fill_in(amy: TestClient, case: str) -> None:
    buttons = Form(amy.get(case).text).buttons
    assert set(buttons) == set(BUTTONS)
    for name, fields in buttons.items():
        assert set(fields) == {PRESSED_FIELD} | (set() if name == RELEASE else {"outcome"})


def test_who_may_not_decide_has_no_buttons(hospital: Hospital, amy: TestClient, case: str) -> None:
    amy.get(case)
    page = hospital.browser("ann").get(case).text
    assert Form(page).buttons == {}
    assert "<noscript>" not in page


def read_otherwise(hospital: Hospital) -> None:
    """The same run, whose third reading of the name is another one now, as after an upgrade."""
    laid(hospital.desk, "other", member({"姓名": Ink("欧阳靖宣", sure=0.6, others={3: {"萱": 0.3, "瑄": 0.1}})}))
    content = hospital.ledger.reviews.case_for_review("other", CONTENT_VERSION).content
    assert content is not None
    hospital.ledger.cases.keep_content(hospital.ledger.cases.get("case-1"), content)


def test_a_reading_that_has_another_number_now_is_chosen_again(hospital: Hospital, amy: TestClient, case: str) -> None:
    before = amy.get(case).text
    form = form_of(before, {**TYPED, "seen.child-name-1": "#2"}, "accept")
    read_otherwise(hospital)
    status, to, page = sent(amy, case, "accept", form)
    assert (status, to) == (409, "")
    assert hospital.ledger.reviews.decisions("case-1") == ()
    again = form_of(page, {"seen.child-name-1": "#2"}, "accept")
    assert "seen.child-name-1" not in form_of(page)
    assert (again["run"], again["note"]) == (form["run"], "看过")
    assert sent(amy, case, "accept", again)[0] == 303
    assert [one.seen for one in hospital.ledger.reviews.decisions("case-1")[0].verdict.checked] == ["欧阳靖瑄"]


def test_a_reading_that_has_another_number_now_is_not_chosen_when_values_are_shown(
    hospital: Hospital, amy: TestClient, case: str
) -> None:
    form = form_of(amy.get(case).text, {"seen.child-name-1": "#2", "why": "compare"})
    assert form_of(amy.post(f"{case}/shown", data=form).text)["seen.child-name-1"] == "=欧阳靖宜"
    read_otherwise(hospital)
    assert "seen.child-name-1" not in form_of(amy.post(f"{case}/shown", data=form).text)


@pytest.mark.parametrize("change", [{}, {"offered": ""}, {"offered": "通过"}])
def test_a_choice_by_number_needs_the_mark_of_its_page(amy: TestClient, case: str, change: dict[str, str]) -> None:
    status, _, _ = sent(amy, case, "accept", {**filled(amy.get(case).text, "accept"), **change})
    assert status == (409 if change else 303)
