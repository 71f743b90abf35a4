"""The review desk: its routes and who may use them, the headers of every answer, and its process."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from functools import cache
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.errors import EngineError
from models.review import Role
from pipeline.ledger.database import Clock, utc_now
from pipeline.ledger.ledger import Ledger
from pipeline.stores.base import Store
from pipeline.workers.render_pool import PageRenderer
from service.settings import Settings
from service.threads import run_in_thread
from web.desk import batches, cases, dashboard, decisions, login, queue
from web.desk.guard import PUBLIC, Guard, RouteSpec, log_unexpected
from web.desk.request_context import ErrorKind, PageError, RequestContext
from web.desk.services import BaseUrl, open_services
from web.server import serve_app

STATIC: Final = Path(__file__).parent / "static"
_STATIC_TYPES: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}  # other files stay here
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_UNUSED_FEATURES: Final = (
    "accelerometer autoplay camera display-capture encrypted-media fullscreen geolocation gyroscope hid "
    "magnetometer microphone midi payment picture-in-picture publickey-credentials-get screen-wake-lock serial usb "
    "xr-spatial-tracking"
).split()
HEADERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Content-Security-Policy": _POLICY,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",  # for browsers that do not know frame-ancestors
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": ", ".join(f"{name}=()" for name in _UNUSED_FEATURES),
    }
)
_HSTS: Final = "max-age=31536000"


class _StaticFile(NamedTuple):
    body: bytes
    media_type: str
    etag: str


def home(context: RequestContext) -> Response:
    """Go to the first page of the navigation."""
    return context.redirect(context.navigation[0])


def static_file(context: RequestContext) -> Response:
    """A file that pages use. Its ETag is a digest of the content, and browsers ask for it again before each use."""
    file = _static_files().get(context.request.path_params["file"])
    if file is None:
        raise PageError(ErrorKind.MISSING)
    headers = {"ETag": file.etag, "Cache-Control": "no-cache"}
    if context.request.headers.get("if-none-match") == file.etag:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(file.body, headers=headers, media_type=file.media_type)


@cache
def _static_files() -> Mapping[str, _StaticFile]:
    found = {path: path.read_bytes() for path in STATIC.iterdir() if path.suffix in _STATIC_TYPES}
    return {
        path.name: _StaticFile(body, _STATIC_TYPES[path.suffix], f'"{sha256(body).hexdigest()[:32]}"')
        for path, body in found.items()
    }


_EVERYONE: Final = frozenset(Role)
_REVIEWERS: Final = frozenset({Role.REVIEWER, Role.SUPERVISOR})
_SUPERVISORS: Final = frozenset({Role.SUPERVISOR})
_OPERATORS: Final = frozenset({Role.OPERATOR, Role.SUPERVISOR})
ROUTES: Final = (
    RouteSpec("static", "GET", "/static/{file}", PUBLIC, static_file),
    RouteSpec("language", "GET", "/language/{tag}", PUBLIC, login.language),
    RouteSpec("login", "GET", "/login", PUBLIC, login.login),
    RouteSpec("sign_in", "POST", "/login", PUBLIC, login.sign_in, checks_password=True),
    RouteSpec("sign_out", "POST", "/logout", _EVERYONE, login.sign_out),
    RouteSpec("alive", "GET", "/alive", _EVERYONE, login.keepalive),
    RouteSpec("home", "GET", "/", _EVERYONE, home),
    RouteSpec("queue", "GET", "/queue", _REVIEWERS, queue.queue),
    RouteSpec("find", "GET", "/find", _REVIEWERS, cases.find),
    RouteSpec("case", "GET", "/cases/{submission_id}", _REVIEWERS, cases.case),
    RouteSpec("prioritise", "POST", "/cases/{submission_id}/priority", _REVIEWERS, queue.prioritise),
    RouteSpec("picture", "GET", "/cases/{submission_id}/pages/{number}", _REVIEWERS, cases.picture),
    RouteSpec("reveal", "POST", "/cases/{submission_id}/shown", _REVIEWERS, cases.reveal),
    RouteSpec("preview", "POST", "/cases/{submission_id}/preview", _REVIEWERS, decisions.preview),
    RouteSpec("decide", "POST", "/cases/{submission_id}/decision", _REVIEWERS, decisions.decide),
    RouteSpec("release", "POST", "/cases/{submission_id}/release", _REVIEWERS, decisions.release),
    RouteSpec("reopen", "POST", "/cases/{submission_id}/reopen", _SUPERVISORS, cases.reopen),
    RouteSpec("dashboard", "GET", "/dashboard", _OPERATORS, dashboard.dashboard),
    RouteSpec("dashboard_csv", "GET", "/dashboard.csv", _OPERATORS, dashboard.dashboard_csv),
    RouteSpec("batches", "GET", "/batches", _OPERATORS, batches.batches),
    RouteSpec("batch", "GET", "/batches/{batch_id}", _OPERATORS, batches.batch),
    RouteSpec("batch_csv", "GET", "/batches/{batch_id}/changes.csv", _OPERATORS, batches.batch_csv),
)


def run(settings: Settings) -> None:
    """Serve the desk until SIGTERM; the main function of its process."""
    serve_app(application, settings, host=settings.desk.host, port=settings.desk.port, name="DESK")


def application(
    settings: Settings, ledger: Ledger, store: Store, *, clock: Clock = utc_now, routes: Sequence[RouteSpec] = ROUTES
) -> Starlette:
    """The desk with all its routes.

    Raises:
        SettingsError: The desk is off, or the policy cannot be read.
        ModelsError: A model is missing or altered.
    """
    services = open_services(settings, ledger, store, clock)
    guard = Guard(services, routes)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        warming = asyncio.create_task(run_in_thread(_warm_up, services.renderer))
        yield
        await warming
        await run_in_thread(services.renderer.close)

    def no_such_route(request: Request, error: Exception) -> Response:
        missing = isinstance(error, HTTPException) and error.status_code == 404
        return guard.anonymous(request).error_page(ErrorKind.MISSING if missing else ErrorKind.NOT_THAT_WAY)

    app = Starlette(
        routes=[guard.route(spec) for spec in routes],
        middleware=[Middleware(SecurityHeadersMiddleware, base_url=services.base_url)],
        exception_handlers={404: no_such_route, 405: no_such_route},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    return app


def _warm_up(renderer: PageRenderer) -> None:
    """Start the process that draws pages, so that the first scan need not wait for it; a later scan tries again."""
    with suppress(EngineError):
        renderer.warm_up()


class BrokenOffError(Exception):
    """An answer began, and cannot be completed."""


class SecurityHeadersMiddleware:
    """Sets the security headers on every answer, and answers only requests to our own address.

    Starlette's TrustedHostMiddleware ignores the port, knows no IPv6 address, and answers 400 instead of 421.
    """

    def __init__(self, app: ASGIApp, base_url: BaseUrl) -> None:
        self._app = app
        self._base_url = base_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or say that this is another address."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def send_with_headers(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                self._add_headers(MutableHeaders(scope=message))
            await send(message)

        if Headers(scope=scope).get("host", "").lower() not in self._base_url.hosts:
            answer = PlainTextResponse("This is not the address of the review desk: ask for the right one.\n", 421)
            await answer(scope, receive, send_with_headers)
            return
        try:
            await self._app(scope, receive, send_with_headers)
        except Exception as error:  # noqa: BLE001 - its text may quote a document
            log_unexpected(error)
            if begun:
                raise BrokenOffError("An answer broke off: the log says where.") from None  # its text may quote
            await PlainTextResponse("Something broke on our side.\n", 500)(scope, receive, send_with_headers)

    def _add_headers(self, headers: MutableHeaders) -> None:
        headers.update(HEADERS)
        headers.setdefault("Cache-Control", "no-store")
        if self._base_url.secure:
            headers["Strict-Transport-Security"] = _HSTS
