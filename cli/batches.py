"""`intake reprocess promote`, `rollback`, `show` and `list`; and how a batch is shown while it runs in a terminal."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from cli.console import stderr, stdout
from cli.workspace import CliContext
from models.changes import Change
from models.errors import ExitCode
from models.overview import time_shown
from pipeline.batches.batch_lease import BatchOwner, BatchTask, hold_batch
from pipeline.batches.estimate import Estimate
from pipeline.batches.outcomes import ItemOutcome
from pipeline.batches.promotion import promote as promoted
from pipeline.batches.promotion import roll_back as rolled_back
from pipeline.batches.report import Report, as_csv, as_text, items, place_of, report, rows_of, shown
from pipeline.batches.rules import require_same_rules
from pipeline.batches.run import BatchContext, run
from pipeline.ledger.batch_values import Batch, BatchOptions, ItemState
from pipeline.workers.process_identity import operator, process_identity
from service.resources import Resources
from service.settings import read_policy
from service.supervisor import on_stop_signal

_WORDS: Final = {
    ItemState.PENDING: "not run yet",
    ItemState.DONE: "run, and not in force",
    ItemState.PROMOTED: "in force",
    ItemState.KEPT: "decided by a person, and left so",
    ItemState.STALE: "changed meanwhile, and left so",
    ItemState.FAILED: "failed",
    ItemState.ROLLED_BACK: "rolled back",
}
_BatchId = Annotated[str, typer.Argument(metavar="BATCH", help="As `intake reprocess list` shows it.")]
_Tell = Annotated[bool, typer.Option("--tell", help="Publish results that changed.")]
OtherRules = Annotated[bool, typer.Option("--other-rules", help="Go on, although this shell has other rules.")]


def promote(context: typer.Context, batch_id: _BatchId, *, tell: _Tell = False, other_rules: OtherRules = False) -> int:
    """Put the results of a dry run in force, except where the case changed meanwhile or a person decided."""
    cli: CliContext = context.obj
    if not other_rules:
        with cli.ledger() as ledger:
            policy = read_policy(cli.settings().policy_file)
            require_same_rules(ledger.batches.get(batch_id), policy, BatchTask.PROMOTE)
    return _move(context.obj, batch_id, BatchTask.PROMOTE, tell=tell)


def rollback(context: typer.Context, batch_id: _BatchId, *, tell: _Tell = False) -> int:
    """Put the results before a batch in force again, as further runs, except where the case changed since."""
    return _move(context.obj, batch_id, BatchTask.ROLL_BACK, tell=tell)


def show(
    context: typer.Context,
    batch_id: _BatchId,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Everything as one line of JSON.")] = False,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write every change into this file.")] = None,
) -> int:
    """Show what a batch changed: totals by kind of change, and every change as JSON or CSV; values masked."""
    cli: CliContext = context.obj
    with cli.ledger() as ledger:
        if csv is not None:
            ledger.batches.get(batch_id)
            rows = (row for item in items(ledger, batch_id) for row in rows_of(item))
            _write(csv, "".join(as_csv(rows)))
        elif as_json:
            print(as_text(report(ledger, batch_id)))
        else:
            _print_report(report(ledger, batch_id, most=0))
    return ExitCode.ACCEPTED


def list_batches(context: typer.Context) -> int:
    """List batches, the newest first."""
    cli: CliContext = context.obj
    table = Table(box=None)
    table.add_column("batch", no_wrap=True)
    for name in ("begun (Beijing time)", "by", "how", "cases"):
        table.add_column(name)
    with cli.ledger() as ledger:
        for batch in ledger.batches.list():
            begun, how = time_shown(batch.made_at), words_of(batch.options)
            table.add_row(batch.batch_id, begun, batch.account, how, counts_of(batch))
    stdout.print(table)
    return ExitCode.ACCEPTED


def words_of(options: BatchOptions) -> str:
    """The options of a batch, in a few words."""
    chosen = options.selection.model_dump(mode="json", exclude_none=True)
    words = [f"{name} {value}" for name, value in chosen.items()]
    words += [name for name in ("from_readings", "dry_run", "tell") if getattr(options, name)]
    return ", ".join(words).replace("_", " ")


def counts_of(batch: Batch) -> str:
    """How many cases are in which state."""
    return ", ".join(f"{count} {state.value.replace('_', ' ')}" for state, count in sorted(batch.counts.items()))


def _owner() -> BatchOwner:
    return BatchOwner(process_identity(), operator())


def _move(cli: CliContext, batch_id: str, task: BatchTask, *, tell: bool) -> int:
    move, state = (promoted, ItemState.DONE) if task is BatchTask.PROMOTE else (rolled_back, ItemState.PROMOTED)
    with cli.ledger() as ledger:
        total = ledger.batches.get(batch_id).count(state)
        with stoppable() as stop, hold_batch(ledger, batch_id, task, _owner(), stop) as lease:
            worst = print_outcomes(move(ledger, lease, stop, tell=tell), total, task.value[0], lines=False)
        batch = ledger.batches.get(batch_id)
    print(counts_of(batch))
    print_summary(batch)
    return ExitCode.INTERRUPTED if stop.is_set() else worst


def _print_report(found: Report) -> None:
    table = Table("what", "of", "how", "cases", box=None)
    for total in found.totals:
        table.add_row(*total.kind, str(total.cases))
    stdout.print(f"{found.changed} of {found.batch.total} cases changed.", markup=False)
    stdout.print(table)
    print_summary(found.batch)


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, "utf-8-sig", newline="")
    except OSError as error:
        raise typer.BadParameter(f"{file} cannot be written: {error.strerror}.") from error
    stderr.print(f"{file} holds every change.", markup=False)


def print_estimate(found: Estimate) -> None:
    """Print how many cases and pages a batch has, and how long it will take."""
    parts = [f"{found.cases} cases", f"about {found.pages} pages"]
    if found.from_content:
        parts.append(f"{found.from_content} by the rules alone")
    if found.from_readings:
        parts.append(f"{found.from_readings} from kept readings")
    if found.read:
        parts.append(f"{found.read} pages to read")
    stderr.print(f"{', '.join(parts)}: about {_duration(found.seconds)}.")


def run_batch(batch_id: str, resources: Resources, *, other_rules: bool = False) -> int:
    """Run a batch to its end or until it is stopped; returns the exit code."""
    context = resources.context()
    batch_context = BatchContext(context, resources.judging(), resources.settings.readers.processes)
    batch = context.ledger.batches.get(batch_id)
    if not other_rules:
        require_same_rules(batch, context.policy, BatchTask.RUN)
    stderr.print(f"Batch {batch_id}: {batch.count(ItemState.PENDING)} of {batch.total} cases to run.")
    with stoppable() as stop, hold_batch(context.ledger, batch_id, BatchTask.RUN, _owner(), stop) as lease:
        worst = print_outcomes(run(batch, lease, batch_context, stop), batch.count(ItemState.PENDING), "reprocess")
    print_summary(context.ledger.batches.get(batch_id))
    if not stop.is_set():
        return worst
    stderr.print(f"Stopped. `intake reprocess resume {batch_id}` goes on.")
    return ExitCode.INTERRUPTED


def print_outcomes(outcomes: Iterable[ItemOutcome | None], total: int, words: str, *, lines: bool = True) -> ExitCode:
    """Show the progress, a line a change if `lines`, and errors; returns the worst exit code."""
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
    """Print how many cases are in which state, and which command may come next."""
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
    """An event that Ctrl-C and SIGTERM set; the second time they raise KeyboardInterrupt."""
    stop = threading.Event()

    def ask() -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        stderr.print("Stopping after the cases in hand; once more stops at once.")

    with on_stop_signal(ask):
        yield stop


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} seconds"
    return f"{round(seconds / 60)} minutes" if seconds < 5400 else f"{seconds / 3600:.1f} hours"
