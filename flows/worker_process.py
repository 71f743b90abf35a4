"""The worker process: warm resources, one event loop, periodic tasks."""

import asyncio
import logging
import signal
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from functools import partial
from types import MappingProxyType
from typing import Final, NamedTuple
from uuid import UUID

import anyio
import httpx
from prefect import get_client
from prefect.client.orchestration import PrefectClient
from prefect.exceptions import ObjectAlreadyExists, PrefectException

from flows.deployments import REPROCESSING, UPKEEP, UPLOADS, Deployment, ensure_deployments, retire
from flows.dispatch import dispatch, mark_orphans_crashed
from flows.intake import intake
from flows.reprocess import reprocess
from flows.states import log_unforeseen
from flows.upkeep import AUDIT, RETENTION, audit, retention
from flows.worker import FlowTable, WarmWorker
from models.errors import PipelineError
from models.masking import mask_numbers
from pipeline.cases.erasure import erase_pending
from pipeline.delivery.audit_anchors import keep_anchor
from pipeline.delivery.deliver import deliver
from pipeline.events.uploads import Reconciler, bucket_of, take_notifications
from pipeline.ledger.database import utc_now
from pipeline.ledger.values import Anchor
from pipeline.workers.process_identity import process_identity
from service.resources import Resources, use
from service.settings import Settings
from service.threads import run_in_thread

log = logging.getLogger(__name__)
_ABOUT_UPLOADS: Final = (
    "Checks one upload and decides it. The service starts these runs by itself.\n\n"
    "处理一次上传：检查图片、识别、比对、判定。由系统自动启动，不需要手工运行。"
)
_ABOUT_REPROCESSING: Final = (
    "Runs stored cases again with today's code and rules, and shows what would change. Say which cases: by "
    "`selection`, by `all`, or by the `batch_id` of a batch to go on with. Nothing is put in force unless `dry_run` is "
    "off.\n\n"
    "按当前系统和规则重新处理已有申请，并列出差异。请用 `selection` 选择申请，或打开 `all`（全部），"
    "或填写要继续的批次 `batch_id`。默认只试算（`dry_run`），不生效。"
)
_ABOUT_RETENTION: Final = (
    "Erases the scans of cases that were decided as many days ago as `INTAKE_RETENTION__SCANS_DAYS` says; results and "
    "the register stay.\n\n有结论满`INTAKE_RETENTION__SCANS_DAYS`天的申请，删除其原图；结果和登记信息保留。"
)
_ABOUT_AUDIT: Final = (
    "Verifies the audit chain: a run that ends as `Changed` says that records were changed or lost.\n\n"
    "校验审计链：以`Changed`结束，说明有记录被改动或丢失。"
)
INTAKE: Final = "flows.intake:intake"
_REPROCESS: Final = "flows.reprocess:reprocess"
_RETENTION: Final = "flows.upkeep:retention"
_AUDIT: Final = "flows.upkeep:audit"
FLOWS: Final[FlowTable] = MappingProxyType(
    {INTAKE: intake, _REPROCESS: reprocess, _RETENTION: retention, _AUDIT: audit}
)
DEPLOYMENTS: Final = (
    Deployment(INTAKE, "process-upload", UPLOADS, _ABOUT_UPLOADS, ("上传",)),
    Deployment(_REPROCESS, "reprocess-stored-cases", REPROCESSING, _ABOUT_REPROCESSING, ("重新处理",)),
    Deployment(_RETENTION, "erase-expired-scans", UPKEEP, _ABOUT_RETENTION, ("定时",), "30 1 * * *"),
    Deployment(_AUDIT, "verify-audit-chain", UPKEEP, _ABOUT_AUDIT, ("定时",), "30 2 * * *"),
)
_HEARTBEAT_SECONDS: Final = 15.0
_SWEEP_SECONDS: Final = 60.0
_DELIVER_SECONDS: Final = 1.0
_ANCHOR_SECONDS: Final = 600.0
_STOP_CHECK_SECONDS: Final = 0.1


def run(settings: Settings) -> None:
    """Work until SIGTERM; current runs may end first.

    Raises:
        PipelineError: Something that the worker needs cannot be used.
        PrefectRefusedError: Prefect did not take what must be there before runs can start.
    """
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with closing(Resources(settings)) as holder, ThreadPoolExecutor(1, "loops") as loops:
        holder.warm_up()
        # Outside the main thread, whose signal handlers Prefect's engine would replace.
        loops.submit(lambda: asyncio.run(_work(holder, stop))).result()


async def _work(holder: Resources, stop: threading.Event) -> None:
    use(holder)
    options, pool = holder.settings.worker, holder.settings.prefect.work_pool
    async with get_client() as client:
        ids = await _ready(client, pool, options.perceiving)
        for by_clock in (RETENTION, AUDIT):
            await run_in_thread(holder.context().ledger.operations.expect, by_clock)
        async with WarmWorker(flows=FLOWS, work_pool_name=pool, limit=options.cases) as worker:
            await _run_until_stopped(_periodic_tasks(holder, client, worker, ids[INTAKE]), stop)
            await worker.drain(options.stop_seconds)
    await run_in_thread(holder.farewell, process_identity())


async def _ready(client: PrefectClient, pool: str, reading: int) -> dict[str, UUID]:
    """Make what must be there; of several machines that start together each finds what another one made first."""
    try:
        with suppress(ObjectAlreadyExists):
            return await ensure_deployments(client, FLOWS, DEPLOYMENTS, work_pool=pool, reading=reading)
        return await ensure_deployments(client, FLOWS, DEPLOYMENTS, work_pool=pool, reading=reading)
    except (httpx.HTTPError, PrefectException) as error:
        raise PrefectRefusedError(
            f"Prefect did not take our deployments ({_kind(error)})", hint="trying again helps; else see its log."
        ) from None


class PrefectRefusedError(PipelineError):
    """Prefect did not take what must be there before runs can start."""

    retryable = True


class _PeriodicTask(NamedTuple):
    name: str
    work: Callable[[], Awaitable[object]]
    seconds: float  # of pause between two calls


def _periodic_tasks(
    holder: Resources, client: PrefectClient, worker: WarmWorker, intake_id: UUID
) -> tuple[_PeriodicTask, ...]:
    settings, context = holder.settings, holder.context()
    options, pool = settings.worker, settings.prefect.work_pool
    bucket = bucket_of(settings.store_at)
    anchored: Anchor | None = None
    reconciler = Reconciler(context.store, context.ledger, bucket, settle=options.settle_seconds)

    async def take_in() -> None:
        await run_in_thread(take_notifications, context.store, context.ledger, bucket)
        if await dispatch(client, context.ledger, intake_id, patience=options.patience_seconds):
            await worker.get_and_submit_flow_runs()

    async def anchor() -> None:
        nonlocal anchored
        anchored = await run_in_thread(keep_anchor, context.ledger, context.store, day=utc_now().date(), last=anchored)

    return (
        _PeriodicTask("erase", partial(run_in_thread, erase_pending, context.ledger, context.store), _SWEEP_SECONDS),
        _PeriodicTask("sweep", partial(mark_orphans_crashed, client, pool), _SWEEP_SECONDS),
        _PeriodicTask("retire", partial(retire, client, FLOWS, work_pool=pool), _SWEEP_SECONDS),
        _PeriodicTask("deliver", partial(run_in_thread, deliver, context.ledger, holder.outlet()), _DELIVER_SECONDS),
        _PeriodicTask("beat", partial(run_in_thread, holder.beat, process_identity()), _HEARTBEAT_SECONDS),
        _PeriodicTask("anchor", anchor, _ANCHOR_SECONDS),
        _PeriodicTask("scan", partial(run_in_thread, reconciler.look), options.scan_seconds),
        _PeriodicTask("take in", take_in, options.event_seconds),
        _PeriodicTask("poll", worker.get_and_submit_flow_runs, options.poll_seconds),
        _PeriodicTask("cancel", worker.cancel_requested, options.poll_seconds),
        _PeriodicTask("heartbeat", worker.sync_with_backend, _HEARTBEAT_SECONDS),
    )


async def _run_until_stopped(tasks: tuple[_PeriodicTask, ...], stop: threading.Event) -> None:
    async with anyio.create_task_group() as group:
        for task in tasks:
            group.start_soon(_run_periodic, task)
        while not stop.is_set():
            await anyio.sleep(_STOP_CHECK_SECONDS)
        group.cancel_scope.cancel()


async def _run_periodic(task: _PeriodicTask) -> None:
    """Call a task again and again; an error, foreseen or not, ends its turn and nothing else."""
    while True:
        try:
            await task.work()
        except PipelineError as error:
            log.warning("periodic task failed", extra={"task": task.name, "why": mask_numbers(str(error))})
        except (httpx.HTTPError, PrefectException) as error:
            log.warning("periodic task failed", extra={"task": task.name, "kind": _kind(error)})
        except Exception as error:  # noqa: BLE001 - the other tasks go on
            log_unforeseen(error, task=task.name)
        await anyio.sleep(task.seconds)


def _kind(error: Exception) -> str:
    status = f" {error.response.status_code}" if isinstance(error, httpx.HTTPStatusError) else ""
    return f"{type(error).__name__}{status}"
