"""One request at the desk: its form, the account that sent it, and the answer as page, redirect or error page."""

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from models.accounts import Account
from web.desk.rendering import DeskLanguage, Translator, environment, translator_for
from web.desk.services import Services

_NUMBER: Final = re.compile(r"[0-9]{1,9}")
_RETRY_SECONDS: Final = "5"
_LOCAL: Final = re.compile(r"/(?:[\w.~%=&+,?-][\w.~%=&+,?/-]*)?", re.ASCII)


class ErrorKind(StrEnum):
    """Why a request is refused, and the HTTP status; `words/` has a title and a sentence for each."""

    status: HTTPStatus

    def __new__(cls, value: str, status: HTTPStatus) -> "ErrorKind":
        """Keep the status beside the name."""
        made = str.__new__(cls, value)
        made._value_ = value
        made.status = status
        return made

    MALFORMED = "malformed", HTTPStatus.BAD_REQUEST
    FORBIDDEN = "forbidden", HTTPStatus.FORBIDDEN
    NOT_FROM_HERE = "not_from_here", HTTPStatus.FORBIDDEN  # another site or an earlier session sent the form
    MISSING = "missing", HTTPStatus.NOT_FOUND
    NOT_YET = "not_yet", HTTPStatus.NOT_FOUND  # the case has no result yet
    NOT_THAT_WAY = "not_that_way", HTTPStatus.METHOD_NOT_ALLOWED
    LATE = "late", HTTPStatus.REQUEST_TIMEOUT  # the body did not arrive in time
    STALE = "stale", HTTPStatus.CONFLICT  # another reviewer was quicker
    TOO_LONG = "too_long", HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    BROKEN = "broken", HTTPStatus.INTERNAL_SERVER_ERROR
    BUSY = "busy", HTTPStatus.SERVICE_UNAVAILABLE


class PageError(Exception):
    """A handler refuses a request; the guard answers with an error page."""

    def __init__(self, kind: ErrorKind) -> None:
        super().__init__(kind.value)
        self.kind = kind


class PostedForm:
    """The fields of a form in the order of the body; a field may occur several times."""

    def __init__(self, fields: Sequence[tuple[str, str]] = ()) -> None:
        self.fields = tuple(fields)

    def one(self, name: str) -> str:
        """The first value of a field; "" if the form has none."""
        return next(iter(self.every(name)), "")

    def every(self, name: str) -> tuple[str, ...]:
        """All values of a field."""
        return tuple(value for field, value in self.fields if field == name)

    def number(self, name: str) -> int:
        """The first value of a field as a whole number from 0 that every database takes; raises PageError."""
        return whole_number(self.one(name))

    def numbers(self, name: str) -> frozenset[int]:
        """All values of a field as such numbers; raises PageError."""
        return frozenset(map(whole_number, self.every(name)))


def whole_number(text: str) -> int:
    """A number of at most nine digits; raises PageError for any other text, such as one that is too long for int()."""
    if not _NUMBER.fullmatch(text):
        raise PageError(ErrorKind.MALFORMED)
    return int(text)


NO_FORM: Final = PostedForm()


@dataclass(frozen=True)
class RequestContext:
    """A request, and what the guard found out about it.

    Attributes:
        secret: The session secret that the browser sends; "" without one.
        signed_in: The account that is signed in; None on public routes.
        navigation: The names of the routes in the page's header.
    """

    request: Request
    services: Services
    secret: str
    language: DeskLanguage
    signed_in: Account | None = None
    navigation: tuple[str, ...] = ()
    form: PostedForm = NO_FORM

    @property
    def account(self) -> Account:
        """The account that is signed in, on routes that require one.

        Raises:
            PageError: The route is public, and no account is signed in.
        """
        if self.signed_in is None:
            raise PageError(ErrorKind.FORBIDDEN)
        return self.signed_in

    @property
    def words(self) -> Translator:
        """The texts in the language of this request."""
        return translator_for(self.language)

    @property
    def is_htmx(self) -> bool:
        """Whether htmx asks for a part of a page."""
        return self.request.headers.get("hx-request") == "true"

    @property
    def here(self) -> str:
        """The path and query of this request, to come back to."""
        query = self.request.url.query
        return f"{self.request.url.path}?{query}" if query else self.request.url.path

    def path(self, name: str, /, **parameters: object) -> str:
        """The path of a route by its name."""
        return str(self.request.app.url_path_for(name, **parameters))

    def page(self, template: str, *, status: int = HTTPStatus.OK, **values: object) -> Response:
        """A rendered template; `values` come on top of those that every page has."""
        return HTMLResponse(environment().get_template(template).render(**self._common(), **values), status)

    def redirect(self, name: str, /, **parameters: object) -> Response:
        """Redirect to a route by its name."""
        return self.redirect_to(self.path(name, **parameters))

    def redirect_to(self, path: str, **query: str) -> Response:
        """Redirect to a path of the desk."""
        to = f"{path}?{urlencode(query)}" if query else path
        return Response(status_code=HTTPStatus.SEE_OTHER, headers={"Location": to})

    def error_page(self, kind: ErrorKind) -> Response:
        """The reason for a refusal as a page, or for htmx as the part of a page that shows problems."""
        template = "problem_part.html" if self.is_htmx else "problem.html"
        answer = self.page(template, status=kind.status, kind=kind.value)
        if self.is_htmx:
            answer.headers.update({"HX-Retarget": "#problem", "HX-Reswap": "innerHTML"})
        if kind is ErrorKind.BUSY:
            answer.headers["Retry-After"] = _RETRY_SECONDS
        return answer

    def _common(self) -> dict[str, object]:
        return {
            "_": self.words,
            "language": self.language.value,
            "languages": [one.value for one in DeskLanguage],
            "account": self.signed_in,
            "navigation": self.navigation,
            "csrf": token_of(self.secret) if self.signed_in else "",
            "here": self.here if self.request.method == "GET" else "/",
            "path": self.path,
            "now": self.services.clock(),
            "idle_seconds": round(self.services.settings.desk.idle_seconds),
        }


def token_of(secret: str, purpose: str = "csrf") -> str:
    """The token that the forms of a session carry; no other site can compute it."""
    return hmac.new(secret.encode(), purpose.encode(), sha256).hexdigest()


def local_path(text: str) -> str:
    """The path of the desk that a request names as its target; "/" if it names another place."""
    return text if _LOCAL.fullmatch(text) else "/"
