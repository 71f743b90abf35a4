"""Time of an upload through the service, without reading its pages: `python -m bench.upload [--against CHECKOUT]`.

The real service runs on SQLite and on PostgreSQL. The bench uploads the same sample repeatedly under new ids, one at a
time. Its pages were read before, so the time covers everything else: detect, settle, dispatch, take in, judge,
conclude. It runs from the manifest's arrival in the store to the row of the result in the ledger.

`--against CHECKOUT` measures the service of another checkout in the same run, alternately with this one.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import psycopg

from bench.machine import ROOT
from bench.metrics import Figure, percentile
from bench.report import Measured
from bench.runner import Bench, run_bench
from fixtures.truth import SAMPLES
from models.submission import MANIFEST_NAME
from tests.support.postgres import emptied, running_postgres
from tests.support.processes import environment, wait_until

BENCH: Final = Bench("upload", __doc__, 0, "uploads", small=6, full=20)
_SAMPLE: Final = "returned-name"
_ROUNDS: Final = 2  # starts of the service among which each contender's uploads are divided
_START_SECONDS: Final = 180.0
_LONGEST_SECONDS: Final = 120.0
_RESULTS: Final = "SELECT count(*) FROM runs"

Count = Callable[[], int]


def measure(uploads: int) -> Measured:
    """Upload `count` times to each contender on each database."""
    rows: list[dict[str, str | int | float]] = []
    with running_postgres() as server:
        for number in range(_ROUNDS):
            for name, checkout in _contenders().items():
                for database in ("SQLite", "PostgreSQL"):
                    with _service(checkout, server if database == "PostgreSQL" else None) as (store, results):
                        taken = [_upload(store, f"{number}-{one}", results) for one in range(-1, uploads // _ROUNDS)]
                    rows += [{"service": name, "database": database, "seconds": round(one, 3)} for one in taken[1:]]
    return Measured(tuple(_figures(rows)), {"uploads": tuple(rows)})


def _contenders() -> Mapping[str, Path]:
    return {"here": ROOT} | ({"against": _AGAINST} if _AGAINST else {})


def _figures(rows: Sequence[Mapping[str, str | int | float]]) -> Iterator[Figure]:
    medians: dict[tuple[str, str], float] = {}
    for service, database in sorted({(str(row["service"]), str(row["database"])) for row in rows}):
        taken = [float(row["seconds"]) for row in rows if (row["service"], row["database"]) == (service, database)]
        medians[service, database] = percentile(taken, 50)
        yield Figure(name=f"{database}, {service}: median", value=medians[service, database], unit="s")
        yield Figure(name=f"{database}, {service}: p95", value=percentile(taken, 95), unit="s")
    for database in ("SQLite", "PostgreSQL"):
        if ("against", database) in medians:
            ratio = medians["here", database] / medians["against", database]
            yield Figure(name=f"{database}: median here by median against", value=ratio, unit="number")


@contextmanager
def _service(checkout: Path, postgres: str | None) -> Iterator[tuple[Path, Count]]:
    """Run the service of a checkout; yields the folder of its store, and a function that counts results."""
    with tempfile.TemporaryDirectory(prefix="upload-") as folder:
        settings = {"WORKSPACE": folder, "PREFECT__PORT": "0"}
        if postgres is not None:
            ledger, prefect = emptied(postgres, "ledger"), emptied(postgres, "prefect")
            settings["LEDGER_URL"] = ledger
            settings["PREFECT__DATABASE_URL"] = prefect.replace("postgresql:", "postgresql+asyncpg:")
        chosen = {**environment(**settings), "PYTHONPATH": str(checkout)}
        command = [sys.executable, "-m", "cli.main", "serve"]
        with Path(folder, "serve.log").open("wb") as log:
            service = subprocess.Popen(command, env=chosen, stdout=log, stderr=log, cwd=checkout)
        try:
            with _counting(Path(folder, "ledger.db"), settings.get("LEDGER_URL")) as results:
                yield Path(folder, "store"), results
        finally:
            service.terminate()
            service.wait(60)


@contextmanager
def _counting(file: Path, url: str | None) -> Iterator[Count]:
    """Count results in the ledger's database directly, which works for every version of the service."""
    if url is not None:
        with psycopg.connect(url, autocommit=True) as connection:
            wait_until(lambda: _has_runs(connection), "the ledger", _START_SECONDS)
            yield lambda: int((connection.execute(_RESULTS).fetchone() or [0])[0])
        return
    wait_until(file.exists, "the ledger", _START_SECONDS)
    with closing(sqlite3.connect(file, timeout=30)) as lite:
        table = "SELECT 1 FROM sqlite_master WHERE name = 'runs'"
        wait_until(lambda: lite.execute(table).fetchone() is not None, "the ledger's tables", _START_SECONDS)
        yield lambda: int(lite.execute(_RESULTS).fetchone()[0])


def _has_runs(connection: "psycopg.Connection[tuple[object, ...]]") -> bool:
    return connection.execute("SELECT to_regclass('runs')").fetchone() != (None,)


def _upload(store: Path, name: str, results: Count) -> float:
    """Upload the sample under a new id; gives the seconds from its manifest to its result."""
    before, to = results(), store / "inbox" / name
    shutil.copytree(SAMPLES / _SAMPLE, to, ignore=shutil.ignore_patterns(MANIFEST_NAME))
    manifest = json.loads((SAMPLES / _SAMPLE / MANIFEST_NAME).read_text("utf-8")) | {"submission_id": f"upload-{name}"}
    draft = to / f".{MANIFEST_NAME}.draft"
    draft.write_text(json.dumps(manifest, ensure_ascii=False), "utf-8")
    began = time.perf_counter()
    os.replace(draft, to / MANIFEST_NAME)  # noqa: PTH105 - the rename is the event
    end = began + (_LONGEST_SECONDS if before else _START_SECONDS)  # the first upload also waits for the worker's start
    while results() == before:
        assert time.perf_counter() < end, f"upload {name} has no result"
        time.sleep(0.01)
    return time.perf_counter() - began


_AGAINST: Path | None = None

if __name__ == "__main__":
    if "--against" in sys.argv:
        at = sys.argv.index("--against")
        _AGAINST = Path(sys.argv[at + 1]).resolve()
        del sys.argv[at : at + 2]
    run_bench(BENCH, measure)
