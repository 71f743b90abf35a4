"""A process in our charge: started again when it dies, unless it said that this is in vain."""

import json
import os
import sys
import time
from pathlib import Path

import pytest

from models.errors import ExitCode, LedgerBusyError, LedgerError
from service.supervisor import SupervisedProcess, exit_with


def _die(marks: str, how: str) -> None:
    """Leave a mark, and end in the way that is asked for."""
    with Path(marks).open("a") as file:
        file.write("x")
    match how:
        case "killed":
            os.kill(os.getpid(), 9)
        case "busy":
            exit_with(LedgerBusyError("locked"))
        case "broken":
            exit_with(LedgerError("damaged"))
        case _:
            sys.exit(1)


@pytest.mark.parametrize(
    ("how", "code", "starts"),
    [
        pytest.param("killed", None, 2, id="killed"),
        pytest.param("crash", None, 2, id="it crashed"),
        pytest.param("busy", None, 2, id="the ledger was busy"),
        pytest.param("broken", ExitCode.STORE, 1, id="the ledger is damaged"),
    ],
)
def test_a_process_that_dies(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], how: str, code: ExitCode | None, starts: int
) -> None:
    marks = tmp_path / "marks"
    charge = SupervisedProcess("mortal", tmp_path, _die, str(marks), how, stop_seconds=5)
    end = time.monotonic() + 20
    told: ExitCode | None = None
    while told is None and time.monotonic() < end and (not marks.exists() or len(marks.read_text()) < 2):
        told = charge.ensure_running()
        time.sleep(0.05)
    charge.stop()
    assert (told, len(marks.read_text())) == (code, starts)
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines() if "cannot start" in line]
    assert bool(lines) is (how in ("busy", "broken"))
    assert all({"event", "why", "level", "logger", "timestamp", "process_name"} == line.keys() for line in lines)
