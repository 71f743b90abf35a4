"""The receiver of upload notifications: it makes a notification durable, then acknowledges it; workers process it.

Source:
    docs/reference/object-stores.md, Notifications: what each object store sends, how it authenticates, and which
    answers it retries.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Final, NamedTuple

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from models.errors import BadNotificationError, LedgerBusyError, LedgerError
from pipeline.events.notification import parsed, tokens_of
from pipeline.ledger.ledger import Ledger
from pipeline.stores.base import Store
from service.settings import Settings
from service.threads import run_in_thread
from service.tokens import Tokens, shown_by, tokens_in_force
from web.receiver.health import Health
from web.server import serve_app

log = logging.getLogger(__name__)
LONGEST_BODY: Final = 256 * 1024  # bytes: AWS sends 64 KB at most, the others one record a request
_BODY_SECONDS: Final = 10.0  # for a body to arrive
_RETRY_SECONDS: Final = "5"
_MOST_IN_COMMIT: Final = 256  # bodies: a transaction must not block other writers for long
_MOST_WAITING: Final = 2048  # bodies; more of them mean an attack, or a ledger that does not move


def run(settings: Settings) -> None:
    """Receive notifications until SIGTERM; the main function of the receiver's process."""
    serve_app(application, settings, host=settings.receiver.host, port=settings.receiver.port, name="RECEIVER")


def application(settings: Settings, ledger: Ledger, store: Store) -> Starlette:
    """The receiver with all its routes.

    Raises:
        SettingsError: The tokens cannot be used.
    """
    commits = GroupCommit(ledger.inbox.note_notifications)
    tokens = tokens_in_force(settings.receiver)
    receiver, health = Receiver(tokens, commits), Health(ledger, store, tokens)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        committing = asyncio.create_task(commits.run())
        yield
        committing.cancel()
        with suppress(asyncio.CancelledError):
            await committing

    routes = [
        Route("/s3-events", receiver.receive, methods=["POST"]),
        Route("/", _greet, methods=["GET"]),
        Route("/health", health.live, methods=["GET"]),
        Route("/ready", health.ready, methods=["GET"]),
        Route("/metrics", health.metrics, methods=["GET"]),
    ]
    app = Starlette(routes=routes, lifespan=lifespan)
    app.router.redirect_slashes = False  # object stores follow no redirect
    return app


class _Waiting(NamedTuple):
    body: bytes
    committed: asyncio.Future[None]


class GroupCommit:
    """Stores bodies; those that arrive during one commit share the next, and so one sync of the disk."""

    def __init__(self, note: Callable[[Sequence[bytes]], int]) -> None:
        self._note = note
        self._waiting: asyncio.Queue[_Waiting] = asyncio.Queue(_MOST_WAITING)

    async def keep(self, body: bytes) -> None:
        """Return when a body is durable.

        Raises:
            LedgerError: It is not, and the sender should try again.
        """
        committed = asyncio.get_running_loop().create_future()
        try:
            self._waiting.put_nowait(_Waiting(body, committed))
        except asyncio.QueueFull:
            raise LedgerBusyError("Too many notifications wait to be kept", hint="trying again helps.") from None
        await committed

    async def run(self) -> None:
        """Commit what arrives, until cancelled."""
        while True:
            batch = [await self._waiting.get()]
            while len(batch) < _MOST_IN_COMMIT and not self._waiting.empty():
                batch.append(self._waiting.get_nowait())
            await self._commit(batch)

    async def _commit(self, batch: Sequence[_Waiting]) -> None:
        failure = None
        try:
            await run_in_thread(self._note, [one.body for one in batch])
        except Exception as error:  # noqa: BLE001 - whatever it is, nothing was stored, and each sender must learn it
            log.error("notifications could not be kept", extra={"kind": type(error).__name__, "count": len(batch)})  # noqa: TRY400 - the text may quote
            failure = LedgerError("The notification could not be kept", hint="trying again helps.")
        for one in batch:
            if one.committed.done():  # its sender has disconnected
                continue
            if failure is None:
                one.committed.set_result(None)
            else:
                one.committed.set_exception(failure)


class Receiver:
    """Answers 204 when a notification is durable; never redirects, and tells senders no more than they need."""

    def __init__(self, tokens: Tokens, commits: GroupCommit) -> None:
        self._tokens = tokens
        self._commits = commits

    async def receive(self, request: Request) -> Response:
        """Receive one notification."""
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
        return self._refused_by_records(request, body) or _refused_by_content(body) or await self._keep(body)

    async def _keep(self, body: bytes) -> Response:
        try:
            await self._commits.keep(body)
        except LedgerError:
            retry = {"Retry-After": _RETRY_SECONDS}
            return _refused(503, "The notification could not be kept: send it again.", retry)
        return Response(status_code=204)

    def _refused_by_header(self, request: Request) -> Response | None:
        """Refuse a wrong token before a byte of the body is read, if the sender shows one in the header."""
        header = request.headers.get("authorization")
        return None if header is None or self._tokens.admit(shown_by(header)) else _unauthorized()

    def _refused_by_records(self, request: Request, body: bytes) -> Response | None:
        """Check the token in the records: Ceph before version 18 can show it nowhere else."""
        if "authorization" in request.headers:
            return None
        try:
            shown = tokens_of(body)
        except BadNotificationError:
            shown = frozenset()
        return None if self._tokens.admit(shown) else _unauthorized()


async def _greet(_request: Request) -> Response:
    """Answer RustFS, which checks that a receiver listens before it sends."""
    return PlainTextResponse("child-intake\n")


def _refused_by_length(request: Request) -> Response | None:
    length = request.headers.get("content-length", "")
    if "transfer-encoding" in request.headers:  # which overrides the length
        return _refused(411, "A notification must come with its length, and in one piece.")
    if not (length.isascii() and length.isdigit()):
        return _refused(411, "A notification must come with its length.")
    if len(length) > len(str(LONGEST_BODY)) or int(length) > LONGEST_BODY:
        return _refused(413, f"A notification has {LONGEST_BODY} bytes at most.")
    return None


def _refused_by_content(body: bytes) -> Response | None:
    try:
        parsed(body)
    except BadNotificationError as error:
        return _refused(400, str(error))
    return None


def _unauthorized() -> Response:
    return _refused(401, "A token is missing, or is none.", {"WWW-Authenticate": "Bearer"})


def _refused(status: int, why: str, headers: dict[str, str] | None = None) -> Response:
    log.warning("notification refused", extra={"status": status})
    close = {"Connection": "close"} if status in {401, 408, 411, 413} else {}  # the rest of the body is not read
    return PlainTextResponse(f"{why}\n", status_code=status, headers={**close, **(headers or {})})
