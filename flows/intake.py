"""The way of one upload through Prefect: an opaque id in, a named ending out."""

import logging
import time
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any, Final

from prefect import flow, get_client, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run, task_run
from prefect.states import Completed

from flows.artifacts.publish import publish_refusal, publish_tables, publish_verdict
from flows.artifacts.tables import codes_of, run_name
from flows.deployments import reading_slot
from flows.leases import Opaque, keep_alive, postpone
from flows.states import concluded, failed, is_retryable, redacted_errors
from flows.upload_priority import UPLOAD_PRIORITY
from models.case import Case, FailedPage, FileReading
from models.conclusion import Lease
from models.errors import (
    BadManifestError,
    EngineError,
    IncompleteUploadError,
    ManifestMissingError,
    ManifestProblem,
    PipelineError,
)
from models.findings import Code
from models.result import Result
from models.submission import MANIFEST_NAME
from pipeline.cases import steps
from pipeline.ledger.clock import utc_now
from pipeline.workers.process_identity import process_identity
from service.resources import resources
from service.threads import run_in_thread

log = logging.getLogger(__name__)
_DELAYS: Final = [2, 10, 30]
_ARRIVAL_SECONDS: Final = 20.0  # at most, between two looks for files that have not arrived
_ARRIVAL_LOOKS: Final = 5  # at least
_GONE: Final = (ManifestProblem("$", "was not there any more when it was to be read; send it again"),)
_AGAIN: Final[dict[str, Any]] = {
    "retries": len(_DELAYS),
    "retry_delay_seconds": _DELAYS,
    "retry_condition_fn": is_retryable,
    "cache_policy": NO_CACHE,
}


@flow(name="intake", flow_run_name="intake-{item_id}", persist_result=False)
async def intake(item_id: str) -> State[None]:
    """Work on one item of the inbox, unless somebody else does or did.

    Args:
        item_id: The upload's id in the ledger's inbox. The service asks for these runs itself, and again where one came
            to nothing. 上传的内部编号；由系统自动发起，一般不需要手工运行。
    """
    holder = resources()
    ledger, seconds = holder.desk().ledger, holder.settings.worker.lease_seconds
    try:
        with redacted_errors():
            lease = await run_in_thread(ledger.inbox.lease, item_id, process_identity(), seconds)
    except Exception as error:  # noqa: BLE001 - every ending has a name
        return failed(error)
    if lease is None:
        return Completed(name="NothingToDo", message="held or finished")
    async with keep_alive(ledger, lease, seconds):
        return await _ending(lease)


async def _ending(lease: Lease) -> State[None]:
    try:
        result = await _worked(lease)
    except (BadManifestError, ManifestMissingError) as error:
        return await _closed(lease, error)
    except IncompleteUploadError:
        pause = min(_ARRIVAL_SECONDS, resources().settings.worker.upload_seconds / _ARRIVAL_LOOKS)
        await postpone(resources().desk().ledger, lease, pause)
        return Completed(name="WaitingForFiles", message="a file that the manifest names has not arrived")
    except Exception as error:  # noqa: BLE001 - every ending has a name
        await postpone(resources().desk().ledger, lease)
        return failed(error)
    await _name(result)
    return concluded(result)


async def _closed(lease: Lease, why: PipelineError) -> State[None]:
    """No case comes of this item, and trying again changes nothing; whoever uploaded it is told what is wrong."""
    problems = why.problems if isinstance(why, BadManifestError) else _GONE
    try:
        with redacted_errors():
            refusal = [f"{problem.key}: {problem.problem}" for problem in problems]
            await run_in_thread(resources().desk().ledger.inbox.finish, lease, refusal)
    except PipelineError as error:
        return failed(error)
    await _show(lease.item_id, publish_refusal(lease.item_id, problems))
    return failed(why)


async def _worked(lease: Lease) -> Result:
    began = time.monotonic()
    case = await gather(Opaque(lease))
    readings = await perceive(case)
    result = await judge_and_conclude(case, readings, Opaque(lease), began)
    await _show(lease.item_id, publish_verdict(lease.item_id, result.value, case.value))
    await _show(lease.item_id, publish_tables(lease.item_id, result, case))
    return result.value


async def _show(item_id: str, published: Awaitable[None]) -> None:
    try:
        await published
    except Exception as error:  # noqa: BLE001 - what was concluded stays so, shown or not
        log.warning("what became of an upload is not shown", extra={"item_id": item_id, "kind": type(error).__name__})


@task(name="gather", task_run_name="gather files 收件", **_AGAIN)
async def gather(lease: Opaque[Lease]) -> Opaque[Case]:
    """Take in what the parent sent."""
    with redacted_errors():
        desk = resources().desk()
        item = await run_in_thread(desk.ledger.inbox.get, lease.value.item_id)
        folder = item.event.key.removesuffix(MANIFEST_NAME).rstrip("/")
        whole = utc_now() - item.heard_at < timedelta(seconds=resources().settings.worker.upload_seconds)
        return Opaque(await run_in_thread(steps.take_in, desk.store, folder, desk, whole=whole))


@task(name="perceive", task_run_name="read pages 识读", **_AGAIN)
async def perceive(case: Opaque[Case]) -> Opaque[tuple[FileReading, ...]]:
    """Read every page; where our engine failed on one, try again while tries are left.

    Raises:
        EngineError: A page could not be read through our fault.
    """
    with redacted_errors():
        with UPLOAD_PRIORITY.upload():
            async with reading_slot():
                files = await _read(case.value)
        if task_run.run_count <= len(_DELAYS) and any(_is_our_fault(file) for file in files):
            raise EngineError("pages were not read through our fault")
        return Opaque(files)


@task(name="judge and conclude", task_run_name="judge and conclude 判定", **_AGAIN)
async def judge_and_conclude(
    case: Opaque[Case], files: Opaque[tuple[FileReading, ...]], lease: Opaque[Lease], began: float
) -> Opaque[Result]:
    """Judge the case, and record all that follows at once."""
    with redacted_errors():
        desk = resources().desk()
        named = {"began": began, "lease": lease.value}
        return Opaque(await run_in_thread(steps.conclude, case.value, files.value, desk, **named))


async def _read(case: Case) -> tuple[FileReading, ...]:
    """File by file, so that a cancelled run ends after the file in hand."""
    coming = steps.perceive_case(case, resources().desk())
    files: list[FileReading] = []
    while (file := await run_in_thread(next, coming, None)) is not None:
        files.append(file)
    return tuple(files)


def _is_our_fault(file: FileReading) -> bool:
    codes = [page.code for page in file.pages if isinstance(page, FailedPage)]
    return Code.OUR_FAULT in codes or (file.failure is not None and file.failure[0] is Code.OUR_FAULT)


async def _name(result: Result) -> None:
    """Name and tag the run, so that a list of runs tells what became of each case."""
    tags = [*flow_run.tags, result.decision, *codes_of(result)]
    async with get_client() as client:
        await client.update_flow_run(flow_run.id, name=run_name(result), tags=tags)
