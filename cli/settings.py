"""`intake settings`: the settings in force, because a misspelt group goes unnoticed."""

import json
from collections.abc import Iterator
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from cli.workspace import CliContext
from models.errors import ExitCode


def settings(context: typer.Context) -> int:
    """Print every setting, its variable and its value; secrets stay hidden."""
    place: CliContext = context.obj
    table = Table(header_style="bold")
    table.add_column("variable")
    table.add_column("value", overflow="fold")
    for variable, value in _flat("INTAKE", place.settings().model_dump(mode="json")):
        table.add_row(variable, value)
    Console(highlight=False).print(table)
    return ExitCode.ACCEPTED


def _flat(prefix: str, value: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Groups are joined by one underscore after INTAKE and by two below."""
    join = "_" if prefix == "INTAKE" else "__"
    for key, held in value.items():
        name = f"{prefix}{join}{key.upper()}"
        if isinstance(held, dict):
            yield from _flat(name, held)
        else:
            yield name, held if isinstance(held, str) else json.dumps(held)
