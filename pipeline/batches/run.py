"""A batch run to its end, or until somebody asks to stop: case after case, several under way at once."""

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from typing import Final, NamedTuple

from models.errors import EngineError
from pipeline.batches.judging import Judging, begin, judge_lot, judge_lot_here
from pipeline.batches.outcomes import TOGETHER, ItemOutcome, lots
from pipeline.batches.reading import read_item
from pipeline.cases.context import PipelineContext
from pipeline.ledger.batch_values import Batch, BatchItem, BatchLease, ItemState

_LANES: Final = 2  # cases that are read at once: the pages of one follow as those of the other end
_GLANCE_SECONDS: Final = 0.5
_Job = Callable[[], tuple[ItemOutcome, ...]]


def _at_once() -> None:
    """Nobody else comes first."""


class BatchContext(NamedTuple):
    """Where batches are run.

    Attributes:
        processes: That judge at the same time, where nothing is read.
        turn: Waits until a case, or a lot of them, may begin.
    """

    desk: PipelineContext
    judging: Judging
    processes: int
    turn: Callable[[], None] = _at_once


def run(batch: Batch, lease: BatchLease, place: BatchContext, stop: threading.Event) -> Iterator[ItemOutcome | None]:
    """Run what is pending; each case is recorded before it is handed on, and what is recorded is never done again.

    Args:
        batch: Which one.
        lease: On it.
        place: Where.
        stop: When it is set, what was begun is ended and nothing more begun.

    Yields:
        What became of a case; None now and then where nothing ended meanwhile, so that whoever asks is not held up.

    Raises:
        LostLeaseError: Somebody else took the batch over.
        EngineError: A process that judged died.
    """
    way = _judged if batch.options.from_readings else _read
    yield from way(batch, lease, place, stop)


def _read(batch: Batch, lease: BatchLease, place: BatchContext, stop: threading.Event) -> Iterator[ItemOutcome | None]:
    def job(item: BatchItem) -> tuple[ItemOutcome, ...]:
        place.turn()
        return () if stop.is_set() else (read_item(item, lease, place.desk, from_readings=False),)

    with ThreadPoolExecutor(_LANES, thread_name_prefix="lane") as lanes:
        items = (item for lot in lots(place.desk.ledger, batch.batch_id, ItemState.PENDING) for item in lot)
        yield from _in_order(lanes, (partial(job, item) for item in items), 2 * _LANES, stop)


def _judged(
    batch: Batch, lease: BatchLease, place: BatchContext, stop: threading.Event
) -> Iterator[ItemOutcome | None]:
    pending = lots(place.desk.ledger, batch.batch_id, ItemState.PENDING)
    with _judges(place, several=batch.count(ItemState.PENDING) > TOGETHER) as judges:
        work = partial(_here, lease, place) if isinstance(judges, ThreadPoolExecutor) else partial(_there, lease)
        for outcome in _in_order(judges, (partial(work, lot) for lot in pending), 2 * place.processes, stop):
            if outcome is None or outcome.state is not ItemState.PENDING or outcome.error is not None:
                yield outcome
            elif not stop.is_set():
                place.turn()
                yield read_item(outcome.item, lease, place.desk, from_readings=True)


def _judges(place: BatchContext, *, several: bool) -> Executor:
    """Processes, or a thread of ours where several would not pay."""
    if place.processes < 2 or not several:
        return ThreadPoolExecutor(1, thread_name_prefix="judge")
    context = multiprocessing.get_context("spawn")  # a fork would share connections and locks
    told = (place.judging, os.getpid())
    return ProcessPoolExecutor(place.processes, mp_context=context, initializer=begin, initargs=told)


def _here(lease: BatchLease, place: BatchContext, items: Sequence[BatchItem]) -> tuple[ItemOutcome, ...]:
    place.turn()
    return judge_lot(items, lease, place.desk.ledger, place.judging.reader)


def _there(lease: BatchLease, items: Sequence[BatchItem]) -> tuple[ItemOutcome, ...]:
    return judge_lot_here(items, lease)


def _in_order(
    executor: Executor, jobs: Iterator[_Job], most: int, stop: threading.Event
) -> Iterator[ItemOutcome | None]:
    """Do jobs, so many begun at a time, and hand on what came of them in their order."""
    begun: deque[Future[tuple[ItemOutcome, ...]]] = deque()
    try:
        while True:
            while len(begun) < most and not stop.is_set() and (job := next(jobs, None)) is not None:
                begun.append(executor.submit(job))
            if not begun:
                return
            if wait([begun[0]], _GLANCE_SECONDS).done:
                yield from _ended(begun.popleft())
            else:
                yield None
    finally:
        for one in begun:
            one.cancel()


def _ended(one: Future[tuple[ItemOutcome, ...]]) -> tuple[ItemOutcome, ...]:
    try:
        return one.result()
    except BrokenProcessPool as error:
        raise EngineError("A process that judged has died", hint="what was not recorded can be resumed.") from error
