"""The processes that answer over HTTP: the receiver's and the review desk's."""

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

_AT_ONCE: Final = 512  # connections; more are answered 503
_IDLE_SECONDS: Final = 75
_STOP_SECONDS: Final = 5
_PATIENCE_SECONDS: Final = 5.0  # with a ledger that is locked, before whoever asks is told to try again


class PortInUseError(PipelineError):
    """Somebody else listens where we are to."""

    retryable = True


def serve_app(
    make: Callable[[Settings, Ledger, Store], Starlette], settings: Settings, *, host: str, port: Port | None
) -> None:
    """Answer until SIGTERM with the application that `make` makes; what a process of its own does."""
    log_to_stderr()
    try:
        ledger = open_ledger(settings.ledger_at, register_secret(settings), patience=_PATIENCE_SECONDS)
        app = make(settings, ledger, open_store(settings.store_at, settings.store))
    except PipelineError as error:
        exit_with(error)
    server = uvicorn.Server(uvicorn_config(app, host=host, port=port or 0))
    try:
        server.run()
    except SystemExit:  # as uvicorn has it
        exit_with(PortInUseError(f"Port {port} of {host} cannot be listened on: is it in use?"))
    finally:
        ledger.close()


def uvicorn_config(app: Starlette, *, host: str, port: int) -> uvicorn.Config:
    """How we answer: without a word of what we are made of, and never to more than we can serve."""
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,  # ours
        access_log=False,
        server_header=False,
        limit_concurrency=_AT_ONCE,
        timeout_keep_alive=_IDLE_SECONDS,
        timeout_graceful_shutdown=_STOP_SECONDS,
    )
