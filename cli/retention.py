"""`intake retention`: what is kept no longer than needed."""

from typing import Annotated

import typer

from cli.workspace import CliContext
from models.errors import ExitCode
from pipeline.cases.erasure import erase_pending, expire_scans, scans_due
from pipeline.workers.process_identity import operator
from service.settings import SettingsError

retention = typer.Typer(no_args_is_help=True, help="Erase what is no longer needed.")


@retention.callback()
def _group() -> None:
    """Keep `run` a command of the group: Typer would make one command of a group with one."""


@retention.command()
def run(
    context: typer.Context,
    *,
    days: Annotated[int | None, typer.Option(min=1, help="After the decision. [default: settings]")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count.")] = False,
) -> int:
    """Erase the scans of cases that were decided long enough ago; results and the register stay.

    The service does the same every night where INTAKE_RETENTION__SCANS_DAYS is set.
    """
    cli: CliContext = context.obj
    chosen = days or cli.settings().retention.scans_days
    if chosen is None:
        raise SettingsError(
            "Nothing says how long scans are kept", hint="set INTAKE_RETENTION__SCANS_DAYS, or use --days."
        )
    with cli.ledger() as ledger:
        if dry_run:
            print(f"{scans_due(ledger, days=chosen)} cases would lose their scans")
            return ExitCode.ACCEPTED
        gone = expire_scans(ledger, days=chosen, by=operator())
        erase_pending(ledger, cli.store())
    print(f"{gone.cases} cases, {gone.objects} objects erased")
    return ExitCode.ACCEPTED
