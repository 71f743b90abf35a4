"""The flow that runs stored cases again with today's code or rules; every earlier run stays."""

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
from pipeline.batches.rules import require_same_rules
from pipeline.batches.run import BatchContext, run
from pipeline.cases.conclude import VERSION
from pipeline.ledger.batch_values import Batch, BatchOptions, ItemState
from pipeline.ledger.values import Selection
from pipeline.workers.process_identity import operator, process_identity
from service.resources import resources
from service.threads import run_in_thread

_MOST_ROWS: Final = 5000
_UPDATE_SECONDS: Final = 1.0  # between two updates of the progress bar
_PROCESSES: Final = 1  # for judging: the worker's other cores belong to uploads
_EMPTY: Final = Selection()
_NOT_SAID: Final = (
    "No case was run: fill in selection, or switch all on. 未选择申请，没有运行：请填写 selection，或打开 all（全部）。"
)
_SAID_TWICE: Final = (
    "No case was run: give only one of selection, all and batch_id. "
    "没有运行：selection、all（全部）、batch_id（批次）只能给出一项。"
)
_Outcomes = Generator[ItemOutcome | None, None, None]


class BatchProgress:
    """How far a run over many cases has come."""

    def __init__(self, batch: Batch) -> None:
        self.batch_id = batch.batch_id
        self.total = batch.total
        self.done = batch.total - batch.count(ItemState.PENDING)
        self.changed = 0
        self.failed = 0

    @property
    def summary(self) -> str:
        """For people, in one line."""
        counts = f"已处理{self.done}份，本次有变化{self.changed}份、失败{self.failed}份"
        return f"批次{self.batch_id}：共{self.total}份申请，{counts}"

    @property
    def percent(self) -> float:
        """How much of the cases is done, 0 to 100."""
        return 100.0 * self.done / max(1, self.total)

    def add(self, outcome: ItemOutcome) -> None:
        """Count one case."""
        self.done += outcome.state is not ItemState.PENDING
        self.changed += bool(outcome.changes)
        self.failed += outcome.error is not None


@flow(name="reprocess", flow_run_name="reprocess", persist_result=False)
async def reprocess(
    *,
    selection: Selection | None = _EMPTY,  # and not None, or the form hides the fields behind a button
    all: bool = False,
    batch_id: str | None = "",
    dry_run: bool = True,
    from_readings: bool = False,
    tell: bool = False,
) -> State[None]:
    """Run stored cases again, or go on with a batch; show what changed.

    Args:
        selection: Stored cases that fit every field that is filled in. 选择要重新处理的申请：须符合所填的每一项。
        all: Every stored case; leave selection empty then. 重新处理全部申请，此时 selection 须留空。
        batch_id: Instead of selection and all: go on with this batch as it was begun; the options below are its own
            then, and what they say here is ignored. Refused if other rules began it.
            继续这一批次；试算、识别、通知等选项以该批次开始时为准；规则已更换的，不能继续。
        dry_run: Show what would change, and put nothing in force; off, the results are in force at once.
            试算，不生效；关闭则结果立即生效。
        from_readings: Judge what was read before, without OCR. 不重新识别，只按已有识别结果重新判定。
        tell: Publish results in force that changed. 结果有变化的，通知上传系统。
    """
    chosen = _EMPTY if selection is None or selection.empty else selection
    named = (batch_id or "").strip()
    choices = (not chosen.empty, all, named != "")
    if choices.count(True) != 1:
        return Failed(name="Refused", message=_SAID_TWICE if any(choices) else _NOT_SAID)
    try:
        with redacted_errors():
            kept = chosen.model_copy(update={"submission_ids": None})
            options = BatchOptions(selection=kept, from_readings=from_readings, dry_run=dry_run, tell=tell)
            batch = await run_in_thread(_batch, named, chosen, options)
            tally = await _run(batch)
    except Exception as error:  # noqa: BLE001 - every ending has a name
        return failed(error)
    if tally.failed:
        return Failed(name="SomeFailed", message=tally.summary)
    return Completed(name="Reprocessed", message=tally.summary)


def _batch(batch_id: str, selection: Selection, options: BatchOptions) -> Batch:
    """The batch that is named, or a new one."""
    context = resources().context()
    ledger = context.ledger
    if batch_id:
        batch = ledger.batches.get(batch_id)
        require_same_rules(batch, context.policy, BatchTask.RUN)
        return batch
    judged = options.model_copy(update={"rules": context.policy.digest})
    return ledger.batches.begin(tuple(ledger.cases.select(selection)), judged, operator(), VERSION)


async def _run(batch: Batch) -> BatchProgress:
    tally, stop = BatchProgress(batch), threading.Event()
    expected = await run_in_thread(_expected, batch)
    progress = await acreate_progress_artifact(tally.percent, description=f"{tally.summary}；{expected}")
    owner = BatchOwner(f"{process_identity()}/{flow_run.id}", operator())
    outcomes = _outcomes(batch, stop, owner)
    try:
        await _follow(outcomes, tally, progress)
    finally:
        stop.set()
        with anyio.CancelScope(shield=True):  # a cancelled run ends after the current cases, and releases its batch
            await run_in_thread(outcomes.close)
            await aupdate_progress_artifact(progress, tally.percent, description=tally.summary)
            await _show(batch.batch_id, tally)
    return tally


def _expected(batch: Batch) -> str:
    """How many cases are left, and how long they will take."""
    context, processes = resources().context(), resources().settings.readers.processes
    left = [item.submission_id for item in items(context.ledger, batch.batch_id) if item.state is ItemState.PENDING]
    rules = batch.options.from_readings
    found = estimate(
        left, context.ledger, context.reader, from_readings=rules, processes=_PROCESSES if rules else processes
    )
    return f"待处理{found.cases}份、约{found.pages}页，约需{found.seconds:.0f}秒"


def _outcomes(batch: Batch, stop: threading.Event, owner: BatchOwner) -> _Outcomes:
    """Run the batch under its lease, in pauses of uploads."""
    holder, context = resources(), resources().context()
    batch_context = BatchContext(context, holder.judging(), _PROCESSES, partial(UPLOAD_PRIORITY.wait, stop))
    with hold_batch(context.ledger, batch.batch_id, BatchTask.RUN, owner, stop) as lease:
        yield from run(batch, lease, batch_context, stop)


async def _follow(outcomes: _Outcomes, tally: BatchProgress, progress: UUID) -> None:
    """Count outcomes until there are no more; the bar is updated once a second."""
    updated, over = time.monotonic(), object()
    while (outcome := await run_in_thread(next, outcomes, over)) is not over:
        if isinstance(outcome, ItemOutcome):
            tally.add(outcome)
        if time.monotonic() - updated > _UPDATE_SECONDS:
            updated = time.monotonic()
            await aupdate_progress_artifact(progress, tally.percent, description=tally.summary)


async def _show(batch_id: str, tally: BatchProgress) -> None:
    """Show what changed in the whole batch, whichever run did it."""
    ledger = resources().context().ledger
    found = await run_in_thread(report, ledger, batch_id, 0)
    table = await run_in_thread(lambda: item_rows(items(ledger, batch_id), _MOST_ROWS))
    await acreate_table_artifact(key=f"changes-{flow_run.id}", table=list(table), description=tally.summary)
    await acreate_markdown_artifact(
        key=f"totals-{flow_run.id}", markdown=totals_table(found), description=tally.summary
    )
