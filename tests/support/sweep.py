"""`python -m tests.support.sweep MODE ERROR FIRST STEP LAST SEED`, preloaded by faults.py.

Breaks a whole case at every STEP-th of its calls from FIRST to LAST (0: as many as there are), each in a child of its
own and a folder of its own, lets the next worker go on, and prints a line of JSON a round: where it was broken, how the
child ended, and what is wrong. The first line says how many calls a whole case makes.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

from models.errors import PipelineError
from tests.support import faults
from tests.support.faults import ERRORS, Mode
from tests.support.whole_case import put_upload, recover, take_on, wrong

_TRIES = 3  # of a worker whose calls fail: it goes on, as the service does
_FORESEEN, _UNFORESEEN = 0, 1


def main() -> None:
    """Sweep."""
    mode, error, first, step, last = Mode[sys.argv[1]], ERRORS.get(sys.argv[2], 0), *map(int, sys.argv[3:6])
    calls = _calls()
    print(json.dumps({"calls": calls}), flush=True)
    for at in range(first, (last or calls) + 1, step):
        with tempfile.TemporaryDirectory(prefix="sweep-") as place:
            ended = _broken(Path(place), at, mode, error)
            problems = list(wrong(Path(place)))
        print(json.dumps({"at": at, "ended": ended, "wrong": problems}), flush=True)


def _calls() -> int:
    with tempfile.TemporaryDirectory(prefix="sweep-") as place:
        put_upload(Path(place))
        faults.arm(Path(place), 0, Mode.FAIL_ONCE)
        take_on(Path(place))
        return faults.disarm()


def _broken(folder: Path, at: int, mode: Mode, error: int) -> int:
    """How the child ended: 0, or what wait() says of a signal; 1 for an error that nobody foresaw."""
    put_upload(folder)
    child = os.fork()
    if child == 0:
        os._exit(_child(folder, at, mode, error))
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    recover(folder)
    return ended


def _child(folder: Path, at: int, mode: Mode, error: int) -> int:
    try:
        faults.arm(folder, at, mode, error)
        for turn in range(_TRIES):
            try:
                take_on(folder, later=turn > 0)
            except PipelineError:
                continue
    except BaseException as bug:  # noqa: BLE001 - told by the parent
        print(f"{type(bug).__name__}: {bug}", file=sys.stderr)
        return _UNFORESEEN
    return _FORESEEN


if __name__ == "__main__":
    main()
