import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID

import pytest
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import LogFilter, LogFilterFlowRunId
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.sorting import LogSort
from prefect.states import Cancelling

from flows.deployments import REPROCESSING, UPLOADS, Deployment, ensure_deployments
from flows.dispatch import mark_orphans_crashed
from tests.support.guarded import Guarded
from tests.support.warm import POOL, specimen_flows, warm_worker

pytestmark = [pytest.mark.flow, pytest.mark.timeout(180)]
_QUEUES = (
    Deployment("t:tell", "tell", UPLOADS),
    Deployment("t:slow", "slow", REPROCESSING),
    Deployment("t:wrong", "wrong", UPLOADS),
)


class Asking:
    """Asks a server for runs, and waits for what becomes of them."""

    def __init__(self, client: PrefectClient, ids: dict[str, UUID]) -> None:
        self.client = client
        self._ids = ids

    async def run(self, entrypoint: str, **parameters: object) -> UUID:
        run = await self.client.create_flow_run_from_deployment(self._ids[entrypoint], parameters=parameters)
        return run.id

    async def until(self, run_id: UUID, reached: Callable[[FlowRun], bool], seconds: float = 60.0) -> FlowRun:
        end = time.monotonic() + seconds
        while not reached(run := await self.client.read_flow_run(run_id)):
            assert time.monotonic() < end, f"The run is still {run.state_name}."
            await asyncio.sleep(0.1)
        return run

    async def log_until(self, run_id: UUID, word: str, seconds: float = 30.0) -> list[str]:
        """The lines of a run's log, oldest first, once one has the word: they arrive some time after they are told."""
        end = time.monotonic() + seconds
        of_run = LogFilter(flow_run_id=LogFilterFlowRunId(any_=[run_id]))
        while True:
            found = await self.client.read_logs(log_filter=of_run, sort=LogSort.TIMESTAMP_ASC)
            if any(word in line.message for line in found):
                return [line.message for line in found]
            assert time.monotonic() < end, [line.message for line in found]
            await asyncio.sleep(0.1)

    async def ended(self, run_id: UUID) -> FlowRun:
        return await self.until(run_id, lambda run: run.state is not None and run.state.is_final())

    async def running(self, run_id: UUID) -> FlowRun:
        return await self.until(run_id, lambda run: run.state_type is StateType.RUNNING)


def asking(guarded: Guarded, work: Callable[[Asking], Awaitable[None]]) -> None:
    async def main() -> None:
        async with guarded.client() as client:
            await work(
                Asking(client, await ensure_deployments(client, specimen_flows(), _QUEUES, work_pool=POOL, reading=1))
            )

    asyncio.run(main())


def test_runs_share_the_workers_process_and_a_failed_one_harms_none(guarded: Guarded, folder: Path) -> None:
    async def work(ask: Asking) -> None:
        with warm_worker(guarded, folder) as worker:
            before = await ask.ended(await ask.run("t:tell"))
            wrong = await ask.ended(await ask.run("t:wrong"))
            after = await ask.ended(await ask.run("t:tell"))
        assert wrong.state_type is StateType.FAILED
        assert [run.state_name for run in (before, after)] == ["Told", "Told"]
        assert [run.state and run.state.message for run in (before, after)] == [str(worker.pid)] * 2
        assert worker.pid != os.getpid()

    asking(guarded, work)


def test_uploads_overtake_reprocessing(guarded: Guarded, folder: Path) -> None:
    async def work(ask: Asking) -> None:
        later = [await ask.run("t:slow", seconds=0.1) for _ in range(2)]
        sooner = [await ask.run("t:tell") for _ in range(2)]
        with warm_worker(guarded, folder, limit=1):
            runs = [await ask.ended(run_id) for run_id in (*later, *sooner)]
        started = sorted(runs, key=lambda run: run.start_time or run.expected_start_time)  # type: ignore[arg-type,return-value]
        assert [run.id for run in started[:2]] == sooner

    asking(guarded, work)


def test_a_running_run_is_cancelled_on_request(guarded: Guarded, folder: Path) -> None:
    async def work(ask: Asking) -> None:
        with warm_worker(guarded, folder):
            run = await ask.running(await ask.run("t:slow"))
            await ask.client.set_flow_run_state(run.id, Cancelling())
            await ask.until(run.id, lambda run: run.state_type is StateType.CANCELLED, seconds=10)
            told = await ask.log_until(run.id, "Cancelled")
            assert [line for line in told if "rash" in line] == []
            assert told[-1] == "Finished in state Cancelled('已按要求取消 (cancelled on request)')"
            assert (await ask.ended(await ask.run("t:tell"))).state_name == "Told"

    asking(guarded, work)


def test_the_runs_of_a_killed_worker_are_swept_and_those_of_a_living_one_are_not(
    guarded: Guarded, folder: Path
) -> None:
    async def work(ask: Asking) -> None:
        with warm_worker(guarded, folder) as worker:
            run = await ask.running(await ask.run("t:slow"))
            assert await mark_orphans_crashed(ask.client, POOL) == 0
            worker.kill()
            worker.join()
        assert (await ask.client.read_flow_run(run.id)).state_type is StateType.RUNNING
        assert await mark_orphans_crashed(ask.client, POOL) == 1
        assert (await ask.client.read_flow_run(run.id)).state_type is StateType.CRASHED

    asking(guarded, work)
