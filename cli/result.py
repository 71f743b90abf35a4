"""`intake result`: a published result for whoever may read it, decrypted where the store is encrypted."""

from typing import Annotated

import typer

from cli.workspace import CliContext
from models.errors import ExitCode
from pipeline.stores.content import RESULTS


def result(
    context: typer.Context,
    keys: Annotated[list[str], typer.Argument(help="Of results or refusals in the store, as the webhook names them.")],
) -> int:
    """Print published results, one a line, as JSON.

    Where a keyring encrypts the store, this is the way to read what the webhook names by its key.
    """
    cli: CliContext = context.obj
    strange = [key for key in keys if not key.startswith(RESULTS)]
    if strange:
        raise typer.BadParameter(f"{strange[0]} is no result: the key of one begins with {RESULTS}")
    store = cli.store()
    for key in keys:
        print(store.get(key, limit=None).decode())
    return ExitCode.ACCEPTED
