"""The review desk as an application."""

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

from flows.settings import Settings
from flows.web.desk.address import address_of
from flows.web.desk.backing import Backing
from flows.web.desk.cookies import Cookies
from flows.web.desk.door import Way, route
from flows.web.desk.headers import Walls
from flows.web.desk.refusals import Why
from flows.web.desk.routes import WAYS
from flows.web.desk.visit import Visit
from pipeline.ledger.base import Clock, Ledger, utc_now
from pipeline.stores.base import Store


def application(
    settings: Settings, ledger: Ledger, store: Store, *, clock: Clock = utc_now, ways: Sequence[Way] = WAYS
) -> Starlette:
    """Everything that is answered at the desk.

    Raises:
        SettingsError: The desk is off.
        UnguardedRouteError: The table of access does not say who may use a way.
    """
    address = address_of(settings.desk)
    backing = Backing(settings, ledger, store, address, Cookies(secure=address.secure), clock)

    def not_here(request: Request, error: Exception) -> Response:
        missing = isinstance(error, HTTPException) and error.status_code == 404
        return Visit(request, backing, "").refused(Why.MISSING if missing else Why.NOT_THAT_WAY)

    app = Starlette(
        routes=[route(way, backing) for way in ways],
        middleware=[Middleware(Walls, address=address)],
        exception_handlers={404: not_here, 405: not_here},
    )
    app.router.redirect_slashes = False
    return app
