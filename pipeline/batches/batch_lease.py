"""Holding a batch for as long as one works on it, so that nobody else does the same."""

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

_SECONDS: Final = 90.0  # for which a batch belongs to a process of another machine that stays silent


class BatchOwner(NamedTuple):
    """Who works on a batch: which process, as `process_identity` names it, and for which person or account."""

    owner: str
    account: str


class BatchTask(Enum):
    """What is done with a batch: how that begins, and how it ends unless it was stopped."""

    RUN = (BatchStep.RESUMED, BatchStep.ENDED)
    PROMOTE = (BatchStep.PROMOTING, BatchStep.PROMOTED)
    ROLL_BACK = (BatchStep.ROLLING_BACK, BatchStep.ROLLED_BACK)


@contextmanager
def hold_batch(
    ledger: Ledger, batch_id: str, task: BatchTask, who: BatchOwner, stop: threading.Event
) -> Iterator[BatchLease]:
    """Hold a batch for as long as the block lasts.

    Args:
        ledger: That has the batch.
        batch_id: Which one.
        task: What is to be done with it.
        who: Does it.
        stop: Set where somebody asks for an early end.

    Raises:
        UnknownBatchError: There is none.
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
    """The lease, at once where the process that has it is gone."""
    lease = ledger.batches.hold(batch_id, who.owner, _SECONDS, step, who.account)
    if lease is None:
        batch = ledger.batches.get(batch_id)
        if batch.owner is not None and is_dead(batch.owner):
            lease = ledger.batches.hold(batch_id, who.owner, _SECONDS, step, who.account, instead_of=batch.token)
    if lease is None:
        raise BatchHeldError(f"Another process works on batch {batch_id}", hint="wait for its end, or stop it.")
    return lease
