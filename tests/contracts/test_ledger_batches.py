"""What every ledger must do with batches of cases that are run again: the same on SQLite and on PostgreSQL."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, create_engine, text

from models.case import Case, Conclusion
from models.changes import Change
from models.errors import ChildExistsError, LostLeaseError, UnknownBatchError
from models.findings import Code, Reason
from models.register import ChildNumbers, KnownChild
from models.result import Decision
from models.review import Priority
from pipeline.ledger.batch_values import Batch, BatchLease, BatchOptions, BatchStep, ItemState, Judged
from pipeline.ledger.ledger import Ledger, open_ledger
from pipeline.ledger.values import Selection
from tests.contracts.conftest import Clock
from tests.support.values import FILES, SECRET, child, result, submission

BLURRED = (Code.REGISTER_ILLEGIBLE, Reason.BLUR)
UNSURE = (Code.NAME_IN_DOUBT, Reason.UNCERTAIN)
NUMBER, OTHER = "11019920191123002X", "110199201911230046"
CHANGE = Change(what="decision", before=Decision.RETURNED, after=Decision.ACCEPTED)
AT_ONCE, DRY = BatchOptions(), BatchOptions(dry_run=True)


def concluded(ledger: Ledger, number: int, known: KnownChild | None = None) -> Case:
    """A case that was returned, or registered this child."""
    case = ledger.cases.open(submission(f"s-{number}"), FILES, "d1")
    ledger.cases.conclude(Conclusion(case, result(case, *([] if known else [BLURRED])), known))
    return case


def begun(ledger: Ledger, cases: Sequence[Case], options: BatchOptions = AT_ONCE) -> tuple[Batch, BatchLease]:
    batch = ledger.batches.begin([case.submission.submission_id for case in cases], options, "lin", "1.0")
    return batch, held(ledger, batch.batch_id)


def held(ledger: Ledger, batch_id: str, owner: str = "here", step: BatchStep = BatchStep.RESUMED) -> BatchLease:
    lease = ledger.batches.hold(batch_id, owner, 60, step, "lin")
    assert lease is not None
    return lease


def judged(number: int, case: Case, known: KnownChild | None = None, run: int = 1) -> Judged:
    """Run again and accepted, with this child."""
    numbers = ChildNumbers((known.id_number,)) if known and known.id_number else ChildNumbers()
    return Judged(number, run, Conclusion(case, result(case, version="0.2.0"), known, numbers), (CHANGE,))


def states(ledger: Ledger, batch: Batch) -> list[ItemState]:
    return [item.state for item in ledger.batches.items(batch.batch_id)]


def registered(ledger: Ledger) -> list[tuple[str | None, str | None]]:
    return [(known.submission_id, known.id_number) for known in ledger.children.export()]


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """The database, for somebody who comes by another way than ours."""
    made = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    yield made
    made.dispose()


def test_a_batch_is_each_case_once_in_the_order_of_the_ids(ledger: Ledger) -> None:
    batch = ledger.batches.begin(["s-2", "s-1", "s-2"], BatchOptions(selection=Selection(version="1")), "lin", "1.0")
    items = ledger.batches.items(batch.batch_id)
    assert [(item.number, item.submission_id, item.state) for item in items] == [
        (1, "s-1", ItemState.PENDING), (2, "s-2", ItemState.PENDING),
    ]  # fmt: skip
    assert (batch.total, batch.counts, batch.account, batch.version) == (2, {ItemState.PENDING: 2}, "lin", "1.0")
    assert ledger.batches.get(batch.batch_id) == batch
    assert [item.number for item in ledger.batches.items(batch.batch_id, after=1)] == [2]
    assert ledger.batches.items(batch.batch_id, {ItemState.DONE}) == ()


def test_batches_are_listed_the_newest_first(ledger: Ledger, clock: Clock) -> None:
    first = ledger.batches.begin(["s-1"], BatchOptions(), "lin", "1.0")
    clock.forward(1)
    second = ledger.batches.begin([], BatchOptions(), "lin", "1.0")
    assert ledger.batches.list() == (second, first)


@pytest.mark.parametrize(
    "use",
    [
        pytest.param(lambda ledger: ledger.batches.get("none"), id="look"),
        pytest.param(lambda ledger: ledger.batches.hold("none", "o", 60, BatchStep.RESUMED, "lin"), id="hold"),
    ],
)
def test_a_batch_that_was_never_begun_is_unknown(ledger: Ledger, use: Callable[[Ledger], object]) -> None:
    with pytest.raises(UnknownBatchError, match="intake reprocess list"):
        use(ledger)


def test_what_is_recorded_is_in_force_at_once(ledger: Ledger) -> None:
    case = concluded(ledger, 1)
    batch, lease = begun(ledger, [case])
    assert ledger.batches.record_items(lease, [judged(1, case, child("1"))]) == (ItemState.PROMOTED,)
    (item,) = ledger.batches.items(batch.batch_id)
    assert (item.state, item.revision, item.before, item.after) == (ItemState.PROMOTED, 1, 1, 2)
    assert item.noted.changes == (CHANGE,)
    assert [run.decision for run in ledger.cases.results("s-1")] == [Decision.RETURNED, Decision.ACCEPTED]
    assert registered(ledger) == [("s-1", "1")]


def test_a_dry_run_changes_nothing_until_it_is_promoted(ledger: Ledger) -> None:
    case = concluded(ledger, 1)
    batch, lease = begun(ledger, [case], DRY)
    assert ledger.batches.record_items(lease, [judged(1, case, child("1"))]) == (ItemState.DONE,)
    assert (len(ledger.cases.results("s-1")), registered(ledger)) == (1, [])
    assert ledger.batches.promote(lease, [1], tell=False) == (ItemState.PROMOTED,)
    assert ledger.cases.latest_result("s-1") == result(case, version="0.2.0")
    assert registered(ledger) == [("s-1", "1")]
    assert states(ledger, batch) == [ItemState.PROMOTED]


def test_an_item_is_recorded_once_and_promoted_once(ledger: Ledger) -> None:
    case = concluded(ledger, 1)
    _, lease = begun(ledger, [case])
    for _ in range(3):
        assert ledger.batches.record_items(lease, [judged(1, case)]) == (ItemState.PROMOTED,)
        assert ledger.batches.promote(lease, [1], tell=False) == (ItemState.PROMOTED,)
    assert len(ledger.cases.results("s-1")) == 2


def test_rolling_back_puts_the_earlier_result_in_force_as_another_run(ledger: Ledger) -> None:
    case = concluded(ledger, 1)
    batch, lease = begun(ledger, [case])
    ledger.batches.record_items(lease, [judged(1, case, child("1"))])
    before = ledger.cases.results("s-1")
    assert ledger.batches.roll_back(lease, [1], tell=False) == (ItemState.ROLLED_BACK,)
    assert ledger.cases.results("s-1") == (*before, result(case, BLURRED))
    assert registered(ledger) == []
    assert ledger.batches.roll_back(lease, [1], tell=False) == (ItemState.ROLLED_BACK,)
    assert len(ledger.cases.results("s-1")) == 3
    (item,) = ledger.batches.items(batch.batch_id)
    assert (item.noted.changes, item.noted.undo, item.noted.candidate) == ((CHANGE,), None, None)


@pytest.mark.parametrize(
    ("had", "gets"),
    [
        pytest.param(None, child("1", "T1"), id="nothing, and a record came"),
        pytest.param(child("1"), child("2", "T2", name="甲"), id="a record that was replaced"),
        pytest.param(child("1", withdrawn=True), child("1", withdrawn=True), id="a record that stayed"),
        pytest.param(child("1"), None, id="a record, and nothing was registered"),
    ],
)
def test_rolling_back_restores_the_register_exactly(
    ledger: Ledger, clock: Clock, engine: Engine, had: KnownChild | None, gets: KnownChild | None
) -> None:
    case = concluded(ledger, 1, had)
    before = _register(ledger, engine)
    clock.forward(3600)
    _, lease = begun(ledger, [case])
    ledger.batches.record_items(lease, [judged(1, case, gets)])
    ledger.batches.roll_back(lease, [1], tell=False)
    assert _register(ledger, engine) == before


def _register(ledger: Ledger, engine: Engine) -> tuple[object, ...]:
    """Records as they are opened, and what stands beside them unsealed."""
    columns = "id_key, certificate_key, birth_key, delivery_key, submission_id, registered_at"
    with engine.connect() as connection:
        beside = connection.execute(text(f"SELECT {columns} FROM children")).all()
        keys = connection.execute(text("SELECT case_id, key FROM case_keys ORDER BY key")).all()
    return (tuple(ledger.children.export()), beside, keys)


@pytest.mark.parametrize("act", ["record", "promote", "roll back"])
@pytest.mark.parametrize("came", ["a revision", "a run"])
def test_what_came_in_between_stays_in_force(ledger: Ledger, act: str, came: str) -> None:
    case = concluded(ledger, 1)
    batch, lease = begun(ledger, [case], DRY if act == "promote" else BatchOptions())
    if act != "record":
        ledger.batches.record_items(lease, [judged(1, case)])
    runs = len(ledger.cases.results("s-1"))
    newer = ledger.cases.open(submission("s-1"), FILES, "d2") if came == "a revision" else case
    if came == "a run":
        ledger.cases.conclude(Conclusion(newer, result(newer, UNSURE)))
    acts: dict[str, Callable[[], object]] = {
        "record": lambda: ledger.batches.record_items(lease, [judged(1, case)]),
        "promote": lambda: ledger.batches.promote(lease, [1], tell=False),
        "roll back": lambda: ledger.batches.roll_back(lease, [1], tell=False),
    }
    assert acts[act]() == (ItemState.STALE,)
    assert len(ledger.cases.results("s-1")) == runs + (came == "a run")
    assert states(ledger, batch) == [ItemState.STALE]


def test_what_a_person_decided_stays_in_force_and_the_difference_is_told(ledger: Ledger, engine: Engine) -> None:
    cases = [concluded(ledger, number) for number in (1, 2)]
    dry, lease = begun(ledger, cases[1:], DRY)
    ledger.batches.record_items(lease, [judged(1, cases[1])])
    with engine.begin() as connection:
        connection.execute(text("UPDATE runs SET author = 'wang'"))
    batch, other = begun(ledger, cases[:1])
    assert ledger.batches.record_items(other, [judged(1, cases[0])]) == (ItemState.KEPT,)
    assert ledger.batches.promote(lease, [1], tell=False) == (ItemState.KEPT,)
    for one in (batch, dry):
        (item,) = ledger.batches.items(one.batch_id)
        assert (item.noted.changes, item.noted.candidate) == ((CHANGE,), None)
    assert [len(ledger.cases.results(name)) for name in ("s-1", "s-2")] == [1, 1]


@pytest.mark.parametrize("options", [BatchOptions(), DRY])
def test_a_child_that_exists_refuses_the_whole_lot(ledger: Ledger, options: BatchOptions) -> None:
    cases = [concluded(ledger, number) for number in (1, 2)]
    batch, lease = begun(ledger, cases, options)
    lot = [judged(number, case, child("1")) for number, case in enumerate(cases, start=1)]
    if options.dry_run:
        ledger.batches.record_items(lease, lot)
    with pytest.raises(ChildExistsError):
        _ = (
            ledger.batches.promote(lease, [1, 2], tell=False)
            if options.dry_run
            else ledger.batches.record_items(lease, lot)
        )
    assert states(ledger, batch) == [ItemState.DONE if options.dry_run else ItemState.PENDING] * 2
    assert (registered(ledger), len(ledger.cases.results("s-1"))) == ([], 1)


def test_a_record_that_cannot_be_restored_refuses_the_roll_back(ledger: Ledger) -> None:
    case, other = concluded(ledger, 1, child("1")), concluded(ledger, 2)
    batch, lease = begun(ledger, [case])
    ledger.batches.record_items(lease, [judged(1, case, child("2"))])
    ledger.cases.conclude(Conclusion(other, result(other), child("1")))
    with pytest.raises(ChildExistsError):
        ledger.batches.roll_back(lease, [1], tell=False)
    ledger.batches.note_item(lease, 1, ItemState.PROMOTED, "ChildExistsError")
    assert registered(ledger) == [("s-1", "2"), ("s-2", "1")]
    assert [(item.state, item.failure) for item in ledger.batches.items(batch.batch_id)] == [
        (ItemState.PROMOTED, "ChildExistsError")
    ]


def test_one_at_a_time_holds_a_batch(ledger: Ledger, clock: Clock) -> None:
    batch, lease = begun(ledger, [])
    take = (batch.batch_id, "there", 60, BatchStep.RESUMED, "lin")
    assert ledger.batches.hold(*take) is None
    assert ledger.batches.get(batch.batch_id).owner == "here"
    clock.forward(50)
    ledger.batches.renew(lease, 60)
    clock.forward(50)
    assert ledger.batches.hold(*take) is None
    clock.forward(11)
    assert ledger.batches.hold(*take)


def test_of_several_threads_one_gets_the_batch(ledger: Ledger) -> None:
    for _ in range(10):
        batch = ledger.batches.begin([], BatchOptions(), "lin", "1.0")

        def hold(number: int, batch_id: str = batch.batch_id) -> bool:
            return ledger.batches.hold(batch_id, f"w{number}", 60, BatchStep.RESUMED, "lin") is not None

        with ThreadPoolExecutor(4) as pool:
            assert sum(pool.map(hold, range(4))) == 1


def test_whoever_is_gone_is_replaced_at_once_and_what_they_still_write_is_refused(ledger: Ledger) -> None:
    case = concluded(ledger, 1)
    batch, late = begun(ledger, [case])
    take = (batch.batch_id, "there", 60, BatchStep.RESUMED, "lin")
    assert ledger.batches.hold(*take, instead_of=late.token + 1) is None
    assert ledger.batches.hold(*take, instead_of=late.token)
    late_writes: list[Callable[[], object]] = [
        lambda: ledger.batches.record_items(late, [judged(1, case)]),
        lambda: ledger.batches.promote(late, [1], tell=False),
        lambda: ledger.batches.roll_back(late, [1], tell=False),
        lambda: ledger.batches.note_item(late, 1, ItemState.FAILED, "x"),
        lambda: ledger.batches.renew(late, 60),
    ]
    for write in late_writes:
        with pytest.raises(LostLeaseError):
            write()
    ledger.batches.release(late, BatchStep.ENDED, "lin")
    assert ledger.batches.get(batch.batch_id).owner == "there"
    assert (states(ledger, batch), len(ledger.cases.results("s-1"))) == ([ItemState.PENDING], 1)


@pytest.mark.parametrize(
    ("options", "tell", "messages"),
    [
        pytest.param(BatchOptions(), False, 0, id="nobody hears of a batch"),
        pytest.param(
            BatchOptions(tell=True), True, 2, id="unless that is asked for, and then once more at its undoing"
        ),
        pytest.param(BatchOptions(tell=True), False, 1, id="each step is asked for by itself"),
    ],
)
def test_who_hears_of_it(ledger: Ledger, options: BatchOptions, tell: bool, messages: int) -> None:
    case = concluded(ledger, 1)
    _, lease = begun(ledger, [case], options)
    ledger.batches.record_items(lease, [judged(1, case)])
    ledger.batches.roll_back(lease, [1], tell=tell)
    assert len(ledger.outbox.claim(10, 60)) == messages


@pytest.mark.parametrize("options", [BatchOptions(), DRY])
def test_forgetting_a_child_erases_its_items(ledger: Ledger, engine: Engine, options: BatchOptions) -> None:
    cases = [concluded(ledger, number) for number in (1, 2)]
    batch, lease = begun(ledger, cases, options)
    lot = [judged(number, case, child(f"11019920200101001{number}")) for number, case in enumerate(cases, start=1)]
    ledger.batches.record_items(lease, lot)
    if options.dry_run:
        ledger.batches.promote(lease, [1], tell=False)
    ledger.erasures.forget_child(["110199202001010011"])
    assert [item.submission_id for item in ledger.batches.items(batch.batch_id)] == ["s-2"]
    assert ledger.batches.record_items(lease, lot[:1]) == (ItemState.STALE,)
    assert ledger.batches.roll_back(lease, [1], tell=False) == (ItemState.STALE,)
    assert ledger.batches.get(batch.batch_id).total == 2


def test_what_is_kept_of_an_item_is_sealed(ledger: Ledger, url: str, engine: Engine) -> None:
    case = concluded(ledger, 1)
    batch, lease = begun(ledger, [case], DRY)
    ledger.batches.record_items(lease, [judged(1, case, child("110199202001010010"))])
    with engine.connect() as connection:
        (payload,) = connection.execute(text("SELECT payload FROM batch_items")).one()
    assert not any(word in bytes(payload) for word in (b"110199", "欧阳".encode(), b"decision"))
    again = open_ledger(url, SECRET)
    (item,) = again.batches.items(batch.batch_id)
    assert item.noted.candidate
    assert item.noted.candidate.child == child("110199202001010010")
    assert item.noted.candidate.result == result(case, version="0.2.0")
    again.close()


def test_every_step_of_a_batch_is_in_the_audit_chain(ledger: Ledger, engine: Engine) -> None:
    case = concluded(ledger, 1)
    batch, lease = begun(ledger, [case], DRY)
    ledger.batches.record_items(lease, [judged(1, case)])
    ledger.batches.release(lease, BatchStep.STOPPED, "lin")
    ledger.batches.release(held(ledger, batch.batch_id), BatchStep.ENDED, "lin")
    lease = held(ledger, batch.batch_id, step=BatchStep.PROMOTING)
    ledger.batches.promote(lease, [1], tell=False)
    ledger.batches.release(lease, BatchStep.PROMOTED, "wu")
    with engine.connect() as connection:
        said = connection.scalars(text("SELECT details FROM audit WHERE kind = 'batch' ORDER BY seq")).all()

    def words(step: str, state: str, account: str = "lin") -> str:
        return f'{{"account":"{account}","batch":"{batch.batch_id}","cases":{{"{state}":1}},"step":"{step}"}}'

    assert said == [
        words("begun", "pending"),
        words("stopped", "done"),
        words("resumed", "done"),
        words("ended", "done"),
        words("promoting", "done"),
        words("promoted", "promoted", "wu"),
    ]
    assert [record.details.get("run") for record in ledger.audit.trail("s-1")] == [None, 1, 2]
    assert ledger.audit.verify().problems == ()


def test_what_breaks_after_a_case_was_recorded_keeps_nobody_from_undoing_it(ledger: Ledger) -> None:
    case = concluded(ledger, 1)
    batch, lease = begun(ledger, [case])
    ledger.batches.record_items(lease, [judged(1, case)])
    ledger.batches.note_item(lease, 1, ItemState.FAILED, "LedgerError")
    assert [(item.state, item.failure) for item in ledger.batches.items(batch.batch_id)] == [
        (ItemState.PROMOTED, "LedgerError")
    ]
    assert ledger.batches.roll_back(lease, [1], tell=False) == (ItemState.ROLLED_BACK,)


@pytest.mark.parametrize(
    ("options", "first", "then"),
    [
        pytest.param(BatchOptions(), NUMBER, OTHER, id="by a roll back"),
        pytest.param(DRY, OTHER, NUMBER, id="by a promotion"),
    ],
)
def test_a_forgotten_child_does_not_come_back_though_its_case_is_anothers_now(
    ledger: Ledger, options: BatchOptions, first: str, then: str
) -> None:
    case = ledger.cases.open(submission("s-1"), FILES, "d1")
    ledger.cases.conclude(Conclusion(case, result(case), child(first), ChildNumbers((first,))))
    _, lease = begun(ledger, [case], options)
    again = Conclusion(case, result(case, version="0.2.0"), child(then), ChildNumbers((then,)))
    ledger.batches.record_items(lease, [Judged(1, 1, again, (CHANGE,))])
    ledger.erasures.forget_child([NUMBER])
    ledger.batches.promote(lease, [1], tell=False)
    ledger.batches.roll_back(lease, [1], tell=False)
    assert [child_number for _, child_number in registered(ledger)] == [OTHER]


def test_a_family_keeps_its_place_in_the_queue_over_a_batch_that_is_rolled_back(ledger: Ledger, clock: Clock) -> None:
    case = ledger.cases.open(submission("s-1"), FILES, "d1")
    ledger.cases.conclude(Conclusion(case, result(case, (Code.NAME_IN_DOUBT, Reason.UNCERTAIN))))
    ledger.reviews.prioritise("s-1", "li", Priority.AT_DESK)
    before = ledger.reviews.waiting("s-1")
    _, lease = begun(ledger, [case])
    clock.forward(60)
    assert ledger.batches.record_items(lease, [judged(1, case)]) == (ItemState.PROMOTED,)
    assert ledger.reviews.waiting("s-1") is None
    assert ledger.batches.roll_back(lease, [1], tell=False) == (ItemState.ROLLED_BACK,)
    assert before is not None
    assert ledger.reviews.waiting("s-1") == before._replace(run=3)


def test_what_a_batch_returns_registers_nobody_until_it_is_rolled_back(ledger: Ledger) -> None:
    case = concluded(ledger, 1, child(NUMBER))
    _, lease = begun(ledger, [case])
    ledger.batches.record_items(lease, [Judged(1, 1, Conclusion(case, result(case, BLURRED)), (CHANGE,))])
    assert registered(ledger) == []
    ledger.batches.roll_back(lease, [1], tell=False)
    assert registered(ledger) == [("s-1", NUMBER)]


def test_what_waits_for_a_person_stays_registered(ledger: Ledger) -> None:
    case = concluded(ledger, 1, child(NUMBER))
    _, lease = begun(ledger, [case])
    ledger.batches.record_items(lease, [Judged(1, 1, Conclusion(case, result(case, UNSURE)), (CHANGE,))])
    assert registered(ledger) == [("s-1", NUMBER)]
