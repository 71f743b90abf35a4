"""How the ledger hears of uploads: by listing the store, and by notifications; once each, whatever comes how often."""

import json
import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.errors import StoreDownError, StoreError
from pipeline.events.uploads import Reconciler, bucket_of, is_upload, take_notifications
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.values import Via
from pipeline.stores.base import ObjectInfo
from pipeline.stores.folder import FolderStore
from tests.support.ledgers import new_ledger


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = new_ledger(tmp_path / "ledger.db")
    yield opened
    opened.close()


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "store")


class Watch:
    """Tells the seconds that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def _upload(store: FolderStore, folder: str, text: bytes = b"{}") -> str:
    key = f"inbox/{folder}/submission.json"
    store.put(key, text, content_type="application/json")
    return key


def _notification(*keys: str, bucket: str = "local", event: str = "ObjectCreated:Put", number: int = 0) -> bytes:
    def record(key: str) -> dict[str, object]:
        about = {"bucket": {"name": bucket}, "object": {"key": key}}
        return {"eventSource": "ceph:s3", "eventName": event, "eventId": str(number), "s3": about}

    return json.dumps({"Records": [record(key) for key in keys]}).encode()


@pytest.mark.parametrize(
    ("later", "heard"),
    [
        pytest.param({}, 0, id="nothing new"),
        pytest.param({"b": b"{}"}, 1, id="a new folder"),
        pytest.param({"a": b"{ }"}, 1, id="another manifest in the same folder"),
        pytest.param({"a": b"{}"}, 0, id="the same manifest again"),
    ],
)
def test_what_a_second_look_hears_of(store: FolderStore, ledger: Ledger, later: dict[str, bytes], heard: int) -> None:
    _upload(store, "a")
    scan = Reconciler(store, ledger, "local")
    assert scan.look() == 1
    for folder, text in later.items():
        _upload(store, folder, text)
    assert scan.look() == heard
    assert Reconciler(store, ledger, "local").look() == 0


def test_files_without_a_manifest_are_no_upload(store: FolderStore, ledger: Ledger) -> None:
    store.put("inbox/a/hukou.pdf", b"%PDF", content_type="application/pdf")
    store.put("other/submission.json", b"{}", content_type="application/json")
    assert Reconciler(store, ledger, "local").look() == 0


def test_a_manifest_that_is_still_being_written_is_left_alone(store: FolderStore, ledger: Ledger) -> None:
    watch = Watch()
    scan = Reconciler(store, ledger, "local", settle=1.0, clock=watch)
    for text in (b"{", b'{"a', b'{"a": 1}'):
        _upload(store, "a", text)
        assert scan.look() == 0
        watch.now += 1.0
    assert [scan.look(), scan.look()] == [1, 0]
    (item,) = ledger.inbox.undispatched(10)
    assert item.event.etag == store.stat(item.event.key).etag


@pytest.mark.parametrize(
    ("key", "yes"),
    [
        pytest.param("inbox/a/submission.json", True, id="a manifest in the inbox"),
        pytest.param("inbox/2026/11/a/submission.json", True, id="in folders below"),
        pytest.param("inbox/submission.json", True, id="in the inbox itself"),
        pytest.param("inbox/a/hukou.pdf", False, id="a scan"),
        pytest.param("inbox/a/not-submission.json", False, id="a name that ends alike"),
        pytest.param("results/a/submission.json", False, id="elsewhere"),
    ],
)
def test_is_upload(key: str, yes: bool) -> None:
    assert is_upload(key) is yes


@pytest.mark.parametrize(
    ("url", "bucket"),
    [
        pytest.param("s3://uploads", "uploads", id="a bucket by its name"),
        pytest.param("file:/some/where", "local", id="a folder always alike"),
    ],
)
def test_bucket_of(url: str, bucket: str) -> None:
    assert bucket_of(url) == bucket


@pytest.mark.parametrize(
    ("bodies", "heard"),
    [
        pytest.param([_notification("inbox/a/submission.json")], 1, id="one upload"),
        pytest.param([_notification("inbox/a/submission.json", number=n) for n in range(5)], 1, id="told five times"),
        pytest.param([_notification("inbox/a/submission.json", "inbox/b/submission.json")], 2, id="two at once"),
        pytest.param([_notification("inbox/a/1.jpg")], 0, id="a scan, which is no upload"),
        pytest.param([_notification("inbox/gone/submission.json")], 0, id="an object that is gone"),
        pytest.param([_notification("inbox/a/submission.json", bucket="other")], 0, id="another bucket"),
        pytest.param([_notification("inbox/a/submission.json", event="ObjectRemoved:Delete")], 0, id="a removal"),
        pytest.param([_notification("inbox/../x/submission.json")], 0, id="a key that no object has"),
        pytest.param([_notification("inbox/\ud800/submission.json")], 0, id="half a character"),
        pytest.param([b'{"Event": "s3:TestEvent"}'], 0, id="a test"),
        pytest.param([b"[[["], 0, id="no JSON, which the door lets nobody bring"),
    ],
)
def test_what_notifications_tell(store: FolderStore, ledger: Ledger, bodies: list[bytes], heard: int) -> None:
    _upload(store, "a")
    _upload(store, "b", b"{ }")
    ledger.inbox.note_notifications(bodies)
    assert take_notifications(store, ledger, "local") == heard
    assert ledger.inbox.notifications(10) == ()
    assert {item.event.via for item in ledger.inbox.undispatched(10)} <= {Via.EVENT}


def test_an_upload_that_was_told_is_no_news_to_the_reconciler_and_the_other_way_round(
    store: FolderStore, ledger: Ledger
) -> None:
    told, listed = _upload(store, "told"), _upload(store, "listed", b"{ }")
    ledger.inbox.note_notifications([_notification(told)])
    assert take_notifications(store, ledger, "local") == 1
    assert Reconciler(store, ledger, "local").look() == 1
    ledger.inbox.note_notifications([_notification(listed)])
    assert take_notifications(store, ledger, "local") == 0
    assert {item.event.key: item.event.via for item in ledger.inbox.undispatched(10)} == {
        told: Via.EVENT,
        listed: Via.RECONCILE,
    }


def test_an_event_of_an_object_that_was_replaced_tells_of_what_lies_there_now(
    store: FolderStore, ledger: Ledger
) -> None:
    key = _upload(store, "a")
    ledger.inbox.note_notifications([_notification(key)])
    _upload(store, "a", b"{ }")
    ledger.inbox.note_notifications([_notification(key, number=1)])
    assert take_notifications(store, ledger, "local") == 1
    (item,) = ledger.inbox.undispatched(10)
    assert item.event.etag == store.stat(key).etag


class _Down(FolderStore):
    """A store that does not answer for so many questions."""

    failures = 1

    def stat(self, key: str, /) -> ObjectInfo:
        if self.failures:
            self.failures -= 1
            raise StoreDownError("away")
        return super().stat(key)


def test_a_notification_waits_for_a_store_that_is_down(tmp_path: Path, ledger: Ledger) -> None:
    store = _Down(tmp_path / "store")
    store.failures = 0
    keys = [_upload(store, "a"), _upload(store, "b", b"{ }")]
    ledger.inbox.note_notifications([_notification(key) for key in keys])
    store.failures = 1
    with pytest.raises(StoreDownError):
        take_notifications(store, ledger, "local")
    assert len(ledger.inbox.notifications(10)) == 2
    assert take_notifications(store, ledger, "local") == 2


class _Grudge(FolderStore):
    """A store that refuses one object for good."""

    def stat(self, key: str, /) -> ObjectInfo:
        if "refused" in key:
            raise StoreError("AccessDenied")
        return super().stat(key)


def test_an_object_that_is_refused_keeps_no_other_waiting(tmp_path: Path, ledger: Ledger) -> None:
    store = _Grudge(tmp_path / "store")
    keys = ["inbox/refused/submission.json", _upload(store, "a")]
    ledger.inbox.note_notifications([_notification(key) for key in keys])
    assert take_notifications(store, ledger, "local") == 1
    assert [item.event.key for item in ledger.inbox.undispatched(10)] == keys[1:]
    assert ledger.inbox.notifications(10) == ()


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(b"\xff\xfe.jpg", id="no text"),
        pytest.param(b"a\\b.jpg", id="a backslash"),
        pytest.param(b"x.part", id="a file on its way"),
    ],
)
def test_a_file_that_is_no_object_hides_no_upload(
    tmp_path: Path, store: FolderStore, ledger: Ledger, name: bytes
) -> None:
    _upload(store, "a")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/store/inbox/a/" + name)).write_bytes(b"x")
    assert Reconciler(store, ledger, "local").look() == 1


def test_two_hundred_uploads_whose_events_are_repeated_shuffled_and_lost(store: FolderStore, ledger: Ledger) -> None:
    chance = random.Random(6)
    keys = [_upload(store, f"{number}", str(number).encode()) for number in range(200)]
    told = [key for key in keys if chance.random() > 0.2]
    bodies = [_notification(key, number=n) for key in told for n in range(chance.randint(1, 5))]
    chance.shuffle(bodies)
    ledger.inbox.note_notifications(bodies)
    heard = 0
    while ledger.inbox.notifications(1):
        heard += take_notifications(store, ledger, "local")
    assert heard == len(told)
    assert Reconciler(store, ledger, "local").look() == 200 - len(told)
    assert sorted(item.event.key for item in ledger.inbox.undispatched(300)) == sorted(keys)
