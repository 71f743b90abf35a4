"""The wall around our own Prefect server: which names it answers to, and which pages may speak to it.

Prefect itself answers to every `Host`, lets every origin open its websockets, and shows itself in every frame.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.options import PrefectOptions, bracketed

_LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")
_EVERYWHERE: Final = MappingProxyType({"0.0.0.0": "127.0.0.1", "::": "[::1]"})  # noqa: S104 - where we reach it then
_HTTP_PORT: Final = 80  # which browsers leave out
_HEADERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Content-Security-Policy": "frame-ancestors 'none'",
        "X-Frame-Options": "DENY",  # for browsers that know no frame-ancestors
        "Cross-Origin-Resource-Policy": "same-origin",
    }
)


class Address(NamedTuple):
    """Where our own server is.

    Attributes:
        here: The origin under which processes of this machine reach it.
        public: The origin under which browsers reach it.
        hosts: What may stand in `Host`, ports aside.
        origins: Whose pages may speak to it.
    """

    here: str
    public: str
    hosts: tuple[str, ...]
    origins: tuple[str, ...]


def address_of(options: PrefectOptions, port: int) -> Address:
    """Where our own server is while it listens on a port."""
    own = _EVERYWHERE.get(options.host, bracketed(options.host)).lower()
    hosts = list(dict.fromkeys((own, *_LOOPBACK)))
    origins = [f"http://{host}" if port == _HTTP_PORT else f"http://{host}:{port}" for host in hosts]
    here = public = origins[0]
    if options.url is not None:
        public = str(options.url).rstrip("/")
        hosts.append(options.url.host or "")
        origins.append(public)
    return Address(here, public, tuple(hosts), tuple(origins))


def walled(app: ASGIApp, address: Address) -> ASGIApp:
    """The application behind the wall: another `Host` is answered 400, a page of another origin 403."""
    return TrustedHostMiddleware(_OwnPages(app, address.origins), allowed_hosts=address.hosts, www_redirect=False)


class _OwnPages:
    """Refuses what pages of other origins send, websockets too, and lets none of them show ours in a frame."""

    def __init__(self, app: ASGIApp, origins: tuple[str, ...]) -> None:
        self._app = app
        self._origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        named = () if scope["type"] == "lifespan" else Headers(scope=scope).getlist("origin")
        if self._origins.issuperset(named):
            await self._app(scope, receive, sending)
            return
        await PlainTextResponse("Prefect takes nothing from pages of another origin.\n", 403)(scope, receive, sending)
