"""Leases on inbox items: kept while a run works, postponed when it cannot."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Final

from models.backoff import backoff
from models.case import Lease
from models.errors import LedgerError
from pipeline.ledger.lease_renewal import renew_until
from pipeline.ledger.ledger import Ledger
from service.threads import run_in_thread

_FIRST_PAUSE_SECONDS: Final = 60.0
_LONGEST_PAUSE_SECONDS: Final = 900.0


@asynccontextmanager
async def keep_alive(ledger: Ledger, lease: Lease, seconds: float) -> AsyncIterator[None]:
    """Renew the lease on an inbox item, `seconds` long, for as long as the block lasts.

    However the renewal ends, the block's own ending stands: the lease's token guards what is written.
    """
    over = threading.Event()
    renewal = asyncio.create_task(run_in_thread(renew_until, over, partial(ledger.inbox.renew, lease), seconds))
    try:
        yield
    finally:
        over.set()
        await asyncio.wait((renewal,))


async def postpone(ledger: Ledger, lease: Lease, seconds: float | None = None) -> None:
    """Keep an item from being tried again for so long; if None, for a pause that doubles with every try."""
    pause = seconds
    if pause is None:
        pause = backoff(lease.token, first=_FIRST_PAUSE_SECONDS, longest=_LONGEST_PAUSE_SECONDS)
    with suppress(LedgerError):
        await run_in_thread(ledger.inbox.renew, lease, pause)
