"""What a process holds for as long as it lives: ledger, store, reading processes, policy."""

import threading
from contextlib import suppress

from flows.settings import Settings, SettingsError, read_policy
from pipeline.desk import Desk
from pipeline.ledger.opening import open_ledger
from pipeline.readers import Readers
from pipeline.stores.opening import open_store


class Resources:
    """Made once, from the settings, when first asked for; every thread gets the same."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = threading.Lock()
        self._desk: Desk | None = None
        self._readers: Readers | None = None

    def desk(self) -> Desk:
        """Everything that the steps of a case need.

        Raises:
            SettingsError: The policy cannot be read.
            LedgerError: The ledger cannot be opened.
            StoreError: The store's URL is none.
            ModelsError: A model is missing or altered.
        """
        with self._lock:
            if self._desk is None:
                self._desk = self._made()
            return self._desk

    def warm_up(self) -> None:
        """Make everything now and load the engines, so that what is missing stops the start, by name."""
        self.desk()
        if self._readers is not None:
            self._readers.warm_up()

    def close(self) -> None:
        """Let go of everything; for the end of the process."""
        with self._lock:
            desk, self._desk = self._desk, None
        if desk is not None:
            desk.ledger.close()
        if self._readers is not None:
            self._readers.close()

    def _made(self) -> Desk:
        settings = self.settings
        _make_private(settings)
        policy = read_policy(settings.policy_file)
        store = open_store(settings.store_at, settings.store)
        ledger = open_ledger(settings.ledger_at)
        self._readers = Readers(settings.engine, settings.readers)
        return Desk(ledger=ledger, store=store, readers=self._readers, policy=policy, limits=settings.limits)


def _make_private(settings: Settings) -> None:
    try:
        settings.workspace.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise SettingsError(f"The workspace {settings.workspace} cannot be made: {error.strerror}.") from error


_holder: list[Resources] = []
_holding = threading.Lock()


def use(settings: Settings) -> Resources:
    """Settle on the settings of this process, once, before the first flow run."""
    with _holding:
        with suppress(IndexError):
            _holder.pop().close()
        _holder.append(Resources(settings))
        return _holder[0]


def resources() -> Resources:
    """What this process holds.

    Raises:
        SettingsError: The process never settled on its settings.
    """
    if not _holder:
        raise SettingsError("This process has no settings: flows run in the worker that `intake serve` starts.")
    return _holder[0]
