"""The lease of a batch: only its holder may work on the batch."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from functools import partial
from typing import Final, NamedTuple

from models.errors import BatchHeldError
from pipeline.ledger.batch_values import BatchLease, BatchStep
from pipeline.ledger.lease_renewal import renew_until
from pipeline.ledger.ledger import Ledger
from pipeline.workers.process_identity import is_dead

_SECONDS: Final = 90.0  # after which a silent process of another machine loses the batch


class BatchOwner(NamedTuple):
    """Who works on a batch: the process, as `process_identity` names it, and the account that started it."""

    owner: str
    account: str


class BatchTask(Enum):
    """What is done with a batch: the steps noted at its start and at its end, unless it was stopped."""

    RUN = (BatchStep.RESUMED, BatchStep.ENDED)
    PROMOTE = (BatchStep.PROMOTING, BatchStep.PROMOTED)
    ROLL_BACK = (BatchStep.ROLLING_BACK, BatchStep.ROLLED_BACK)


@contextmanager
def hold_batch(
    ledger: Ledger, batch_id: str, task: BatchTask, who: BatchOwner, stop: threading.Event
) -> Iterator[BatchLease]:
    """Hold the lease of a batch for the duration of the block.

    Args:
        ledger: The ledger that has the batch.
        batch_id: The batch's id.
        task: What is to be done with it.
        who: The process and the account.
        stop: Set if the work is stopped early.

    Raises:
        UnknownBatchError: There is no such batch.
        BatchHeldError: Another process that may be alive holds it.
    """
    begins, ends = task.value
    lease = _taken(ledger, batch_id, begins, who)
    over = threading.Event()
    renew = partial(ledger.batches.renew, lease)
    renewal = threading.Thread(target=renew_until, args=(over, renew, _SECONDS), daemon=True)
    renewal.start()
    ended = BatchStep.STOPPED
    try:
        yield lease
        ended = BatchStep.STOPPED if stop.is_set() else ends
    finally:
        over.set()
        renewal.join()
        ledger.batches.release(lease, ended, who.account)


def _taken(ledger: Ledger, batch_id: str, step: BatchStep, who: BatchOwner) -> BatchLease:
    """Take the lease, even before its end if its holder is dead."""
    lease = ledger.batches.hold(batch_id, who.owner, _SECONDS, step, who.account)
    if lease is None:
        batch = ledger.batches.get(batch_id)
        if batch.owner is not None and is_dead(batch.owner):
            lease = ledger.batches.hold(batch_id, who.owner, _SECONDS, step, who.account, instead_of=batch.token)
    if lease is None:
        raise BatchHeldError(f"Another process works on batch {batch_id}", hint="wait for its end, or stop it.")
    return lease
