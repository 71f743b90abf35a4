"""`intake doctor`: checks of this machine and of the services, and what to do."""

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.workspace import CliContext
from service.doctor.check import Check, CheckState
from service.doctor.examination import examine, exit_code

_COLOURS = {CheckState.OK: "green", CheckState.WARNING: "yellow", CheckState.WRONG: "red"}


def doctor(
    context: typer.Context,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One check a line.")] = False,
) -> int:
    """Check everything that the service needs; change no data.

    Prints what is wrong and what to do.
    """
    place: CliContext = context.obj
    checks = tuple(examine(place.settings()))
    if as_json:
        for check in checks:
            print(json.dumps({key: value for key, value in check._asdict().items() if key != "code"}))
    else:
        _print_table(checks)
    return exit_code(checks)


def _print_table(checks: tuple[Check, ...]) -> None:
    table = Table(header_style="bold")
    for heading in ("check", "state", "what was found", "what to do"):
        table.add_column(heading, overflow="fold")
    for check in checks:
        state = Text(check.state, style=_COLOURS[check.state])
        table.add_row(Text(check.name), state, Text(check.what), Text(check.to_do))
    Console(highlight=False).print(table)
