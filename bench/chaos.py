"""Chaos test of the real service: events are repeated, reordered and lost while its processes are killed."""

import json
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

import httpx
import psutil

from bench.metrics import Figure, percentile, share
from models.errors import LedgerError
from models.submission import MANIFEST_NAME
from pipeline.delivery.audit_anchors import verify
from pipeline.ledger.ledger import Ledger, open_ledger
from pipeline.stores.folder import FolderStore
from tests.support.listener import Listener, listening
from tests.support.processes import answers, environment, free_port, wait_until
from tests.support.uploads import manifest_of

_SECRET: Final = bytes(range(32))
_TOKEN: Final = "t" * 40
_WEBHOOK: Final = "whsec_" + "YWFh" * 11
_BETWEEN_KILLS: Final = (4.0, 16.0)  # seconds
_PATIENCE: Final = 1200.0
_MOST_EVENTS, _LOST, _LATE_SECONDS = 5, 0.2, 15.0
_WORKERS: Final = ("intake-worker", "intake-receiver", "prefect-server")
_NOT_A_SCAN: Final = b"this is no picture %d"


class _Service(NamedTuple):
    workspace: Path
    port: int
    url: str

    def environment(self) -> Mapping[str, str]:
        """The settings of the service."""
        return environment(
            REGISTER_SECRET=_SECRET.hex(),
            RECEIVER__PORT=str(self.port),
            RECEIVER__TOKENS=_TOKEN,
            WEBHOOK__URL=self.url,
            WEBHOOK__SECRETS=_WEBHOOK,
            PREFECT__PORT="0",
            WORKER__LEASE_SECONDS="10",
            WORKER__PATIENCE_SECONDS="20",
            WORKER__SCAN_SECONDS="5",
            WORKER__SETTLE_SECONDS="5",
        )

    def start(self) -> "subprocess.Popen[bytes]":
        """Start the service as an operator does."""
        command = [sys.executable, "-m", "cli.main", "--workspace", str(self.workspace), "serve"]
        log = (self.workspace / "serve.log").open("ab")
        with log:
            return subprocess.Popen(command, env=self.environment(), stdout=log, stderr=log)


def under_fire(uploads: int, kills: int, workspace: Path, chance: random.Random) -> Iterator[Figure]:
    """Send `uploads` uploads during `kills` kills; gives figures of lost, repeated and wrong results."""
    with listening() as listener:
        service = _Service(workspace, free_port(), listener.url)
        store = FolderStore(workspace / "store")
        with _running(service) as running:
            wait_until(lambda: answers(service.port), "the receiver", _PATIENCE)
            seconds = kills * sum(_BETWEEN_KILLS) / 2
            rest = (service, store, uploads, seconds, random.Random(chance.random()))
            sender = threading.Thread(target=_send, args=rest)
            sender.start()
            killed = Counter(_kill(running, service, chance) for _ in range(kills))
            sender.join()
            last = time.monotonic()
            seconds = _until_all_are_told(workspace, uploads, last)
        yield from _outcome(workspace, store, uploads, listener)
    yield Figure(name="uploads all ended after the last kill or upload", value=seconds, unit="s")
    for what, count in sorted(killed.items()):
        yield Figure(name=f"kill -9 of {what}", value=count, unit="count")


@contextmanager
def _running(service: _Service) -> Iterator[list["subprocess.Popen[bytes]"]]:
    running = [service.start()]
    try:
        yield running
    finally:
        running[0].send_signal(signal.SIGTERM)
        running[0].wait(120)


def _send(service: _Service, store: FolderStore, uploads: int, seconds: float, chance: random.Random) -> None:
    """Spread uploads over these seconds: up to five events each, late and in any order; one upload in five has none."""
    due: list[tuple[float, int, int]] = []  # (time, upload, number of its event); event 0 is the upload itself
    for number in range(uploads):
        at = seconds * number / uploads
        events = 0 if chance.random() < _LOST else chance.randint(1, _MOST_EVENTS)
        due.append((at, number, 0))
        due.extend((at + chance.uniform(0, _LATE_SECONDS), number, event) for event in range(1, events + 1))
    began = time.monotonic()
    for at, number, event in sorted(due):
        time.sleep(max(0.0, began + at - time.monotonic()))
        if event:
            _tell(service.port, f"inbox/{number:04}/{MANIFEST_NAME}", event)
        else:
            _upload(store, number)


def _upload(store: FolderStore, number: int) -> None:
    folder = f"inbox/{number:04}"
    store.put(f"{folder}/1.jpg", _NOT_A_SCAN % number, content_type="image/jpeg")
    manifest = json.dumps(manifest_of(f"s-{number:04}", files=[{"path": "1.jpg"}])).encode()
    store.put(f"{folder}/{MANIFEST_NAME}", manifest, content_type="application/json")


def _tell(port: int, key: str, turn: int) -> None:
    """Send an event as an object store with a queue does: again and again until it is acknowledged."""
    about = {"bucket": {"name": "local"}, "object": {"key": key}}
    record = {"eventSource": "ceph:s3", "eventName": "ObjectCreated:Put", "eventId": str(turn), "s3": about}
    while True:
        try:
            headers = {"Authorization": f"Bearer {_TOKEN}"}
            body = {"Records": [record]}
            if httpx.post(f"http://127.0.0.1:{port}/s3-events", json=body, headers=headers).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.5)


def _kill(running: list["subprocess.Popen[bytes]"], service: _Service, chance: random.Random) -> str:
    """Kill one process of the service, or all of it, at a random moment."""
    time.sleep(chance.uniform(*_BETWEEN_KILLS))
    victims = {"the service itself": psutil.Process(running[0].pid)}
    for child in victims["the service itself"].children(recursive=True):
        victims[_named(child, running[0].pid)] = child
    what = chance.choice(sorted(victims))
    try:
        victims[what].kill()
    except psutil.NoSuchProcess:
        return "a process that had just gone"
    if what == "the service itself":
        running[0].wait()
        running[0] = service.start()
    return what


def _named(process: psutil.Process, parent: int) -> str:
    """The service's processes by name: its direct children; their own children are reading processes and watchdogs."""
    try:
        if process.ppid() != parent:
            return "a reading process"
        files = {Path(file.path).name for file in process.open_files()}
    except psutil.Error:
        return "a helper"
    return next((f"the {name}" for name in _WORKERS if f"{name}.log" in files), "a helper")


def _until_all_are_told(workspace: Path, uploads: int, last: float) -> float:
    with closing(open_ledger(f"sqlite:///{workspace}/ledger.db", _SECRET)) as ledger:
        wait_until(lambda: _delivered(ledger) >= uploads, "all results", _PATIENCE)
    return time.monotonic() - last


def _delivered(ledger: Ledger) -> int:
    try:
        figures = ledger.operations.metrics()
    except LedgerError:
        return 0
    waiting = figures.uploads + figures.messages + figures.notifications
    return 0 if waiting else sum(figures.decisions.values())


def _outcome(workspace: Path, store: FolderStore, uploads: int, listener: Listener) -> Iterator[Figure]:
    with closing(open_ledger(f"sqlite:///{workspace}/ledger.db", _SECRET)) as ledger:
        runs = [len(ledger.cases.results(f"s-{number:04}")) for number in range(uploads)]
        report = verify(ledger, store)
        heard = ledger.operations.metrics().heard
    ids = Counter(heard.headers["webhook-id"] for heard in listener.heard)
    bodies = {(heard.headers["webhook-id"], heard.body) for heard in listener.heard}
    yield share("uploads with exactly one result", sum(count == 1 for count in runs), uploads)
    yield share("uploads of which nobody was told, or twice under two ids", uploads - len(ids), uploads)
    yield Figure(name="webhooks sent again, under their id", value=sum(ids.values()) - len(ids), unit="count")
    yield Figure(name="webhooks that differ under one id", value=len(bodies) - len(ids), unit="count")
    yield Figure(name="found by listing, as no event told", value=heard.get("reconcile", 0), unit="count")
    yield Figure(name="problems of the audit chain", value=len(report.problems), unit="count")
    took = _from_heard_to_ended(workspace)
    for percent in (50, 95, 100):
        name = f"from heard of to ended, kills and restarts in between, p{percent}"
        yield Figure(name=name, value=percentile(took, percent), unit="s")


def _from_heard_to_ended(workspace: Path) -> list[float]:
    with closing(sqlite3.connect(workspace / "ledger.db")) as database:
        rows = database.execute("SELECT heard_at, finished_at FROM inbox WHERE finished_at IS NOT NULL").fetchall()
    return [(datetime.fromisoformat(end) - datetime.fromisoformat(began)).total_seconds() for began, end in rows]
