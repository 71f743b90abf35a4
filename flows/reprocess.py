"""Stored cases again, with today's code or rules; every earlier run stays."""

import getpass
import threading
import time
from collections.abc import Generator
from functools import partial
from typing import Final
from uuid import UUID

import anyio
from prefect import flow
from prefect.artifacts import (
    acreate_markdown_artifact,
    acreate_progress_artifact,
    acreate_table_artifact,
    aupdate_progress_artifact,
)
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Completed, Failed

from flows.artifacts.tables import item_rows, totals_table
from flows.states import failed, redacted_errors
from flows.upload_priority import UPLOAD_PRIORITY
from pipeline.batches.batch_lease import BatchOwner, BatchTask, hold_batch
from pipeline.batches.estimate import estimate
from pipeline.batches.outcomes import ItemOutcome
from pipeline.batches.report import items, report
from pipeline.batches.run import BatchContext, run
from pipeline.cases.conclude import VERSION
from pipeline.ledger.batch_values import Batch, BatchOptions, ItemState
from pipeline.ledger.values import Selection
from pipeline.workers.process_identity import process_identity
from service.resources import resources
from service.threads import run_in_thread

_MOST_ROWS: Final = 5000
_GLANCE_SECONDS: Final = 1.0
_PROCESSES: Final = 1  # that judge: the worker's cores belong to uploads
_Going = Generator[ItemOutcome | None, None, None]


class BatchProgress:
    """How far a run over many cases has come."""

    def __init__(self, batch: Batch) -> None:
        self.batch_id = batch.batch_id
        self.total = batch.total
        self.done = batch.total - batch.count(ItemState.PENDING)
        self.changed = 0
        self.failed = 0

    @property
    def words(self) -> str:
        """For people, in one line."""
        told = f"{self.done} of {self.total} cases, {self.changed} changed now, {self.failed} failed now"
        return f"batch {self.batch_id}: {told}"

    @property
    def percent(self) -> float:
        """Of the cases."""
        return 100.0 * self.done / max(1, self.total)

    def add(self, outcome: ItemOutcome) -> None:
        """Count one case."""
        self.done += outcome.state is not ItemState.PENDING
        self.changed += bool(outcome.changes)
        self.failed += outcome.error is not None


@flow(name="reprocess", flow_run_name="reprocess", persist_result=False)
async def reprocess(
    batch_id: str | None = None,
    selection: Selection | None = None,
    *,
    from_readings: bool = False,
    dry_run: bool = False,
    tell: bool = False,
) -> State[None]:
    """Run the selected cases again, every one if none are selected, or go on with a batch; show what changed."""
    try:
        with redacted_errors():
            chosen = selection or Selection()
            kept = chosen.model_copy(update={"submission_ids": None})
            options = BatchOptions(selection=kept, from_readings=from_readings, dry_run=dry_run, tell=tell)
            batch = await run_in_thread(_batch, batch_id, chosen, options)
            tally = await _run(batch)
    except Exception as error:  # noqa: BLE001 - every ending has a name
        return failed(error)
    if tally.failed:
        return Failed(name="SomeFailed", message=tally.words)
    return Completed(name="Reprocessed", message=tally.words)


def _batch(batch_id: str | None, selection: Selection, options: BatchOptions) -> Batch:
    """The batch that is named, or a new one."""
    ledger = resources().desk().ledger
    if batch_id is not None:
        return ledger.batches.get(batch_id)
    return ledger.batches.begin(tuple(ledger.cases.select(selection)), options, _account(), VERSION)


async def _run(batch: Batch) -> BatchProgress:
    tally, stop = BatchProgress(batch), threading.Event()
    expected = await run_in_thread(_expected, batch)
    progress = await acreate_progress_artifact(tally.percent, description=f"{tally.words}; {expected}")
    going = _going(batch, stop, f"{process_identity()}/{flow_run.id}")
    try:
        await _follow(going, tally, progress)
    finally:
        stop.set()
        with anyio.CancelScope(shield=True):  # a cancelled run ends after the cases in hand, and lets go of its batch
            await run_in_thread(going.close)
            await aupdate_progress_artifact(progress, tally.percent, description=tally.words)
            await _show(batch.batch_id, tally)
    return tally


def _expected(batch: Batch) -> str:
    """What is left will take, in a few words."""
    desk, processes = resources().desk(), resources().settings.readers.processes
    left = [item.submission_id for item in items(desk.ledger, batch.batch_id) if item.state is ItemState.PENDING]
    rules = batch.options.from_readings
    found = estimate(left, desk.ledger, desk.reader, from_readings=rules, processes=_PROCESSES if rules else processes)
    return f"{found.cases} to run, about {found.pages} pages, {found.seconds:.0f} s"


def _going(batch: Batch, stop: threading.Event, owner: str) -> _Going:
    holder = resources()
    place = BatchContext(holder.desk(), holder.judging(), _PROCESSES, partial(UPLOAD_PRIORITY.wait, stop))
    with hold_batch(place.desk.ledger, batch.batch_id, BatchTask.RUN, BatchOwner(owner, _account()), stop) as lease:
        yield from run(batch, lease, place, stop)


async def _follow(going: _Going, tally: BatchProgress, progress: UUID) -> None:
    """Count what ended until nothing more does; the bar follows once a second."""
    glanced, over = time.monotonic(), object()
    while (outcome := await run_in_thread(next, going, over)) is not over:
        if isinstance(outcome, ItemOutcome):
            tally.add(outcome)
        if time.monotonic() - glanced > _GLANCE_SECONDS:
            glanced = time.monotonic()
            await aupdate_progress_artifact(progress, tally.percent, description=tally.words)


async def _show(batch_id: str, tally: BatchProgress) -> None:
    """What changed, in all of the batch, whichever run did it."""
    ledger = resources().desk().ledger
    made = await run_in_thread(report, ledger, batch_id, 0)
    table = await run_in_thread(lambda: item_rows(items(ledger, batch_id), _MOST_ROWS))
    await acreate_table_artifact(key=f"changes-{flow_run.id}", table=list(table), description=tally.words)
    await acreate_markdown_artifact(key=f"totals-{flow_run.id}", markdown=totals_table(made), description=tally.words)


def _account() -> str:
    return getpass.getuser()[:64]
