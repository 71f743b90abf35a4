"""The outcomes of a batch's cases, and lots of cases that share one transaction."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from models.changes import Change
from models.errors import EngineError, LostLeaseError, PipelineError
from pipeline.ledger.batch_values import BatchItem, BatchLease, ItemState
from pipeline.ledger.ledger import Ledger

TOGETHER: Final = 40  # cases of one transaction: an upload that is concluded meanwhile waits only a moment


class ItemOutcome(NamedTuple):
    """The outcome of a case in a batch.

    Attributes:
        error: What failed; an item that is still pending may succeed in another try.
    """

    item: BatchItem
    state: ItemState
    changes: tuple[Change, ...] = ()
    error: PipelineError | None = None


def lots(ledger: Ledger, batch_id: str, state: ItemState, size: int | None = None) -> Iterator[Sequence[BatchItem]]:
    """The items in a state, `size` at a time; each item once, even if its state stays the same."""
    last = 0
    while items := ledger.batches.items(batch_id, {state}, after=last, limit=size or TOGETHER):
        yield items
        last = items[-1].number


def in_one_transaction(
    items: Sequence[BatchItem],
    step: Callable[[Sequence[BatchItem]], tuple[ItemOutcome, ...]],
    lease: BatchLease,
    ledger: Ledger,
) -> tuple[ItemOutcome, ...]:
    """Do a step for all items at once, or one by one if it fails, so that only the item at fault fails.

    Raises:
        LostLeaseError: Another process took the batch over; nothing was recorded.
    """
    try:
        return step(items)
    except LostLeaseError:
        raise
    except PipelineError as error:
        if len(items) == 1:
            return (_failed(items[0], lease, ledger, error),)
        return tuple(outcome for item in items for outcome in in_one_transaction([item], step, lease, ledger))


def _failed(item: BatchItem, lease: BatchLease, ledger: Ledger, error: PipelineError) -> ItemOutcome:
    """Note that an item failed; if a retry helps, the item keeps its state, but not if its pages broke the engine."""
    if error.retryable and not isinstance(error, EngineError):
        return ItemOutcome(item, item.state, error=error)
    state = ItemState.PROMOTED if item.state is ItemState.PROMOTED else ItemState.FAILED
    ledger.batches.note_item(lease, item.number, state, type(error).__name__)
    return ItemOutcome(item, state, error=error)
