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
from pipeline.ledger.clock import Clock, utc_now
from pipeline.ledger.ledger import Ledger
from pipeline.stores.base import Store
from pipeline.workers.render_pool import PageRenderer
from service.settings import Settings
from service.threads import run_in_thread
from web.desk.errors import ErrorKind
from web.desk.guard import RouteSpec, route
from web.desk.request_context import RequestContext
from web.desk.routes import ROUTES
from web.desk.security_headers import SecurityHeadersMiddleware
from web.desk.services import open_services


def _warm_up(viewer: PageRenderer) -> None:
    """Nobody waits for a process to begin before they see their first scan; if it does not, the next one may."""
    with suppress(EngineError):
        viewer.warm_up()


def application(
    settings: Settings, ledger: Ledger, store: Store, *, clock: Clock = utc_now, ways: Sequence[RouteSpec] = ROUTES
) -> Starlette:
    """Everything that is answered at the desk.

    Raises:
        SettingsError: The desk is off, or the policy cannot be read.
        ModelsError: A model is missing or altered.
        UnguardedRouteError: The table of access does not say who may use a way.
    """
    backing = open_services(settings, ledger, store, clock)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        warming = asyncio.create_task(run_in_thread(_warm_up, backing.viewer))
        yield
        await warming
        await run_in_thread(backing.viewer.close)

    def not_here(request: Request, error: Exception) -> Response:
        missing = isinstance(error, HTTPException) and error.status_code == 404
        return RequestContext(request, backing, "").refused(ErrorKind.MISSING if missing else ErrorKind.NOT_THAT_WAY)

    app = Starlette(
        routes=[route(way, backing) for way in ways],
        middleware=[Middleware(SecurityHeadersMiddleware, address=backing.address)],
        exception_handlers={404: not_here, 405: not_here},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    return app
