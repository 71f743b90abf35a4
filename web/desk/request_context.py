"""One request: who asks, in which language, with which form; and how it is answered."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from models.accounts import Account
from web.desk import permissions as access
from web.desk.errors import STATUS, ErrorKind, PageError
from web.desk.forms import NO_FORM, PostedForm, token_of
from web.desk.i18n import DeskLanguage, Translator, translator_for
from web.desk.services import Services
from web.desk.templating import rendered

_AGAIN_SECONDS: Final = "5"


@dataclass(frozen=True)
class RequestContext:
    """A request as it was let in.

    Attributes:
        secret: Of the session that the browser shows; "" without one.
        account: Who is signed in; None on routes for whoever asks.
    """

    request: Request
    services: Services
    secret: str
    account: Account | None = None
    form: PostedForm = NO_FORM

    @property
    def who(self) -> Account:
        """Who is signed in, on routes that ask for it."""
        if self.account is None:
            raise PageError(ErrorKind.FORBIDDEN)
        return self.account

    @property
    def words(self) -> Translator:
        """The texts in the language of whoever asks."""
        return translator_for(self.services.cookies.language(self.request))

    @property
    def is_htmx(self) -> bool:
        """Whether htmx asks for a part of a page."""
        return self.request.headers.get("hx-request") == "true"

    @property
    def here(self) -> str:
        """The path of this page with what was asked, to come back to."""
        query = self.request.url.query
        return f"{self.request.url.path}?{query}" if query else self.request.url.path

    def path(self, name: str, /, **parameters: object) -> str:
        """The path of a route by its name."""
        return str(self.request.app.url_path_for(name, **parameters))

    def page(self, template: str, *, status: int = HTTPStatus.OK, **values: object) -> Response:
        """A template as an answer; `values` on top of what every page has."""
        return HTMLResponse(rendered(template, **self._common(), **values), status)

    def redirect(self, name: str, /, **parameters: object) -> Response:
        """Go on to a route by its name."""
        return self.redirect_to(self.path(name, **parameters))

    def redirect_to(self, path: str, **query: str) -> Response:
        """Go on to a path of ours."""
        to = f"{path}?{urlencode(query)}" if query else path
        return Response(status_code=HTTPStatus.SEE_OTHER, headers={"Location": to})

    def refused(self, why: ErrorKind) -> Response:
        """Why something is not done, as a page, or as the part of one that htmx puts where problems are told."""
        template = "problem_part.html" if self.is_htmx else "problem.html"
        answer = self.page(template, status=STATUS[why], why=why.value)
        if self.is_htmx:
            answer.headers.update({"HX-Retarget": "#problem", "HX-Reswap": "innerHTML"})
        if why is ErrorKind.BUSY:
            answer.headers["Retry-After"] = _AGAIN_SECONDS
        return answer

    def _common(self) -> dict[str, object]:
        words, account = self.words, self.account
        return {
            "_": words,
            "language": words.language.value,
            "languages": [one.value for one in DeskLanguage],
            "account": account,
            "navigation": [one for one in access.NAVIGATION if account and access.may(account.role, one)],
            "csrf": token_of(self.secret) if account else "",
            "here": self.here if self.request.method == "GET" else "/",
            "path": self.path,
            "now": self.services.clock().astimezone(),
            "idle_seconds": round(self.services.settings.desk.idle_seconds),
        }
