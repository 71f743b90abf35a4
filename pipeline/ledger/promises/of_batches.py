"""What every ledger does with batches of cases that are run again."""

from collections.abc import Collection, Sequence
from typing import Protocol

from pipeline.ledger.batch_values import Batch, BatchItem, BatchLease, BatchOptions, BatchStep, ItemState, Judged


class Batches(Protocol):
    """Batches. Runs are only ever added, whatever is put in force or rolled back; each step is in the audit chain.

    What is done under a lease raises LostLeaseError where somebody else took the batch over; nothing was done then.
    """

    def begin_batch(self, submission_ids: Sequence[str], options: BatchOptions, account: str, version: str) -> Batch:
        """Note which cases are to be run again, each once, in the order of the ids."""

    def batch(self, batch_id: str) -> Batch:
        """A batch as it stands; raises UnknownBatchError."""

    def batches(self) -> tuple[Batch, ...]:
        """All of them, the newest first."""

    def batch_items(
        self, batch_id: str, states: Collection[ItemState] = (), *, after: int = 0, limit: int = 1000
    ) -> tuple[BatchItem, ...]:
        """The next items behind a number, of any state or of these."""

    def hold_batch(
        self, batch_id: str, owner: str, seconds: float, step: BatchStep, account: str, *, instead_of: int = 0
    ) -> BatchLease | None:
        """Take a batch for so long; None if somebody holds it, but for the holder with the token `instead_of`.

        Raises:
            UnknownBatchError: There is none.
        """

    def renew_batch(self, lease: BatchLease, seconds: float) -> None:
        """Hold on for so long from now."""

    def let_go_of_batch(self, lease: BatchLease, step: BatchStep, account: str) -> None:
        """Say that the work ended so; nothing happens if somebody else holds the batch now."""

    def record_items(self, lease: BatchLease, judged: Sequence[Judged]) -> tuple[ItemState, ...]:
        """Record what came of pending items, all of it or nothing, and hand on what each of them is now.

        Put in force unless the batch is a dry run, a person decided the case, or anything came in between.

        Raises:
            ChildExistsError: Another case registered a child with one of its numbers.
        """

    def note_item(self, lease: BatchLease, number: int, state: ItemState, failure: str | None = None) -> None:
        """Note in which state an item is, and the name of the error if there was one."""

    def promote_items(self, lease: BatchLease, numbers: Sequence[int], *, tell: bool) -> tuple[ItemState, ...]:
        """Put in force what was kept of items, all of them or none, but for those where anything came in between.

        Raises:
            ChildExistsError: Another case registered a child with one of their numbers.
        """

    def roll_back_items(self, lease: BatchLease, numbers: Sequence[int], *, tell: bool) -> tuple[ItemState, ...]:
        """Put in force again what was before, all of it or nothing, but for those where anything came since.

        The register's record of each case is what it was, or gone if there was none.

        Raises:
            ChildExistsError: Another case registered a child with a number that is to be restored.
        """
