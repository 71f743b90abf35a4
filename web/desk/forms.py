"""What browsers send: small forms, of this session and from our own pages only."""

import asyncio
import hmac
import re
from collections.abc import Sequence
from hashlib import sha256
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

from web.desk.base_url import BaseUrl
from web.desk.errors import ErrorKind, PageError

LONGEST_BODY: Final = 64 * 1024  # bytes
CSRF_FIELD: Final = "csrf"
CSRF_HEADER: Final = "x-csrf"
_FIELDS: Final = 2000
_BODY_SECONDS: Final = 10.0  # for a body to come
_FORM: Final = "application/x-www-form-urlencoded"
_LOCAL: Final = re.compile(r"/(?:[\w.~%=&+,?-][\w.~%=&+,?/-]*)?", re.ASCII)


class PostedForm:
    """Fields in the order in which they came; one may come several times."""

    def __init__(self, fields: Sequence[tuple[str, str]] = ()) -> None:
        self._fields = tuple(fields)

    @property
    def fields(self) -> tuple[tuple[str, str], ...]:
        """All of them."""
        return self._fields

    def one(self, name: str, default: str = "") -> str:
        """The first value of a field."""
        return next(iter(self.every(name)), default)

    def every(self, name: str) -> tuple[str, ...]:
        """All values of a field."""
        return tuple(value for field, value in self._fields if field == name)


NO_FORM: Final = PostedForm()


async def read_form(request: Request) -> PostedForm:
    """The form that a request carries.

    Raises:
        PageError: It carries another thing, too much of it, or too slowly.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise PageError(ErrorKind.MALFORMED)
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            body = await _body(request)
        return PostedForm(parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=_FIELDS))
    except TimeoutError:
        raise PageError(ErrorKind.LATE) from None
    except (ClientDisconnect, ValueError):
        raise PageError(ErrorKind.MALFORMED) from None


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LONGEST_BODY:
            raise PageError(ErrorKind.TOO_LONG)
    return bytes(body)


def token_of(secret: str, purpose: str = "csrf") -> str:
    """What forms of a session carry, so that no page elsewhere can make them up."""
    return hmac.new(secret.encode(), purpose.encode(), sha256).hexdigest()


def is_of_session(request: Request, form: PostedForm, secret: str) -> bool:
    """Whether a form is of this session; takes as long whatever it carries."""
    shown = form.one(CSRF_FIELD) or request.headers.get(CSRF_HEADER, "")
    return hmac.compare_digest(shown.encode(), token_of(secret).encode())


def is_from_here(request: Request, address: BaseUrl) -> bool:
    """Whether a page of ours sent a request, as far as browsers say.

    Under `Referrer-Policy: no-referrer` they send `Origin: null` with forms, and then `Sec-Fetch-Site` must tell.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None and site != "same-origin":
        return False
    if origin is None or origin == "null":
        return site == "same-origin"
    return origin.lower() == f"{address.scheme}://{request.headers.get('host', '').lower()}"


def local_path(text: str) -> str:
    """A path of ours to go to, as a request names it; the first page if it names another place."""
    return text if _LOCAL.fullmatch(text) else "/"
