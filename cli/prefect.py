"""`intake prefect`: the Prefect server alone, for several machines."""

import typer

from cli.workspace import CliContext
from service.logging import log_to_stderr
from service.service import serve_prefect


def prefect(context: typer.Context) -> int:
    """Run the Prefect server alone, for several machines.

    It has the same password and the same wall as with `intake serve`, and runs until it is interrupted.
    """
    cli: CliContext = context.obj
    log_to_stderr()
    return serve_prefect(cli.settings())
