"""The door: who asks, whether they may, and whether it was a page of ours that sent the form."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from typing import NamedTuple, TypeVar
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from models.accounts import Account
from models.errors import NoResultYetError, PipelineError, UnknownCaseError
from service.threads import run_in_thread
from web.desk import permissions as access
from web.desk.error_log import log_unexpected
from web.desk.errors import ErrorKind, PageError
from web.desk.forms import NO_FORM, PostedForm, is_from_here, is_of_session, read_form
from web.desk.request_context import RequestContext
from web.desk.services import Services

Value = TypeVar("Value")
Endpoint = Callable[[RequestContext], Response]


class RouteSpec(NamedTuple):
    """A route: its name is its row in access.py; what answers runs in a thread and may block."""

    name: str
    method: str
    path: str
    answer: Endpoint


def route(way: RouteSpec, backing: Services) -> Route:
    """A way as Starlette has it, behind the door.

    Raises:
        UnguardedRouteError: The table of access does not say who may use it.
    """
    access.roles_of(way.name)
    return Route(way.path, _guarded(way, backing), methods=[way.method], name=way.name)


def _guarded(way: RouteSpec, backing: Services) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        context = RequestContext(request, backing, backing.cookies.secret(request))
        if _names_nothing(request):
            return context.refused(ErrorKind.MISSING)
        try:
            form = await _form(way, request, backing)
        except PageError as refusal:
            return context.refused(refusal.why)
        return await run_in_thread(_answered, way, context, form)

    return answer


def _names_nothing(request: Request) -> bool:
    """A NUL stands in no name of ours, and PostgreSQL takes it for an error."""
    return "\0" in request.scope["path"] or b"%00" in request.scope["query_string"]


async def _form(way: RouteSpec, request: Request, backing: Services) -> PostedForm:
    """What was sent; nothing is read of what another page than ours sent."""
    if way.method != "POST":
        return NO_FORM
    if not is_from_here(request, backing.address):
        raise PageError(ErrorKind.NOT_FROM_HERE)
    return await read_form(request)


def _answered(way: RouteSpec, anonymous: RequestContext, form: PostedForm) -> Response:
    admitted = _or_error_page(anonymous, partial(_authorize, way, anonymous, form))
    return admitted if isinstance(admitted, Response) else _or_error_page(admitted, partial(way.answer, admitted))


def _or_error_page(context: RequestContext, work: Callable[[], Value]) -> Value | Response:
    """Do it, or tell in a whole page why it was not done."""
    try:
        return work()
    except PageError as refusal:
        return context.refused(refusal.why)
    except UnknownCaseError:
        return context.refused(ErrorKind.MISSING)
    except NoResultYetError:
        return context.refused(ErrorKind.NOT_YET)
    except PipelineError as error:
        if error.retryable:
            return context.refused(ErrorKind.BUSY)
        log_unexpected(error)
    except Exception as error:  # noqa: BLE001 - whatever it is, nobody is told more than that it is our fault
        log_unexpected(error)
    return context.refused(ErrorKind.BROKEN)


def _authorize(way: RouteSpec, anonymous: RequestContext, form: PostedForm) -> RequestContext | Response:
    roles = access.roles_of(way.name)
    if roles is access.PUBLIC:
        return replace(anonymous, form=form)
    account = _signed_in(way, anonymous)
    if account is None:
        return _to_sign_in(way, anonymous)
    context = replace(anonymous, account=account, form=form)
    if account.role not in roles:
        return context.refused(ErrorKind.FORBIDDEN)
    if way.method == "POST" and not is_of_session(context.request, form, context.secret):
        return context.refused(ErrorKind.NOT_FROM_HERE)
    return context


def _signed_in(way: RouteSpec, anonymous: RequestContext) -> Account | None:
    if not anonymous.secret:
        return None
    desk, attended = anonymous.services.settings.desk, way.name not in access.UNATTENDED
    session = anonymous.services.ledger.accounts.session
    return session(anonymous.secret, idle=desk.idle_seconds, longest=desk.session_seconds, attended=attended)


def _to_sign_in(way: RouteSpec, anonymous: RequestContext) -> Response:
    """To the page for signing in, and from there back; htmx is told to go there with the whole page."""
    login, back = anonymous.path("login"), _back(way, anonymous)
    if anonymous.is_htmx:
        to = f"{login}?{urlencode(back)}" if back else login
        return Response(status_code=HTTPStatus.UNAUTHORIZED, headers={"HX-Redirect": to})
    return anonymous.redirect_to(login, **back)


def _back(way: RouteSpec, anonymous: RequestContext) -> Mapping[str, str]:
    """Where somebody was: the page that they asked for, or the case whose form they sent."""
    submission_id = anonymous.request.path_params.get("submission_id")
    if way.method == "POST" and submission_id:
        return {"next": anonymous.path("case", submission_id=submission_id)}
    is_page = way.method == "GET" and way.name != "home" and not anonymous.is_htmx
    return {"next": anonymous.here} if is_page else {}
