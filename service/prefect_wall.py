"""The wall around our own Prefect server: its names, the pages that may speak to it, and whom its own pages may ask.

Prefect itself answers to every `Host`, lets every origin open its websockets, and shows itself in every frame. Pages of
version 2 ask amplitude.com; those that describe the API load their scripts from another host.
"""

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
_POLICY: Final = (
    "default-src 'self'",
    # Prefect's timeline compiles its shaders, and starts its workers from memory.
    "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
    "worker-src 'self' blob:",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
)
_FOREIGN_PAGES: Final = frozenset({"/docs", "/redoc", "/api/docs", "/api/redoc"})  # blank without a network of scripts


class Address(NamedTuple):
    """Where our own server is.

    Attributes:
        here: The origin under which processes of this machine reach it.
        public: The origin under which browsers reach it.
        hosts: What may stand in `Host`, ports aside, in lower case.
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
    named = [bracketed(name).lower() for name in options.names.split()]
    origins = [f"http://{host}" if port == _HTTP_PORT else f"http://{host}:{port}" for host in hosts]
    here = public = origins[0]
    if options.url is not None:
        public = str(options.url).rstrip("/")
        hosts.append(options.url.host or "")
        origins.append(public)
    return Address(here, public, (*hosts, *named), tuple(origins))


def walled(app: ASGIApp, address: Address) -> ASGIApp:
    """The application behind the wall: another `Host` is answered 400, a page of another origin 403."""
    return TrustedHostMiddleware(_OwnPages(app, address.origins), allowed_hosts=address.hosts, www_redirect=False)


class _OwnPages:
    """Refuses what pages of other origins send, websockets too; lets none show ours in a frame, and ours ask none."""

    def __init__(self, app: ASGIApp, origins: tuple[str, ...]) -> None:
        self._app = app
        self._origins = frozenset(origins)
        named = [origin for origin in origins if "[" not in origin]  # a policy names no address of IPv6
        sockets = (origin.replace("http", "ws", 1) for origin in named)
        asked = " ".join(("'self'", *named, *sockets))
        self._headers = MappingProxyType(
            {
                "Content-Security-Policy": "; ".join((*_POLICY, f"connect-src {asked}")),
                "X-Frame-Options": "DENY",  # for browsers that know no frame-ancestors
                "Cross-Origin-Resource-Policy": "same-origin",
                "Referrer-Policy": "no-referrer",
            }
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        named = () if scope["type"] == "lifespan" else Headers(scope=scope).getlist("origin")
        if not self._origins.issuperset(named):
            refusal = PlainTextResponse("Prefect takes nothing from pages of another origin.\n", 403)
            await refusal(scope, receive, sending)
        elif scope["type"] == "http" and scope["path"].rstrip("/") in _FOREIGN_PAGES:
            await PlainTextResponse("This page needs the internet and is not served.\n", 404)(scope, receive, sending)
        else:
            await self._app(scope, receive, sending)
