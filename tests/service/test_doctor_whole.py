"""All checks together: one that breaks stops no other, and the command ends as the worst of them says."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.errors import ExitCode, StoreDownError
from service.doctor.check import Check, CheckState, wrong
from service.doctor.examination import OneCheck, examine, exit_code, guarded
from service.settings import Settings
from tests.cli.test_cli import intake


def test_nothing_is_made_where_nothing_is(tmp_path: Path) -> None:
    checks = list(examine(Settings(workspace=tmp_path / "w")))
    assert not (tmp_path / "w").exists()
    assert {check.name for check in checks} >= {"settings", "policy", "models", "store", "ledger", "prefect", "disk"}


def breaks(_settings: Settings) -> Iterator[Check]:
    yield Check("breaks", CheckState.OK, "So far so good.")
    raise RuntimeError("canary")


def is_down(_settings: Settings) -> Iterator[Check]:
    raise StoreDownError("The store is down", hint="start it.")
    yield


@pytest.mark.parametrize(
    ("check", "code", "what"),
    [
        pytest.param(breaks, ExitCode.BUG, "The check itself broke (RuntimeError).", id="a bug of ours"),
        pytest.param(is_down, ExitCode.STORE, "The store is down.", id="an error of ours"),
    ],
)
def test_a_check_that_breaks_is_a_finding(tmp_path: Path, check: OneCheck, code: ExitCode, what: str) -> None:
    checks = list(guarded(check, Settings(workspace=tmp_path)))
    assert (checks[-1].state, checks[-1].what, exit_code(checks)) == (CheckState.WRONG, what, code)


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        pytest.param([], 0, id="nothing wrong"),
        pytest.param([ExitCode.USAGE], 2, id="a setting"),
        pytest.param([ExitCode.ENGINE, ExitCode.USAGE], 4, id="a setting and the engine"),
        pytest.param([ExitCode.USAGE, ExitCode.STORE, ExitCode.ENGINE], 5, id="everything"),
    ],
)
def test_the_command_ends_as_the_worst_says(codes: list[ExitCode], expected: int) -> None:
    checks = [Check("x", CheckState.WARNING, "w"), *(wrong("x", "y", "z", code=code) for code in codes)]
    assert exit_code(checks) == expected


def test_the_command_tells_in_a_table_and_as_json(tmp_path: Path) -> None:
    workspace, empty = tmp_path / "w", tmp_path / "empty"
    empty.mkdir()
    environment = {"INTAKE_MODELS": str(empty), "INTAKE_PREFECT_PORT": "canary"}
    table = intake(workspace, "doctor", **environment)
    lines = intake(workspace, "doctor", "--json", **environment)
    assert (table.returncode, lines.returncode) == (ExitCode.ENGINE, ExitCode.ENGINE)
    rows = [json.loads(line) for line in lines.stdout.splitlines()]
    assert {row["name"]: row["state"] for row in rows if row["state"] == "wrong"} == {
        "settings": "wrong",
        "models": "wrong",
    }
    assert {"name", "state", "what", "to_do"} == set(rows[0])
    assert all(row["what"] in table.stdout for row in rows if row["name"] in {"settings", "models", "policy"})
    assert "canary" not in table.stdout + lines.stdout + table.stderr + lines.stderr
    assert "Traceback" not in table.stderr
