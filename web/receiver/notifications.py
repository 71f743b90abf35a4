"""Where object stores tell of uploads: a notification is made durable, then acknowledged, and worked on by others.

Source:
    objectstore.md, section 4: what each server sends, how it authenticates, and what it takes for a failure.
"""

import asyncio
import logging
from typing import Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from models.errors import BadNotificationError, LedgerError
from pipeline.events.notification import parsed, tokens_of
from service.tokens import Tokens, shown_by
from web.receiver.group_commit import GroupCommit

log = logging.getLogger(__name__)
LONGEST_BODY: Final = 256 * 1024  # bytes: AWS sends 64 KB at most, the others one record a request
_BODY_SECONDS: Final = 10.0  # for a body to come
_AGAIN_SECONDS: Final = "5"


class Receiver:
    """Answers 204 when a notification is durable; never redirects, and says no more than the sender must know."""

    def __init__(self, tokens: Tokens, commits: GroupCommit) -> None:
        self._tokens = tokens
        self._commits = commits

    async def take(self, request: Request) -> Response:
        """Take one notification in."""
        refusal = _refused_by_length(request) or self._refused_by_header(request)
        if refusal is not None:
            return refusal
        try:
            async with asyncio.timeout(_BODY_SECONDS):
                body = await request.body()
        except TimeoutError:
            return _refused(408, "The body did not come in time.")
        except ClientDisconnect:
            return _refused(400, "The body did not come whole.")
        return self._refused_by_body(request, body) or _nonsense(body) or await self._kept(body)

    async def _kept(self, body: bytes) -> Response:
        try:
            await self._commits.keep(body)
        except LedgerError:
            return _refused(503, "The notification could not be kept: send it again.", {"Retry-After": _AGAIN_SECONDS})
        return Response(status_code=204)

    def _refused_by_header(self, request: Request) -> Response | None:
        """Before a byte of the body is read, where the sender can show its token in time."""
        header = request.headers.get("authorization")
        return None if header is None or self._tokens.admit(shown_by(header)) else _unauthorized()

    def _refused_by_body(self, request: Request, body: bytes) -> Response | None:
        """Ceph before version 18 can show its token in no other way than in the records themselves."""
        if "authorization" in request.headers:
            return None
        try:
            shown = tokens_of(body)
        except BadNotificationError:
            shown = frozenset()
        return None if self._tokens.admit(shown) else _unauthorized()


async def greet(_request: Request) -> Response:
    """Say that somebody is here: RustFS asks before it sends."""
    return PlainTextResponse("child-intake\n")


def _refused_by_length(request: Request) -> Response | None:
    length = request.headers.get("content-length", "")
    if "transfer-encoding" in request.headers:  # which would count, whatever the length says
        return _refused(411, "A notification must come with its length, and in one piece.")
    if not (length.isascii() and length.isdigit()):
        return _refused(411, "A notification must come with its length.")
    if len(length) > len(str(LONGEST_BODY)) or int(length) > LONGEST_BODY:
        return _refused(413, f"A notification has {LONGEST_BODY} bytes at most.")
    return None


def _unauthorized() -> Response:
    return _refused(401, "A token is missing, or is none.", {"WWW-Authenticate": "Bearer"})


def _nonsense(body: bytes) -> Response | None:
    try:
        parsed(body)
    except BadNotificationError as error:
        return _refused(400, str(error))
    return None


def _refused(status: int, why: str, headers: dict[str, str] | None = None) -> Response:
    log.warning("notification refused", extra={"status": status})
    close = {"Connection": "close"} if status in {401, 408, 411, 413} else {}  # the rest of the body is not read
    return PlainTextResponse(f"{why}\n", status_code=status, headers={**close, **(headers or {})})
