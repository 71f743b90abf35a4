"""The whole way without a look into the store: events in over HTTP, files that are late or never come, results out."""

import json
import time
from functools import partial
from pathlib import Path

import httpx
import psutil
import pytest
from pydantic import AnyHttpUrl, SecretStr
from standardwebhooks.webhooks import Webhook as Verifier

from models.submission import MANIFEST_NAME
from pipeline.delivery.audit_anchors import verify
from pipeline.delivery.webhook import WebhookOptions
from pipeline.ledger.database import utc_now
from pipeline.ledger.ledger import open_ledger
from pipeline.stores.folder import FolderStore
from service.options import PrefectOptions, ReceiverOptions, WorkerOptions
from service.resources import register_secret
from service.settings import Settings
from tests.support.door import TOKEN
from tests.support.listener import Listener, listening
from tests.support.processes import answers, free_port, wait_until
from tests.support.serving import while_serving
from tests.support.uploads import manifest_of

pytestmark = [pytest.mark.flow, pytest.mark.ocr, pytest.mark.timeout(240)]
SECRET = "whsec_" + "YWFh" * 11
PATIENCE = 120.0
NOT_A_SCAN = b"this is no picture"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        workspace=tmp_path,
        prefect=PrefectOptions(port=0),
        worker=WorkerOptions(scan_seconds=3600, event_seconds=0.2, upload_seconds=20, patience_seconds=30),
        receiver=ReceiverOptions(port=free_port(), tokens=SecretStr(TOKEN)),
    )


def test_events_in_results_out_though_prefect_is_killed(settings: Settings) -> None:
    with listening() as listener:
        webhook = WebhookOptions(url=AnyHttpUrl(listener.url), secrets=SecretStr(SECRET))
        chosen = settings.model_copy(update={"webhook": webhook})
        while_serving(chosen, partial(_visit, chosen, listener))


def _visit(settings: Settings, listener: Listener) -> None:
    store_folder = settings.workspace / "store"
    store = FolderStore(store_folder)
    port = settings.receiver.port
    assert port is not None
    wait_until(lambda: answers(port), "the receiver", PATIENCE)
    for name, files in {"whole": 1, "late": 0, "never": 0}.items():
        _put(store, name, files)
        for _ in range(3):
            _tell(port, f"inbox/{name}/{MANIFEST_NAME}")
    store.put(f"inbox/broken/{MANIFEST_NAME}", b"{}", content_type="application/json")
    _tell(port, f"inbox/broken/{MANIFEST_NAME}")
    _tell(port, "inbox/gone/submission.json")
    (store_folder / "inbox" / "out").symlink_to(settings.workspace)  # what lies there is refused to us for good
    _tell(port, "inbox/out/submission.json")
    wait_until(lambda: len(listener.heard) >= 2, "what is whole, and what is refused", PATIENCE)
    _kill_prefect(settings)
    store.put("inbox/late/1.jpg", NOT_A_SCAN, content_type="image/jpeg")
    wait_until(lambda: len(listener.heard) >= 4, "what was late, and what never came", PATIENCE)
    time.sleep(2.0)  # for anything that would be told twice
    _look(settings, store, listener)


def _kill_prefect(settings: Settings) -> None:
    """The server that this service runs, and no other test's; cases that wait must not notice."""
    for child in psutil.Process().children():
        if any(Path(file.path) == settings.logs / "prefect-server.log" for file in child.open_files()):
            child.kill()
            return
    raise AssertionError("no Prefect server runs")


def _look(settings: Settings, store: FolderStore, listener: Listener) -> None:
    told = [Verifier(SECRET).verify(heard.body, heard.headers)["data"] for heard in listener.heard]
    codes = {one["submission_id"]: one["codes"] for one in told if "submission_id" in one}
    assert {name: "1001" in found for name, found in codes.items()} == {"whole": False, "late": False, "never": True}
    assert [one["problems"] != [] for one in told if "problems" in one] == [True]
    assert all(store.get(one["object"], limit=None) for one in told)
    ledger = open_ledger(settings.ledger_at, register_secret(settings))
    assert (ledger.inbox.undispatched(10), ledger.inbox.overdue(utc_now().replace(year=9999))) == ((), ())
    assert ledger.inbox.notifications(10) == ()
    assert verify(ledger, store).problems == ()
    heard = [record for name in codes for record in ledger.audit.trail(name)]
    assert sum(record.kind == "concluded" for record in heard) == 3
    ledger.close()


def _put(store: FolderStore, name: str, files: int) -> None:
    for number in range(1, files + 1):
        store.put(f"inbox/{name}/{number}.jpg", NOT_A_SCAN, content_type="image/jpeg")
    manifest = manifest_of(name, files=[{"path": "1.jpg"}])
    store.put(f"inbox/{name}/{MANIFEST_NAME}", json.dumps(manifest).encode(), content_type="application/json")


def _tell(port: int, key: str) -> None:
    about = {"bucket": {"name": "local"}, "object": {"key": key}}
    body = {"Records": [{"eventSource": "ceph:s3", "eventName": "ObjectCreated:Put", "s3": about}]}
    headers = {"Authorization": f"Bearer {TOKEN}"}
    assert httpx.post(f"http://127.0.0.1:{port}/s3-events", json=body, headers=headers).status_code == 204
