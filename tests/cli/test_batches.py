"""`intake reprocess` as a script sees it: a run, a trial, in force, rolled back, stopped and killed on the way."""

import csv
import json
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from models.errors import ExitCode
from models.result import Decision
from pipeline.batches.report import ChangeRow, report
from pipeline.ledger.batch_values import ItemState
from pipeline.ledger.ledger import Ledger, open_ledger
from pipeline.ledger.values import Selection
from tests.support.batches import process_many
from tests.support.processes import environment, wait_until
from tests.support.uploads import opened_desk
from tests.support.values import SECRET

pytestmark = [pytest.mark.slow, pytest.mark.ocr, pytest.mark.timeout(240)]
COUNT, MANY = 6, 80


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Cases of which every third was returned, and rules by which nothing is certain any more."""
    with opened_desk(tmp_path) as desk:
        process_many(desk, tmp_path, COUNT)
    (tmp_path / "rules.yaml").write_text("legibility: {doubtful: 1.1}\n")
    return tmp_path


@pytest.fixture
def ledger(workspace: Path) -> Iterator[Ledger]:
    opened = open_ledger(f"sqlite:///{workspace}/ledger.db", SECRET)
    yield opened
    opened.close()


def command(workspace: Path, *arguments: object) -> list[str]:
    return [sys.executable, "-m", "cli.main", "--workspace", str(workspace), "reprocess", *map(str, arguments)]


def settings(workspace: Path, rules: bool = True) -> dict[str, str]:
    named = {"POLICY_FILE": str(workspace / "rules.yaml")} if rules else {}
    return dict(environment(REGISTER_SECRET=SECRET.hex(), **named))


def intake(workspace: Path, *arguments: object, rules: bool = True) -> subprocess.CompletedProcess[str]:
    run = command(workspace, *arguments)
    return subprocess.run(run, capture_output=True, text=True, env=settings(workspace, rules), timeout=120, check=False)


def batch_of(done: subprocess.CompletedProcess[str]) -> str:
    found = re.search(r"Batch (\S+):", done.stderr)
    assert found, done.stderr
    return found[1]


def test_a_trial_is_looked_at_put_in_force_and_rolled_back(workspace: Path, ledger: Ledger) -> None:
    dry = intake(workspace, "--all", "--from-readings", "--dry-run")
    assert dry.returncode == ExitCode.ACCEPTED, dry.stderr
    lines = [line.split("\t") for line in dry.stdout.splitlines()]
    assert ["case-2", "decision", "returned", "review"] in lines
    assert {line[0] for line in lines} == {"case-2", "case-5"}
    assert "6 cases, about 30 pages, 6 by the rules alone: about" in dry.stderr
    assert len(ledger.cases.results("case-2")) == 1

    batch = batch_of(dry)
    shown = intake(workspace, "show", batch)
    assert "2 of 6 cases changed." in shown.stdout
    assert "returned → review" in shown.stdout
    told = json.loads(intake(workspace, "show", batch, "--json").stdout)
    assert (told["cases"], told["changed"]) == ({"done": 6}, 2)
    assert intake(workspace, "show", batch, "--csv", workspace / "diff.csv").returncode == ExitCode.ACCEPTED
    with (workspace / "diff.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.DictReader(file))) == len(lines)

    refused = intake(workspace, "promote", batch, rules=False)
    assert (refused.returncode, refused.stdout) == (ExitCode.USAGE, "")
    assert "judged by other rules" in refused.stderr
    assert len(ledger.cases.results("case-2")) == 1
    assert intake(workspace, "promote", batch).stdout == "6 promoted\n"
    assert ledger.cases.latest_result("case-2").decision is Decision.REVIEW
    assert intake(workspace, "rollback", batch).stdout == "6 rolled back\n"
    assert [run.decision for run in ledger.cases.results("case-2")] == ["returned", "review", "returned"]
    assert batch in intake(workspace, "list").stdout
    assert ledger.outbox.claim(10, 1) == ()


@pytest.mark.parametrize(
    ("arguments", "cases"),
    [
        pytest.param(["--decision", "returned"], ["case-2", "case-5"], id="a decision"),
        pytest.param(["--code", "性别不一致"], ["case-2", "case-5"], id="a code"),
        pytest.param(["--version", "0.0.0"], [], id="a version"),
        pytest.param(["--since", "2020-01-01", "--until", "2020-01-02"], [], id="a day"),
        pytest.param(["--list", "LIST"], ["case-1", "case-2"], id="a list"),
        pytest.param(["--list", "LIST", "--decision", "returned"], ["case-2"], id="a list and a decision"),
    ],
)
def test_a_selection_is_what_is_run(workspace: Path, ledger: Ledger, arguments: list[str], cases: list[str]) -> None:
    listed = workspace / "ids.txt"
    listed.write_text("case-2\n\ncase-1\nnobody\n")
    chosen = [str(listed) if word == "LIST" else word for word in arguments]
    done = intake(workspace, *chosen, "--from-readings", rules=False)
    assert done.returncode == ExitCode.ACCEPTED, done.stderr
    assert [name for name in ledger.cases.select(Selection()) if len(ledger.cases.results(name)) == 2] == cases


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_is_asked_to_stop_or_killed_goes_on_where_it_was(
    workspace: Path, ledger: Ledger, by: signal.Signals
) -> None:
    with opened_desk(workspace) as desk:
        ids = process_many(desk, workspace, MANY)
    with closing(sqlite3.connect(workspace / "ledger.db")) as connection, connection:
        connection.execute("UPDATE contents SET version = 'older'")  # so that each is a transaction of its own

    def promoted() -> int:
        return sum(batch.count(ItemState.PROMOTED) for batch in ledger.batches.list())

    words = command(workspace, "--list", _listed(workspace, ids), "--from-readings")
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(words, env=settings(workspace), **pipes) as running:
        wait_until(lambda: promoted() >= 3, "some cases", 100)
        running.send_signal(by)
        told = running.communicate(timeout=60)
    assert running.returncode == (-by if by is signal.SIGKILL else ExitCode.INTERRUPTED), told
    assert 0 < promoted() < MANY
    (batch,) = ledger.batches.list()
    resumed = intake(workspace, "resume", batch.batch_id)
    assert resumed.returncode == ExitCode.ACCEPTED, resumed.stderr
    assert (promoted(), intake(workspace, "resume", batch.batch_id).stdout) == (MANY, "")
    assert {len(ledger.cases.results(one)) for one in ids[COUNT:]} == {2}
    if by is not signal.SIGKILL:
        assert f"`intake reprocess resume {batch.batch_id}` goes on." in told[1]
        assert len((told[0] + resumed.stdout).splitlines()) == len(rows(ledger, batch.batch_id))


def _listed(workspace: Path, ids: list[str]) -> Path:
    file = workspace / "ids.txt"
    file.write_text("\n".join(ids))
    return file


def rows(ledger: Ledger, batch_id: str) -> tuple[ChangeRow, ...]:
    return report(ledger, batch_id).rows


def test_what_is_no_batch_is_told(workspace: Path) -> None:
    for words in ("resume", "promote", "rollback", "show"):
        done = intake(workspace, words, "20260101-00000000")
        assert (done.returncode, "There is no batch" in done.stderr) == (ExitCode.USAGE, True)
