"""The application behind our port, and the process that it runs in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route

from flows.charges import exit_with
from flows.logs import log_to_stderr
from flows.resources import register_secret
from flows.settings import Settings
from flows.web.committing import GroupCommit
from flows.web.health import Health
from flows.web.receiver import Receiver, greet
from flows.web.tokens import tokens_in_force
from models.errors import PipelineError
from pipeline.ledger.base import Ledger
from pipeline.ledger.opening import open_ledger
from pipeline.stores.base import Store
from pipeline.stores.opening import open_store

_AT_ONCE: Final = 512  # connections; more are answered 503
_IDLE_SECONDS: Final = 75
_STOP_SECONDS: Final = 5
_PATIENCE_SECONDS: Final = 5.0  # with a ledger that is locked, before a sender is told to try again


def application(settings: Settings, ledger: Ledger, store: Store) -> Starlette:
    """Everything that is answered on our port.

    Raises:
        SettingsError: The tokens cannot be used.
    """
    commits = GroupCommit(ledger.note_notifications)
    tokens = tokens_in_force(settings.receiver)
    receiver, health = Receiver(tokens, commits), Health(ledger, store, tokens)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        committing = asyncio.create_task(commits.run())
        yield
        committing.cancel()
        with suppress(asyncio.CancelledError):
            await committing

    routes = [
        Route("/s3-events", receiver.take, methods=["POST"]),
        Route("/", greet, methods=["GET"]),
        Route("/health", health.live, methods=["GET"]),
        Route("/ready", health.ready, methods=["GET"]),
        Route("/metrics", health.metrics, methods=["GET"]),
    ]
    app = Starlette(routes=routes, lifespan=lifespan)
    app.router.redirect_slashes = False  # senders follow no redirect
    return app


class PortInUseError(PipelineError):
    """Somebody else listens where we are to."""

    retryable = True


def run(settings: Settings) -> None:
    """Answer until SIGTERM; the main function of a process of its own."""
    log_to_stderr()
    try:
        ledger = open_ledger(settings.ledger_at, register_secret(settings), patience=_PATIENCE_SECONDS)
        app = application(settings, ledger, open_store(settings.store_at, settings.store))
    except PipelineError as error:
        exit_with(error)
    options = settings.receiver
    server = uvicorn.Server(configured(app, host=options.host, port=options.port or 0))
    try:
        server.run()
    except SystemExit:  # as uvicorn has it
        exit_with(PortInUseError(f"Port {options.port} of {options.host} cannot be listened on: is it in use?"))
    finally:
        ledger.close()


def configured(app: Starlette, *, host: str, port: int) -> uvicorn.Config:
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
