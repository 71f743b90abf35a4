"""Where everybody begins."""

from starlette.responses import Response

from web.desk import permissions as access
from web.desk.request_context import RequestContext


def home(context: RequestContext) -> Response:
    """Go to the first page of the navigation that one may see."""
    return context.redirect(next(name for name in access.NAVIGATION if access.may(context.who.role, name)))
