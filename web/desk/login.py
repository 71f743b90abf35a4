"""Signing in and out, and the language that somebody chose."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Final

from starlette.responses import Response

from web.desk.errors import RefusalError, Why
from web.desk.forms import local_path
from web.desk.i18n import Language
from web.desk.request_context import Visit

_WAIT_SECONDS: Final = 5.0
_one_at_a_time = threading.Semaphore(1)  # a password costs memory and a core: guesses must not take them all
_few_wait = threading.Semaphore(4)  # nor the threads, in which everybody else is answered too


@contextmanager
def _held(places: threading.Semaphore, seconds: float) -> Iterator[None]:
    if not places.acquire(timeout=seconds):
        raise RefusalError(Why.BUSY)
    try:
        yield
    finally:
        places.release()


def login(visit: Visit) -> Response:
    """Ask who it is. Whoever is signed in already may come as somebody else."""
    query = visit.request.query_params
    return visit.page(
        "login.html", next=local_path(query.get("next", "")), over="over" in query, refused=False, name=""
    )


def sign_in(visit: Visit) -> Response:
    """Begin a session under a new secret, or say that it is not to be, and not why."""
    name, onward = visit.form.one("name"), local_path(visit.form.one("next"))
    with _held(_few_wait, 0), _held(_one_at_a_time, _WAIT_SECONDS):
        secret = visit.backing.ledger.sign_in(name, visit.form.one("password"))
    if secret is None:
        return visit.page(
            "login.html", status=HTTPStatus.FORBIDDEN, next=onward, over=False, refused=True, name=name[:64]
        )
    if visit.secret:
        visit.backing.ledger.sign_out(visit.secret)
    answer = visit.go(onward)
    visit.backing.cookies.keep_secret(answer, secret)
    return answer


def sign_out(visit: Visit) -> Response:
    """End the session."""
    visit.backing.ledger.sign_out(visit.secret)
    answer = visit.redirect("login")
    visit.backing.cookies.drop_secret(answer)
    return answer


def alive(_visit: Visit) -> Response:
    """Note that somebody works on a page without asking for another one; the door did it."""
    return Response(status_code=HTTPStatus.NO_CONTENT)


def language(visit: Visit) -> Response:
    """Show pages in another language from now on."""
    tag = visit.request.path_params["tag"]
    if tag not in set(Language):
        raise RefusalError(Why.MISSING)
    answer = visit.go(local_path(visit.request.query_params.get("next", "")))
    visit.backing.cookies.keep_language(answer, Language(tag))
    return answer
