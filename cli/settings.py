"""`intake settings`: the settings in force, because a misspelt group goes unnoticed."""

import json
from collections.abc import Iterator
from typing import Annotated

import typer
from pydantic import BaseModel, SecretStr
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.workspace import CliContext
from models.errors import ExitCode
from service.drawn_secrets import with_drawn_secrets


def settings(
    context: typer.Context,
    show_secrets: Annotated[
        bool, typer.Option("--show-secrets", help="Print secrets too, those that the first start drew as well.")
    ] = False,
) -> int:
    """Print every setting, its variable and its value; secrets stay hidden."""
    place: CliContext = context.obj
    table = Table(header_style="bold")
    table.add_column("variable")
    table.add_column("value", overflow="fold")
    for variable, value in _flat("INTAKE", with_drawn_secrets(place.settings()), show_secrets):
        table.add_row(variable, Text(value))
    Console(highlight=False).print(table)
    return ExitCode.ACCEPTED


def _flat(prefix: str, group: BaseModel, show_secrets: bool) -> Iterator[tuple[str, str]]:
    """Groups are joined by one underscore after INTAKE and by two below."""
    join = "_" if prefix == "INTAKE" else "__"
    shown = group.model_dump(mode="json")
    for key, held in group:
        name = f"{prefix}{join}{key.upper()}"
        if isinstance(held, BaseModel):
            yield from _flat(name, held, show_secrets)
            continue
        value = held.get_secret_value() if isinstance(held, SecretStr) and show_secrets else shown[key]
        yield name, value if isinstance(value, str) else json.dumps(value)
