"""Cases that an earlier release processed, opened at the desk of one whose content is another one."""

import re
from collections.abc import Callable
from typing import Final

import pytest
from sqlalchemy import text

from fixtures import truth
from models.codes import Code
from models.policy import Limits
from models.result import Decision
from pipeline.ledger.database import Database, utc_now
from pipeline.review.deciding import registered
from pipeline.review.review_case import ReviewCase, open_review_case
from tests.support import hospital as hospital_of_tests
from tests.support.dossiers import READER
from tests.support.hospital import Hospital, form_of, hospital, staffed
from tests.support.samples import known_children, processed_sample, raise_version

__all__ = ["hospital", "staffed"]  # fixtures

KNOWN: Final = "returned-4005"
UNKEPT: Final = {
    "zh-Hans": "系统已不再保留这些页面的识别数据",
    "en": "The system no longer keeps what it read on these pages",
}
Upgrade = Callable[[Hospital], None]


@pytest.fixture(autouse=True)
def standing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time stands still: pages tell the minute, and for how long a case has waited."""
    now = utc_now()
    monkeypatch.setattr(hospital_of_tests, "utc_now", lambda: now)


@pytest.fixture(params=["a higher number", "a digest of sources"])
def upgrade(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Upgrade:
    """Install another release: one whose number is higher, or the first one that has a number at all."""
    if request.param == "a higher number":
        return lambda hospital: raise_version(monkeypatch)
    return lambda hospital: execute(hospital, "UPDATE contents SET version = '7b1f0c53e9a4d2f8'")


def execute(hospital: Hospital, statement: str) -> None:
    database = Database(f"sqlite:///{hospital.desk.settings.workspace / 'ledger.db'}", patience=5)
    with database.writing() as connection:
        assert connection.execute(text(statement)).rowcount
    database.close()


def processed(hospital: Hospital, name: str) -> str:
    """A sample, processed where its children are known; hands on the id of its case."""
    hospital.ledger.children.add(known_children())
    return processed_sample(name, hospital.ledger, hospital.desk.store).submission_id


def opened(hospital: Hospital, submission_id: str) -> ReviewCase:
    return open_review_case(submission_id, hospital.ledger, READER, Limits())


def page(hospital: Hospital, submission_id: str) -> str:
    """The case's page with its values in clear, but for what is drawn anew each time."""
    browser, path = hospital.browser("sue"), f"/cases/{submission_id}"
    form = {"csrf": form_of(browser.get(path).text)["csrf"], "why": "compare"}
    return re.sub(r"[0-9a-f]{32,}", "", browser.post(f"{path}/shown", data=form).text)


def test_a_known_child_is_shown_as_before(hospital: Hospital, upgrade: Upgrade) -> None:
    case = processed(hospital, KNOWN)
    before, shown = opened(hospital, case), page(hospital, case)
    upgrade(hospital)
    after = opened(hospital, case)
    assert (before.laid_out.content is None, after.laid_out.content) == (False, None)
    assert [(one.code, one.child.name) for one in after.relatives] == [(Code.CHILD_EXISTS, known_children()[0].name)]
    assert registered(after, ())[0].mother_id_number == known_children()[0].mother_id_number
    assert all(one.size for one in after.sheet.pages)
    assert (after.dossier, after.sheet, after.relatives) == (before.dossier, before.sheet, before.relatives)
    assert page(hospital, case) == shown
    assert "已登记的孩子" in shown


@pytest.mark.parametrize("name", truth.names())
def test_every_sample_is_shown_as_before(hospital: Hospital, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    case = processed(hospital, name)
    before = opened(hospital, case)
    raise_version(monkeypatch)
    after = opened(hospital, case)
    assert (before.laid_out.content is None, after.laid_out.content) == (False, None)
    assert after.dossier is not None
    assert (after.sheet, after.relatives) == (before.sheet, before.relatives)
    assert registered(after, ()) == registered(before, ())


def test_characters_that_differ_are_enlarged_as_before(hospital: Hospital, upgrade: Upgrade) -> None:
    case = processed(hospital, "returned-name")
    upgrade(hospital)
    crops = [crop for row in opened(hospital, case).sheet.rows for crop in row.crops]
    assert any(crop.at is not None for crop in crops)


def test_opening_a_case_anew_writes_no_content(hospital: Hospital, monkeypatch: pytest.MonkeyPatch) -> None:
    case = processed(hospital, KNOWN)
    raise_version(monkeypatch)
    assert page(hospital, case) == page(hospital, case)
    assert opened(hospital, case).laid_out.content is None


def test_a_child_is_registered_with_its_mothers_number(hospital: Hospital, upgrade: Upgrade) -> None:
    case = processed(hospital, "accepted-twin")
    children = {child.submission_id: child for child in hospital.ledger.children.export()}
    assert children[case].mother_id_number is not None
    hospital.ledger.reviews.reopen(case, "sue")
    upgrade(hospital)
    sue = hospital.browser("sue")
    form = form_of(sue.get(f"/cases/{case}").text, {"outcome": "accept", "relation": "another_child"})
    answer = sue.post(f"/cases/{case}/decision", data=form)
    assert (answer.status_code, hospital.ledger.cases.latest_result(case).decision) == (303, Decision.ACCEPTED)
    assert [one.account for one in hospital.ledger.reviews.decisions(case)] == ["sue"]
    assert {child.submission_id: child for child in hospital.ledger.children.export()} == children


@pytest.mark.parametrize("language", UNKEPT)
def test_a_page_says_where_readings_are_gone_too(hospital: Hospital, upgrade: Upgrade, language: str) -> None:
    case = processed(hospital, KNOWN)
    browser = hospital.browser("amy")
    browser.get(f"/language/{language}")
    upgrade(hospital)
    assert UNKEPT[language] not in browser.get(f"/cases/{case}").text
    execute(hospital, "DELETE FROM readings WHERE key LIKE '%/1/%' AND kept_at = (SELECT max(kept_at) FROM readings)")
    answer = browser.get(f"/cases/{case}")
    assert (answer.status_code, UNKEPT[language] in answer.text) == (200, True)
    assert opened(hospital, case).relatives == ()


def test_content_of_today_needs_no_readings(hospital: Hospital) -> None:
    case = processed(hospital, KNOWN)
    shown = page(hospital, case)
    execute(hospital, "DELETE FROM readings")
    assert page(hospital, case) == shown
