"""`intake serve`: the long-running service; upload events in, flow runs out."""

import typer

from cli.workspace import CliContext


def serve(context: typer.Context) -> int:
    """Take uploads in until interrupted: receiver, review desk, Prefect, worker."""
    from service.logging import log_to_stderr
    from service.service import serve as run_service

    cli: CliContext = context.obj
    log_to_stderr()
    return run_service(cli.settings())
