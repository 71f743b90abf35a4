"""`intake corrections` as an operator types it: files for their owner alone, recorded, and no value on the screen."""

import csv
import io
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from models.documents import Field
from models.errors import ExitCode
from models.review import ReviewOutcome
from pipeline.ledger.ledger import Ledger, open_ledger
from pipeline.ledger.values import AuditKind
from pipeline.review.deciding import decide_case
from service.resources import register_secret
from service.settings import Settings
from tests.cli.test_cli import intake
from tests.support.reviewing import DOUBTED, intent, looked, opened, row_of, verdict

WHOLE = ("欧阳靖萱", "欧阳靖宣", "欧阳")


@contextmanager
def ledger_of(workspace: Path) -> Iterator[Ledger]:
    settings = Settings(workspace=workspace)
    workspace.mkdir(exist_ok=True)
    with closing(open_ledger(settings.ledger_at, register_secret(settings))) as ledger:
        yield ledger


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """With one case whose name somebody corrected, as far as a spreadsheet could be misled."""
    with ledger_of(tmp_path / "w") as ledger:
        found = opened(ledger, *DOUBTED)
        checked = looked(row_of(found.sheet, Field.NAME), "欧阳靖="), looked(row_of(found.sheet, Field.SEX), "女")
        decide_case(found, intent(found, verdict(found, ReviewOutcome.ESCALATE, *checked)), ledger)
    return tmp_path / "w"


def fetched(workspace: Path) -> list[tuple[object, object]]:
    query = "SELECT details FROM audit WHERE kind = ? ORDER BY seq"
    with closing(sqlite3.connect(workspace / "ledger.db")) as database:
        rows = [json.loads(details) for (details,) in database.execute(query, (AuditKind.FETCHED.value,))]
    return [(details["what"], details["fields"]) for details in rows]


@pytest.mark.parametrize(
    ("since", "count"),
    [
        pytest.param((), 2, id="everything"),
        pytest.param(("--since", "2000-01-01"), 2, id="since long ago"),
        pytest.param(("--since", "2999-01-01"), 0, id="since tomorrow"),
    ],
)
def test_an_evaluation_set_for_its_owner_alone(
    workspace: Path, tmp_path: Path, since: tuple[str, ...], count: int
) -> None:
    file = tmp_path / "evaluation-set.jsonl"
    done = intake(workspace, "corrections", "export", file, *since)
    assert (done.returncode, done.stderr) == (ExitCode.ACCEPTED, "")
    assert f"{count} fields" in done.stdout
    assert "personal data" in done.stdout
    assert file.stat().st_mode & 0o777 == 0o600
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert [(line["read"], line["value"]) for line in lines] == [("欧阳靖宣", "欧阳靖="), ("女", "女")][:count]
    assert fetched(workspace) == [("corrections", count)]


def test_a_table_of_single_characters(workspace: Path, tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    done = intake(workspace, "corrections", "table", "--csv", file)
    assert done.returncode == ExitCode.ACCEPTED
    assert "2 fields were looked at; 1 had been read as they are." in done.stdout
    text = file.read_text("utf-8")
    (row,) = csv.DictReader(io.StringIO(text))
    expected = {"field": "name", "kind": "substituted", "read": "宣", "seen": "'=", "times": "1"}
    assert row == {"engine": row["engine"], **expected}
    assert not any(value in done.stdout + text for value in WHOLE)
    assert fetched(workspace) == [("confusions", 2)]


def test_where_nothing_can_be_written_nothing_is_said_to_be(workspace: Path) -> None:
    done = intake(workspace, "corrections", "export", "/proc/set.jsonl")
    assert done.returncode == ExitCode.USAGE
    assert "cannot be written" in done.stderr
