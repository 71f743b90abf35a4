"""Create a Prefect run for every upload in the ledger's inbox, and another one where a run is lost."""

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
_AT_ONCE: Final = 100  # items dispatched in one call
_ORPHANED_SECONDS: Final = 60.0  # a living worker takes less than one from Pending to a named process
_UNDER_WAY: Final = [StateType.PENDING, StateType.RUNNING, StateType.CANCELLING]


async def dispatch(client: PrefectClient, ledger: Ledger, deployment_id: UUID, *, patience: float) -> int:
    """Create a run of every item that needs one; returns how many.

    The idempotency key names the item and its previous run, so a repeated request creates no second run.
    """
    fresh = await run_in_thread(ledger.inbox.undispatched, _AT_ONCE)
    late = await run_in_thread(ledger.inbox.overdue, utc_now())
    waiting = [item for item in late if await _still_queued(client, item)]
    for item in waiting:
        await run_in_thread(ledger.inbox.mark_dispatched, item.item_id, str(item.flow_run_id), patience=patience)
    due = [*fresh, *(item for item in late if item not in waiting)]
    for item in due:
        run = await _create_run(client, deployment_id, item)
        await run_in_thread(ledger.inbox.mark_dispatched, item.item_id, str(run.id), patience=patience)
    return len(due)


async def mark_orphans_crashed(client: PrefectClient, work_pool: str) -> int:
    """Mark the runs of worker processes that are gone as crashed; returns how many."""
    found = await client.read_flow_runs(
        flow_run_filter=FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=_UNDER_WAY))),
        work_pool_filter=WorkPoolFilter(name=WorkPoolFilterName(any_=[work_pool])),
    )
    orphans = list(_orphans(found))
    for run in orphans:
        await client.set_flow_run_state(run.id, Crashed(message="Its worker process is gone."), force=True)
    return len(orphans)


def _orphans(runs: Iterable[FlowRun]) -> Iterable[FlowRun]:
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


async def _create_run(client: PrefectClient, deployment_id: UUID, item: InboxItem) -> FlowRun:
    run = await client.create_flow_run_from_deployment(
        deployment_id,
        name=f"intake-{item.item_id}",
        parameters={"item_id": item.item_id},
        idempotency_key=f"{item.item_id}/{item.flow_run_id or 'first'}",
    )
    log.info("run created", extra={"item_id": item.item_id, "flow_run_id": str(run.id)})
    return run
