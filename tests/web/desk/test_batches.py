"""What operators see of batches: progress, totals and changes, masked, and the same as a file."""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from models.case import Conclusion
from models.changes import Change
from models.documents import DocumentKind, Field, Person
from models.findings import Code, Reason
from models.review import Role
from pipeline.ledger.batch_values import BatchOptions, BatchStep, Judged
from pipeline.ledger.ledger import Ledger
from tests.support.desk import Desk, desk, ledger
from tests.support.values import FILES, result, submission

__all__ = ["desk", "ledger"]  # fixtures

UNSURE = (Code.NAME_IN_DOUBT, Reason.UNCERTAIN)
NUMBER = "11019920191123002X"
NAME = Change(
    what="field",
    document=DocumentKind.HOUSEHOLD_REGISTER,
    person=Person.CHILD,
    field=Field.NAME,
    before="欧阳靖宣",
    after="欧阳靖萱",
)
DECISION = Change(what="decision", before="review", after="accepted")


def batch_of(ledger: Ledger, submission_id: str, *, dry_run: bool) -> str:
    """A batch of one case, whose name reads otherwise now."""
    case = ledger.cases.open(submission(submission_id), FILES, "d")
    ledger.cases.conclude(Conclusion(case, result(case, UNSURE)))
    batch = ledger.batches.begin((submission_id,), BatchOptions(dry_run=dry_run), "ops", "0.1.0")
    lease = ledger.batches.hold(batch.batch_id, "here", 60, BatchStep.RESUMED, "ops")
    assert lease is not None
    ledger.batches.record_items(lease, [Judged(1, 1, Conclusion(case, result(case)), (DECISION, NAME))])
    return batch.batch_id


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.SUPERVISOR])
@pytest.mark.parametrize(
    ("dry_run", "words"),
    [
        pytest.param(True, ["已计算，未生效 1", "promote"], id="a trial can be put in force"),
        pytest.param(False, ["已生效 1", "rollback"], id="what is in force can be rolled back"),
    ],
)
def test_a_batch(desk: Desk, ledger: Ledger, role: Role, dry_run: bool, words: list[str]) -> None:
    batch_id = batch_of(ledger, f"case-{NUMBER}", dry_run=dry_run)
    browser = desk.signed_in(role)
    assert f'href="/batches/{batch_id}"' in browser.get("/batches").text
    page = browser.get(f"/batches/{batch_id}").text
    file = browser.get(f"/batches/{batch_id}/changes.csv").text
    assert all(word in page for word in (*words, "1份申请有变化", "待审核 → 通过", "户口本 孩子 姓名"))
    for text in (page, file):
        assert "欧阳**" in text
        assert not any(canary in text for canary in ("欧阳靖", NUMBER))
    assert file.startswith("\ufeff")


def test_whoever_fetches_the_changes_is_recorded(desk: Desk, ledger: Ledger) -> None:
    batch_id = batch_of(ledger, "s-1", dry_run=True)
    before = ledger.audit.verify().records
    answer = desk.signed_in(Role.OPERATOR).get(f"/batches/{batch_id}/changes.csv")
    assert answer.headers["content-disposition"] == f'attachment; filename="batch-{batch_id}.csv"'
    assert ledger.audit.verify().records == before + 2, "signed in, and fetched"


def test_a_batch_that_is_not_there(desk: Desk) -> None:
    browser = desk.signed_in(Role.OPERATOR)
    assert [browser.get(f"/batches/none{tail}").status_code for tail in ("", "/changes.csv")] == [404, 404]


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose zone is not that of the hospital."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "America/Los_Angeles")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("elsewhere")
def test_every_time_is_beijings_wherever_the_machine_stands(desk: Desk, ledger: Ledger) -> None:
    batch_id = batch_of(ledger, f"case-{NUMBER}", dry_run=True)
    made = f"{ledger.batches.get(batch_id).made_at.astimezone(UTC) + timedelta(hours=8):%Y-%m-%d %H:%M}"
    browser = desk.signed_in(Role.OPERATOR)
    for path in ("/batches", f"/batches/{batch_id}", "/dashboard"):
        page = browser.get(path).text
        assert made in page
        (watermark,) = {text.rpartition(" ")[0][-10:] for text in re.findall(r'y="60">([^<]+)<', page)}
        assert watermark == f"{datetime.now(UTC) + timedelta(hours=8):%Y-%m-%d}"
