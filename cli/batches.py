"""`intake reprocess promote`, `rollback`, `show` and `list`: what a batch came to, in force or not."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from cli.batching import print_outcomes, print_summary, stderr, stoppable, who
from cli.workspace import CliContext
from models.errors import ExitCode
from pipeline.batches.batch_lease import BatchTask, hold_batch
from pipeline.batches.promotion import promote as promoted
from pipeline.batches.promotion import roll_back as rolled_back
from pipeline.batches.report import Report, as_csv, as_text, items, report, rows_of
from pipeline.ledger.batch_values import Batch, BatchOptions, ItemState

_BatchId = Annotated[str, typer.Argument(metavar="BATCH", help="As `intake reprocess list` shows it.")]
_Tell = Annotated[bool, typer.Option("--tell", help="Let results be told that differ from what was told.")]


def promote(context: typer.Context, batch_id: _BatchId, *, tell: _Tell = False) -> int:
    """Put in force what a dry run came to; what changed meanwhile, or a person decided, stays as it is."""
    return _moved(context.obj, batch_id, BatchTask.PROMOTE, tell=tell)


def rollback(context: typer.Context, batch_id: _BatchId, *, tell: _Tell = False) -> int:
    """Put in force again what was before a batch, as further runs; what changed since stays as it is."""
    return _moved(context.obj, batch_id, BatchTask.ROLL_BACK, tell=tell)


def show(
    context: typer.Context,
    batch_id: _BatchId,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Everything as one line of JSON.")] = False,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write every change into this file.")] = None,
) -> int:
    """Show what a batch changed: totals by kind of change, and every change as JSON or CSV; values masked."""
    place: CliContext = context.obj
    with place.ledger() as ledger:
        if csv is not None:
            ledger.batches.get(batch_id)
            rows = (row for item in items(ledger, batch_id) for row in rows_of(item))
            _write(csv, "".join(as_csv(rows)))
        elif as_json:
            print(as_text(report(ledger, batch_id)))
        else:
            _print(report(ledger, batch_id, most=0))
    return ExitCode.ACCEPTED


def list_batches(context: typer.Context) -> int:
    """List batches, the newest first."""
    place: CliContext = context.obj
    table = Table(box=None)
    table.add_column("batch", no_wrap=True)
    for name in ("begun (UTC)", "by", "how", "cases"):
        table.add_column(name)
    with place.ledger() as ledger:
        for batch in ledger.batches.list():
            begun = f"{batch.made_at:%Y-%m-%d %H:%M}"
            table.add_row(batch.batch_id, begun, batch.account, words_of(batch.options), counts_of(batch))
    Console().print(table)
    return ExitCode.ACCEPTED


def words_of(options: BatchOptions) -> str:
    """How a batch was asked for, in a few words."""
    chosen = options.selection.model_dump(mode="json", exclude_none=True)
    words = [f"{name} {value}" for name, value in chosen.items()]
    words += [name for name in ("from_readings", "dry_run", "tell") if getattr(options, name)]
    return ", ".join(words).replace("_", " ")


def counts_of(batch: Batch) -> str:
    """How many cases are in which state."""
    return ", ".join(f"{count} {state.value.replace('_', ' ')}" for state, count in sorted(batch.counts.items()))


def _moved(place: CliContext, batch_id: str, task: BatchTask, *, tell: bool) -> int:
    way, state = (promoted, ItemState.DONE) if task is BatchTask.PROMOTE else (rolled_back, ItemState.PROMOTED)
    with place.ledger() as ledger:
        total = ledger.batches.get(batch_id).count(state)
        with stoppable() as stop, hold_batch(ledger, batch_id, task, who(), stop) as lease:
            worst = print_outcomes(way(ledger, lease, stop, tell=tell), total, task.value[0], lines=False)
        _print_moved(ledger.batches.get(batch_id))
    return ExitCode.INTERRUPTED if stop.is_set() else worst


def _print_moved(batch: Batch) -> None:
    print(counts_of(batch))
    print_summary(batch)


def _print(made: Report) -> None:
    table = Table("what", "of", "how", "cases", box=None)
    for total in made.totals:
        table.add_row(*total.kind, str(total.cases))
    console = Console(highlight=False)
    console.print(f"{made.changed} of {made.batch.total} cases changed.", markup=False)
    console.print(table)
    print_summary(made.batch)


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, "utf-8-sig", newline="")
    except OSError as error:
        raise typer.BadParameter(f"{file} cannot be written: {error.strerror}.") from error
    stderr.print(f"{file} holds every change.", markup=False)
