"""Deployments whose name changed: what waits under the former name runs first, then that name goes."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID

import pytest
from prefect.client.orchestration import PrefectClient
from prefect.exceptions import ObjectNotFound

from flows.deployments import UPLOADS, Deployment, ensure_deployments, retire
from tests.support.guarded import Guarded
from tests.support.warm import POOL, specimen_flows, warm_worker

pytestmark = [pytest.mark.flow, pytest.mark.timeout(180)]
FORMER, FORMER_SLOW = Deployment("t:tell", "warm", UPLOADS), Deployment("t:slow", "warm", UPLOADS)
TODAY = Deployment("t:tell", "tell-where", UPLOADS, "Tells.", ("所在",))


def asking(guarded: Guarded, work: Callable[[PrefectClient], Awaitable[None]]) -> None:
    async def main() -> None:
        async with guarded.client() as client:
            await work(client)

    asyncio.run(main())


async def provided(client: PrefectClient, one: Deployment, pool: str = POOL) -> UUID:
    return (await ensure_deployments(client, specimen_flows(), (one,), work_pool=pool, reading=1))[one.entrypoint]


async def until(client: PrefectClient, run_id: UUID, state: str) -> None:
    end = time.monotonic() + 60.0
    while (now := (await client.read_flow_run(run_id)).state_name) != state:
        assert time.monotonic() < end, f"The run is still {now}."
        await asyncio.sleep(0.1)


def test_a_former_name_goes_when_no_run_waits_under_it(guarded: Guarded, folder: Path) -> None:
    async def work(client: PrefectClient) -> None:
        former = await provided(client, FORMER)
        waiting = await client.create_flow_run_from_deployment(former, idempotency_key="item/first")
        today = await provided(client, TODAY)
        assert await retire(client, specimen_flows(), work_pool=POOL) == 0, "or the run would be deleted with it"
        again = await client.create_flow_run_from_deployment(today, idempotency_key="item/first")
        assert again.id == waiting.id, "a request under the new name is the same request"
        with warm_worker(guarded, folder):
            await until(client, waiting.id, "Told")
        assert await retire(client, specimen_flows(), work_pool=POOL) == 1
        assert await retire(client, specimen_flows(), work_pool=POOL) == 0
        with pytest.raises(ObjectNotFound):
            await client.read_deployment(former)
        assert (await client.read_flow_run(waiting.id)).state_name == "Told"
        kept = await client.read_deployment_by_name("tell/tell-where")
        assert (kept.id, kept.description, kept.tags) == (today, "Tells.", ["所在"])

    asking(guarded, work)


def test_a_run_under_way_keeps_its_deployment(guarded: Guarded, folder: Path) -> None:
    async def work(client: PrefectClient) -> None:
        former = await provided(client, FORMER_SLOW)
        with warm_worker(guarded, folder):
            run = await client.create_flow_run_from_deployment(former, parameters={"seconds": 5.0})
            await until(client, run.id, "Running")
            assert await retire(client, specimen_flows(), work_pool=POOL) == 0
            await until(client, run.id, "Completed")
        assert await retire(client, specimen_flows(), work_pool=POOL) == 1

    asking(guarded, work)


def test_what_is_not_ours_keeps_its_name(guarded: Guarded) -> None:
    async def work(client: PrefectClient) -> None:
        elsewhere = await provided(client, FORMER_SLOW, pool="another-pool")
        flow = await client.create_flow_from_name("somebody-elses")
        foreign = await client.create_deployment(flow, "warm", entrypoint="theirs:flow", work_pool_name=POOL)
        await retire(client, specimen_flows(), work_pool=POOL)
        assert [(await client.read_deployment(one)).name for one in (elsewhere, foreign)] == ["warm", "warm"]
        for one in (elsewhere, foreign):
            await client.delete_deployment(one)

    asking(guarded, work)
