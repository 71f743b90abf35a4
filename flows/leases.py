"""Values on their way between tasks, and leases on inbox items."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Generic, TypeVar

from models.conclusion import Lease
from models.errors import LedgerBusyError, LostLeaseError
from pipeline.ledger.ledger import Ledger
from service.threads import run_in_thread

log = logging.getLogger(__name__)
Value = TypeVar("Value")
_RENEWALS_IN_A_LEASE = 3
_PAUSE_SECONDS = 60.0
_LONGEST_PAUSE_SECONDS = 900.0
_DOUBLINGS = 10  # more would pass the longest pause anyway


class Opaque(Generic[Value]):
    """A value that Prefect carries without looking inside: it walks through every model, list and dictionary."""

    __slots__ = ("value",)

    def __init__(self, value: Value) -> None:
        self.value = value


@asynccontextmanager
async def keep_alive(ledger: Ledger, lease: Lease, seconds: float) -> AsyncIterator[None]:
    """Hold on to an inbox item for as long as the block lasts.

    A lease that is lost meanwhile stops nothing: what is written under it is refused by its token.
    """
    renewal = asyncio.create_task(_renew(ledger, lease, seconds))
    try:
        yield
    finally:
        renewal.cancel()
        with suppress(asyncio.CancelledError):
            await renewal


async def _renew(ledger: Ledger, lease: Lease, seconds: float) -> None:
    while True:
        await asyncio.sleep(seconds / _RENEWALS_IN_A_LEASE)
        try:
            await run_in_thread(ledger.inbox.renew, lease, seconds)
        except LostLeaseError:
            return
        except LedgerBusyError:
            log.warning("a lease could not be renewed for now", extra={"item_id": lease.item_id})


async def postpone(ledger: Ledger, lease: Lease, seconds: float | None = None) -> None:
    """Keep an item from being tried again at once: for so long, or for a pause that doubles with every try."""
    doubled = min(_PAUSE_SECONDS * 2 ** min(lease.token - 1, _DOUBLINGS), _LONGEST_PAUSE_SECONDS)
    with suppress(LostLeaseError, LedgerBusyError):
        await run_in_thread(ledger.inbox.renew, lease, doubled if seconds is None else seconds)
