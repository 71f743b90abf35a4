"""Speed of rereading stored submissions through Prefect, beside `intake process`: `python -m bench.rereading`.

The batch runs on the warm workers of a real Prefect server. Both take turns, so that a disturbance affects both:
`intake process` reads a part of the submissions, the bench deletes these readings from the ledger, and a flow run reads
the same pages again.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from rich.progress import track
from sqlalchemy import Connection, create_engine, delete, select

from bench.metrics import Figure, share
from bench.report import Measured
from bench.runner import Bench, run_bench
from bench.submissions import PAGES, SEED, write_submission
from bench.tables import errors
from pipeline.batches.report import report
from pipeline.ledger.batch_values import ItemState
from pipeline.ledger.ledger import Ledger, open_ledger
from pipeline.ledger.tables import cases, readings, runs
from service.options import PrefectOptions
from service.settings import Settings
from tests.support.guarded import guarded_server
from tests.support.processes import environment, wait_until
from tests.support.runs import Runs, runs_of, serving

BENCH: Final = Bench("rereading", __doc__, SEED, "submissions", small=8, full=200)
_SECRET: Final = bytes(range(32))
_TURNS: Final = 2
_JOBS: Final = 2
_PATIENCE: Final = 3600.0
_START_SECONDS: Final = 180.0


class _Turn(NamedTuple):
    """Seconds for one part of the submissions: in total, and a case while two cases are read at once."""

    processed: float
    reread: float
    a_case_processed: float
    a_case_reread: float


def measure(count: int) -> Measured:
    """Read `count` submissions by `intake process`, and again through Prefect; at least four."""
    return Measured(tuple(_read_twice(count)), {})


def _read_twice(count: int) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="rereading-") as name:
        folder = Path(name)
        (folder / "workspace").mkdir(mode=0o700)
        with closing(open_ledger(f"sqlite:///{folder}/workspace/ledger.db", _SECRET)) as ledger:
            parts = [range(at, count, _TURNS) for at in range(_TURNS)]
            turns = [_turn(part, folder, ledger) for part in track(parts, "turns", total=_TURNS, console=errors)]
            batches = ledger.batches.list()
            again = sum(batch.count(ItemState.PROMOTED) for batch in batches)
            changed = sum(report(ledger, batch.batch_id, most=0).changed for batch in batches)
    yield share("submissions read again through Prefect", again, count)
    yield share("of these the same", again - changed, count)
    yield from _figures(turns, count)


def _figures(turns: Sequence[_Turn], count: int) -> Iterator[Figure]:
    processed, reread = sum(turn.processed for turn in turns), sum(turn.reread for turn in turns)
    pages = 60 * PAGES * count
    yield Figure(name=f"intake process --jobs {_JOBS}, start to end", value=pages / processed, unit="pages/min")
    yield Figure(name="through Prefect, asked to ended", value=pages / reread, unit="pages/min")
    yield Figure(name="throughput through Prefect to intake process, all in", value=processed / reread, unit="number")
    alone, again = (sum(column) for column in zip(*(turn[2:] for turn in turns), strict=True))
    yield Figure(name="throughput through Prefect to intake process, under way", value=alone / again, unit="number")


def _turn(numbers: range, folder: Path, ledger: Ledger) -> _Turn:
    submissions = [write_submission(number, folder) for number in numbers]
    ids, workspace = [submission.name for submission in submissions], folder / "workspace"
    command = [sys.executable, "-m", "cli.main", "--workspace", str(workspace), "process", "--json"]
    began = time.monotonic()
    subprocess.run(
        [*command, "--jobs", str(_JOBS), *map(str, submissions)],
        env=environment(REGISTER_SECRET=_SECRET.hex()), stdout=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    processed = time.monotonic() - began
    alone = _a_case(workspace, ids, run=1)
    _forget_readings(workspace)
    settings = Settings(workspace=folder / "prefect", prefect=PrefectOptions(port=0))
    named = {"REGISTER_SECRET": _SECRET.hex(), "READERS__PROCESSES": str(_JOBS)}
    with (
        guarded_server(settings) as guarded,
        serving(workspace, guarded, **named),
        runs_of(guarded, "reprocess/reprocess-stored-cases", _PATIENCE) as runs,
    ):
        reread = _reread(runs, ids, ledger)
    return _Turn(processed, reread, alone, _a_case(workspace, ids, run=2))


def _reread(runs: Runs, ids: Sequence[str], ledger: Ledger) -> float:
    wait_until(lambda: bool(ledger.operations.metrics().workers), "a warm worker", _START_SECONDS)
    runs.ended(runs.ask())  # refused, which shows that the deployment exists and its worker takes runs
    began = time.monotonic()
    run = runs.ended(runs.ask(selection={"submission_ids": list(ids)}, dry_run=False))
    if run.state_name != "Reprocessed":
        raise RuntimeError(f"The run ended as {run.state_name}.")
    return time.monotonic() - began


def _a_case(workspace: Path, ids: Sequence[str], *, run: int) -> float:
    """Mean seconds between the ends of two consecutive cases."""
    query = select(runs.c.finished_at).join(cases, cases.c.id == runs.c.case_id)
    with _database(workspace) as connection:
        ended = connection.scalars(query.where(runs.c.ordinal == run, cases.c.submission_id.in_(ids))).all()
    seconds: float = (max(ended) - min(ended)).total_seconds()
    return seconds / (len(ended) - 1)


def _forget_readings(workspace: Path) -> None:
    """Delete all readings, so that every page is read again."""
    with _database(workspace) as connection:
        connection.execute(delete(readings))


@contextmanager
def _database(workspace: Path) -> Iterator[Connection]:
    engine = create_engine(f"sqlite:///{workspace}/ledger.db")
    with engine.begin() as connection:
        yield connection
    engine.dispose()


if __name__ == "__main__":
    run_bench(BENCH, measure)
