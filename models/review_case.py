"""The values that the ledger's callers exchange about cases that lie before people."""

from datetime import datetime
from typing import NamedTuple

from models.base import Model
from models.case import Case
from models.codes import Code, Reason
from models.content import Content
from models.register import ChildNumbers, KnownChild
from models.result import Result
from models.review import Priority, ReviewDecision, ReviewOutcome, WaitReason


class Waiting(NamedTuple):
    """A case that lies before people.

    Attributes:
        run: Of the revision, that people are to look at.
        code: Of the finding that brought it here, with `reason`; none where there is none.
        escalated: Whether only a supervisor decides it now.
        since: When it came to lie here.
        owner: Who has it in hand until `held_until`, if anybody.
    """

    submission_id: str
    revision: int
    run: int
    why: WaitReason
    code: Code | None
    reason: Reason | None
    priority: Priority
    escalated: bool
    since: datetime
    owner: str | None
    held_until: datetime | None

    def held_by_another(self, account: str, now: datetime) -> bool:
        """Whether somebody else has it in hand."""
        return self.owner not in (None, account) and self.held_until is not None and self.held_until > now


class View(Model):
    """A part of the queue: everything that fits all that is given.

    Attributes:
        escalated: What supervisors decide, or what others do; both if None.
        owner: What somebody has in hand.
    """

    why: tuple[WaitReason, ...] = ()
    code: Code | None = None
    escalated: bool | None = None
    owner: str | None = None


class Cursor(NamedTuple):
    """Behind which case of a queue to go on; as it is told by the page before."""

    escalated: bool
    priority: int
    since: datetime
    case_id: int


class QueuePage(NamedTuple):
    """Some cases of a queue, the next ones first, and where to go on if there are more."""

    cases: tuple[Waiting, ...]
    following: Cursor | None


class QueueCount(NamedTuple):
    """How many cases lie before people for one reason, and since when the first does."""

    why: WaitReason
    escalated: bool
    cases: int
    oldest: datetime


class RecordedDecision(NamedTuple):
    """What is recorded of a person's decision at once.

    Attributes:
        result: That follows from it; none where a case is handed on, or a blind look agrees.
        child: Whom the case registers, if it does.
        numbers: By which the case can be found when its child is to be forgotten.
        agreed: Of a blind look, whether it came to the machine's decision.
        why: For what the case lay there when it was looked at, and whether for supervisors; None for whatever.
    """

    case: Case
    account: str
    verdict: ReviewDecision
    result: Result | None = None
    child: KnownChild | None = None
    numbers: ChildNumbers = ChildNumbers()
    agreed: bool | None = None
    why: WaitReason | None = None
    escalated: bool | None = None


class Reviewed(NamedTuple):
    """A decision of a person, as it was recorded."""

    submission_id: str
    revision: int
    why: WaitReason
    account: str
    decided_at: datetime
    agreed: bool | None
    made_run: int | None
    verdict: ReviewDecision

    @property
    def outcome(self) -> ReviewOutcome:
        """What was made of the case."""
        return self.verdict.outcome


class CaseForReview(NamedTuple):
    """A case as it lies before people: everything of one moment.

    Attributes:
        case: The revision that the latest result is of.
        run: Of that result in its revision, and its `author` if a person decided.
        content: What the files say, where that was kept under the version asked for and by the engine of the result.
        waiting: None where nobody needs to look.
        newer: Whether the family has sent in another revision since, which has no result yet.
    """

    case: Case
    result: Result
    run: int
    author: str | None
    content: Content | None
    waiting: Waiting | None
    reviewed: tuple[Reviewed, ...]
    newer: bool

    @property
    def is_blind(self) -> bool:
        """Whether whoever looks is to decide without knowing what the machine made of it."""
        return self.waiting is not None and self.waiting.why is WaitReason.SECOND_LOOK
