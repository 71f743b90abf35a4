"""Where everybody begins."""

from starlette.responses import Response

from web.desk import permissions as access
from web.desk.request_context import Visit


def home(visit: Visit) -> Response:
    """Go to the first page of the navigation that one may see."""
    return visit.redirect(next(name for name in access.NAVIGATION if access.may(visit.who.role, name)))
