"""What Prefect must have before runs can start: the pool, its queues, the deployments, the limit on reading."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final, NamedTuple
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import DeploymentScheduleCreate, WorkPoolCreate
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterName,
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterState,
    FlowRunFilterStateType,
    WorkPoolFilter,
    WorkPoolFilterName,
)
from prefect.client.schemas.objects import TERMINAL_STATES, StateType
from prefect.client.schemas.schedules import CronSchedule
from prefect.concurrency.asyncio import concurrency
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound
from prefect.utilities.callables import parameter_schema

from flows.worker import FlowTable, WarmWorker
from models.overview import BEIJING

UPLOADS: Final = "uploads"
UPKEEP: Final = "upkeep"  # what runs by the clock never waits behind a batch of days
REPROCESSING: Final = "reprocessing"
_PRIORITIES: Final = {UPLOADS: 1, UPKEEP: 2, REPROCESSING: 3}  # 1 is served first
_AT_ONCE: Final = {UPLOADS: None, UPKEEP: 1, REPROCESSING: 1}  # or long runs would take all slots of the uploads
_READING: Final = "intake-reading"
_FORMER_NAMES: Final = ["warm"]  # of deployments, in versions before this one
_UNFINISHED: Final = [one for one in StateType if one not in TERMINAL_STATES]
_SLOT_SECONDS: Final = 60.0  # the least that Prefect takes; a killed worker blocks its slots for so long


class Deployment(NamedTuple):
    """A flow whose runs can be requested.

    Attributes:
        name: What it does, as Prefect lists it.
        queue: Where its runs wait.
        description: Of its page in Prefect, in Markdown.
        tags: Of it, and of its runs when they are asked for.
        schedule: When it runs by itself, by Beijing time, as cron writes it; "" where it does not.
    """

    entrypoint: str
    name: str
    queue: str
    description: str = ""
    tags: tuple[str, ...] = ()
    schedule: str = ""


async def ensure_deployments(
    client: PrefectClient, flows: FlowTable, deployments: tuple[Deployment, ...], *, work_pool: str, reading: int
) -> dict[str, UUID]:
    """Create or correct everything; returns the deployments' ids by the entrypoints of their flows."""
    await _pool(client, work_pool)
    for queue, priority in _PRIORITIES.items():
        await _queue(client, work_pool, queue, priority)
    await client.upsert_global_concurrency_limit_by_name(_READING, reading)
    return {item.entrypoint: await _deployment(client, flows, item, work_pool) for item in deployments}


async def retire(client: PrefectClient, flows: FlowTable, *, work_pool: str) -> int:
    """Delete deployments under former names, each once all of its runs ended; returns how many.

    Prefect renames no deployment, and deletes the runs that wait in one with it.
    """
    found = await client.read_deployments(
        deployment_filter=DeploymentFilter(name=DeploymentFilterName(any_=_FORMER_NAMES)),
        work_pool_filter=WorkPoolFilter(name=WorkPoolFilterName(any_=[work_pool])),
    )
    ours = [one.id for one in found if one.entrypoint in flows]
    idle = [former for former in ours if not await _has_unfinished(client, former)]
    for former in idle:
        with suppress(ObjectNotFound):  # another machine was faster
            await client.delete_deployment(former)
    return len(idle)


@asynccontextmanager
async def reading_slot() -> AsyncIterator[None]:
    """Hold one of the slots for reading, over all machines; waits for a slot, and fails if the limit does not exist."""
    async with concurrency(
        _READING, occupy=1, strict=True, lease_duration=_SLOT_SECONDS, raise_on_lease_renewal_failure=False
    ):
        yield


async def _pool(client: PrefectClient, name: str) -> None:
    template = WarmWorker.get_default_base_job_template()
    try:
        await client.create_work_pool(WorkPoolCreate(name=name, type=WarmWorker.type, base_job_template=template))
    except ObjectAlreadyExists:
        return


async def _queue(client: PrefectClient, work_pool: str, name: str, priority: int) -> None:
    try:
        queue = await client.read_work_queue_by_name(name, work_pool_name=work_pool)
    except ObjectNotFound:
        await client.create_work_queue(
            name, work_pool_name=work_pool, priority=priority, concurrency_limit=_AT_ONCE[name]
        )
        return
    if queue.priority != priority:
        await client.update_work_queue(queue.id, priority=priority)


async def _has_unfinished(client: PrefectClient, deployment_id: UUID) -> bool:
    unfinished = FlowRunFilter(
        deployment_id=FlowRunFilterDeploymentId(any_=[deployment_id]),
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=_UNFINISHED)),
    )
    return bool(await client.read_flow_runs(flow_run_filter=unfinished, limit=1))


async def _schedules(client: PrefectClient, full_name: str, item: Deployment) -> list[DeploymentScheduleCreate]:
    """Those that the deployment has, as operators changed or paused them; ours where it has none.

    Prefect drops the schedules that a correction does not repeat.
    """
    with suppress(ObjectNotFound):
        known = (await client.read_deployment_by_name(full_name)).schedules
        if known:
            return [DeploymentScheduleCreate(schedule=one.schedule, active=one.active) for one in known]
    if not item.schedule:
        return []
    return [DeploymentScheduleCreate(schedule=CronSchedule(cron=item.schedule, timezone=str(BEIJING)), active=True)]


async def _deployment(client: PrefectClient, flows: FlowTable, item: Deployment, work_pool: str) -> UUID:
    flow = flows[item.entrypoint]
    return await client.create_deployment(
        flow_id=await client.create_flow_from_name(flow.name),
        name=item.name,
        description=item.description,
        tags=list(item.tags),
        entrypoint=item.entrypoint,
        work_pool_name=work_pool,
        work_queue_name=item.queue,
        schedules=await _schedules(client, f"{flow.name}/{item.name}", item),
        parameter_openapi_schema=parameter_schema(flow.fn).model_dump_for_openapi(),
        enforce_parameter_schema=True,
    )
