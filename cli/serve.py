"""`intake serve`: the long-running service; uploads in, results out."""

import typer

from cli.workspace import CliContext
from service.logging import log_to_stderr
from service.service import serve as run_service


def serve(context: typer.Context) -> int:
    """Take uploads in until interrupted: receiver, review desk, Prefect, worker."""
    cli: CliContext = context.obj
    log_to_stderr()
    return run_service(cli.settings())
