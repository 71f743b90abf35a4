"""The walls around every answer: what browsers may do with it, and under which names we answer at all."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.desk.base_url import BaseUrl
from web.desk.error_log import log_unexpected

POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
_NOT_NEEDED: Final = (
    "accelerometer autoplay camera display-capture encrypted-media fullscreen geolocation gyroscope hid "
    "magnetometer microphone midi payment picture-in-picture publickey-credentials-get screen-wake-lock serial usb "
    "xr-spatial-tracking"
).split()
HEADERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Content-Security-Policy": POLICY,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",  # for browsers that know no frame-ancestors
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": ", ".join(f"{name}=()" for name in _NOT_NEEDED),
    }
)
_OVER_TLS: Final = "max-age=31536000"


class BrokenOffError(Exception):
    """An answer was begun, and cannot be ended as it should."""


class SecurityHeadersMiddleware:
    """Around the whole application, so that no answer leaves without them."""

    def __init__(self, app: ASGIApp, address: BaseUrl) -> None:
        self._app = app
        self._address = address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or say that this is no place of ours."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sending = _Sending(send, self._address)
        if Headers(scope=scope).get("host", "").lower() not in self._address.hosts:
            answer = PlainTextResponse("This is not the address of the review desk: ask for the right one.\n", 421)
            await answer(scope, receive, sending)
            return
        try:
            await self._app(scope, receive, sending)
        except Exception as error:  # noqa: BLE001 - its text may quote, and nobody is told it
            log_unexpected(error)
            if sending.begun:
                raise BrokenOffError("An answer broke off: the log says where.") from None  # its text may quote
            await PlainTextResponse("Something broke on our side.\n", 500)(scope, receive, sending)


class _Sending:
    def __init__(self, send: Send, address: BaseUrl) -> None:
        self.begun = False
        self._send = send
        self._secure = address.secure

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            headers = MutableHeaders(scope=message)
            headers.update(HEADERS)
            headers.setdefault("Cache-Control", "no-store")
            if self._secure:
                headers["Strict-Transport-Security"] = _OVER_TLS
        await self._send(message)
