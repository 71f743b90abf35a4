"""The two cookies: whose session it is, and in which language pages are."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from web.desk.i18n import DeskLanguage

_YEAR_SECONDS: Final = 365 * 86400
_LANGUAGE: Final = "desk-language"
_LONGEST_SECRET: Final = 128


class Cookies:
    """Never for scripts, never with what comes from elsewhere, and over TLS for this host alone."""

    def __init__(self, *, secure: bool) -> None:
        self._secure = secure
        self.session_name: Final = "__Host-desk" if secure else "desk"  # the prefix wants TLS

    def secret(self, request: Request) -> str:
        """The secret of the session; "" without one."""
        shown = request.cookies.get(self.session_name, "")
        return shown if len(shown) <= _LONGEST_SECRET and shown.isascii() else ""

    def keep_secret(self, response: Response, secret: str) -> None:
        """Let the browser keep a session's secret for as long as it runs."""
        self._set(response, self.session_name, secret)

    def drop_secret(self, response: Response) -> None:
        """Let the browser forget it."""
        self._set(response, self.session_name, "", max_age=0)

    def keep_language(self, response: Response, language: DeskLanguage) -> None:
        """Let the browser keep a language."""
        self._set(response, _LANGUAGE, language.value, max_age=_YEAR_SECONDS)

    def language(self, request: Request) -> DeskLanguage:
        """The language that was chosen, else the one that the browser asks for; Chinese first."""
        chosen = request.cookies.get(_LANGUAGE, "")
        if chosen in set(DeskLanguage):
            return DeskLanguage(chosen)
        wanted = request.headers.get("accept-language", "").lower()
        return DeskLanguage.ZH_HANS if not wanted or "zh" in wanted or "*" in wanted[:1] else DeskLanguage.EN

    def _set(self, response: Response, name: str, value: str, *, max_age: int | None = None) -> None:
        response.set_cookie(
            name, value, max_age=max_age, path="/", secure=self._secure, httponly=True, samesite="strict"
        )
