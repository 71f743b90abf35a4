"""The values of batches: stored cases that are run again, many at a time."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from models.base import Model
from models.case import Conclusion
from models.changes import Change
from models.policy import ReviewSampling
from models.register import ChildNumbers, KnownChild
from models.result import Result
from models.review import Priority, WaitReason
from pipeline.ledger.values import Selection


class ItemState(StrEnum):
    """What became of a case of a batch."""

    PENDING = "pending"
    DONE = "done"  # run again; its result is kept, and is not in force
    PROMOTED = "promoted"  # in force, as a run of its own
    KEPT = "kept"  # a person decided the case, and that stays in force
    STALE = "stale"  # another run or revision came in between, and that stays in force
    FAILED = "failed"
    ROLLED_BACK = "rolled_back"  # what was in force before is in force again


class BatchStep(StrEnum):
    """A step of a batch, as the audit chain records it."""

    BEGUN = "begun"
    RESUMED = "resumed"
    STOPPED = "stopped"
    ENDED = "ended"
    PROMOTING = "promoting"
    PROMOTED = "promoted"
    ROLLING_BACK = "rolling_back"
    ROLLED_BACK = "rolled_back"


class BatchOptions(Model):
    """How the cases of a batch are run again.

    Attributes:
        selection: Which cases; a list of ids is stored as the batch's items instead.
        from_readings: Judge anew what the engine of the last run read, instead of reading with today's.
        dry_run: Put nothing in force.
        tell: Publish results that changed.
        rules: The digest of the policy by which they are judged; None in batches that were begun before it was kept.
    """

    selection: Selection = Selection()
    from_readings: bool = False
    dry_run: bool = False
    tell: bool = False
    rules: str | None = None


class Batch(NamedTuple):
    """The state of a batch.

    Attributes:
        version: Of the program that began it.
        total: Cases that were selected; `counts` no longer has those of erased children.
        owner: The process that leases it, if any.
        token: Grows with each lease.
    """

    batch_id: str
    made_at: datetime
    account: str
    options: BatchOptions
    version: str
    total: int
    counts: Mapping[ItemState, int]
    owner: str | None
    token: int

    def count(self, *states: ItemState) -> int:
        """How many cases are in one of these states."""
        return sum(self.counts.get(state, 0) for state in states)


class BatchLease(NamedTuple):
    """The right to work on a batch; writes under an older token are refused."""

    batch_id: str
    owner: str
    token: int


class Candidate(Model):
    """A result that is not in force, with all that is needed to put it in force."""

    result: Result
    child: KnownChild | None
    numbers: ChildNumbers
    looks: ReviewSampling


class Registered(Model):
    """A record of the register, and when it was registered."""

    child: KnownChild
    registered_at: datetime


class QueuePosition(Model):
    """The position of a case in the review queue, and why it waits."""

    why: WaitReason
    priority: Priority
    escalated: bool
    since: datetime


class Undo(Model):
    """What a case had, besides its result, before another result was put in force.

    Attributes:
        record: The child that it had registered, if any.
        found_by: The keys of its child, by which a request for erasure finds the case.
        place: Its position in the review queue, if it was there.
    """

    record: Registered | None
    found_by: tuple[str, ...]
    place: QueuePosition | None = None


class Noted(Model):
    """What is stored encrypted of an item."""

    changes: tuple[Change, ...] = ()
    candidate: Candidate | None = None
    undo: Undo | None = None


class BatchItem(NamedTuple):
    """A case of a batch.

    Attributes:
        before: The run in force when it was run again.
        after: The run that was put in force.
        failure: The name of the error, if there was one.
    """

    number: int
    submission_id: str
    state: ItemState
    revision: int | None = None
    before: int | None = None
    after: int | None = None
    failure: str | None = None
    noted: Noted = Noted()


class Judged(NamedTuple):
    """An item that was run again.

    Attributes:
        run: The run that was in force when it was run again.
    """

    number: int
    run: int
    conclusion: Conclusion
    changes: tuple[Change, ...]
