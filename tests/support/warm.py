"""A warm worker with flows made for tests, in a process of its own."""

import asyncio
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TYPE_CHECKING

from service.prefect_environment import use_environment
from service.supervisor import start_child, stop_child

if TYPE_CHECKING:
    from flows.worker import FlowTable
    from tests.support.guarded import Guarded

POOL = "test-pool"


@contextmanager
def warm_worker(guarded: "Guarded", folder: Path, *, limit: int = 2) -> Iterator[BaseProcess]:
    """Run a worker for as long as the block lasts, unless the block ends it."""
    child = start_child("test-worker", folder / "worker.log", _work, *guarded, str(folder), limit)
    try:
        yield child
    finally:
        stop_child(child, seconds=10)


def _work(api_url: str, auth: str, home: str, limit: int) -> None:
    use_environment({"PREFECT_API_URL": api_url, "PREFECT_API_AUTH_STRING": auth, "PREFECT_HOME": home})
    import flows.worker  # noqa: F401 - Prefect is imported by the main thread

    threading.Thread(target=lambda: asyncio.run(_loop(limit)), daemon=True).start()
    threading.Event().wait()


async def _loop(limit: int) -> None:
    from flows.worker import WarmWorker

    async with WarmWorker(flows=specimen_flows(), work_pool_name=POOL, limit=limit) as worker:
        while True:
            await worker.get_and_submit_flow_runs()
            await worker.cancel_requested()
            await asyncio.sleep(0.2)


def specimen_flows() -> "FlowTable":
    """Flows that report their process, take long, or fail."""
    from prefect import flow
    from prefect.client.schemas.objects import State
    from prefect.states import Completed

    @flow(name="tell")
    async def tell(item_id: str = "") -> State[None]:
        return Completed(name="Told", message=str(os.getpid()))

    @flow(name="slow")
    async def slow(seconds: float = 60.0) -> None:
        await asyncio.sleep(seconds)

    @flow(name="wrong")
    async def wrong() -> None:
        raise RuntimeError("made to fail")

    return {"t:tell": tell, "t:slow": slow, "t:wrong": wrong}
