"""What a process uses for as long as it lives: ledger, store, reading processes, policy."""

import secrets
import threading
from contextlib import suppress
from contextvars import ContextVar
from typing import Final

from models.errors import LedgerError, ObjectMissingError, StoreDownError
from models.submission import INBOX, MANIFEST_NAME
from pipeline.batches.judging import Judging
from pipeline.cases.context import PipelineContext
from pipeline.delivery.deliver import Outlet
from pipeline.delivery.webhook import Webhook
from pipeline.ledger.ledger import open_ledger
from pipeline.ledger.value_encryption import SECRET_BYTES
from pipeline.stores.opening import open_store
from pipeline.workers.ocr_pool import OcrPool
from service.drawn_secrets import drawn_secret, make_private
from service.settings import Settings, SettingsError, read_policy


class Resources:
    """Made from the settings at the first use; all threads share them."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = threading.Lock()
        self._context: PipelineContext | None = None
        self._readers: OcrPool | None = None

    def context(self) -> PipelineContext:
        """Everything that the steps of a case need.

        Raises:
            SettingsError: The policy cannot be read.
            LedgerError: The ledger cannot be opened.
            StoreError: The store's URL is none.
            ModelsError: A model is missing or altered.
        """
        with self._lock:
            if self._context is None:
                self._context = self._made()
            return self._context

    def judging(self) -> Judging:
        """What a process needs to judge stored cases again; raises as `context` does."""
        return Judging(self.settings.ledger_at, register_secret(self.settings), self.context().reader)

    def outlet(self) -> Outlet:
        """Where results go; raises as `context` does, or WebhookOptionsError."""
        options = self.settings.webhook
        webhook = Webhook(options) if options.url is not None else None
        return Outlet(self.context().store, webhook, options.whole)

    def warm_up(self) -> None:
        """Make everything now and load the engines, so that what is missing or refused stops the start by name.

        A store that does not answer at the moment stops nothing: whoever needs it tries again.
        """
        self.outlet()
        with suppress(ObjectMissingError, StoreDownError):
            self.context().store.stat(f"{INBOX}{MANIFEST_NAME}")
        if self._readers is not None:
            self._readers.warm_up()

    def beat(self, identity: str) -> None:
        """Record that this process works, and how often its reading processes were replaced."""
        self.context().ledger.operations.heartbeat(identity, self._readers.lost if self._readers is not None else 0)

    def farewell(self, identity: str) -> None:
        """Record that this process ends in good order; a ledger that does not answer notices it by itself."""
        with suppress(LedgerError):
            self.context().ledger.operations.farewell(identity)

    def close(self) -> None:
        """Close everything, at the end of the process."""
        with self._lock:
            context, self._context = self._context, None
        if context is not None:
            context.ledger.close()
        if self._readers is not None:
            self._readers.close()

    def _made(self) -> PipelineContext:
        settings = self.settings
        make_private(settings)
        policy = read_policy(settings.policy_file)
        store = open_store(settings.store_at, settings.store)
        ledger = open_ledger(settings.ledger_at, register_secret(settings))
        self._readers = OcrPool(settings.engine, settings.readers)
        return PipelineContext(
            ledger=ledger,
            store=store,
            readers=self._readers,
            policy=policy,
            limits=settings.limits,
            hospital=settings.hospital,
        )


def register_secret(settings: Settings) -> bytes:
    """The secret of the register: as set, else of a file in the workspace, which is made where there is none.

    Raises:
        SettingsError: It cannot be read, cannot be made, or is no secret.
    """
    if settings.register_secret is not None:
        return _of_digits(settings.register_secret.get_secret_value(), "INTAKE_REGISTER_SECRET")
    file = settings.secret_file
    return _of_digits(drawn_secret(settings, file, lambda: secrets.token_hex(SECRET_BYTES)), str(file))


def _of_digits(text: str, place: str) -> bytes:
    try:
        secret = bytes.fromhex(text.strip())
    except ValueError:
        secret = b""
    if len(secret) < SECRET_BYTES:
        raise SettingsError(f"{place} must hold {2 * SECRET_BYTES} hexadecimal digits at least.")
    return secret


_CURRENT: Final[ContextVar[Resources]] = ContextVar("resources")


def use(holder: Resources) -> None:
    """Give these resources to every flow run that the calling task starts from now on."""
    _CURRENT.set(holder)


def resources() -> Resources:
    """The resources of the worker that executes the calling flow run.

    Raises:
        SettingsError: No worker executes it.
    """
    try:
        return _CURRENT.get()
    except LookupError:
        hint = "flows run in the worker that `intake serve` starts."
        raise SettingsError("This process has no settings", hint=hint) from None
