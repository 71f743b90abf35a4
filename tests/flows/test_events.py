import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from prefect.client.orchestration import PrefectClient
from prefect.states import Crashed

from flows.deployments import UPLOADS, Deployment, ensure_deployments
from flows.dispatch import dispatch
from pipeline.events.uploads import Reconciler
from pipeline.ledger.ledger import Ledger, open_ledger
from pipeline.stores.folder import FolderStore
from tests.support.guarded import Guarded
from tests.support.values import SECRET
from tests.support.warm import POOL, specimen_flows

pytestmark = [pytest.mark.flow, pytest.mark.timeout(180)]
PATIENCE = 300.0


class Wristwatch:
    """Tells the time that a test sets."""

    def __init__(self) -> None:
        self.now = datetime.now(tz=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def watch() -> Wristwatch:
    return Wristwatch()


@pytest.fixture
def ledger(tmp_path: Path, watch: Wristwatch) -> Ledger:
    return open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}", SECRET, clock=watch)


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "store")


def _upload(store: FolderStore, folder: str, text: bytes = b"{}") -> None:
    store.put(f"inbox/{folder}/submission.json", text, content_type="application/json")


async def deployed(client: PrefectClient) -> UUID:
    one = Deployment("t:tell", "tell", UPLOADS)
    return (await ensure_deployments(client, specimen_flows(), (one,), work_pool=POOL, reading=1))[one.entrypoint]


def asking(guarded: Guarded, work: Callable[[PrefectClient, UUID], Awaitable[None]]) -> None:
    async def main() -> None:
        async with guarded.client() as client:
            await work(client, await deployed(client))

    asyncio.run(main())


def test_an_upload_is_asked_for_once_and_again_when_its_run_came_to_nothing(
    guarded: Guarded, store: FolderStore, ledger: Ledger, watch: Wristwatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.dispatch.utc_now", watch)
    _upload(store, "a")
    Reconciler(store, ledger, "local").look()
    (item,) = ledger.inbox.undispatched(10)

    async def work(client: PrefectClient, deployment: UUID) -> None:
        assert await dispatch(client, ledger, deployment, patience=PATIENCE) == 1
        assert await dispatch(client, ledger, deployment, patience=PATIENCE) == 0
        watch.now += timedelta(seconds=PATIENCE + 1)
        assert await dispatch(client, ledger, deployment, patience=PATIENCE) == 0, "its run still waits in the queue"
        watch.now += timedelta(seconds=PATIENCE + 1)
        (late,) = ledger.inbox.overdue(watch.now)
        first = UUID(late.flow_run_id)
        await client.set_flow_run_state(first, Crashed(), force=True)
        assert await dispatch(client, ledger, deployment, patience=PATIENCE) == 1
        watch.now += timedelta(seconds=PATIENCE + 1)
        (again,) = ledger.inbox.overdue(watch.now)
        assert (again.item_id, again.flow_run_id != late.flow_run_id) == (item.item_id, True)

    asking(guarded, work)


def test_a_dispatcher_that_dies_before_it_takes_note_asks_for_the_same_run(
    guarded: Guarded, store: FolderStore, ledger: Ledger, tmp_path: Path
) -> None:
    _upload(store, "a")
    Reconciler(store, ledger, "local").look()
    (item,) = ledger.inbox.undispatched(10)

    async def work(client: PrefectClient, deployment: UUID) -> None:
        key = f"{item.item_id}/first"
        parameters = {"item_id": item.item_id}
        died = await client.create_flow_run_from_deployment(deployment, parameters=parameters, idempotency_key=key)
        await dispatch(client, ledger, deployment, patience=0)
        (noted,) = ledger.inbox.overdue(datetime.now(tz=UTC) + timedelta(seconds=1))
        assert noted.flow_run_id == str(died.id)

    asking(guarded, work)


def test_an_upload_whose_run_was_deleted_with_its_deployment_is_asked_for_again(
    guarded: Guarded, store: FolderStore, ledger: Ledger, watch: Wristwatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.dispatch.utc_now", watch)
    _upload(store, "a")
    Reconciler(store, ledger, "local").look()

    async def work(client: PrefectClient, former: UUID) -> None:
        assert await dispatch(client, ledger, former, patience=PATIENCE) == 1
        watch.now += timedelta(seconds=PATIENCE + 1)
        (late,) = ledger.inbox.overdue(watch.now)
        await client.delete_deployment(former)
        assert await dispatch(client, ledger, await deployed(client), patience=PATIENCE) == 1
        watch.now += timedelta(seconds=PATIENCE + 1)
        (again,) = ledger.inbox.overdue(watch.now)
        assert again.flow_run_id != late.flow_run_id
        assert (await client.read_flow_run(UUID(again.flow_run_id))).state_name == "Scheduled"

    asking(guarded, work)
