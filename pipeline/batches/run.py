"""Run a batch to its end, or until it is stopped: several cases at a time, read again or judged only."""

import multiprocessing
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from typing import Final, NamedTuple

from models.errors import EngineError
from pipeline.batches.judging import Judging, initialize_process, judge_lot, judge_lot_in_process, record_judged
from pipeline.batches.outcomes import TOGETHER, ItemOutcome, in_one_transaction, lots
from pipeline.cases.context import PipelineContext
from pipeline.cases.steps import content_of, perceive_case
from pipeline.ledger.batch_values import Batch, BatchItem, BatchLease, ItemState

_LANES: Final = 2  # cases that are read at once: the pages of one fill the gaps at the end of the other
_POLL_SECONDS: Final = 0.5
_Job = Callable[[], tuple[ItemOutcome, ...]]


def _no_wait() -> None:
    """Uploads have no priority over the batch."""


class BatchContext(NamedTuple):
    """What running a batch needs.

    Attributes:
        pipeline: What the steps of a case need.
        judging: What a process needs that only judges.
        processes: How many processes judge at the same time, if nothing is read.
        turn: Waits until the next case, or lot of cases, may start.
    """

    pipeline: PipelineContext
    judging: Judging
    processes: int
    turn: Callable[[], None] = _no_wait


def run(batch: Batch, lease: BatchLease, context: BatchContext, stop: threading.Event) -> Iterator[ItemOutcome | None]:
    """Run the pending items; each is recorded before it is yielded, and is never done again.

    Args:
        batch: The batch.
        lease: The lease of the batch.
        context: What running a batch needs.
        stop: When set, current items are finished and no other is started.

    Yields:
        The outcome of each item; None now and then while nothing ends, so that the caller can check for a stop.

    Raises:
        LostLeaseError: Another process took the batch over.
        EngineError: A judging process died.
    """
    do_all = _judge_all if batch.options.from_readings else _read_all
    yield from do_all(batch, lease, context, stop)


def _read_all(
    batch: Batch, lease: BatchLease, context: BatchContext, stop: threading.Event
) -> Iterator[ItemOutcome | None]:
    def job(item: BatchItem) -> tuple[ItemOutcome, ...]:
        context.turn()
        return () if stop.is_set() else _read_item(item, lease, context.pipeline, from_readings=False)

    with ThreadPoolExecutor(_LANES, thread_name_prefix="lane") as lanes:
        items = (item for lot in lots(context.pipeline.ledger, batch.batch_id, ItemState.PENDING) for item in lot)
        yield from _in_order(lanes, (partial(job, item) for item in items), 2 * _LANES, stop)


def _judge_all(
    batch: Batch, lease: BatchLease, context: BatchContext, stop: threading.Event
) -> Iterator[ItemOutcome | None]:
    pending = lots(context.pipeline.ledger, batch.batch_id, ItemState.PENDING)
    with _judging_executor(context, several=batch.count(ItemState.PENDING) > TOGETHER) as executor:
        in_thread = isinstance(executor, ThreadPoolExecutor)
        work = partial(_judge_here, lease, context) if in_thread else partial(judge_lot_in_process, lease)
        for outcome in _in_order(executor, (partial(work, lot) for lot in pending), 2 * context.processes, stop):
            if outcome is None or outcome.state is not ItemState.PENDING or outcome.error is not None:
                yield outcome
            elif not stop.is_set():
                context.turn()
                yield from _read_item(outcome.item, lease, context.pipeline, from_readings=True)


def _judging_executor(context: BatchContext, *, several: bool) -> Executor:
    """Several processes, or a single thread if the batch is too small for them."""
    if context.processes < 2 or not several:
        return ThreadPoolExecutor(1, thread_name_prefix="judge")
    spawn = multiprocessing.get_context("spawn")  # a fork would share connections and locks
    arguments = (context.judging, os.getpid())
    return ProcessPoolExecutor(context.processes, spawn, initializer=initialize_process, initargs=arguments)


def _judge_here(lease: BatchLease, context: BatchContext, items: Sequence[BatchItem]) -> tuple[ItemOutcome, ...]:
    context.turn()
    return judge_lot(items, lease, context.pipeline.ledger, context.judging.reader)


def _read_item(
    item: BatchItem, lease: BatchLease, context: PipelineContext, *, from_readings: bool
) -> tuple[ItemOutcome, ...]:
    """Read a case, judge it and record the result.

    Args:
        item: A pending item.
        lease: The lease of its batch.
        context: What the steps of a case need.
        from_readings: Use the kept readings of the last run's engine, instead of reading with today's.
    """

    def step(_: Sequence[BatchItem]) -> tuple[ItemOutcome, ...]:
        return (_read_and_judge(item, lease, context, from_readings=from_readings),)

    return in_one_transaction([item], step, lease, context.ledger)


def _read_and_judge(
    item: BatchItem, lease: BatchLease, context: PipelineContext, *, from_readings: bool
) -> ItemOutcome:
    began, ledger = time.monotonic(), context.ledger
    stored = next(iter(ledger.cases.load([item.submission_id], None)), None)
    if stored is None or stored.result.revision != stored.case.revision:  # a new revision: its upload is processed
        ledger.batches.note_item(lease, item.number, ItemState.STALE)
        return ItemOutcome(item, ItemState.STALE)
    engine = stored.result.provenance.engine if from_readings else None
    files = tuple(perceive_case(stored.case, context, engine=engine))
    if any(file.is_our_fault for file in files):
        raise EngineError("pages were not read through our fault")
    content = content_of(stored.case, files, context)
    cases = [stored._replace(content=content)]
    (outcome,) = record_judged([item], cases, lease, ledger, context.reader, began=began)
    if outcome.state is ItemState.PROMOTED:  # otherwise the previous result stays in force, with its content
        ledger.cases.keep_content(stored.case, content)
    return outcome


def _in_order(
    executor: Executor, jobs: Iterator[_Job], most: int, stop: threading.Event
) -> Iterator[ItemOutcome | None]:
    """Run at most `most` jobs at a time, and yield their outcomes in order."""
    started: deque[Future[tuple[ItemOutcome, ...]]] = deque()
    try:
        while True:
            while len(started) < most and not stop.is_set() and (job := next(jobs, None)) is not None:
                started.append(executor.submit(job))
            if not started:
                return
            if wait([started[0]], _POLL_SECONDS).done:
                yield from _outcomes(started.popleft())
            else:
                yield None
    finally:
        for future in started:
            future.cancel()


def _outcomes(future: Future[tuple[ItemOutcome, ...]]) -> tuple[ItemOutcome, ...]:
    try:
        return future.result()
    except BrokenProcessPool as error:
        raise EngineError("A process that judged has died", hint="what was not recorded can be resumed.") from error
