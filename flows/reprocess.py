"""Stored cases again, with today's code or rules; every earlier run stays."""

import time
from datetime import datetime
from typing import Final
from uuid import UUID

from prefect import flow
from prefect.artifacts import acreate_progress_artifact, acreate_table_artifact, aupdate_progress_artifact
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Completed, Failed

from flows.artifacts import Row, change_rows
from flows.endings import failed, nothing_quoted
from flows.held import in_thread
from flows.provide import reading_slot
from flows.resources import resources
from models.changes import changes
from models.errors import PipelineError
from models.findings import Code
from models.result import Decision
from pipeline import intake as steps
from pipeline.ledger.values import Selection
from pipeline.replay import Outcome, replay

_MOST_ROWS: Final = 5000
_GLANCE_SECONDS: Final = 1.0
_PROCESSES: Final = 1  # the worker's cores belong to uploads


class Tally:
    """How far a run over many cases has come."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.done = 0
        self.changed = 0
        self.failed = 0
        self.rows: list[Row] = []

    @property
    def words(self) -> str:
        """For people, in one line."""
        return f"{self.done} of {self.total} cases, {self.changed} changed, {self.failed} failed"

    def add(self, rows: list[Row], *, broke: bool) -> None:
        """Count one case."""
        self.done += 1
        self.changed += bool(rows) and not broke
        self.failed += broke
        self.rows.extend(rows[: _MOST_ROWS - len(self.rows)])


@flow(name="reprocess", flow_run_name="reprocess", persist_result=False)
async def reprocess(
    since: datetime | None = None,
    code: Code | None = None,
    decision: Decision | None = None,
    version: str | None = None,
    *,
    from_readings: bool = False,
) -> State[None]:
    """Run the selected cases again and show what changed."""
    try:
        with nothing_quoted():
            selection = Selection(since=since, code=code, decision=decision, version=version)
            cases = await in_thread(lambda: list(resources().desk().ledger.cases(selection)))
            tally = await _run_all(cases, from_readings=from_readings)
    except Exception as error:  # noqa: BLE001 - every ending has a name
        return failed(error)
    if tally.failed:
        return Failed(name="SomeFailed", message=tally.words)
    return Completed(name="Reprocessed", message=tally.words)


async def _run_all(cases: list[str], *, from_readings: bool) -> Tally:
    tally = Tally(len(cases))
    progress = await acreate_progress_artifact(0.0, description=tally.words)
    glanced = time.monotonic()
    again = replay(cases, resources().judging(), _PROCESSES) if from_readings else map(Outcome, cases)
    while (outcome := await in_thread(next, again, None)) is not None:
        if not outcome.error and outcome.changes is None:
            outcome = await _read_again(outcome.submission_id, from_readings=from_readings)
        _count(outcome, tally)
        if time.monotonic() - glanced > _GLANCE_SECONDS:
            glanced = time.monotonic()
            await _show(progress, tally)
    await _show(progress, tally)
    await acreate_table_artifact(key=f"changes-{flow_run.id}", table=list(tally.rows), description=tally.words)
    return tally


async def _read_again(submission_id: str, *, from_readings: bool) -> Outcome:
    """The way over bytes and readings, for a case whose content cannot be judged as it is."""
    desk = resources().desk()
    try:
        async with reading_slot():
            before, after = await in_thread(steps.reprocess, submission_id, desk, from_readings=from_readings)
    except PipelineError as error:
        return Outcome(submission_id, error=error)
    return Outcome(submission_id, changes(before, after))


def _count(outcome: Outcome, tally: Tally) -> None:
    if outcome.error:
        row = {"案件": outcome.submission_id, "项目": "失败", "之前": "", "之后": type(outcome.error).__name__}
        tally.add([row], broke=True)
    else:
        tally.add(change_rows(outcome.submission_id, outcome.changes or ()), broke=False)


async def _show(progress: UUID, tally: Tally) -> None:
    await aupdate_progress_artifact(progress, 100.0 * tally.done / max(1, tally.total), description=tally.words)
