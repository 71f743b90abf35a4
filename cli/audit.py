"""`intake audit`: verify the audit chain, and show the records of a case."""

import json
from datetime import datetime
from typing import Annotated

import typer

from cli.console import print_table, stdout
from cli.workspace import CliContext
from models.errors import ExitCode
from models.overview import time_shown
from pipeline.delivery.audit_anchors import verify as verify_chain
from pipeline.ledger.values import AuditRecord

audit = typer.Typer(no_args_is_help=True, help="The audit chain: what was done, and whether the past was changed.")


@audit.command()
def verify(
    context: typer.Context, *, as_json: Annotated[bool, typer.Option("--json", help="One object.")] = False
) -> int:
    """Verify every record, the head of the chain and every anchor in the store; exit code 5 if anything was changed."""
    cli: CliContext = context.obj
    with cli.ledger() as ledger:
        report = verify_chain(ledger, cli.store())
    if as_json:
        print(json.dumps(report._asdict(), ensure_ascii=False))
    else:
        stdout.print(f"{report.records} records.")
        for problem in report.problems:
            stdout.print(f"[red]{problem}[/]")
        stdout.print("Nothing was changed." if not report.problems else "Find out who had access, and keep a copy.")
    return ExitCode.STORE if report.problems else ExitCode.ACCEPTED


@audit.command()
def show(context: typer.Context, submission_id: str) -> int:
    """Show the records of a case, oldest first."""
    cli: CliContext = context.obj
    with cli.ledger() as ledger:
        records = ledger.audit.trail(submission_id)
    details = (", ".join(f"{name}: {value}" for name, value in record.details.items()) for record in records)
    rows = ((str(one.seq), _time(one), one.kind, text) for one, text in zip(records, details, strict=True))
    print_table(("record", "Beijing time", "what", "details"), rows)
    return ExitCode.ACCEPTED


def _time(record: AuditRecord) -> str:
    return time_shown(datetime.fromisoformat(record.at), "%Y-%m-%d %H:%M:%S")
