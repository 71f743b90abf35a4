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
from service.threads import in_thread
from web.desk import permissions as access
from web.desk.error_log import note_unforeseen
from web.desk.errors import RefusalError, Why
from web.desk.forms import NO_FORM, Form, is_from_here, is_of_session, read_form
from web.desk.request_context import Visit
from web.desk.services import Backing

Value = TypeVar("Value")
Endpoint = Callable[[Visit], Response]


class Way(NamedTuple):
    """A route: its name is its row in access.py; what answers runs in a thread and may block."""

    name: str
    method: str
    path: str
    answer: Endpoint


def route(way: Way, backing: Backing) -> Route:
    """A way as Starlette has it, behind the door.

    Raises:
        UnguardedRouteError: The table of access does not say who may use it.
    """
    access.roles_of(way.name)
    return Route(way.path, _behind_the_door(way, backing), methods=[way.method], name=way.name)


def _behind_the_door(way: Way, backing: Backing) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        visit = Visit(request, backing, backing.cookies.secret(request))
        if _names_nothing(request):
            return visit.refused(Why.MISSING)
        try:
            form = await _form(way, request, backing)
        except RefusalError as refusal:
            return visit.refused(refusal.why)
        return await in_thread(_answered, way, visit, form)

    return answer


def _names_nothing(request: Request) -> bool:
    """A NUL stands in no name of ours, and PostgreSQL takes it for an error."""
    return "\0" in request.scope["path"] or b"%00" in request.scope["query_string"]


async def _form(way: Way, request: Request, backing: Backing) -> Form:
    """What was sent; nothing is read of what another page than ours sent."""
    if way.method != "POST":
        return NO_FORM
    if not is_from_here(request, backing.address):
        raise RefusalError(Why.NOT_FROM_HERE)
    return await read_form(request)


def _answered(way: Way, stranger: Visit, form: Form) -> Response:
    admitted = _guarded(stranger, partial(_let_in, way, stranger, form))
    return admitted if isinstance(admitted, Response) else _guarded(admitted, partial(way.answer, admitted))


def _guarded(visit: Visit, work: Callable[[], Value]) -> Value | Response:
    """Do it, or tell in a whole page why it was not done."""
    try:
        return work()
    except RefusalError as refusal:
        return visit.refused(refusal.why)
    except UnknownCaseError:
        return visit.refused(Why.MISSING)
    except NoResultYetError:
        return visit.refused(Why.NOT_YET)
    except PipelineError as error:
        if error.retryable:
            return visit.refused(Why.BUSY)
        note_unforeseen(error)
    except Exception as error:  # noqa: BLE001 - whatever it is, nobody is told more than that it is our fault
        note_unforeseen(error)
    return visit.refused(Why.BROKEN)


def _let_in(way: Way, stranger: Visit, form: Form) -> Visit | Response:
    roles = access.roles_of(way.name)
    if roles is access.PUBLIC:
        return replace(stranger, form=form)
    account = _signed_in(way, stranger)
    if account is None:
        return _to_sign_in(way, stranger)
    visit = replace(stranger, account=account, form=form)
    if account.role not in roles:
        return visit.refused(Why.FORBIDDEN)
    if way.method == "POST" and not is_of_session(visit.request, form, visit.secret):
        return visit.refused(Why.NOT_FROM_HERE)
    return visit


def _signed_in(way: Way, stranger: Visit) -> Account | None:
    if not stranger.secret:
        return None
    desk, attended = stranger.backing.settings.desk, way.name not in access.UNATTENDED
    session = stranger.backing.ledger.session
    return session(stranger.secret, idle=desk.idle_seconds, longest=desk.session_seconds, attended=attended)


def _to_sign_in(way: Way, stranger: Visit) -> Response:
    """To the page for signing in, and from there back; htmx is told to go there with the whole page."""
    login, back = stranger.path("login"), _back(way, stranger)
    if stranger.is_part:
        to = f"{login}?{urlencode(back)}" if back else login
        return Response(status_code=HTTPStatus.UNAUTHORIZED, headers={"HX-Redirect": to})
    return stranger.go(login, **back)


def _back(way: Way, stranger: Visit) -> Mapping[str, str]:
    """Where somebody was: the page that they asked for, or the case whose form they sent."""
    submission_id = stranger.request.path_params.get("submission_id")
    if way.method == "POST" and submission_id:
        return {"next": stranger.path("case", submission_id=submission_id)}
    is_page = way.method == "GET" and way.name != "home" and not stranger.is_part
    return {"next": stranger.here} if is_page else {}
