"""A batch in a terminal: a bar, a line a change, and an early end whenever somebody asks for it."""

import getpass
import signal
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from models.changes import Change
from models.errors import ExitCode
from pipeline.batches.batch_lease import BatchOwner, BatchTask, hold_batch
from pipeline.batches.estimate import Estimate
from pipeline.batches.outcomes import ItemOutcome
from pipeline.batches.report import place_of, shown
from pipeline.batches.run import BatchContext as Bench
from pipeline.batches.run import run
from pipeline.ledger.batch_values import Batch, ItemState
from pipeline.workers.process_identity import process_identity
from service.resources import Resources

stderr: Final = Console(stderr=True, highlight=False)
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
_WORDS: Final = {
    ItemState.PENDING: "not run yet",
    ItemState.DONE: "run, and not in force",
    ItemState.PROMOTED: "in force",
    ItemState.KEPT: "decided by a person, and left so",
    ItemState.STALE: "changed by somebody else meanwhile, and left so",
    ItemState.FAILED: "failed",
    ItemState.ROLLED_BACK: "rolled back",
}


def account() -> str:
    """On whose account it is done: the user of the operating system."""
    return getpass.getuser()[:64]


def who() -> BatchOwner:
    """This process, for its user."""
    return BatchOwner(process_identity(), account())


def print_estimate(found: Estimate) -> None:
    """Say what it will take."""
    parts = [f"{found.cases} cases", f"about {found.pages} pages"]
    if found.from_content:
        parts.append(f"{found.from_content} by the rules alone")
    if found.from_readings:
        parts.append(f"{found.from_readings} from kept readings")
    if found.read:
        parts.append(f"{found.read} pages to read")
    stderr.print(f"{', '.join(parts)}: about {_duration(found.seconds)}.")


def run_batch(batch_id: str, resources: Resources) -> int:
    """Run a batch to its end or until somebody stops it; hands on an exit code."""
    context = resources.context()
    place = Bench(context, resources.judging(), resources.settings.readers.processes)
    batch = context.ledger.batches.get(batch_id)
    stderr.print(f"Batch {batch_id}: {batch.count(ItemState.PENDING)} of {batch.total} cases to run.")
    with stoppable() as stop, hold_batch(context.ledger, batch_id, BatchTask.RUN, who(), stop) as lease:
        worst = print_outcomes(run(batch, lease, place, stop), batch.count(ItemState.PENDING), "reprocess")
    print_summary(context.ledger.batches.get(batch_id))
    if not stop.is_set():
        return worst
    stderr.print(f"Stopped. `intake reprocess resume {batch_id}` goes on.")
    return ExitCode.INTERRUPTED


def print_outcomes(outcomes: Iterable[ItemOutcome | None], total: int, words: str, *, lines: bool = True) -> ExitCode:
    """Show how far it has come, a line a change if `lines`, and what broke; hands on the worst exit code."""
    worst = ExitCode.ACCEPTED
    columns = (TextColumn(words), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=stderr, disable=not stderr.is_terminal) as bar:
        task = bar.add_task("", total=total)
        for outcome in filter(None, outcomes):
            bar.advance(task)
            if outcome.error:
                stderr.print(f"{outcome.item.submission_id}: {outcome.error}", markup=False)
                worst = max(worst, outcome.error.exit_code)
            for change in outcome.changes if lines else ():
                print(line_of(outcome.item.submission_id, change), flush=True)
    return worst


def line_of(submission_id: str, change: Change) -> str:
    """A change in one line: case, what, before, after."""
    subject = "/".join(part for part in (change.what, place_of(change)) if part)
    before, after = (shown(change, value) or "-" for value in (change.before, change.after))
    return f"{submission_id}\t{subject}\t{before}\t{after}"


def print_summary(batch: Batch) -> None:
    """How many cases are in which state, and what may be done next."""
    stderr.print(f"{batch.total - batch.count(ItemState.PENDING)} cases were run again.")
    for state, count in sorted(batch.counts.items()):
        stderr.print(f"  {count} {_WORDS[state]}")
    if batch.count(ItemState.DONE):
        stderr.print(
            f"`intake reprocess promote {batch.batch_id}` puts them in force; `show` shows totals and changes."
        )
    elif batch.count(ItemState.PROMOTED):
        stderr.print(f"`intake reprocess rollback {batch.batch_id}` puts back what was before.")


@contextmanager
def stoppable() -> Iterator[threading.Event]:
    """An event that ctrl-C and SIGTERM set; the second time they end everything at once."""
    stop = threading.Event()

    def note(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        stderr.print("Stopping after the cases in hand; once more stops at once.")

    before = {number: signal.signal(number, note) for number in _SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} seconds"
    return f"{round(seconds / 60)} minutes" if seconds < 5400 else f"{seconds / 3600:.1f} hours"
