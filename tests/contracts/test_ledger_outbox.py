"""What every ledger must do with messages: noted with what made them true, kept until they are delivered."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from models.case import Conclusion, Lease
from models.errors import LedgerError, UnknownCaseError
from models.findings import Code, Reason
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.values import AuditKind, MessageKind, UploadEvent, Via
from tests.contracts.conftest import Clock
from tests.support.values import FILES, child, result, submission


def leased(ledger: Ledger, key: str = "k") -> Lease:
    ledger.inbox.add_upload(UploadEvent(bucket="b", key=key, etag="e", via=Via.EVENT))
    lease = ledger.inbox.lease(ledger.inbox.undispatched(100)[-1].item_id, "w", 60)
    assert lease is not None
    return lease


def concluded(ledger: Ledger, number: str = "1") -> None:
    lease = leased(ledger, number)
    case = ledger.cases.open(submission(f"s-{number}"), FILES, "d1")
    ledger.cases.conclude(Conclusion(case, result(case), child(number), lease=lease))


def test_a_conclusion_is_told(ledger: Ledger) -> None:
    concluded(ledger)
    (message,) = ledger.outbox.claim(10, 60)
    assert (message.kind, message.attempts) == (MessageKind.CONCLUDED, 1)
    assert message.data == {"submission_id": "s-1", "revision": 1, "run": 1, "decision": "accepted", "codes": []}
    assert ledger.cases.result("s-1", 1, 1).submission_id == "s-1"


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(
            lambda ledger, case: ledger.cases.conclude(Conclusion(case, result(case))), id="a run without an upload"
        ),
        pytest.param(lambda ledger, case: None, id="a case without a run"),
    ],
)
def test_what_is_not_told(ledger: Ledger, act: Callable[..., object]) -> None:
    act(ledger, ledger.cases.open(submission("s-1"), FILES, "d1"))
    assert ledger.outbox.claim(10, 60) == ()


def test_a_conclusion_that_is_refused_tells_nothing(ledger: Ledger) -> None:
    lease = leased(ledger)
    ledger.children.add([child("1")])
    case = ledger.cases.open(submission("s-1"), FILES, "d1")
    with pytest.raises(LedgerError, match="registered by another case"):
        ledger.cases.conclude(Conclusion(case, result(case), child("1"), lease=lease))
    assert ledger.outbox.claim(10, 60) == ()


def test_a_message_that_nobody_delivers_is_handed_out_again_under_its_id(ledger: Ledger, clock: Clock) -> None:
    concluded(ledger)
    (first,) = ledger.outbox.claim(10, 60)
    assert ledger.outbox.claim(10, 60) == ()
    clock.forward(60)
    (again,) = ledger.outbox.claim(10, 60)
    assert again == first._replace(attempts=2)


def test_a_message_that_arrived_is_gone_for_good_and_recorded_once(ledger: Ledger, clock: Clock) -> None:
    concluded(ledger)
    (message,) = ledger.outbox.claim(10, 60)
    for _ in range(3):
        ledger.outbox.mark_delivered(message)
    ledger.outbox.mark_failed(message, "late", clock.now)
    clock.forward(1000)
    assert ledger.outbox.claim(10, 60) == ()
    assert [record.kind for record in ledger.audit.trail("s-1")][-1:] == [AuditKind.TOLD]
    assert ledger.audit.verify().problems == ()


def test_a_message_that_did_not_arrive_waits_as_long_as_it_is_told_to(ledger: Ledger, clock: Clock) -> None:
    concluded(ledger)
    (message,) = ledger.outbox.claim(10, 60)
    ledger.outbox.mark_failed(message, "x" * 500, clock.now + timedelta(seconds=300))
    clock.forward(299)
    assert ledger.outbox.claim(10, 60) == ()
    clock.forward(1)
    assert [one.attempts for one in ledger.outbox.claim(10, 60)] == [2]


def test_the_oldest_come_first_and_no_more_than_asked_for(ledger: Ledger) -> None:
    for number in "123":
        concluded(ledger, number)
    taken = [ledger.outbox.claim(2, 60), ledger.outbox.claim(2, 60)]
    assert [[message.data["submission_id"] for message in lot] for lot in taken] == [["s-1", "s-2"], ["s-3"]]


def test_a_result_that_nobody_uploaded_is_told_if_asked_for_and_once(ledger: Ledger) -> None:
    concluded(ledger)
    assert not ledger.outbox.add("s-1"), "that was told"
    case = ledger.cases.get("s-1")
    ledger.cases.conclude(Conclusion(case, result(case)))
    assert not ledger.outbox.add("s-1"), "it says the same"
    ledger.cases.conclude(Conclusion(case, result(case, (Code.NAME_IN_DOUBT, Reason.UNCERTAIN))))
    assert [ledger.outbox.add("s-1"), ledger.outbox.add("s-1")] == [True, False]
    told = [message.data for message in ledger.outbox.claim(10, 60)]
    assert [(data["run"], data["decision"]) for data in told] == [(1, "accepted"), (3, "review")]


def test_a_case_without_a_result_has_nothing_to_tell(ledger: Ledger) -> None:
    ledger.cases.open(submission("s-1"), FILES, "d1")
    with pytest.raises(LedgerError):
        ledger.outbox.add("s-1")
    with pytest.raises(UnknownCaseError):
        ledger.outbox.add("s-2")


def test_scans_that_were_sent_again_are_kept_as_long_as_any(ledger: Ledger, clock: Clock) -> None:
    concluded(ledger)
    clock.forward(40 * 86400)
    assert ledger.erasures.expire_scans(clock.now - timedelta(days=30), 10).cases == 1
    ledger.cases.open(submission("s-1"), FILES, "d1")
    assert ledger.erasures.expire_scans(clock.now - timedelta(days=30), 10).cases == 0
    clock.forward(31 * 86400)
    assert ledger.erasures.expire_scans(clock.now - timedelta(days=30), 10).cases == 1


def test_a_child_that_is_forgotten_is_not_spoken_of_any_more(ledger: Ledger) -> None:
    concluded(ledger)
    ledger.erasures.forget_child([str(child("1").id_number)])
    assert ledger.outbox.claim(10, 60) == ()
    assert "results/case-s-1/" in {erasure.key for erasure in ledger.erasures.pending()}


@pytest.mark.parametrize(
    ("which", "error"),
    [
        pytest.param(("s-2", 1, 1), UnknownCaseError, id="no case"),
        pytest.param(("s-1", 2, 1), UnknownCaseError, id="no revision"),
        pytest.param(("s-1", 1, 2), LedgerError, id="no run"),
    ],
)
def test_a_run_that_is_not_there(ledger: Ledger, which: tuple[str, int, int], error: type[Exception]) -> None:
    concluded(ledger)
    with pytest.raises(error):
        ledger.cases.result(*which)
