"""The review desk as an application."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

from models.errors import EngineError
from pipeline.ledger.base import Clock, Ledger, utc_now
from pipeline.stores.base import Store
from pipeline.workers.render_pool import PageViewer
from service.settings import Settings
from service.threads import in_thread
from web.desk.errors import Why
from web.desk.guard import Way, route
from web.desk.request_context import Visit
from web.desk.routes import WAYS
from web.desk.security_headers import Walls
from web.desk.services import backing_of


def _warm_up(viewer: PageViewer) -> None:
    """Nobody waits for a process to begin before they see their first scan; if it does not, the next one may."""
    with suppress(EngineError):
        viewer.warm_up()


def application(
    settings: Settings, ledger: Ledger, store: Store, *, clock: Clock = utc_now, ways: Sequence[Way] = WAYS
) -> Starlette:
    """Everything that is answered at the desk.

    Raises:
        SettingsError: The desk is off, or the policy cannot be read.
        ModelsError: A model is missing or altered.
        UnguardedRouteError: The table of access does not say who may use a way.
    """
    backing = backing_of(settings, ledger, store, clock)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        warming = asyncio.create_task(in_thread(_warm_up, backing.viewer))
        yield
        await warming
        await in_thread(backing.viewer.close)

    def not_here(request: Request, error: Exception) -> Response:
        missing = isinstance(error, HTTPException) and error.status_code == 404
        return Visit(request, backing, "").refused(Why.MISSING if missing else Why.NOT_THAT_WAY)

    app = Starlette(
        routes=[route(way, backing) for way in ways],
        middleware=[Middleware(Walls, address=backing.address)],
        exception_handlers={404: not_here, 405: not_here},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    return app
