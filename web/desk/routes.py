"""Every route of the desk, and the roles that may use it."""

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

from starlette.responses import Response

from models.review import Role
from web.desk import batches, cases, dashboard, login, queue
from web.desk import decisions as deciding
from web.desk.guard import PUBLIC, Roles, RouteSpec
from web.desk.request_context import ErrorKind, PageError, RequestContext

STATIC: Final = Path(__file__).parent / "static"
_STATIC_TYPES: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}  # other files stay here


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


ROUTES: Final = (
    RouteSpec("static", "GET", "/static/{file}", static_file),
    RouteSpec("language", "GET", "/language/{tag}", login.language),
    RouteSpec("login", "GET", "/login", login.login),
    RouteSpec("sign_in", "POST", "/login", login.sign_in),
    RouteSpec("sign_out", "POST", "/logout", login.sign_out),
    RouteSpec("alive", "GET", "/alive", login.keepalive),
    RouteSpec("home", "GET", "/", home),
    RouteSpec("queue", "GET", "/queue", queue.queue),
    RouteSpec("find", "GET", "/find", cases.find),
    RouteSpec("case", "GET", "/cases/{submission_id}", cases.case),
    RouteSpec("prioritise", "POST", "/cases/{submission_id}/priority", queue.prioritise),
    RouteSpec("picture", "GET", "/cases/{submission_id}/pages/{number}", cases.picture),
    RouteSpec("reveal", "POST", "/cases/{submission_id}/shown", cases.reveal),
    RouteSpec("preview", "POST", "/cases/{submission_id}/preview", deciding.preview),
    RouteSpec("decide", "POST", "/cases/{submission_id}/decision", deciding.decide),
    RouteSpec("release", "POST", "/cases/{submission_id}/release", deciding.release),
    RouteSpec("reopen", "POST", "/cases/{submission_id}/reopen", cases.reopen),
    RouteSpec("dashboard", "GET", "/dashboard", dashboard.dashboard),
    RouteSpec("dashboard_csv", "GET", "/dashboard.csv", dashboard.dashboard_csv),
    RouteSpec("batches", "GET", "/batches", batches.batches),
    RouteSpec("batch", "GET", "/batches/{batch_id}", batches.batch),
    RouteSpec("batch_csv", "GET", "/batches/{batch_id}/changes.csv", batches.batch_csv),
)

NAVIGATION: Final = ("queue", "dashboard", "batches")  # the routes in the header of every page

_REVIEWING: Final = frozenset({Role.REVIEWER, Role.SUPERVISOR})
_OPERATING: Final = frozenset({Role.OPERATOR, Role.SUPERVISOR})

PERMISSIONS: Final[Mapping[str, Roles]] = MappingProxyType(
    {
        **dict.fromkeys(("static", "language", "login", "sign_in"), PUBLIC),
        **dict.fromkeys(("sign_out", "alive", "home"), frozenset(Role)),
        **dict.fromkeys(("queue", "prioritise", "find", "case", "picture"), _REVIEWING),
        **dict.fromkeys(("reveal", "preview", "decide", "release"), _REVIEWING),
        "reopen": frozenset({Role.SUPERVISOR}),
        **dict.fromkeys(("dashboard", "dashboard_csv", "batches", "batch", "batch_csv"), _OPERATING),
    }
)
