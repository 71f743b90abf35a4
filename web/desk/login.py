"""Signing in and out, the language of the pages, and the two cookies that keep both."""

from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from web.desk.known_browsers import cookie_of, guesser, known_browser
from web.desk.rendering import DeskLanguage
from web.desk.request_context import ErrorKind, PageError, RequestContext, local_path
from web.desk.services import BaseUrl

_YEAR_SECONDS: Final = 365 * 86400
_LONGEST_SECRET: Final = 128
_LANGUAGE: Final = "desk-language"


def session_secret(request: Request, base_url: BaseUrl) -> str:
    """The session secret that the browser sends; "" without one."""
    secret = request.cookies.get(_session_cookie(base_url), "")
    return secret if len(secret) <= _LONGEST_SECRET and secret.isascii() else ""


def language_of(request: Request) -> DeskLanguage:
    """The language that was chosen, else the one that the browser prefers; Chinese first."""
    chosen = request.cookies.get(_LANGUAGE, "")
    if chosen in set(DeskLanguage):
        return DeskLanguage(chosen)
    accepted = request.headers.get("accept-language", "").lower()
    return DeskLanguage.ZH_HANS if not accepted or "zh" in accepted or "*" in accepted[:1] else DeskLanguage.EN


def login(context: RequestContext) -> Response:
    """The login page. Whoever is signed in already may sign in with another account."""
    query = context.request.query_params
    return context.page(
        "login.html", next=local_path(query.get("next", "")), over="over" in query, refused=False, name=""
    )


def sign_in(context: RequestContext) -> Response:
    """Begin a session under a new secret, or refuse without saying why."""
    name, target = context.form.one("name"), local_path(context.form.one("next"))
    accounts, services = context.services.ledger.accounts, context.services
    secret = accounts.sign_in(name, context.form.one("password"), address=guesser(context.request, name, services))
    if secret is None:
        return context.page(
            "login.html", status=HTTPStatus.FORBIDDEN, next=target, over=False, refused=True, name=name[:64]
        )
    if context.secret:
        accounts.sign_out(context.secret)
    answer = _set_cookie(context, context.redirect_to(target), _session_cookie(services.base_url), secret)
    known = known_browser(name, services)
    return _set_cookie(context, answer, cookie_of(name, services), known, max_age=_YEAR_SECONDS)


def sign_out(context: RequestContext) -> Response:
    """End the session."""
    context.services.ledger.accounts.sign_out(context.secret)
    cookie = _session_cookie(context.services.base_url)
    return _set_cookie(context, context.redirect("login"), cookie, "", max_age=0)


def keepalive(_context: RequestContext) -> Response:
    """Keep the session of a page that is in use; the guard noted it already."""
    return Response(status_code=HTTPStatus.NO_CONTENT)


def language(context: RequestContext) -> Response:
    """Show pages in another language from now on."""
    tag = context.request.path_params["tag"]
    if tag not in set(DeskLanguage):
        raise PageError(ErrorKind.MISSING)
    answer = context.redirect_to(local_path(context.request.query_params.get("next", "")))
    return _set_cookie(context, answer, _LANGUAGE, tag, max_age=_YEAR_SECONDS)


def _session_cookie(base_url: BaseUrl) -> str:
    return "__Host-desk" if base_url.secure else "desk"  # browsers accept the prefix over TLS only


def _set_cookie(
    context: RequestContext, response: Response, name: str, value: str, max_age: int | None = None
) -> Response:
    """Set a cookie that no script can read, that other sites do not send, and that needs TLS where the desk has it."""
    secure = context.services.base_url.secure
    response.set_cookie(name, value, max_age=max_age, path="/", secure=secure, httponly=True, samesite="strict")
    return response
