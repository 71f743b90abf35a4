"""The server of the two processes that answer over HTTP: the receiver and the review desk."""

from collections.abc import Callable
from typing import Final

import uvicorn
from starlette.applications import Starlette

from models.errors import PipelineError
from pipeline.ledger.ledger import Ledger, open_ledger
from pipeline.stores.base import Store
from pipeline.stores.opening import open_store
from service.logging import log_to_stderr
from service.options import Port
from service.resources import register_secret
from service.settings import Settings
from service.supervisor import exit_with

_MOST_CONNECTIONS: Final = 512  # more of them are answered 503
_IDLE_SECONDS: Final = 75
_STOP_SECONDS: Final = 5
_PATIENCE_SECONDS: Final = 5.0  # with a locked ledger; then the answer is 503


class PortInUseError(PipelineError):
    """Another process listens on the port."""

    retryable = True


def serve_app(
    application: Callable[[Settings, Ledger, Store], Starlette], settings: Settings, *, host: str, port: Port | None
) -> None:
    """Open ledger and store, and serve an application until SIGTERM; exits the process if it cannot start."""
    log_to_stderr()
    try:
        ledger = open_ledger(settings.ledger_at, register_secret(settings), patience=_PATIENCE_SECONDS)
        app = application(settings, ledger, open_store(settings.store_at, settings.store))
    except PipelineError as error:
        exit_with(error)
    server = uvicorn.Server(uvicorn_config(app, host=host, port=port or 0))
    try:
        server.run()
    except SystemExit:  # how uvicorn reports that it cannot listen
        exit_with(PortInUseError(f"Port {port} of {host} cannot be listened on", hint="is it in use?"))
    finally:
        ledger.close()


def uvicorn_config(app: Starlette, *, host: str, port: int) -> uvicorn.Config:
    """The settings of uvicorn: no header that names the software, and a limit on connections."""
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,  # ours
        access_log=False,
        server_header=False,
        limit_concurrency=_MOST_CONNECTIONS,
        timeout_keep_alive=_IDLE_SECONDS,
        timeout_graceful_shutdown=_STOP_SECONDS,
    )
