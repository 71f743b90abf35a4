"""The guard before every handler: which account sends a request, whether it may, and whether our page sent the form."""

import asyncio
import hmac
import logging
import re
import traceback
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Final, NamedTuple, TypeVar
from urllib.parse import parse_qsl, urlencode

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from models.accounts import tidied_name
from models.errors import NoResultYetError, PipelineError, UnknownCaseError
from models.review import Role
from service.threads import run_in_thread
from web.desk.known_browsers import guesser
from web.desk.login import language_of, session_secret
from web.desk.request_context import NO_FORM, ErrorKind, PageError, PostedForm, RequestContext, token_of
from web.desk.services import BaseUrl, Services
from web.desk.sign_in_queue import SignInQueue

log = logging.getLogger(__name__)
Value = TypeVar("Value")
Roles = frozenset[Role] | None
Handler = Callable[[RequestContext], Response]
PUBLIC: Final = None  # the roles of a route that needs no account
NAVIGATION: Final = ("queue", "dashboard", "batches")  # the routes in the header of every page
_LONGEST_BODY: Final = 64 * 1024  # bytes
_MOST_FIELDS: Final = 2000
_BODY_SECONDS: Final = 10.0  # for a body to arrive
_PARTS: Final = {
    "submission_id": re.compile(r"[A-Za-z0-9._-]{1,64}"),
    "batch_id": re.compile(r"[A-Za-z0-9-]{1,32}"),
    "number": re.compile(r"[0-9]{1,6}"),
}
_FORM: Final = "application/x-www-form-urlencoded"


class RouteSpec(NamedTuple):
    """A route and the roles that may use it; its handler runs in a thread and may block.

    Attributes:
        checks_password: Whether requests take turns, because each costs a core.
    """

    name: str
    method: str
    path: str
    roles: Roles
    handler: Handler
    checks_password: bool = False


class Guard:
    """Lets requests reach the handlers that their sender may use."""

    def __init__(self, services: Services, routes: Sequence[RouteSpec]) -> None:
        self._services = services
        self._sign_ins = SignInQueue()
        self._navigation = [spec for name in NAVIGATION for spec in routes if spec.name == name]

    def route(self, spec: RouteSpec) -> Route:
        """A route for Starlette, whose handler is behind this guard."""
        return Route(spec.path, self._endpoint(spec), methods=[spec.method], name=spec.name)

    def anonymous(self, request: Request, form: PostedForm = NO_FORM) -> RequestContext:
        """The context of a request, before its session is looked up."""
        secret = session_secret(request, self._services.base_url)
        return RequestContext(request, self._services, secret, language_of(request), form=form)

    def _endpoint(self, spec: RouteSpec) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            try:
                form = await self._form(spec, request)
                if spec.checks_password:
                    return await self._checked(spec, request, form)
                return await run_in_thread(self._answer, spec, self.anonymous(request, form))
            except PageError as error:
                return self.anonymous(request).error_page(error.kind)

        return endpoint

    async def _checked(self, spec: RouteSpec, request: Request, form: PostedForm) -> Response:
        """The answer to a request with a password, in its turn."""
        name = form.one("name")
        address = guesser(request, name, self._services)
        async with self._sign_ins.turn(address, tidied_name(name)):
            answer = await run_in_thread(self._answer, spec, self.anonymous(request, form))
            self._sign_ins.note(address, right=answer.status_code < HTTPStatus.BAD_REQUEST)
            return answer

    async def _form(self, spec: RouteSpec, request: Request) -> PostedForm:
        """The form of a request; nothing is read of a form that another site sent."""
        if _has_nul(request):
            raise PageError(ErrorKind.MISSING)
        if spec.method != "POST":
            return NO_FORM
        if not _is_same_origin(request, self._services.base_url):
            raise PageError(ErrorKind.NOT_FROM_HERE)
        return await _read_form(request)

    def _answer(self, spec: RouteSpec, anonymous: RequestContext) -> Response:
        admitted = _or_error_page(anonymous, partial(self._admit, spec, anonymous))
        return admitted if isinstance(admitted, Response) else _or_error_page(admitted, partial(spec.handler, admitted))

    def _admit(self, spec: RouteSpec, anonymous: RequestContext) -> RequestContext | Response:
        """The context of the account that may use a route, or the answer to all others."""
        if spec.roles is PUBLIC:
            return anonymous
        desk, accounts, secret = self._services.settings.desk, self._services.ledger.accounts, anonymous.secret
        account = accounts.session(secret, idle=desk.idle_seconds, longest=desk.session_seconds) if secret else None
        if account is None:
            return _to_login(spec, anonymous)
        navigation = tuple(one.name for one in self._navigation if account.role in (one.roles or ()))
        context = replace(anonymous, signed_in=account, navigation=navigation)
        if account.role not in spec.roles:
            return context.error_page(ErrorKind.FORBIDDEN)
        if spec.method == "POST" and not _is_of_session(context):
            return context.error_page(ErrorKind.NOT_FROM_HERE)
        if not _may_exist(context.request):
            return context.error_page(ErrorKind.MISSING)
        return context


def log_unexpected(error: Exception) -> None:
    """Log the kind and the place of an error; its text may quote a document."""
    places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
    log.error("unforeseen error", extra={"kind": type(error).__name__, "places": places})


def _or_error_page(context: RequestContext, work: Callable[[], Value]) -> Value | Response:
    """Do some work, or answer with the page that says why it failed."""
    try:
        return work()
    except PageError as error:
        return context.error_page(error.kind)
    except UnknownCaseError:
        return context.error_page(ErrorKind.MISSING)
    except NoResultYetError:
        return context.error_page(ErrorKind.NOT_YET)
    except PipelineError as error:
        if error.retryable:
            return context.error_page(ErrorKind.BUSY)
        log_unexpected(error)
    except Exception as error:  # noqa: BLE001 - whatever it is, the page only says that it is our fault
        log_unexpected(error)
    return context.error_page(ErrorKind.BROKEN)


def _to_login(spec: RouteSpec, anonymous: RequestContext) -> Response:
    """Go to the login page, and from there back to the page, or to the case whose form was sent.

    htmx would put the login page into a part of the page; it is asked to go there instead.
    """
    login, back = anonymous.path("login"), {}
    submission_id = anonymous.request.path_params.get("submission_id")
    if spec.method == "POST" and submission_id:
        back = {"next": anonymous.path("case", submission_id=submission_id)}
    elif spec.method == "GET" and spec.name != "home" and not anonymous.is_htmx:
        back = {"next": anonymous.here}
    if anonymous.is_htmx:
        to = f"{login}?{urlencode(back)}" if back else login
        return Response(status_code=HTTPStatus.UNAUTHORIZED, headers={"HX-Redirect": to})
    return anonymous.redirect_to(login, **back)


def _has_nul(request: Request) -> bool:
    """No name of ours holds a NUL, and PostgreSQL takes it for an error."""
    return "\0" in request.scope["path"] or b"%00" in request.scope["query_string"]


def _may_exist(request: Request) -> bool:
    """Whether each part of the path has the form of what it names; all others are of no case and no batch."""
    return all(form.fullmatch(str(request.path_params.get(name, "0"))) for name, form in _PARTS.items())


def _is_same_origin(request: Request, base_url: BaseUrl) -> bool:
    """Whether a page of ours sent a request, as far as browsers say.

    Under `Referrer-Policy: no-referrer` they send `Origin: null` with forms, and then `Sec-Fetch-Site` decides.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None and site != "same-origin":
        return False
    if origin is None or origin == "null":
        return site == "same-origin"
    return origin.lower() == f"{base_url.scheme}://{request.headers.get('host', '').lower()}"


def _is_of_session(context: RequestContext) -> bool:
    """Whether a form carries the token of its session; takes equally long for every form."""
    token = context.form.one("csrf") or context.request.headers.get("x-csrf", "")
    return hmac.compare_digest(token.encode(), token_of(context.secret).encode())


async def _read_form(request: Request) -> PostedForm:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise PageError(ErrorKind.MALFORMED)
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            body = await _read_body(request)
        return PostedForm(
            parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
        )
    except TimeoutError:
        raise PageError(ErrorKind.LATE) from None
    except (ClientDisconnect, ValueError):
        raise PageError(ErrorKind.MALFORMED) from None


async def _read_body(request: Request) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > _LONGEST_BODY:
            raise PageError(ErrorKind.TOO_LONG)
    return bytes(body)
