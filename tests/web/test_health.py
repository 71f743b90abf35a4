"""What those who operate the system are told: alive, ready or why not, and figures that name nobody."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from models.case import Conclusion
from models.errors import LedgerBusyError, StoreDownError
from models.findings import Code, Reason
from models.overview import Metrics
from pipeline.ledger.database import utc_now
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.values import UploadEvent, Via
from pipeline.stores.base import ObjectInfo
from pipeline.stores.folder import FolderStore
from service.options import ReceiverOptions
from service.settings import Settings
from tests.support.door import TOKEN, answering
from tests.support.ledgers import new_ledger
from tests.support.values import FILES, result, submission
from web.receiver.app import application
from web.receiver.health import HealthCheck, check_health, exported

OPTIONS = Settings(receiver=ReceiverOptions(port=1, tokens=SecretStr(TOKEN)))
BEARER = {"Authorization": f"Bearer {TOKEN}"}


class Shifted:
    """A clock that a test sets off."""

    by = timedelta()

    def __call__(self) -> object:
        return utc_now() + self.by


@pytest.fixture
def clock() -> Shifted:
    return Shifted()


@pytest.fixture
def ledger(tmp_path: Path, clock: Shifted) -> Iterator[Ledger]:
    opened = new_ledger(tmp_path / "ledger.db", clock=clock)  # type: ignore[arg-type]
    yield opened
    opened.close()


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "store")


def upload(ledger: Ledger, key: str = "k", via: Via = Via.EVENT) -> None:
    ledger.inbox.add_upload(UploadEvent(bucket="b", key=key, etag="e", via=via))


def conclude(ledger: Ledger) -> None:
    upload(ledger)
    (item,) = ledger.inbox.undispatched(1)
    lease = ledger.inbox.lease(item.item_id, "w", 60)
    case = ledger.cases.open(submission("s-1"), FILES, "d1")
    ledger.cases.conclude(Conclusion(case, result(case, (Code.REGISTER_ILLEGIBLE, Reason.BLUR)), lease=lease))


def notify(ledger: Ledger) -> None:
    ledger.inbox.note_notifications([b"{}"])


@pytest.mark.parametrize(
    ("before", "ago", "words"),
    [
        pytest.param(lambda ledger: None, timedelta(), [], id="all is well"),
        pytest.param(upload, timedelta(minutes=14), [], id="an upload that has waited a while"),
        pytest.param(upload, timedelta(minutes=16), ["An upload has waited for 16"], id="one that has waited too long"),
        pytest.param(notify, timedelta(minutes=16), ["A notification has waited"], id="a notification"),
        pytest.param(conclude, timedelta(hours=2), ["has not been delivered for 120"], id="a result"),
    ],
)
def test_why_not_ready(
    ledger: Ledger,
    store: FolderStore,
    clock: Shifted,
    before: Callable[[Ledger], None],
    ago: timedelta,
    words: list[str],
) -> None:
    clock.by = -ago
    before(ledger)
    clock.by = timedelta()
    ledger.operations.heartbeat("host/1", 0)
    why = check_health(ledger, store).why_not_ready
    assert len(why) == len(words)
    assert all(word in sentence for word, sentence in zip(words, why, strict=True))


def test_a_worker_that_is_silent_is_missed(ledger: Ledger, store: FolderStore, clock: Shifted) -> None:
    clock.by = -timedelta(seconds=61)
    ledger.operations.heartbeat("host/1", 0)
    (why,) = check_health(ledger, store).why_not_ready
    assert "No worker has spoken" in why
    clock.by = timedelta()
    ledger.operations.heartbeat("host/2", 0)
    assert check_health(ledger, store).why_not_ready == ()


@pytest.mark.parametrize(
    ("later", "silent"),
    [
        pytest.param(lambda ledger: None, {"one": 200, "two": 200}, id="both died"),
        pytest.param(lambda ledger: ledger.operations.heartbeat("one/9", 0), {"one": 0, "two": 200}, id="one died"),
        pytest.param(lambda ledger: ledger.operations.farewell("two/7"), {"one": 200}, id="one stopped in good order"),
    ],
)
def test_a_machine_is_missed_unless_it_stopped_in_good_order(
    ledger: Ledger, clock: Shifted, later: Callable[[Ledger], None], silent: dict[str, int]
) -> None:
    clock.by = -timedelta(seconds=200)
    for identity in ("one/5", "two/7"):
        ledger.operations.heartbeat(identity, 0)
    clock.by = timedelta()
    later(ledger)
    families = exported(HealthCheck(ledger.operations.metrics(), ()), utc_now())
    told = {
        sample.labels["machine"]: round(sample.value, -1)
        for family in families
        for sample in family.samples
        if sample.name == "intake_machine_silent_seconds"
    }
    assert told == silent


def test_workers_of_yesterday_are_struck_out(ledger: Ledger, clock: Shifted) -> None:
    clock.by = -timedelta(hours=25)
    ledger.operations.heartbeat("host/1", 3)
    clock.by = timedelta()
    ledger.operations.heartbeat("host/2", 1)
    ledger.operations.heartbeat("host/2", 2)
    assert [(worker.identity, worker.engine_restarts) for worker in ledger.operations.metrics().workers] == [
        ("host/2", 2)
    ]


class _Away(FolderStore):
    def stat(self, key: str, /) -> ObjectInfo:
        raise StoreDownError("away")


class _LockedLedger:
    def __init__(self) -> None:
        self.operations = self

    def metrics(self) -> Metrics:
        raise LedgerBusyError("locked")


def test_a_store_and_a_ledger_that_are_away_are_named(tmp_path: Path, ledger: Ledger) -> None:
    ledger.operations.heartbeat("host/1", 0)
    (store,) = check_health(ledger, _Away(tmp_path)).why_not_ready
    (locked,) = check_health(_LockedLedger(), FolderStore(tmp_path)).why_not_ready  # type: ignore[arg-type]
    assert ("object store" in store, "ledger" in locked) == (True, True)


def test_what_is_answered(ledger: Ledger, store: FolderStore) -> None:
    conclude(ledger)
    upload(ledger, "listed", Via.RECONCILE)
    with answering(application(OPTIONS, ledger, store)) as port:
        place = f"http://127.0.0.1:{port}"
        assert httpx.get(f"{place}/health").status_code == 200
        ready = httpx.get(f"{place}/ready")
        assert (ready.status_code, ready.json()["ready"], len(ready.json()["why_not"])) == (503, False, 1)
        assert httpx.get(f"{place}/metrics").status_code == 401
        told = httpx.get(f"{place}/metrics", headers=BEARER)
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(told.text)
        for sample in family.samples
    }
    assert found[("intake_ready",)] == 0
    assert (found[("intake_uploads_total", "event")], found[("intake_uploads_total", "reconcile")]) == (1, 1)
    assert (found[("intake_decisions_total", "returned")], found[("intake_codes_total", "3002")]) == (1, 1)
    assert (found[("intake_uploads_waiting",)], found[("intake_messages_waiting",)]) == (1, 1)
    assert found[("intake_uploads_oldest_seconds",)] < 60
    assert "s-1" not in told.text


def test_ready_is_said_with_200(ledger: Ledger, store: FolderStore) -> None:
    ledger.operations.heartbeat("host/1", 0)
    with answering(application(OPTIONS, ledger, store)) as port:
        assert httpx.get(f"http://127.0.0.1:{port}/ready").json() == {"ready": True, "why_not": []}
