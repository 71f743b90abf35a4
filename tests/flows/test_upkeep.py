"""What runs by the clock: scans are erased when their time is over, and a changed past ends a run as such."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pytest
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import State
from prefect.client.schemas.schedules import CronSchedule
from pydantic import SecretStr
from sqlalchemy import create_engine, text

from flows.deployments import REPROCESSING, Deployment, ensure_deployments
from flows.upkeep import audit, retention
from flows.worker_process import DEPLOYMENTS
from models.case import Conclusion
from pipeline.ledger.database import utc_now
from pipeline.ledger.values import AuditKind, UploadEvent, Via
from service.options import RetentionOptions
from service.resources import Resources, use
from service.settings import Settings
from tests.support.guarded import Guarded
from tests.support.ledgers import new_ledger
from tests.support.values import FILES, SECRET, result, submission
from tests.support.warm import specimen_flows

DAYS: Final = 30
Ended = Callable[[], State[None]]


def _decided_long_ago(folder: Path) -> None:
    """A ledger with a case that was decided before its scans' time was over."""
    with closing(new_ledger(folder / "ledger.db", clock=lambda: utc_now() - timedelta(days=DAYS + 1))) as ledger:
        ledger.inbox.add_upload(UploadEvent(bucket="b", key="k", etag="e", via=Via.EVENT))
        (item,) = ledger.inbox.undispatched(1)
        lease = ledger.inbox.lease(item.item_id, "w", 60)
        case = ledger.cases.open(submission("s-1"), FILES, "d1")
        ledger.cases.conclude(Conclusion(case, result(case), lease=lease))


@pytest.fixture
def resources(tmp_path: Path) -> Iterator[Callable[[int | None], Resources]]:
    """Makes the resources of a worker over a ledger with one old case."""
    _decided_long_ago(tmp_path)
    made: list[Resources] = []

    def of(days: int | None) -> Resources:
        kept = RetentionOptions(scans_days=days)
        secret = SecretStr(SECRET.hex())
        made.append(Resources(Settings(workspace=tmp_path, register_secret=secret, retention=kept)))
        return made[-1]

    yield of
    for one in made:
        one.close()


def ended(flow: object, holder: Resources) -> State[None]:
    async def main() -> State[None]:
        use(holder)
        found: State[None] = await flow.fn()  # type: ignore[attr-defined]
        return found

    return asyncio.run(main())


@pytest.mark.parametrize(
    ("days", "name", "words", "accounts"),
    [
        pytest.param(None, "NotSet", "一直保留", [], id="nobody said how long"),
        pytest.param(DAYS, "Erased", "已删除1份申请", ["service:retention"], id="their time is over"),
        pytest.param(2 * DAYS, "Erased", "已删除0份申请", [], id="their time is not over"),
    ],
)
def test_scans_are_erased_when_their_time_is_over(
    resources: Callable[[int | None], Resources], days: int | None, name: str, words: str, accounts: list[str]
) -> None:
    holder = resources(days)
    state = ended(retention, holder)
    assert (state.type, state.name, words in str(state.message)) == ("COMPLETED", name, True)
    assert set(holder.context().ledger.operations.metrics().upkeep) == {"retention"}
    trail = holder.context().ledger.audit.trail("s-1")
    assert [record.details["account"] for record in trail if record.kind is AuditKind.EXPIRED] == accounts


def test_an_audit_chain_that_was_changed_ends_the_run_as_such(
    resources: Callable[[int | None], Resources], tmp_path: Path
) -> None:
    holder = resources(None)
    sound = ended(audit, holder)
    noted = holder.context().ledger.operations.metrics().upkeep
    with create_engine(f"sqlite:///{tmp_path}/ledger.db").begin() as connection:
        connection.execute(text("DELETE FROM audit WHERE seq = 1"))
    changed = ended(audit, holder)
    assert list(noted) == ["audit"]
    assert holder.context().ledger.operations.metrics().upkeep == noted, "what ends badly is missed"
    assert (sound.type, sound.name) == ("COMPLETED", "Unchanged")
    assert (changed.type, changed.name) == ("FAILED", "Changed")
    assert "intake audit verify" in str(changed.message)


def test_what_runs_by_the_clock_waits_behind_nothing_else() -> None:
    by_clock, others = ({one.queue for one in DEPLOYMENTS if bool(one.schedule) is clock} for clock in (True, False))
    assert by_clock
    assert by_clock.isdisjoint(others)


@pytest.mark.flow
@pytest.mark.timeout(180)
def test_a_schedule_is_set_once_and_stays_as_operators_left_it(guarded: Guarded) -> None:
    daily = Deployment("t:tell", "daily", REPROCESSING, schedule="30 2 * * *")
    flows = MappingProxyType(dict(specimen_flows()))

    async def schedules(client: PrefectClient) -> list[tuple[str, str | None, bool]]:
        (deployment,) = (await ensure_deployments(client, flows, (daily,), work_pool="clock", reading=1)).values()
        known = (await client.read_deployment(deployment)).schedules
        return [
            (one.schedule.cron, one.schedule.timezone, one.active)
            for one in known
            if isinstance(one.schedule, CronSchedule)
        ]

    async def main() -> None:
        async with guarded.client() as client:
            assert await schedules(client) == [("30 2 * * *", "Asia/Shanghai", True)]
            (one,) = (await client.read_deployment_by_name("tell/daily")).schedules
            deployment = (await client.read_deployment_by_name("tell/daily")).id
            other = CronSchedule(cron="0 4 * * *", timezone="Asia/Shanghai")
            await client.update_deployment_schedule(deployment, one.id, active=False, schedule=other)
            assert await schedules(client) == [("0 4 * * *", "Asia/Shanghai", False)]

    asyncio.run(main())
