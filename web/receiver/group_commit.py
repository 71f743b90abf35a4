"""Durable together: what comes while the disk is busy is committed in one go when it is free."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from models.errors import LedgerBusyError, LedgerError
from service.threads import run_in_thread

log = logging.getLogger(__name__)
_AT_ONCE: Final = 256  # bodies in one transaction: others wait for the ledger, and not for long
_WAITING: Final = 2048  # bodies; more than that is no rush but an attack or a ledger that stands still


class _Waiting(NamedTuple):
    body: bytes
    kept: asyncio.Future[None]


class GroupCommit:
    """Keeps bodies; a commit costs one sync of the disk, however many bodies it holds."""

    def __init__(self, note: Callable[[Sequence[bytes]], int]) -> None:
        self._note = note
        self._waiting: list[_Waiting] = []
        self._wake = asyncio.Event()

    async def keep(self, body: bytes) -> None:
        """Return when a body is durable.

        Raises:
            LedgerError: It is not, and the sender should try again.
        """
        if len(self._waiting) >= _WAITING:
            raise LedgerBusyError("Too many notifications wait to be kept: trying again helps.")
        kept = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(body, kept))
        self._wake.set()
        await kept

    async def run(self) -> None:
        """Commit for as long as anything comes; to be cancelled."""
        while True:
            await self._wake.wait()
            batch, self._waiting = self._waiting[:_AT_ONCE], self._waiting[_AT_ONCE:]
            if not self._waiting:
                self._wake.clear()
            await self._commit(batch)

    async def _commit(self, batch: Sequence[_Waiting]) -> None:
        try:
            await run_in_thread(self._note, [one.body for one in batch])
        except Exception as error:  # noqa: BLE001 - whatever it is, nothing was kept, and each sender must hear so
            log.error("notifications could not be kept", extra={"kind": type(error).__name__, "count": len(batch)})  # noqa: TRY400 - the text may quote
            _tell(batch, LedgerError("The notification could not be kept: trying again helps."))
        else:
            _tell(batch, None)


def _tell(batch: Sequence[_Waiting], failure: LedgerError | None) -> None:
    for one in batch:
        if one.kept.done():  # its sender has gone
            continue
        if failure is None:
            one.kept.set_result(None)
        else:
            one.kept.set_exception(failure)
