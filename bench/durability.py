"""Durability under faults and kills: nothing is lost, nothing happens twice: `python -m bench.durability [--full]`.

The first part breaks a whole case on the embedded store and ledger at its durable calls, each round in its own process:
it kills the process before, after or during a call, or makes the disk refuse one call or all calls from one on. The
next worker continues, and the case must then be as if nothing had happened. The second part is the chaos test of the
real service.
"""

import json
import random
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from rich.progress import track

from bench.chaos import under_fire
from bench.metrics import Figure, share
from bench.report import Measured, Rows
from bench.runner import Bench, run_bench
from bench.tables import errors
from tests.support.faults import preloaded

SEED: Final = 6
BENCH: Final = Bench("durability", __doc__, SEED, "kills", small=60, full=500)
_KILLS: Final = ("KILL_BEFORE", "KILL_AFTER", "KILL_TORN")
_REFUSALS: Final = (
    ("FAIL_ONCE", "EIO"),
    ("FAIL_ONCE", "ENOSPC"),
    ("FAIL_ONCE", "EMFILE"),
    ("FAIL_FROM_THEN_ON", "ENOSPC"),
    ("FAIL_FROM_THEN_ON", "EROFS"),
)
_UPLOADS_A_KILL: Final = 2.5
_SERVICE: Final = 6  # one kill in so many is of the real service, since each takes about ten seconds


def measure(kills: int) -> Measured:
    """Break so many calls, by kills and by refusals; at the full size every call."""
    in_service = max(3, kills // _SERVICE)
    calls = _swept("FAIL_ONCE", "none", first=0, step=1, last=-1)[0]["calls"]
    step = 1 if kills >= BENCH.full else max(1, calls * len(_KILLS) // max(1, kills - in_service))
    rows: list[dict[str, Any]] = []
    for words in track([(mode, "none") for mode in _KILLS] + list(_REFUSALS), "modes", console=errors):
        mode, error = words
        found = _swept(mode, error, first=1 + len(rows) % step, step=step, last=0)[1:]
        rows.extend({"mode": mode, "error": error, **row} for row in found)
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        uploads = round(in_service * _UPLOADS_A_KILL)
        fire = tuple(under_fire(uploads, in_service, Path(folder), random.Random(SEED)))
    figures = (Figure(name="durable calls of a whole case", value=calls, unit="count"), *_figures(rows), *fire)
    return Measured(figures, {"rounds that went wrong": _wrong(rows)})


def _swept(mode: str, error: str, *, first: int, step: int, last: int) -> list[dict[str, Any]]:
    command = preloaded("tests.support.sweep", mode, error, str(first), str(step), str(last))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"The sweep ended with {done.returncode}: {done.stderr[-500:]}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def _figures(rows: Sequence[dict[str, Any]]) -> Iterator[Figure]:
    for mode, error in (*((mode, "none") for mode in _KILLS), *_REFUSALS):
        of_mode = [row for row in rows if (row["mode"], row["error"]) == (mode, error)]
        words = f"{mode.replace('_', ' ').lower()} {error if error != 'none' else ''}".strip()
        yield share(f"whole after: {words}", sum(not row["wrong"] for row in of_mode), len(of_mode))
    ended = {0, -9}
    yield share("workers that ended as they should", sum(row["ended"] in ended for row in rows), len(rows))


def _wrong(rows: Sequence[dict[str, Any]]) -> Rows:
    return tuple({**row, "wrong": "; ".join(row["wrong"])} for row in rows if row["wrong"])


if __name__ == "__main__":
    run_bench(BENCH, measure)
