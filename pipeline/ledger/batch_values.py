"""The values of batches: stored cases that are run again, many at a time."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from models.base import Model
from models.changes import Change
from models.conclusion import Conclusion
from models.policy import ReviewSampling
from models.register import ChildNumbers, KnownChild
from models.result import Result
from models.review import Priority, WaitReason
from pipeline.ledger.values import Selection


class ItemState(StrEnum):
    """What became of a case of a batch."""

    PENDING = "pending"
    DONE = "done"  # run again; what came of it is kept, and is not in force
    PROMOTED = "promoted"  # in force, as a run of its own
    KEPT = "kept"  # a person decided the case, and that stays in force
    STALE = "stale"  # another run or revision came meanwhile, and that stays in force
    FAILED = "failed"
    ROLLED_BACK = "rolled_back"  # what was in force before is in force again


class BatchStep(StrEnum):
    """What is done to a batch, as the audit chain tells it."""

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
        selection: Which cases, but for a list of ids: that is the batch's items.
        from_readings: Judge anew what the engine of the last run read, instead of reading with today's.
        dry_run: Put nothing in force.
        tell: Let results be told that differ from what was told.
    """

    selection: Selection = Selection()
    from_readings: bool = False
    dry_run: bool = False
    tell: bool = False


class Batch(NamedTuple):
    """A batch as it stands.

    Attributes:
        version: Of the program that began it.
        total: Cases that were selected; those of forgotten children are in no state any more.
        owner: Who holds it, if anybody does.
        token: Grows each time that somebody takes it.
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
    """The right to work on a batch; what is written under an older token is refused."""

    batch_id: str
    owner: str
    token: int


class Candidate(Model):
    """A result that is not in force, with all that putting it in force takes."""

    result: Result
    child: KnownChild | None
    numbers: ChildNumbers
    looks: ReviewSampling


class Registered(Model):
    """A record of the register, with the moment since which it is there."""

    child: KnownChild
    registered_at: datetime


class QueuePosition(Model):
    """Where a case lay in the queue, and for what."""

    why: WaitReason
    priority: Priority
    escalated: bool
    since: datetime


class Undo(Model):
    """What a case had, but for its result, before another one was put in force.

    Attributes:
        record: What it had registered, if it had.
        found_by: The keys by which it was found when its child was to be forgotten.
        place: Where it lay before people, if it did.
    """

    record: Registered | None
    found_by: tuple[str, ...]
    place: QueuePosition | None = None


class Noted(Model):
    """What is sealed of an item."""

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
        run: The run that was in force when it was looked at.
    """

    number: int
    run: int
    conclusion: Conclusion
    changes: tuple[Change, ...]
