"""The flow of one upload: take in, read pages, judge, conclude and publish; an opaque id in, a named state out."""

import time
from datetime import timedelta
from functools import partial
from typing import Any, Final, Generic, NamedTuple, TypeVar
from uuid import UUID

from prefect import flow, get_client, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run, task_run
from prefect.states import Completed

from flows.artifacts.publish import publish_refusal, show, show_result
from flows.artifacts.tables import codes_of, run_name
from flows.deployments import reading_slot
from flows.leases import keep_alive, postpone
from flows.states import concluded, failed, is_retryable, redacted_errors
from flows.upload_priority import UPLOAD_PRIORITY
from models.case import Case, FileReading, Lease
from models.errors import (
    BadManifestError,
    EngineError,
    IncompleteUploadError,
    ManifestMissingError,
    ManifestProblem,
    PipelineError,
)
from models.result import Result
from models.submission import MANIFEST_NAME
from pipeline.cases import steps
from pipeline.cases.conclude import JudgedCase
from pipeline.ledger.database import utc_now
from pipeline.workers.process_identity import process_identity
from service.resources import resources
from service.threads import run_in_thread

Value = TypeVar("Value")
_DELAYS: Final = [2, 10, 30]
_ARRIVAL_SECONDS: Final = 20.0  # the longest pause between two tries, while files have not arrived
_ARRIVAL_LOOKS: Final = 5  # tries at least, before the upload counts as broken off
GONE: Final = (ManifestProblem("$", "was not there any more when it was to be read; send it again"),)
_AGAIN: Final[dict[str, Any]] = {
    "retries": len(_DELAYS),
    "retry_delay_seconds": _DELAYS,
    "retry_condition_fn": is_retryable,
    "cache_policy": NO_CACHE,
}


class Opaque(Generic[Value]):
    """A value that Prefect passes from task to task as it is; it walks through models, lists and dictionaries."""

    __slots__ = ("value",)

    def __init__(self, value: Value) -> None:
        self.value = value


class _Judged(NamedTuple):
    """A judged case, and the task run that judged it: its artifact is shown there once the result is recorded."""

    case: JudgedCase
    task_run_id: UUID


@flow(name="intake", flow_run_name="intake-{item_id}", persist_result=False)
async def intake(item_id: str) -> State[None]:
    """Work on one item of the inbox, unless another run does or did.

    Args:
        item_id: The upload's id in the ledger's inbox. The service starts these runs itself, and again where one gave
            no result. 上传的内部编号；由系统自动发起，一般不需要手工运行。
    """
    holder = resources()
    ledger, seconds = holder.context().ledger, holder.settings.worker.lease_seconds
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
        result = await _steps(lease)
    except (BadManifestError, ManifestMissingError) as error:
        return await _refused(lease, error)
    except IncompleteUploadError:
        pause = min(_ARRIVAL_SECONDS, resources().settings.worker.upload_seconds / _ARRIVAL_LOOKS)
        await postpone(resources().context().ledger, lease, pause)
        return Completed(name="WaitingForFiles", message="a file that the manifest names has not arrived")
    except Exception as error:  # noqa: BLE001 - every ending has a name
        await postpone(resources().context().ledger, lease)
        return failed(error)
    await show(lease.item_id, partial(_name, result))
    return concluded(result)


async def _refused(lease: Lease, error: PipelineError) -> State[None]:
    """Finish an item that gives no case and never will; its uploader gets the problems of the manifest."""
    problems = error.problems if isinstance(error, BadManifestError) else GONE
    try:
        with redacted_errors():
            refusal = [f"{problem.key}: {problem.problem}" for problem in problems]
            await run_in_thread(resources().context().ledger.inbox.finish, lease, refusal)
    except PipelineError as failure:
        return failed(failure)
    await show(lease.item_id, partial(publish_refusal, lease.item_id, problems))
    return failed(error)


async def _steps(lease: Lease) -> Result:
    began = time.monotonic()
    case = await take_in(Opaque(lease))
    files = await read_pages(case)
    judged = await judge(case, files, began)
    return (await conclude_and_publish(judged, case, Opaque(lease))).value


@task(name="take in", task_run_name="take in 接收", **_AGAIN)
async def take_in(lease: Opaque[Lease]) -> Opaque[Case]:
    """Take in what the parent sent: the manifest, and the bytes of every file that it names."""
    with redacted_errors():
        context = resources().context()
        item = await run_in_thread(context.ledger.inbox.get, lease.value.item_id)
        folder = item.event.key.removesuffix(MANIFEST_NAME).rstrip("/")
        whole = utc_now() - item.heard_at < timedelta(seconds=resources().settings.worker.upload_seconds)
        case = await run_in_thread(steps.take_in, context.store, folder, context, whole=whole, arrived_at=item.heard_at)
        return Opaque(case)


@task(name="read pages", task_run_name="read pages 识读", **_AGAIN)
async def read_pages(case: Opaque[Case]) -> Opaque[tuple[FileReading, ...]]:
    """Measure the quality of every page, and recognise its text.

    Raises:
        EngineError: A page could not be read through our fault, and tries are left.
    """
    with redacted_errors():
        with UPLOAD_PRIORITY.upload():
            async with reading_slot():
                files = await _read_files(case.value)
        if task_run.run_count <= len(_DELAYS) and any(file.is_our_fault for file in files):
            raise EngineError("pages were not read through our fault")
        return Opaque(files)


@task(name="judge", task_run_name="judge 判定", **_AGAIN)
async def judge(case: Opaque[Case], files: Opaque[tuple[FileReading, ...]], began: float) -> Opaque[_Judged]:
    """Judge quality and completeness (blur, glare, missing pages), then compare the pages with the entered data."""
    with redacted_errors():
        judged = await run_in_thread(steps.judge, case.value, files.value, resources().context(), began=began)
        return Opaque(_Judged(judged, UUID(task_run.id)))


@task(name="conclude and publish", task_run_name="conclude and publish 发布", **_AGAIN)
async def conclude_and_publish(judged: Opaque[_Judged], case: Opaque[Case], lease: Opaque[Lease]) -> Opaque[Result]:
    """Record the result with all that follows, in one transaction; then show it, which never fails a case."""
    with redacted_errors():
        result = await run_in_thread(steps.conclude, judged.value.case, resources().context(), lease.value)
    await show_result(lease.value.item_id, result, case.value, judged.value.task_run_id)
    return Opaque(result)


async def _read_files(case: Case) -> tuple[FileReading, ...]:
    """File by file, so that a cancelled run ends after the current file."""
    readings = steps.perceive_case(case, resources().context())
    files: list[FileReading] = []
    while (file := await run_in_thread(next, readings, None)) is not None:
        files.append(file)
    return tuple(files)


async def _name(result: Result) -> None:
    """Name and tag the run, so that a list of runs shows the decision and the codes of each case."""
    tags = [*flow_run.tags, result.decision, *codes_of(result)]
    async with get_client() as client:
        await client.update_flow_run(flow_run.id, name=run_name(result), tags=tags)
