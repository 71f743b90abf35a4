"""`intake settings`: the settings in force, because a misspelt group goes unnoticed."""

import json
import re
from collections.abc import Iterator
from typing import Annotated, Final

import typer
from pydantic import BaseModel, SecretStr

from cli.console import print_table
from cli.workspace import CliContext
from models.errors import ExitCode
from service.drawn_secrets import with_drawn_secrets

_PASSWORD: Final = re.compile(r"(://[^/?#@:]*:)[^/?#@]*@")  # within a URL


def settings(
    context: typer.Context,
    show_secrets: Annotated[
        bool, typer.Option("--show-secrets", help="Print secrets too, those that the first start drew as well.")
    ] = False,
) -> int:
    """Print every setting, its variable and its value; secrets stay hidden."""
    cli: CliContext = context.obj
    values = _flat("INTAKE", with_drawn_secrets(cli.settings()), show_secrets)
    print_table(("variable", "value"), values)
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
        text = value if isinstance(value, str) else json.dumps(value)
        yield name, text if show_secrets else _PASSWORD.sub(r"\1***@", text)
