"""A whole case, broken at its durable calls: killed, or refused by the disk. The bench breaks every one of them."""

import json
import os
import random
import signal
import sqlite3
import subprocess
from contextlib import closing
from datetime import timedelta
from multiprocessing import get_context
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import pytest

from models.errors import LedgerBusyError, PipelineError
from models.policy import Limits, Policy
from pipeline.cases.context import PipelineContext
from pipeline.cases.steps import conclude, judge, perceive_case, take_in
from pipeline.events.uploads import Reconciler
from pipeline.ledger.database import utc_now
from pipeline.ledger.ledger import open_ledger
from pipeline.ledger.values import AuditKind
from pipeline.stores.folder import FolderStore
from tests.support.faults import preloaded
from tests.support.processes import demand
from tests.support.values import SECRET
from tests.support.whole_case import CASE, put_upload, readers, take_on, wrong

pytestmark = pytest.mark.slow

ROUNDS = 9  # of each way: more than 60 in all


def swept(mode: str, error: str, *, first: int, step: int) -> list[dict[str, Any]]:
    demand(["gcc"], "INTAKE_REQUIRE_GCC", "gcc and libc6-dev")
    command = preloaded("tests.support.sweep", mode, error, str(first), str(step), "0")
    done = subprocess.run(command, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize(
    ("mode", "error", "ended"),
    [
        pytest.param("KILL_BEFORE", "none", -9, id="killed before a call"),
        pytest.param("KILL_AFTER", "none", -9, id="killed after a call"),
        pytest.param("KILL_TORN", "none", -9, id="killed when half was written"),
        pytest.param("FAIL_ONCE", "EIO", 0, id="a call fails"),
        pytest.param("FAIL_FROM_THEN_ON", "ENOSPC", 0, id="the disk is full from a call on"),
        pytest.param("FAIL_ONCE", "EMFILE", 0, id="no more files can be opened, once"),
        pytest.param("FAIL_FROM_THEN_ON", "EROFS", 0, id="the disk can only be read from a call on"),
    ],
)
def test_a_case_that_is_broken_at_a_call_is_whole_in_the_end(mode: str, error: str, ended: int) -> None:
    chance = random.Random(f"{mode}/{error}")
    step = 386 // ROUNDS
    head, *rounds = swept(mode, error, first=chance.randint(1, step), step=step)
    assert head["calls"] > 300, "the sweep has to know of every call"
    assert len(rounds) >= ROUNDS - 1
    assert [one for one in rounds if one["wrong"] or one["ended"] != ended] == []


def test_what_a_power_cut_leaves_of_the_journal_is_a_past_that_was(tmp_path: Path) -> None:
    """Any tail of SQLite's journal may be missing: what is left opens, agrees with itself, and is what once was."""
    put_upload(tmp_path)
    ledger = open_ledger(f"sqlite:///{tmp_path}/ledger.db", SECRET)  # held open, so that the journal stays
    with closing(ledger):
        take_on(tmp_path)
        base, journal = (tmp_path / "ledger.db").read_bytes(), (tmp_path / "ledger.db-wal").read_bytes()
        whole = ledger.audit.verify().records
    chance, seen = random.Random(6), set[int]()
    for length in [*sorted(chance.randrange(len(journal) + 1) for _ in range(60)), len(journal)]:
        place = tmp_path / f"cut-{length}"
        place.mkdir(exist_ok=True)
        (place / "ledger.db").write_bytes(base)
        (place / "ledger.db-wal").write_bytes(journal[:length])
        with closing(open_ledger(f"sqlite:///{place}/ledger.db", SECRET)) as left:
            report = left.audit.verify()
            assert report.problems == ()
            seen.add(report.records)
    assert (max(seen), len(seen) > 3) == (whole, True)


def test_a_ledger_that_is_locked_for_a_while_is_waited_for(tmp_path: Path) -> None:
    put_upload(tmp_path)
    with closing(open_ledger(f"sqlite:///{tmp_path}/ledger.db", SECRET)):
        pass
    with closing(sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(LedgerBusyError):
            take_on(tmp_path)
        other.execute("ROLLBACK")
    take_on(tmp_path)
    assert list(wrong(tmp_path)) == []


@pytest.mark.parametrize("days", [pytest.param(1, id="a day on"), pytest.param(-1, id="a day back")])
def test_a_lease_that_was_taken_while_the_clock_was_wrong_keeps_nobody_waiting(tmp_path: Path, days: int) -> None:
    put_upload(tmp_path)
    jumped = timedelta(days=days)
    with closing(open_ledger(f"sqlite:///{tmp_path}/ledger.db", SECRET, clock=lambda: utc_now() + jumped)) as ledger:
        Reconciler(FolderStore(tmp_path / "store"), ledger, "local").look()
        (item,) = ledger.inbox.undispatched(10)
        ledger.inbox.mark_dispatched(item.item_id, "run")
        assert ledger.inbox.lease(item.item_id, "a worker that dies", 120)
    take_on(tmp_path)
    assert list(wrong(tmp_path)) == []


def _conclude_when_told(folder: str, taken: Event, go_on: Event, said: "Queue[str]") -> None:
    """Take the upload with a short lease, and conclude its case whenever that may be."""
    with closing(open_ledger(f"sqlite:///{folder}/ledger.db", SECRET)) as ledger:
        desk = PipelineContext(ledger, FolderStore(Path(folder) / "store"), readers(), Policy(), Limits())
        (item,) = ledger.inbox.undispatched(1)
        lease = ledger.inbox.lease(item.item_id, "slow", 1.0)
        case = take_in(desk.store, f"inbox/{CASE}", desk)
        files = tuple(perceive_case(case, desk))
        taken.set()
        go_on.wait(60)
        try:
            conclude(judge(case, files, desk, began=0.0), desk, lease)
        except PipelineError as error:
            said.put(type(error).__name__)
        else:
            said.put("concluded")


def test_a_worker_that_was_stopped_past_its_lease_writes_nothing_and_that_is_recorded(tmp_path: Path) -> None:
    put_upload(tmp_path)
    with closing(open_ledger(f"sqlite:///{tmp_path}/ledger.db", SECRET)) as ledger:
        Reconciler(FolderStore(tmp_path / "store"), ledger, "local").look()
        context = get_context("spawn")
        taken, go_on, said = context.Event(), context.Event(), context.Queue()
        slow = context.Process(target=_conclude_when_told, args=(str(tmp_path), taken, go_on, said), daemon=True)
        slow.start()
        assert taken.wait(60)
        os.kill(slow.pid or 0, signal.SIGSTOP)
        take_on(tmp_path, later=True)
        os.kill(slow.pid or 0, signal.SIGCONT)
        go_on.set()
        assert said.get(timeout=60) == "LostLeaseError"
        slow.join(60)
        assert AuditKind.LATE in {record.kind for record in ledger.audit.trail(CASE)}
    assert list(wrong(tmp_path)) == []
