"""Stored cases run again, many at a time: by the rules alone or read anew, in one process or several."""

import multiprocessing
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, cast

import pytest

from models.changes import Change
from models.content import Content
from models.errors import BatchHeldError, ChildExistsError, EngineError, LedgerBusyError, LedgerError
from models.policy import LegibilityLimits, Policy
from models.result import Decision
from pipeline.batches.batch_lease import BatchOwner, BatchTask, hold_batch
from pipeline.batches.estimate import estimate
from pipeline.batches.judging import Judging, judge_lot
from pipeline.batches.outcomes import ItemOutcome, lots
from pipeline.batches.promotion import promote, roll_back
from pipeline.batches.run import BatchContext, run
from pipeline.cases.conclude import conclusions
from pipeline.cases.context import PipelineContext
from pipeline.extract.extraction import CONTENT_VERSION
from pipeline.ledger.batch_values import Batch, BatchLease, BatchOptions, BatchStep, ItemState, Judged
from pipeline.ledger.ledger import Ledger, open_ledger
from pipeline.ledger.repositories.batches import BatchRepository
from pipeline.ledger.values import Selection
from pipeline.workers.process_identity import process_identity
from tests.support.altered import Altered
from tests.support.batches import process_many
from tests.support.cards import emblem
from tests.support.dossiers import READER
from tests.support.processes import wait_until
from tests.support.uploads import FILES, opened_desk, scripted
from tests.support.values import SECRET

SURE = Policy(legibility=LegibilityLimits(doubtful=1.1))  # nothing is ever certain


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/ledger.db"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PipelineContext]:
    with opened_desk(tmp_path) as held:
        yield held


class Worked(NamedTuple):
    """A batch after somebody worked on it, and what came of its cases."""

    batch: Batch
    outcomes: tuple[ItemOutcome, ...]

    @property
    def states(self) -> list[ItemState]:
        return [outcome.state for outcome in self.outcomes]


RULES = BatchOptions(from_readings=True)
ME = BatchOwner(process_identity(), "lin")


def place_of(desk: PipelineContext, url: str, processes: int = 1, policy: Policy | None = None) -> BatchContext:
    reader = desk.reader if policy is None else desk.reader._replace(policy=policy)
    return BatchContext(desk, Judging(url, SECRET, reader), processes)


def work(
    batch_context: BatchContext, batch: Batch | Sequence[str], options: BatchOptions = RULES, stop_after: int = 10**9
) -> Worked:
    """Begin a batch of these cases, or go on with one; ask to stop when so many have ended."""
    ledger, stop = batch_context.pipeline.ledger, threading.Event()
    if not isinstance(batch, Batch):
        batch = ledger.batches.begin(batch, options, ME.account, "1.0")
    outcomes = []
    with hold_batch(ledger, batch.batch_id, BatchTask.RUN, ME, stop) as lease:
        for outcome in filter(None, run(batch, lease, batch_context, stop)):
            outcomes.append(outcome)
            if len(outcomes) >= stop_after:
                stop.set()
    return Worked(ledger.batches.get(batch.batch_id), tuple(outcomes))


@pytest.mark.parametrize("processes", [1, 2])
def test_every_case_gets_another_run_and_nothing_changes(
    desk: PipelineContext, url: str, tmp_path: Path, processes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.batches.run.TOGETHER", 3)
    monkeypatch.setattr("pipeline.batches.outcomes.TOGETHER", 3)
    ids = process_many(desk, tmp_path, 7)
    before = [desk.ledger.cases.latest_result(one) for one in ids]
    assert {result.decision for result in before} == {Decision.ACCEPTED, Decision.RETURNED}
    done = work(place_of(desk, url, processes), ids)
    assert [outcome.item.submission_id for outcome in done.outcomes] == ids
    assert done.batch.counts == {ItemState.PROMOTED: 7}
    assert [len(desk.ledger.cases.results(one)) for one in ids] == [2] * 7
    for one, was in zip(ids, before, strict=True):
        now = desk.ledger.cases.latest_result(one)
        assert now.model_copy(update={"provenance": was.provenance}) == was


def test_other_rules_change_what_they_say(desk: PipelineContext, url: str, tmp_path: Path) -> None:
    (one,) = process_many(desk, tmp_path, 3)[2:]
    (outcome,) = work(place_of(desk, url, policy=SURE), [one]).outcomes
    assert Change(what="decision", before=Decision.RETURNED, after=Decision.REVIEW) in outcome.changes


@pytest.mark.parametrize("options", [RULES, RULES.model_copy(update={"dry_run": True}), BatchOptions()])
def test_a_batch_that_was_stopped_goes_on_and_repeats_nothing(
    desk: PipelineContext, url: str, tmp_path: Path, options: BatchOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.batches.outcomes.TOGETHER", 1)
    ids, batch_context = process_many(desk, tmp_path, 9), place_of(desk, url)
    first = work(batch_context, ids, options, stop_after=1)
    assert 1 <= len(first.outcomes) < 9
    second = work(batch_context, first.batch)
    told = [outcome.item.submission_id for outcome in (*first.outcomes, *second.outcomes)]
    assert told == ids
    assert second.batch.counts == {ItemState.DONE if options.dry_run else ItemState.PROMOTED: 9}
    assert {len(desk.ledger.cases.results(one)) for one in ids} == {1 if options.dry_run else 2}


def test_a_dry_run_is_promoted_and_rolled_back(desk: PipelineContext, url: str, tmp_path: Path) -> None:
    ids = process_many(desk, tmp_path, 4)
    before = [desk.ledger.cases.latest_result(one) for one in ids]
    known = list(desk.ledger.children.export())
    dry = work(place_of(desk, url, policy=SURE), ids, RULES.model_copy(update={"dry_run": True}))
    assert [desk.ledger.cases.latest_result(one) for one in ids] == before
    for task, way, state in (
        (BatchTask.PROMOTE, promote, ItemState.PROMOTED), (BatchTask.ROLL_BACK, roll_back, ItemState.ROLLED_BACK),
    ):  # fmt: skip
        stop = threading.Event()
        with hold_batch(desk.ledger, dry.batch.batch_id, task, ME, stop) as lease:
            moved = list(way(desk.ledger, lease, stop, tell=False))
        assert [outcome.state for outcome in moved] == [state] * 4
        assert [outcome.changes for outcome in moved] == [outcome.changes for outcome in dry.outcomes]
        decisions = {desk.ledger.cases.latest_result(one).decision for one in ids}
        changed = Decision.REVIEW if state is ItemState.PROMOTED else Decision.RETURNED
        assert decisions == {Decision.ACCEPTED, changed}
    assert [desk.ledger.cases.latest_result(one) for one in ids] == before
    assert [len(desk.ledger.cases.results(one)) for one in ids] == [3] * 4
    assert list(desk.ledger.children.export()) == known


def test_two_at_once_on_one_batch_are_one_too_many(desk: PipelineContext, url: str, tmp_path: Path) -> None:
    ids, batch_context = process_many(desk, tmp_path, 1), place_of(desk, url)
    batch = desk.ledger.batches.begin(ids, RULES, "lin", "1.0")
    with (
        hold_batch(desk.ledger, batch.batch_id, BatchTask.RUN, ME, threading.Event()),
        pytest.raises(BatchHeldError, match="Another process"),
    ):
        work(batch_context, batch)
    assert work(batch_context, batch).states == [ItemState.PROMOTED]


def test_a_process_that_is_gone_is_followed_at_once(desk: PipelineContext, url: str, tmp_path: Path) -> None:
    ids, batch_context = process_many(desk, tmp_path, 1), place_of(desk, url)
    batch = desk.ledger.batches.begin(ids, RULES, "lin", "1.0")
    gone = ME.owner.rpartition("/")[0] + "/1.00"
    assert desk.ledger.batches.hold(batch.batch_id, gone, 3600, BatchStep.RESUMED, "lin")
    assert work(batch_context, batch).states == [ItemState.PROMOTED]


@pytest.mark.timeout(120)
def test_killed_in_the_middle_and_resumed_no_case_is_done_twice(
    desk: PipelineContext, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = process_many(desk, tmp_path, 30)
    batch = desk.ledger.batches.begin(ids, RULES, "lin", "1.0")
    context = multiprocessing.get_context("spawn")

    def promoted() -> int:
        return desk.ledger.batches.get(batch.batch_id).count(ItemState.PROMOTED)

    for enough in (3, 12):
        victim = context.Process(target=_work_slowly, args=(url, batch.batch_id))
        victim.start()
        wait_until(lambda: promoted() >= enough, "some cases", 60)  # noqa: B023 - asked within the loop only
        victim.kill()
        victim.join()
        assert promoted() < len(ids)
    assert work(place_of(desk, url), desk.ledger.batches.get(batch.batch_id)).batch.counts == {ItemState.PROMOTED: 30}
    assert {len(desk.ledger.cases.results(one)) for one in ids} == {2}
    assert desk.ledger.audit.verify().problems == ()


def _work_slowly(url: str, batch_id: str) -> None:
    """A case at a time, with time between them for a kill."""
    ledger, stop = open_ledger(url, SECRET), threading.Event()
    with hold_batch(ledger, batch_id, BatchTask.RUN, BatchOwner(process_identity(), "lin"), stop) as lease:
        for lot in lots(ledger, batch_id, ItemState.PENDING, 1):
            judge_lot(lot, lease, ledger, READER)
            time.sleep(0.05)


def test_a_case_whose_content_is_of_another_version_comes_from_what_was_read(
    desk: PipelineContext, url: str, tmp_path: Path
) -> None:
    ids = process_many(desk, tmp_path, 2)
    desk.ledger.cases.keep_content(desk.ledger.cases.get(ids[0]), Content("e", CONTENT_VERSION - 1, ()))
    scripted(desk).asked.clear()
    assert work(place_of(desk, url), ids).states == [ItemState.PROMOTED] * 2
    assert (scripted(desk).asked, [len(desk.ledger.cases.results(one)) for one in ids]) == ([], [2, 2])


def test_what_has_no_result_yet_is_nobody_elses_to_judge(desk: PipelineContext, url: str, tmp_path: Path) -> None:
    revised, unopened = process_many(desk, tmp_path, 1)[0], "nobody's"
    case = desk.ledger.cases.get(revised)
    content = desk.ledger.cases.load([revised], CONTENT_VERSION)[0].content
    assert content
    desk.ledger.cases.keep_content(desk.ledger.cases.open(case.submission, case.files, "another digest"), content)
    for options in (RULES, BatchOptions()):
        assert work(place_of(desk, url), [revised, unopened], options).states == [ItemState.STALE] * 2
    assert len(desk.ledger.cases.results(revised)) == 1


def test_content_of_another_engine_than_the_result_in_force_is_not_judged(
    desk: PipelineContext, tmp_path: Path
) -> None:
    (one,) = process_many(desk, tmp_path, 1)
    (stored,) = desk.ledger.cases.load([one], CONTENT_VERSION)
    assert stored.content
    desk.ledger.cases.keep_content(stored.case, stored.content._replace(engine="another"))
    (stored,) = desk.ledger.cases.load([one], CONTENT_VERSION)
    assert stored.content is None
    with pytest.raises(LedgerError, match="no content of this version"):
        conclusions([stored], desk.ledger, desk.reader)


@pytest.mark.parametrize(
    ("options", "asked", "decision"),
    [
        pytest.param(RULES, 0, Decision.ACCEPTED, id="from what was read"),
        pytest.param(BatchOptions(), 5, Decision.RETURNED, id="with today's engine"),
        pytest.param(BatchOptions(dry_run=True), 5, Decision.ACCEPTED, id="with today's engine, for trial"),
    ],
)
def test_a_case_is_run_again(
    desk: PipelineContext, url: str, tmp_path: Path, options: BatchOptions, asked: int, decision: Decision
) -> None:
    (one,) = process_many(desk, tmp_path, 1)
    (before,) = desk.ledger.cases.load([one], CONTENT_VERSION)
    readers = scripted(desk)
    readers.engine, readers.asked = "scripted-2/none/1111/0", []
    readers.script[FILES[1]] = emblem("2010.01.01-2020.01.01")
    (outcome,) = work(place_of(desk, url), [one], options).outcomes
    assert (len(readers.asked), desk.ledger.cases.latest_result(one).decision) == (asked, decision)
    assert bool(outcome.changes) is (asked > 0)
    (after,) = desk.ledger.cases.load([one], CONTENT_VERSION)
    assert after.content
    assert (after.content == before.content) is (decision is Decision.ACCEPTED)


def test_pages_that_break_our_engine_replace_nothing(desk: PipelineContext, url: str, tmp_path: Path) -> None:
    (one,) = process_many(desk, tmp_path, 1)
    readers = scripted(desk)
    readers.engine = "scripted-2/none/1111/0"
    readers.script[FILES[1]] = EngineError("a reading process died")
    done = work(place_of(desk, url), [one], BatchOptions())
    assert (done.states, len(desk.ledger.cases.results(one))) == ([ItemState.FAILED], 1)
    assert [item.failure for item in desk.ledger.batches.items(done.batch.batch_id)] == ["EngineError"]


class Refusing(Altered):
    """Batches in which somebody else registered a child a moment after one looked, so many times."""

    def __init__(self, ledger: Ledger, times: int) -> None:
        super().__init__(ledger.batches)
        self._left = times

    def record_items(self, lease: BatchLease, judged: Sequence[Judged]) -> tuple[ItemState, ...]:
        self._left -= 1
        if self._left >= 0:
            raise ChildExistsError("first")
        return cast(BatchRepository, self._held).record_items(lease, judged)


@pytest.mark.parametrize(
    ("times", "states"),
    [
        pytest.param(1, [ItemState.PROMOTED] * 3, id="once costs its neighbours nothing"),
        pytest.param(6, [ItemState.FAILED, ItemState.PROMOTED, ItemState.PROMOTED], id="for ever is told"),
    ],
)
def test_a_child_that_was_registered_meanwhile(
    desk: PipelineContext, url: str, tmp_path: Path, times: int, states: list[ItemState]
) -> None:
    ids = process_many(desk, tmp_path, 3)
    ledger = cast(Ledger, Altered(desk.ledger, batches=Refusing(desk.ledger, times)))
    done = work(place_of(desk._replace(ledger=ledger), url), ids)
    assert done.states == states


def test_what_breaks_a_case_is_told_and_its_neighbours_are_done(
    desk: PipelineContext, url: str, tmp_path: Path
) -> None:
    ids = process_many(desk, tmp_path, 3)
    case = desk.ledger.cases.get(ids[1])
    _damage(tmp_path, case.submission.submission_id)
    done = work(place_of(desk, url), ids)
    assert done.states == [ItemState.PROMOTED, ItemState.FAILED, ItemState.PROMOTED]
    assert "damaged" in str(done.outcomes[1].error)


class Busy(Altered):
    """Batches in a ledger that is locked when anything of one is recorded."""

    def record_items(self, lease: BatchLease, judged: Sequence[Judged]) -> tuple[ItemState, ...]:
        raise LedgerBusyError("locked")


def test_what_may_succeed_another_time_stays_pending(desk: PipelineContext, url: str, tmp_path: Path) -> None:
    ids = process_many(desk, tmp_path, 2)
    ledger = cast(Ledger, Altered(desk.ledger, batches=Busy(desk.ledger.batches)))
    done = work(place_of(desk._replace(ledger=ledger), url), ids)
    assert (done.states, done.batch.counts) == ([ItemState.PENDING] * 2, {ItemState.PENDING: 2})
    assert work(place_of(desk, url), done.batch).states == [ItemState.PROMOTED] * 2


@pytest.mark.parametrize("from_readings", [True, False])
def test_the_estimate_counts_what_few_cases_take_exactly(
    desk: PipelineContext, tmp_path: Path, from_readings: bool
) -> None:
    ids = process_many(desk, tmp_path, 3)
    desk.ledger.cases.keep_content(desk.ledger.cases.get(ids[0]), Content("e", CONTENT_VERSION - 1, ()))
    found = estimate(ids, desk.ledger, desk.reader, from_readings=from_readings, processes=2)
    assert found[:5] == ((3, 15, 2, 1, 0) if from_readings else (3, 15, 0, 0, 15))
    assert found.seconds > 0
    assert [len(desk.ledger.cases.results(one)) for one in ids] == [1] * 3


def _damage(tmp_path: Path, submission_id: str) -> None:
    with sqlite3.connect(tmp_path / "ledger.db") as connection:
        connection.execute(
            "UPDATE contents SET payload = x'00' WHERE case_id = (SELECT id FROM cases WHERE submission_id = ?)",
            (submission_id,),
        )


def test_a_selection_is_what_is_judged(desk: PipelineContext, tmp_path: Path) -> None:
    ids = process_many(desk, tmp_path, 3)
    assert list(desk.ledger.cases.select(Selection(decision=Decision.RETURNED))) == [ids[2]]
    assert [stored.case.submission.submission_id for stored in desk.ledger.cases.load(ids[::-1], None)] == ids[::-1]
    assert READER.policy == desk.reader.policy
