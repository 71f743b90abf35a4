"""What every ledger must do with uploads: each is noted once, processed by one worker, and never lost."""

import uuid
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.case import Conclusion, Lease
from models.errors import LedgerError, LostLeaseError
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.values import InboxItem, UploadEvent, Via
from tests.contracts.conftest import Clock
from tests.support.values import FILES, child, result, submission


def upload(**change: object) -> UploadEvent:
    return UploadEvent.model_validate({"bucket": "b", "key": "k", "etag": "e", "via": Via.EVENT, **change})


def heard(ledger: Ledger, key: str = "k") -> InboxItem:
    ledger.inbox.add_upload(upload(key=key))
    return ledger.inbox.undispatched(100)[-1]


def leased(ledger: Ledger, seconds: float = 60) -> Lease:
    lease = ledger.inbox.lease(heard(ledger).item_id, "worker", seconds)
    assert lease is not None
    return lease


@pytest.mark.parametrize(
    ("change", "fresh"),
    [
        pytest.param({}, False, id="the same"),
        pytest.param({"via": Via.RECONCILE}, False, id="the same, found by listing"),
        pytest.param({"bucket": "B"}, True, id="another bucket"),
        pytest.param({"key": "K"}, True, id="another key"),
        pytest.param({"version": "v"}, True, id="another version"),
        pytest.param({"etag": "E"}, True, id="other bytes"),
        pytest.param({"key": "k'; --"}, True, id="a key that is SQL"),
        pytest.param({"key": "户" * 340}, True, id="a long key"),
    ],
)
def test_an_upload_is_new_the_first_time(ledger: Ledger, change: dict[str, object], fresh: bool) -> None:
    assert ledger.inbox.add_upload(upload())
    assert ledger.inbox.add_upload(upload(**change)) is fresh
    assert len(ledger.inbox.undispatched(10)) == 1 + fresh


def test_no_version_is_one_version(ledger: Ledger) -> None:
    assert [ledger.inbox.add_upload(upload(version=version)) for version in (None, None, "v", "v")] == [
        True,
        False,
        True,
        False,
    ]


EVENTS = st.builds(
    UploadEvent,
    bucket=st.sampled_from(["b", "c"]),
    key=st.sampled_from(["k", "K", "k/k"]),
    version=st.sampled_from([None, "", "v"]),
    etag=st.sampled_from(["e", "k"]),
    via=st.sampled_from(Via),
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), events=st.lists(EVENTS, max_size=8))
def test_order_and_repetition_of_events_change_nothing(
    ledger: Ledger, data: st.DataObject, events: list[UploadEvent]
) -> None:
    before = len(ledger.inbox.undispatched(10_000))
    own = uuid.uuid4().hex  # keeps the uploads of one example apart from those of the others
    events = [event.model_copy(update={"key": f"{event.key}/{own}"}) for event in events]
    news = [ledger.inbox.add_upload(event) for event in data.draw(st.permutations(events + events))]
    items = [item.event.model_copy(update={"via": Via.EVENT}) for item in ledger.inbox.undispatched(10_000)[before:]]
    expected = {event.model_copy(update={"via": Via.EVENT}) for event in events}
    assert set(items) == expected
    assert len(items) == sum(news) == len(expected)


def test_items_come_in_the_order_in_which_they_were_heard_of(ledger: Ledger) -> None:
    for key in ("c", "a", "b"):
        ledger.inbox.add_upload(upload(key=key))
    assert [item.event.key for item in ledger.inbox.undispatched(2)] == ["c", "a"]


def test_an_item_says_what_was_heard_and_when_and_its_id_says_nothing(ledger: Ledger, clock: Clock) -> None:
    item = heard(ledger, "inbox/欧阳靖萱.jpg")
    assert (item.event, item.heard_at) == (upload(key="inbox/欧阳靖萱.jpg"), clock.now)
    assert int(item.item_id, 16)
    assert len(item.item_id) == 32


def test_a_dispatched_item_waits_for_its_worker_and_is_overdue_without_one(ledger: Ledger, clock: Clock) -> None:
    item = heard(ledger)
    ledger.inbox.mark_dispatched(item.item_id, "run-1", patience=30)
    assert ledger.inbox.undispatched(10) == ()
    clock.forward(29.9)
    assert ledger.inbox.overdue(clock.now) == ()
    clock.forward(0.1)
    assert [late.flow_run_id for late in ledger.inbox.overdue(clock.now)] == ["run-1"]
    ledger.inbox.mark_dispatched(item.item_id, "run-2", patience=30)
    assert ledger.inbox.overdue(clock.now) == ()


def test_a_lease_is_held_until_it_runs_out(ledger: Ledger, clock: Clock) -> None:
    first = leased(ledger, seconds=60)
    clock.forward(59.9)
    assert ledger.inbox.lease(first.item_id, "another", 60) is None
    assert ledger.inbox.overdue(clock.now) == ()
    clock.forward(0.1)
    assert [late.item_id for late in ledger.inbox.overdue(clock.now)] == [first.item_id]
    second = ledger.inbox.lease(first.item_id, "another", 60)
    assert second is not None
    assert second.token > first.token
    assert ledger.inbox.overdue(clock.now) == ()


def test_a_renewed_lease_lives_on(ledger: Ledger, clock: Clock) -> None:
    lease = leased(ledger, seconds=60)
    clock.forward(59)
    renewed = ledger.inbox.renew(lease, 60)
    clock.forward(59)
    assert renewed.expires_at > clock.now
    assert ledger.inbox.lease(lease.item_id, "another", 60) is None
    assert ledger.inbox.overdue(clock.now) == ()


def test_a_late_dispatch_mark_does_not_shorten_a_lease(ledger: Ledger, clock: Clock) -> None:
    lease = leased(ledger, seconds=600)
    ledger.inbox.mark_dispatched(lease.item_id, "run-1", patience=1)
    clock.forward(599)
    assert ledger.inbox.overdue(clock.now) == ()
    assert ledger.inbox.lease(lease.item_id, "another", 60) is None


def test_a_lease_that_ran_out_still_counts_while_nobody_else_took_the_item(ledger: Ledger, clock: Clock) -> None:
    lease = leased(ledger, seconds=1)
    clock.forward(100)
    ledger.inbox.finish(ledger.inbox.renew(lease, 1))
    assert ledger.inbox.overdue(clock.now) == ()


@pytest.mark.parametrize("use", ["renew", "finish", "conclude"])
def test_what_a_slow_worker_writes_is_refused(ledger: Ledger, clock: Clock, use: str) -> None:
    slow = leased(ledger, seconds=1)
    clock.forward(1)
    assert ledger.inbox.lease(slow.item_id, "another", 60) is not None
    case = ledger.cases.open(submission("s-1"), FILES, "d1")
    writes: dict[str, Callable[[], object]] = {
        "renew": lambda: ledger.inbox.renew(slow, 60),
        "finish": lambda: ledger.inbox.finish(slow, ["no manifest"]),
        "conclude": lambda: ledger.cases.conclude(Conclusion(case, result(case), child("1"), lease=slow)),
    }
    with pytest.raises(LostLeaseError):
        writes[use]()
    assert ledger.cases.results("s-1") == ()
    assert tuple(ledger.children.export()) == ()


@pytest.mark.parametrize(
    ("refusal", "told"),
    [pytest.param((), 0, id="nothing to be said"), pytest.param(("child.name: is missing",), 1, id="a refusal")],
)
def test_an_item_of_which_no_case_came_stays_finished_and_a_refusal_is_told_once(
    ledger: Ledger, clock: Clock, refusal: tuple[str, ...], told: int
) -> None:
    lease = leased(ledger)
    ledger.inbox.finish(lease, refusal)
    ledger.inbox.finish(lease, refusal)
    messages = ledger.outbox.claim(10, 60)
    assert [message.data["problems"] for message in messages] == [list(refusal)] * told
    clock.forward(1000)
    assert ledger.inbox.lease(lease.item_id, "another", 60) is None
    assert (ledger.inbox.undispatched(10), ledger.inbox.overdue(clock.now)) == ((), ())
    assert not ledger.inbox.add_upload(upload())
    with pytest.raises(LostLeaseError):
        ledger.inbox.renew(lease, 60)


def test_a_conclusion_finishes_its_item_and_a_second_try_of_it_adds_nothing(ledger: Ledger, clock: Clock) -> None:
    lease = leased(ledger)
    case = ledger.cases.open(submission("s-1"), FILES, "d1")
    assert [ledger.cases.conclude(Conclusion(case, result(case), child("1"), lease=lease)) for _ in range(3)] == [
        (1,)
    ] * 3
    with pytest.raises(LostLeaseError):
        ledger.inbox.finish(lease)
    clock.forward(1000)
    assert ledger.inbox.overdue(clock.now) == ()
    assert len(ledger.cases.results("s-1")) == 1


def test_a_conclusion_that_is_refused_leaves_the_item_open(ledger: Ledger) -> None:
    lease = leased(ledger)
    ledger.children.add([child("1")])
    case = ledger.cases.open(submission("s-1"), FILES, "d1")
    with pytest.raises(LedgerError, match="registered by another case"):
        ledger.cases.conclude(Conclusion(case, result(case), child("1"), lease=lease))
    assert ledger.inbox.renew(lease, 60).token == lease.token


@pytest.mark.parametrize(
    "use",
    [
        pytest.param(lambda ledger: ledger.inbox.lease("0" * 32, "worker", 60), id="lease"),
        pytest.param(lambda ledger: ledger.inbox.mark_dispatched("0" * 32, "run-1"), id="mark_dispatched"),
        pytest.param(
            lambda ledger: ledger.inbox.renew(
                Lease(item_id="0" * 32, owner="w", token=1, expires_at=leased(ledger).expires_at), 60
            ),
            id="renew",
        ),
    ],
)
def test_an_unknown_item_is_an_error(ledger: Ledger, use: Callable[[Ledger], object]) -> None:
    with pytest.raises(LedgerError):
        use(ledger)
