"""From an upload that the ledger heard of to a run: Prefect is asked, and asked again."""

import logging
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    WorkPoolFilter,
    WorkPoolFilterName,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.exceptions import ObjectNotFound
from prefect.states import Crashed

from pipeline.ledger.database import utc_now
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.values import InboxItem
from pipeline.workers.process_identity import is_dead
from service.threads import run_in_thread

log = logging.getLogger(__name__)
_AT_ONCE: Final = 100  # items dispatched in one go
_ORPHANED_SECONDS: Final = 60.0  # from Pending to a named process takes a living worker less than one
_UNDER_WAY: Final = [StateType.PENDING, StateType.RUNNING, StateType.CANCELLING]


async def dispatch(client: PrefectClient, ledger: Ledger, deployment_id: UUID, *, patience: float) -> int:
    """Ask Prefect for a run of every item that needs one; hands on how many were asked for.

    The key of a request names the item and the run before it, so that asking twice is asking once.
    """
    fresh = await run_in_thread(ledger.inbox.undispatched, _AT_ONCE)
    late = await run_in_thread(ledger.inbox.overdue, utc_now())
    waiting = [item for item in late if await _still_queued(client, item)]
    for item in waiting:
        await run_in_thread(ledger.inbox.mark_dispatched, item.item_id, str(item.flow_run_id), patience=patience)
    asked = [*fresh, *(item for item in late if item not in waiting)]
    for item in asked:
        run = await _ask(client, deployment_id, item)
        await run_in_thread(ledger.inbox.mark_dispatched, item.item_id, str(run.id), patience=patience)
    return len(asked)


async def mark_orphans_crashed(client: PrefectClient, work_pool: str) -> int:
    """Mark the runs of worker processes that are gone as crashed; hands on how many."""
    found = await client.read_flow_runs(
        flow_run_filter=FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=_UNDER_WAY))),
        work_pool_filter=WorkPoolFilter(name=WorkPoolFilterName(any_=[work_pool])),
    )
    dead = list(_abandoned(found))
    for run in dead:
        await client.set_flow_run_state(run.id, Crashed(message="Its worker process is gone."), force=True)
    return len(dead)


def _abandoned(runs: Iterable[FlowRun]) -> Iterable[FlowRun]:
    long_ago = datetime.now(tz=UTC) - timedelta(seconds=_ORPHANED_SECONDS)
    for run in runs:
        if run.infrastructure_pid is not None:
            if is_dead(run.infrastructure_pid):
                yield run
        elif run.state is not None and run.state.timestamp < long_ago:
            yield run


async def _still_queued(client: PrefectClient, item: InboxItem) -> bool:
    if item.flow_run_id is None:
        return False
    try:
        run = await client.read_flow_run(UUID(item.flow_run_id))
    except ObjectNotFound:
        return False
    return run.state is not None and run.state.is_scheduled()


async def _ask(client: PrefectClient, deployment_id: UUID, item: InboxItem) -> FlowRun:
    run = await client.create_flow_run_from_deployment(
        deployment_id,
        name=f"intake-{item.item_id}",
        parameters={"item_id": item.item_id},
        idempotency_key=f"{item.item_id}/{item.flow_run_id or 'first'}",
    )
    log.info("run asked for", extra={"item_id": item.item_id, "flow_run_id": str(run.id)})
    return run
