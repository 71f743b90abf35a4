"""What became of a case of a batch, and how what broke on it is noted."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from models.changes import Change
from models.errors import EngineError, PipelineError
from pipeline.ledger.batch_values import BatchItem, BatchLease, ItemState
from pipeline.ledger.ledger import Ledger

TOGETHER: Final = 40  # cases of one transaction: an upload that is concluded meanwhile waits for a moment only


class ItemOutcome(NamedTuple):
    """What became of a case.

    Attributes:
        error: What broke. An item that is pending still may succeed another time.
    """

    item: BatchItem
    state: ItemState
    changes: tuple[Change, ...] = ()
    error: PipelineError | None = None


def lots(ledger: Ledger, batch_id: str, state: ItemState, size: int | None = None) -> Iterator[Sequence[BatchItem]]:
    """The items in a state, so many at a time; none twice, even if its state stays the same."""
    last = 0
    while items := ledger.batches.items(batch_id, {state}, after=last, limit=size or TOGETHER):
        yield items
        last = items[-1].number


def broken(
    item: BatchItem,
    lease: BatchLease,
    ledger: Ledger,
    error: PipelineError,
    ends: ItemState = ItemState.FAILED,
) -> ItemOutcome:
    """Note that an item failed; where trying again helps it stays as it was, but for pages that broke our engine."""
    if error.retryable and not isinstance(error, EngineError):
        return ItemOutcome(item, item.state, error=error)
    ledger.batches.note_item(lease, item.number, ends, type(error).__name__)
    return ItemOutcome(item, ends, error=error)
