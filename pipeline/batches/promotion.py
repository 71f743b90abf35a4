"""Put the results of a batch in force, or restore those before it: lots of cases, each in one transaction."""

import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from pipeline.batches.outcomes import ItemOutcome, in_one_transaction, lots
from pipeline.ledger.batch_values import BatchItem, BatchLease, ItemState
from pipeline.ledger.ledger import Ledger

_Move = Callable[[BatchLease, Sequence[int]], tuple[ItemState, ...]]


def promote(ledger: Ledger, lease: BatchLease, stop: threading.Event, *, tell: bool) -> Iterator[ItemOutcome]:
    """Put the results of a batch in force; a case that got another result meanwhile keeps that.

    Args:
        ledger: The ledger that has the batch.
        lease: The lease of the batch.
        stop: When set, the current lot is the last one.
        tell: Publish results that changed.

    Raises:
        LostLeaseError: Another process took the batch over.
    """
    yield from _all(ledger, lease, ItemState.DONE, partial(ledger.batches.promote, tell=tell), stop)


def roll_back(ledger: Ledger, lease: BatchLease, stop: threading.Event, *, tell: bool) -> Iterator[ItemOutcome]:
    """Restore the results from before a batch; arguments and errors are those of `promote`.

    A case whose record in the register cannot be restored, because another case registered its child meanwhile, stays
    as the batch left it.
    """
    yield from _all(ledger, lease, ItemState.PROMOTED, partial(ledger.batches.roll_back, tell=tell), stop)


def _all(
    ledger: Ledger, lease: BatchLease, state: ItemState, move: _Move, stop: threading.Event
) -> Iterator[ItemOutcome]:
    for lot in lots(ledger, lease.batch_id, state):
        if stop.is_set():
            return
        yield from in_one_transaction(lot, partial(_moved, lease, move), lease, ledger)


def _moved(lease: BatchLease, move: _Move, items: Sequence[BatchItem]) -> tuple[ItemOutcome, ...]:
    states = move(lease, [item.number for item in items])
    return tuple(ItemOutcome(item, state, item.noted.changes) for item, state in zip(items, states, strict=True))
