"""`intake reprocess`: run stored cases again with today's code or rules; earlier runs stay."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.batches import OtherRules, list_batches, print_estimate, promote, rollback, run_batch, show
from cli.console import stderr
from cli.workspace import CliContext
from models.errors import ExitCode
from models.findings import Code
from models.overview import BEIJING
from models.result import Decision
from pipeline.batches.estimate import estimate
from pipeline.cases.conclude import VERSION
from pipeline.ledger.batch_values import BatchOptions
from pipeline.ledger.values import Selection
from pipeline.spreadsheets.case_ids import read_case_ids
from pipeline.workers.process_identity import operator

reprocess = typer.Typer(help="Run stored cases again; every earlier run stays.", invoke_without_command=True)
reprocess.command()(promote)
reprocess.command()(rollback)
reprocess.command()(show)
reprocess.command("list")(list_batches)


@reprocess.callback()
def begin(
    context: typer.Context,
    *,
    since: Annotated[datetime | None, typer.Option(help="Cases opened at this time or later, Beijing time.")] = None,
    until: Annotated[datetime | None, typer.Option(help="Cases opened before this time, Beijing time.")] = None,
    code: Annotated[Code | None, typer.Option(help="Cases whose latest result has this code.")] = None,
    decision: Annotated[Decision | None, typer.Option(help="Cases whose latest result has this decision.")] = None,
    version: Annotated[str | None, typer.Option(help="Cases that this version of the program decided.")] = None,
    listed: Annotated[
        Path | None,
        typer.Option("--list", help="Cases of this file: an id a line, or a CSV column."),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every case.")] = False,
    from_readings: Annotated[bool, typer.Option(help="Judge what was read before, without OCR.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change; put nothing in force.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing.")] = False,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes that judge or read. [default: settings]")] = None,
    tell: Annotated[bool, typer.Option("--tell", help="Publish results that changed.")] = False,
) -> int | None:
    """Run stored cases again and print a line for every changed field or finding, values masked."""
    if context.invoked_subcommand is not None:
        return None
    moments = {"since": _beijing(since), "until": _beijing(until)}
    rows = None if listed is None else _listed(listed)
    ids = None if rows is None else tuple(rows)
    selection = Selection(**moments, code=code, decision=decision, version=version, submission_ids=ids)
    if selection.empty and not every:
        raise typer.BadParameter("Say which cases: --all, --since, --until, --code, --decision, --version or --list.")
    if every and not selection.empty:
        raise typer.BadParameter("--all means every case: leave out what selects some, or leave out --all.")
    kept = selection.model_copy(update={"submission_ids": None})
    options = BatchOptions(selection=kept, from_readings=from_readings, dry_run=dry_run, tell=tell)
    return _begun(context.obj, selection, options, jobs, rows or {}, ask=not yes)


@reprocess.command()
def resume(
    context: typer.Context,
    batch_id: Annotated[str, typer.Argument(metavar="BATCH", help="As `intake reprocess list` shows it.")],
    *,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes that judge or read. [default: settings]")] = None,
    other_rules: OtherRules = False,
) -> int:
    """Continue a batch that was stopped or killed; finished cases are not run again."""
    cli: CliContext = context.obj
    with cli.resources(jobs) as resources:
        return run_batch(batch_id, resources, other_rules=other_rules)


def _begun(
    cli: CliContext,
    selection: Selection,
    options: BatchOptions,
    jobs: int | None,
    listed: Mapping[str, int],
    *,
    ask: bool,
) -> int:
    with cli.resources(jobs) as resources:
        context, processes = resources.context(), resources.settings.readers.processes
        cases = tuple(context.ledger.cases.select(selection))
        unknown = sorted(listed[name] for name in set(listed) - set(cases))
        if unknown:
            rows = ", ".join(map(str, unknown))
            stderr.print(f"{len(unknown)} ids of the list are of no case, or of none that is meant: rows {rows}.")
        if not cases:
            stderr.print("0 cases were run again.")
            return ExitCode.ACCEPTED
        reader = context.reader
        print_estimate(
            estimate(cases, context.ledger, reader, from_readings=options.from_readings, processes=processes)
        )
        if ask and stderr.is_terminal:
            typer.confirm("Begin?", default=True, abort=True, err=True)
        judged = options.model_copy(update={"rules": context.policy.digest})
        batch = context.ledger.batches.begin(cases, judged, operator(), VERSION)
        return run_batch(batch.batch_id, resources)


def _listed(file: Path) -> Mapping[str, int]:
    try:
        return read_case_ids(file.read_bytes())
    except OSError as error:
        raise typer.BadParameter(f"{file} cannot be read: {error.strerror}.") from error


def _beijing(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=BEIJING) if moment else None
