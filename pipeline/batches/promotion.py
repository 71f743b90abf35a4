"""Putting in force what a batch came to, and putting back what was before: lots of cases, each in one transaction."""

import threading
from collections.abc import Callable, Iterator, Sequence

from models.errors import LostLeaseError, PipelineError
from pipeline.batches.outcomes import ItemOutcome, broken, lots
from pipeline.ledger.batch_values import BatchItem, BatchLease, ItemState
from pipeline.ledger.ledger import Ledger

_Move = Callable[[BatchLease, Sequence[int]], tuple[ItemState, ...]]


def promote(ledger: Ledger, lease: BatchLease, stop: threading.Event, *, tell: bool) -> Iterator[ItemOutcome]:
    """Put in force what was kept of a batch; where something else came in between that stays.

    Args:
        ledger: That has the batch.
        lease: On it.
        stop: When it is set, the lot in hand is the last one.
        tell: Let results be told that differ from what was told.

    Raises:
        LostLeaseError: Somebody else took the batch over.
    """

    def move(held: BatchLease, numbers: Sequence[int]) -> tuple[ItemState, ...]:
        return ledger.batches.promote(held, numbers, tell=tell)

    yield from _all(ledger, lease, ItemState.DONE, move, stop)


def roll_back(ledger: Ledger, lease: BatchLease, stop: threading.Event, *, tell: bool) -> Iterator[ItemOutcome]:
    """Put in force again what was before a batch; takes and raises what `promote` does.

    A case whose record in the register cannot be restored, since another case registered its child meanwhile, stays
    as the batch left it.
    """

    def move(held: BatchLease, numbers: Sequence[int]) -> tuple[ItemState, ...]:
        return ledger.batches.roll_back(held, numbers, tell=tell)

    yield from _all(ledger, lease, ItemState.PROMOTED, move, stop)


def _all(
    ledger: Ledger, lease: BatchLease, state: ItemState, move: _Move, stop: threading.Event
) -> Iterator[ItemOutcome]:
    for lot in lots(ledger, lease.batch_id, state):
        if stop.is_set():
            return
        yield from _moved(lot, ledger, lease, move)


def _moved(items: Sequence[BatchItem], ledger: Ledger, lease: BatchLease, move: _Move) -> tuple[ItemOutcome, ...]:
    """One by one where something breaks, so that the others are done."""
    try:
        states = move(lease, [item.number for item in items])
    except LostLeaseError:
        raise
    except PipelineError as error:
        if len(items) > 1:
            return tuple(outcome for item in items for outcome in _moved([item], ledger, lease, move))
        stays = ItemState.PROMOTED if items[0].state is ItemState.PROMOTED else ItemState.FAILED
        return (broken(items[0], lease, ledger, error, stays),)
    return tuple(ItemOutcome(item, state, item.noted.changes) for item, state in zip(items, states, strict=True))
