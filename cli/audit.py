"""`intake audit`: verify the audit chain, and show the records of a case."""

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from cli.workspace import CliContext
from models.errors import ExitCode
from pipeline.delivery.audit_anchors import verify as verify_chain

audit = typer.Typer(no_args_is_help=True, help="The audit chain: what was done, and whether the past was changed.")
_console = Console(highlight=False)


@audit.command()
def verify(
    context: typer.Context, *, as_json: Annotated[bool, typer.Option("--json", help="One object.")] = False
) -> int:
    """Verify every record, the head of the chain and every anchor in the store; exit code 5 if anything was changed."""
    place: CliContext = context.obj
    with place.ledger() as ledger:
        report = verify_chain(ledger, place.store())
    if as_json:
        print(json.dumps(report._asdict(), ensure_ascii=False))
    else:
        _console.print(f"{report.records} records.")
        for problem in report.problems:
            _console.print(f"[red]{problem}[/]")
        _console.print("Nothing was changed." if not report.problems else "Find out who had access, and keep a copy.")
    return ExitCode.STORE if report.problems else ExitCode.ACCEPTED


@audit.command()
def show(context: typer.Context, submission_id: str) -> int:
    """Show the records of a case, oldest first."""
    place: CliContext = context.obj
    with place.ledger() as ledger:
        records = ledger.audit.trail(submission_id)
    table = Table("record", "time", "what", "details", header_style="bold")
    for record in records:
        details = ", ".join(f"{name}: {value}" for name, value in record.details.items())
        table.add_row(str(record.seq), record.at, record.kind, details)
    _console.print(table)
    return ExitCode.ACCEPTED
