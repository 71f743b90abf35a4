"""How results leave: an object in the store, then a signed webhook, at least once and under one id."""

import base64
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from pydantic import AnyHttpUrl, SecretStr, ValidationError
from standardwebhooks.webhooks import Webhook as Verifier

from models.case import Conclusion
from models.errors import StoreDownError
from models.result import Result
from pipeline.delivery.deliver import Outlet, deliver
from pipeline.delivery.webhook import Webhook, WebhookError, WebhookOptions, WebhookOptionsError
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.values import UploadEvent, Via
from pipeline.stores.base import ObjectInfo
from pipeline.stores.folder import FolderStore
from tests.contracts.conftest import Clock
from tests.support.ledgers import new_ledger
from tests.support.listener import Listener, listening
from tests.support.schemas import assert_fits
from tests.support.values import FILES, child, result, submission

FIRST = f"whsec_{base64.b64encode(b'a' * 32).decode()}"
SECOND = f"whsec_{base64.b64encode(b'b' * 32).decode()}"
NUMBER = str(child("1").id_number)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("pipeline.delivery.deliver.utc_now", made)
    return made


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    opened = new_ledger(tmp_path / "ledger.db", clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "store")


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as made:
        yield made


@contextmanager
def telling(listener: Listener, store: FolderStore, **options: object) -> Iterator[Outlet]:
    chosen = {"url": AnyHttpUrl(listener.url), "secrets": SecretStr(FIRST), "timeout": 20} | options
    told = WebhookOptions.model_validate(chosen)
    yield Outlet(store, Webhook(told), told.whole)


def uploaded(ledger: Ledger, key: str) -> str:
    ledger.inbox.add_upload(UploadEvent(bucket="b", key=key, etag="e", via=Via.EVENT))
    return ledger.inbox.undispatched(100)[-1].item_id


def concluded(ledger: Ledger, number: str = "1") -> Result:
    lease = ledger.inbox.lease(uploaded(ledger, number), "w", 60)
    case = ledger.cases.open(submission(f"s-{number}"), FILES, "d1")
    ledger.cases.conclude(Conclusion(case, result(case), child(number), lease=lease))
    return result(case)


def refused(ledger: Ledger) -> str:
    item_id = uploaded(ledger, "inbox/欧阳靖萱/submission.json")
    lease = ledger.inbox.lease(item_id, "w", 60)
    assert lease
    ledger.inbox.finish(lease, ["child.name: is missing"])
    return item_id


def test_a_result_lies_in_the_store_where_nobody_is_told(ledger: Ledger, store: FolderStore) -> None:
    told = concluded(ledger)
    assert deliver(ledger, Outlet(store, None, whole=False)) == 1
    assert Result.model_validate_json(store.get("results/case-s-1/1-1.json", limit=None)) == told
    assert deliver(ledger, Outlet(store, None, whole=False)) == 0


def test_a_refused_upload_is_answered_to_whoever_sent_it(
    ledger: Ledger, store: FolderStore, listener: Listener
) -> None:
    item_id = refused(ledger)
    with telling(listener, store) as outlet:
        assert deliver(ledger, outlet) == 1
    report = store.get(f"results/refused-{item_id}.json", limit=None)
    assert_fits("refusal", report)
    body = json.loads(report)
    assert (body["key"], body["problems"]) == ("inbox/欧阳靖萱/submission.json", ["child.name: is missing"])
    assert json.loads(listener.heard[0].body)["data"]["problems"] == ["child.name: is missing"]
    assert "欧阳靖萱" not in listener.heard[0].body


@pytest.mark.parametrize("whole", [pytest.param(False, id="by reference"), pytest.param(True, id="whole")])
def test_what_is_told_is_signed(ledger: Ledger, store: FolderStore, listener: Listener, whole: bool) -> None:
    concluded(ledger)
    with telling(listener, store, whole=whole) as outlet:
        assert deliver(ledger, outlet) == 1
    (heard,) = listener.heard
    told = Verifier(FIRST).verify(heard.body, heard.headers)
    assert (told["type"], told["data"]["decision"]) == ("case.concluded", "accepted")
    assert told["data"]["object"] == "results/case-s-1/1-1.json"
    assert ("result" in told["data"]) is whole
    assert heard.headers["content-type"] == "application/json"


def test_an_object_of_a_forgotten_case_under_the_same_id_is_replaced(ledger: Ledger, store: FolderStore) -> None:
    store.put("results/case-s-1/1-1.json", b"of somebody who was forgotten", content_type="application/json")
    told = concluded(ledger)
    deliver(ledger, Outlet(store, None, whole=False))
    assert Result.model_validate_json(store.get("results/case-s-1/1-1.json", limit=None)) == told


def test_a_message_that_cannot_be_read_keeps_no_other_waiting(
    ledger: Ledger, store: FolderStore, tmp_path: Path
) -> None:
    for number in "12":
        concluded(ledger, number)
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as database, database:
        database.execute("UPDATE runs SET result = x'00' WHERE id = 1")
    assert deliver(ledger, Outlet(store, None, whole=False)) == 1
    assert [held.key for held in store.list("results/")] == ["results/case-s-2/1-1.json"]


def test_while_a_secret_is_changed_both_hold(ledger: Ledger, store: FolderStore, listener: Listener) -> None:
    concluded(ledger)
    with telling(listener, store, secrets=SecretStr(f"{FIRST}\n{SECOND}")) as outlet:
        deliver(ledger, outlet)
    (heard,) = listener.heard
    assert [Verifier(secret).verify(heard.body, heard.headers)["type"] for secret in (FIRST, SECOND)] == [
        "case.concluded"
    ] * 2


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        pytest.param(500, "status 500", id="a server that is broken"),
        pytest.param(404, "status 404", id="a place that is not there"),
        pytest.param(307, "status 307", id="a redirect, which is not followed"),
        pytest.param("stall", "no answer in time", id="no answer in time, although it was read"),
        pytest.param("drip", "no answer in time", id="an answer that comes drop by drop"),
        pytest.param("reset", "RemoteProtocolError", id="hung up after it was read"),
    ],
)
def test_what_did_not_arrive_is_told_again_under_its_id(
    ledger: Ledger, store: FolderStore, listener: Listener, clock: Clock, answer: int | str, failure: str
) -> None:
    concluded(ledger)
    listener.answers = [answer, answer]
    with telling(listener, store, timeout=1 if isinstance(answer, str) else 20) as outlet:
        waits = []
        for _ in range(3):
            waits.append(deliver(ledger, outlet, chance=lambda: 0.5))
            assert deliver(ledger, outlet) == 0, "not at once"
            clock.forward(10)
    assert waits == [0, 0, 1]
    assert {heard.path for heard in listener.heard} == {"/"}
    assert len({(heard.headers["webhook-id"], heard.body) for heard in listener.heard}) == 1
    assert len(listener.heard) == 3


def test_pauses_grow_to_an_hour_and_nothing_is_ever_given_up(
    ledger: Ledger, store: FolderStore, listener: Listener, clock: Clock
) -> None:
    concluded(ledger)
    listener.answers = [503] * 20
    pauses = []
    with telling(listener, store) as outlet:
        for turn in range(20):
            began = clock.now
            while len(listener.heard) == turn:
                deliver(ledger, outlet, chance=lambda: 0.5)
                clock.forward(5 if turn < 4 else 40)  # 3,600 is a multiple of both
            pauses.append((clock.now - began).total_seconds())
        clock.forward(3600)
        assert deliver(ledger, outlet) == 1
    assert pauses[:4] == [5, 5, 10, 20]
    assert pauses[-1] == 3600


def test_nobody_listens(ledger: Ledger, store: FolderStore) -> None:
    concluded(ledger)
    gone = Listener()
    gone.url = "http://127.0.0.1:1/"
    with telling(gone, store) as outlet:
        assert deliver(ledger, outlet) == 0
        with pytest.raises(WebhookError, match="ConnectError"):
            outlet.webhook.send("msg_1", "{}")  # type: ignore[union-attr]


def test_a_sender_that_dies_before_it_takes_note_tells_the_same_once_more(
    ledger: Ledger, store: FolderStore, listener: Listener, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    concluded(ledger)
    with telling(listener, store) as outlet, monkeypatch.context() as dying:
        dying.setattr(type(ledger.outbox), "mark_delivered", _die)
        with pytest.raises(SystemExit):
            deliver(ledger, outlet)
    clock.forward(121)
    with telling(listener, store) as outlet:
        assert deliver(ledger, outlet) == 1
    assert len({(heard.headers["webhook-id"], heard.body) for heard in listener.heard}) == 1
    assert len(listener.heard) == 2


def _die(*_: object) -> None:
    raise SystemExit


class _Down(FolderStore):
    """A store that does not take so many objects."""

    failures = 1

    def put(self, key: str, data: bytes, /, *, content_type: str) -> ObjectInfo:
        if self.failures:
            self.failures -= 1
            raise StoreDownError("away")
        return super().put(key, data, content_type=content_type)


def test_a_store_that_is_down_keeps_nobody_told(
    tmp_path: Path, ledger: Ledger, listener: Listener, clock: Clock
) -> None:
    concluded(ledger)
    with telling(listener, _Down(tmp_path / "store")) as outlet:
        assert (deliver(ledger, outlet), listener.heard) == (0, [])
        clock.forward(10)
        assert (deliver(ledger, outlet), len(listener.heard)) == (1, 1)


def _forgetting(ledger: Ledger) -> Callable[..., ObjectInfo]:
    """Put an object, and then let the child be forgotten."""

    def put(self: FolderStore, key: str, data: bytes, /, *, content_type: str) -> ObjectInfo:
        info = FolderStore.put(self, key, data, content_type=content_type)
        ledger.erasures.forget_child([NUMBER])
        return info

    return put


def test_a_child_that_is_forgotten_while_its_result_is_put_there_leaves_none(
    tmp_path: Path, ledger: Ledger, listener: Listener
) -> None:
    concluded(ledger)
    forgetful = type("_Forgetful", (FolderStore,), {"put": _forgetting(ledger)})(tmp_path / "store")
    with telling(listener, forgetful) as outlet:
        assert deliver(ledger, outlet) == 0
    assert (list(forgetful.list("")), listener.heard) == ([], [])


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({}, id="no secret"),
        pytest.param({"secrets": SecretStr("whsec_c2hvcnQ=")}, id="a short secret"),
        pytest.param({"secrets": SecretStr("whsec_***")}, id="a secret that is no base64"),
        pytest.param({"secrets": SecretStr(f"{FIRST} x")}, id="a second one that is none"),
    ],
)
def test_a_webhook_without_a_proper_secret_stops_the_start(options: dict[str, SecretStr]) -> None:
    with pytest.raises(WebhookOptionsError):
        Webhook(WebhookOptions(url=AnyHttpUrl("http://127.0.0.1:1/"), **options))


def test_a_url_that_is_none_is_refused() -> None:
    with pytest.raises(ValidationError):
        WebhookOptions.model_validate({"url": "file:///etc/passwd"})
