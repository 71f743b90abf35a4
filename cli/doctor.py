"""`intake doctor`: checks of this machine and of the services, and what to do."""

import json
from typing import Annotated

import typer
from rich.text import Text

from cli.console import print_table
from cli.workspace import CliContext
from service.doctor.check import CheckState
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
    cli: CliContext = context.obj
    checks = tuple(examine(cli.settings()))
    if as_json:
        for check in checks:
            print(json.dumps({key: value for key, value in check._asdict().items() if key != "code"}))
    else:
        rows = ((one.name, Text(one.state, style=_COLOURS[one.state]), one.what, one.to_do) for one in checks)
        print_table(("check", "state", "what was found", "what to do"), rows)
    return exit_code(checks)
