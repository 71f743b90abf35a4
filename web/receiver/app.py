"""The application behind our port, and the process that it runs in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from starlette.applications import Starlette
from starlette.routing import Route

from pipeline.ledger.ledger import Ledger
from pipeline.stores.base import Store
from service.settings import Settings
from service.tokens import tokens_in_force
from web.receiver.group_commit import GroupCommit
from web.receiver.health import Health
from web.receiver.notifications import Receiver, greet
from web.server import serve_app


def application(settings: Settings, ledger: Ledger, store: Store) -> Starlette:
    """Everything that is answered on our port.

    Raises:
        SettingsError: The tokens cannot be used.
    """
    commits = GroupCommit(ledger.inbox.note_notifications)
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


def run(settings: Settings) -> None:
    """Take notifications until SIGTERM; the main function of a process of its own."""
    serve_app(application, settings, host=settings.receiver.host, port=settings.receiver.port)
