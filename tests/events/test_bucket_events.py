"""A real S3 server tells our real receiver: an upload becomes an item of the inbox, and listing finds nothing new."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from pipeline.cases.erasure import forget_child
from pipeline.events.uploads import Reconciler, take_notifications
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.values import Via
from pipeline.stores.opening import open_store
from pipeline.stores.provision import provision
from pipeline.stores.provisioning import Events, Plan
from service.options import ReceiverOptions
from service.settings import Settings
from tests.support.cards import CHILD_NUMBER
from tests.support.door import TOKEN, answering
from tests.support.ledgers import new_ledger
from tests.support.rgw import Gateway
from tests.support.uploads import upload
from tests.support.whole_case import CASE, work
from web.receiver.app import application

pytestmark = pytest.mark.s3
KEYS = ("inbox/a/submission.json", "inbox/2026 年/b+c%26/submission.json", "inbox/a/submission.json")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = new_ledger(tmp_path / "ledger.db")
    yield opened
    opened.close()


def _waited_for(ledger: Ledger, count: int) -> int:
    end = time.monotonic() + 10
    while len(ledger.inbox.notifications(10)) < count and time.monotonic() < end:
        time.sleep(0.05)
    return len(ledger.inbox.notifications(10))


@pytest.mark.parametrize("lost", [pytest.param(False, id="told"), pytest.param(True, id="not told: the door is shut")])
def test_an_upload_to_a_bucket_is_heard_of_once(gateway: Gateway, ledger: Ledger, tmp_path: Path, lost: bool) -> None:
    bucket = gateway.new_bucket()
    store = open_store(f"s3://{bucket}", gateway.options)
    settings = Settings(workspace=tmp_path, receiver=ReceiverOptions(port=1, tokens=SecretStr(TOKEN)))
    token = SecretStr("wrong-" + "x" * 32 if lost else TOKEN)
    with answering(application(settings, ledger, store)) as port:
        receiver = f"http://127.0.0.1:{port}/s3-events"
        wanted = Plan(bucket=bucket, events=Events.RGW, receiver=receiver, token=token, persistent=False)
        provision(wanted, gateway.options)
        for number, key in enumerate(KEYS):
            store.put("inbox/a/1.jpg", b"x", content_type="image/jpeg")
            store.put(key, b"{}" + b" " * number, content_type="application/json")
        assert _waited_for(ledger, 0 if lost else len(KEYS)) == (0 if lost else len(KEYS))
    heard = take_notifications(store, ledger, bucket)
    listed = Reconciler(store, ledger, bucket).look()
    # The first upload was replaced before anybody looked: what lies there now is what counts, however it was found.
    assert (heard, listed) == ((0, 2) if lost else (2, 0))
    assert {item.event.via for item in ledger.inbox.undispatched(10)} == {Via.RECONCILE if lost else Via.EVENT}
    assert {item.event.key for item in ledger.inbox.undispatched(10)} == set(KEYS)


def test_what_the_app_removed_by_itself_leaves_no_version_of_a_forgotten_child(
    gateway: Gateway, ledger: Ledger
) -> None:
    bucket = gateway.new_bucket(versioned=True)
    store = open_store(f"s3://{bucket}", gateway.options)
    folder = upload(store, f"inbox/{CASE}", submission_id=CASE)
    work(ledger, store)
    for held in list(store.list(folder)):
        store.delete(held.key)
    forget_child([CHILD_NUMBER], ledger, store)
    left = gateway.client.list_objects(bucket, recursive=True, include_version=True)
    assert [item.object_name for item in left if not str(item.object_name).startswith("audit/")] == []
