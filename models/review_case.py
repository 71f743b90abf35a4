"""Cases in review: the queue, what a reviewer sees of a case, and what is recorded of a decision."""

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
    """A case in the review queue.

    Attributes:
        run: The run of the revision that is to be reviewed.
        code: Of the finding that brought it here, with `reason`; None where there is no such finding.
        escalated: Whether only a supervisor decides it now.
        since: When it entered the queue.
        owner: The account that holds it until `held_until`, if any.
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
        """Whether another reviewer holds it."""
        return self.owner not in (None, account) and self.held_until is not None and self.held_until > now


class View(Model):
    """A filter of the queue: cases that match everything that is given.

    Attributes:
        escalated: Cases for supervisors, or for reviewers; both if None.
        owner: Cases that this account holds.
    """

    why: tuple[WaitReason, ...] = ()
    code: Code | None = None
    escalated: bool | None = None
    owner: str | None = None


class Cursor(NamedTuple):
    """The last case of a page of the queue, behind which the next page begins."""

    escalated: bool
    priority: int
    since: datetime
    case_id: int


class QueuePage(NamedTuple):
    """A page of the queue, and the cursor of the next page if there is one."""

    cases: tuple[Waiting, ...]
    following: Cursor | None


class QueueCount(NamedTuple):
    """How many cases wait for one reason, and since when the first does."""

    why: WaitReason
    escalated: bool
    cases: int
    oldest: datetime


class RecordedDecision(NamedTuple):
    """A person's decision with what follows from it; recorded in one transaction.

    Attributes:
        result: That follows from it; None where a case is escalated, or a blind review agrees.
        child: Whom the case registers, if anyone.
        numbers: By which a request for the child's erasure finds the case.
        agreed: Of a blind review, whether it came to the machine's decision.
        why: Why the case waited when the reviewer saw it, with `escalated`; None accepts any.
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
    """A person's decision, as it was recorded."""

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
        """What the person decided."""
        return self.verdict.outcome


class CaseForReview(NamedTuple):
    """A case as a reviewer sees it; everything of one moment.

    Attributes:
        case: The revision that the latest result is of.
        run: The number of that result in its revision, with its `author` if a person decided.
        content: What the files say, if it was kept in the version asked for and by the engine of the result.
        waiting: None where the case is not in the queue.
        newer: Whether the family has sent a later revision, which has no result yet.
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
        """Whether the reviewer is to decide without seeing the machine's decision."""
        return self.waiting is not None and self.waiting.why is WaitReason.SECOND_LOOK
