"""A whole case, from upload to delivered result, and the checks that must hold after any fault on the way."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path
from typing import Final

from models.errors import PipelineError
from models.policy import Limits, Policy
from models.result import Decision
from models.submission import MANIFEST_NAME
from pipeline.cases import steps
from pipeline.cases.context import PipelineContext
from pipeline.delivery.audit_anchors import keep_anchor, verify
from pipeline.delivery.deliver import Outlet, deliver
from pipeline.events.uploads import Reconciler
from pipeline.ledger.database import utc_now
from pipeline.ledger.ledger import Ledger, open_ledger
from pipeline.ledger.values import InboxItem
from pipeline.stores.base import Store
from pipeline.stores.content import bytes_of
from pipeline.stores.folder import FolderStore
from tests.support.dossiers import FAMILY
from tests.support.scripted import ScriptedReaders
from tests.support.uploads import FILES, upload
from tests.support.values import SECRET

CASE: Final = "whole"
_LEASE_SECONDS: Final = 30.0
LATER: Final = timedelta(hours=2)  # longer than every lease and pause

Wrap = Callable[[Ledger, Store], tuple[Ledger, Store]]


def put_upload(folder: Path) -> None:
    """Upload as the parent's app does."""
    upload(FolderStore(folder / "store"), f"inbox/{CASE}", submission_id=CASE)


def readers() -> ScriptedReaders:
    """Readers that know the case's pages."""
    return ScriptedReaders(dict(zip(FILES, FAMILY, strict=True)))


def take_on(folder: Path, *, later: bool = False, wrap: Wrap = lambda ledger, store: (ledger, store)) -> None:
    """Do all pending work of a worker once; with `later`, after every lease has expired.

    Raises:
        PipelineError: Something failed, as a worker would log it.
    """
    passed = LATER if later else timedelta()
    ledger, store = wrap(
        open_ledger(f"sqlite:///{folder}/ledger.db", SECRET, clock=lambda: utc_now() + passed, patience=1.0),
        FolderStore(folder / "store"),
    )
    with closing(ledger):
        work(ledger, store, passed)


def work(ledger: Ledger, store: Store, passed: timedelta = timedelta()) -> None:
    """Do all waiting work once; `passed` is how far the ledger's clock is ahead."""
    desk = PipelineContext(ledger, store, readers(), Policy(), Limits())
    Reconciler(desk.store, desk.ledger, "local").look()
    for item in (*desk.ledger.inbox.undispatched(10), *desk.ledger.inbox.overdue(utc_now() + passed)):
        desk.ledger.inbox.mark_dispatched(item.item_id, f"run-{item.item_id}")
        _case(item, desk)
    deliver(desk.ledger, Outlet(desk.store, None, whole=False))
    keep_anchor(desk.ledger, desk.store, day=utc_now().date())


def _case(item: InboxItem, desk: PipelineContext) -> None:
    lease = desk.ledger.inbox.lease(item.item_id, f"worker-{os.getpid()}", _LEASE_SECONDS)
    if lease is None:
        return
    case = steps.take_in(desk.store, item.event.key.removesuffix(f"/{MANIFEST_NAME}"), desk)
    judged = steps.judge(case, tuple(steps.perceive_case(case, desk)), desk, began=0.0)
    steps.conclude(judged, desk, lease)


def recover(folder: Path) -> None:
    """Continue as the next worker after a fault: twice, for work that waits for a pause."""
    for _ in range(2):
        with suppress(PipelineError):
            take_on(folder, later=True)


def wrong(folder: Path) -> Iterator[str]:
    """Everything about the case that is wrong."""
    store = FolderStore(folder / "store")
    with closing(open_ledger(f"sqlite:///{folder}/ledger.db", SECRET)) as ledger:
        yield from wrong_case(ledger, store)
        yield from verify(ledger, store).problems
    with closing(sqlite3.connect(folder / "ledger.db")) as database:
        checked = database.execute("PRAGMA integrity_check").fetchone()[0]
        told = database.execute("SELECT count(*), count(told_at) FROM outbox").fetchone()
    if checked != "ok":
        yield f"the ledger is damaged: {checked}"
    if told != (1, 1):
        yield f"{told[0]} messages, {told[1]} of them told"
    parts = [path.name for path in (folder / "store").rglob("*") if path.is_file() and path.suffix == ".part"]
    if len(parts) > 1:
        yield f"{len(parts)} files were left half-made"


def wrong_case(ledger: Ledger, store: Store) -> Iterator[str]:
    """Everything about the case that is wrong in ledger and store."""
    try:
        results = ledger.cases.results(CASE)
    except PipelineError as error:
        yield f"no case: {type(error).__name__}"
        return
    if [(result.decision, result.findings) for result in results] != [(Decision.ACCEPTED, ())]:
        yield f"ended as {[(result.decision, [row.code for row in result.findings]) for result in results]}"
    if len(tuple(ledger.children.export())) != 1:
        yield "the child is not registered once"
    if ledger.inbox.undispatched(10) or ledger.inbox.overdue(utc_now().replace(year=9999)):
        yield "the upload is still open"
    for file in ledger.cases.get(CASE).files:
        if file.digest is None or bytes_of(store, file.digest, limit=None) not in FILES:
            yield "bytes of a file are not what was sent"
    if not list(store.list(f"results/case-{CASE}/")):
        yield "no result lies in the store"
