"""Signing in and out, and the language that somebody chose."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Final

from starlette.responses import Response

from web.desk.errors import ErrorKind, PageError
from web.desk.forms import local_path
from web.desk.i18n import DeskLanguage
from web.desk.request_context import RequestContext

_WAIT_SECONDS: Final = 5.0
_one_at_a_time = threading.Semaphore(1)  # a password costs memory and a core: guesses must not take them all
_few_wait = threading.Semaphore(4)  # nor the threads, in which everybody else is answered too


@contextmanager
def _held(places: threading.Semaphore, seconds: float) -> Iterator[None]:
    if not places.acquire(timeout=seconds):
        raise PageError(ErrorKind.BUSY)
    try:
        yield
    finally:
        places.release()


def login(context: RequestContext) -> Response:
    """Ask who it is. Whoever is signed in already may come as somebody else."""
    query = context.request.query_params
    return context.page(
        "login.html", next=local_path(query.get("next", "")), over="over" in query, refused=False, name=""
    )


def sign_in(context: RequestContext) -> Response:
    """Begin a session under a new secret, or say that it is not to be, and not why."""
    name, onward = context.form.one("name"), local_path(context.form.one("next"))
    with _held(_few_wait, 0), _held(_one_at_a_time, _WAIT_SECONDS):
        secret = context.services.ledger.accounts.sign_in(name, context.form.one("password"))
    if secret is None:
        return context.page(
            "login.html", status=HTTPStatus.FORBIDDEN, next=onward, over=False, refused=True, name=name[:64]
        )
    if context.secret:
        context.services.ledger.accounts.sign_out(context.secret)
    answer = context.redirect_to(onward)
    context.services.cookies.keep_secret(answer, secret)
    return answer


def sign_out(context: RequestContext) -> Response:
    """End the session."""
    context.services.ledger.accounts.sign_out(context.secret)
    answer = context.redirect("login")
    context.services.cookies.drop_secret(answer)
    return answer


def keepalive(_visit: RequestContext) -> Response:
    """Note that somebody works on a page without asking for another one; the door did it."""
    return Response(status_code=HTTPStatus.NO_CONTENT)


def language(context: RequestContext) -> Response:
    """Show pages in another language from now on."""
    tag = context.request.path_params["tag"]
    if tag not in set(DeskLanguage):
        raise PageError(ErrorKind.MISSING)
    answer = context.redirect_to(local_path(context.request.query_params.get("next", "")))
    context.services.cookies.keep_language(answer, DeskLanguage(tag))
    return answer
