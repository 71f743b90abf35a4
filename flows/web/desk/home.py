"""Where everybody begins."""

from starlette.responses import Response

from flows.web.desk import access
from flows.web.desk.visit import Visit


def home(visit: Visit) -> Response:
    """Go to the first page of the navigation that one may see."""
    return visit.redirect(next(name for name in access.NAVIGATION if access.may(visit.who.role, name)))
