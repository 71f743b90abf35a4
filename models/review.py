"""Values of human review: roles, reasons to wait, and decisions."""

from enum import IntEnum, StrEnum

from pydantic import Field as Key

from models.base import Model
from models.codes import Code, Reason
from models.documents import DocumentKind, Field, Person
from models.findings import Location
from models.geometry import Box


class Role(StrEnum):
    """The role of an account, which decides what it may do."""

    REVIEWER = "reviewer"  # 审核员
    SUPERVISOR = "supervisor"  # 主管: decides escalated cases, reopens decided ones
    OPERATOR = "operator"  # 系统管理员: batches, accounts, metrics; sees no case


class WaitReason(StrEnum):
    """Why a case waits in the review queue."""

    REVIEW = "review"  # 待审核: the machine is not certain, and the parent waits for the answer
    KNOWN_CHILD = "known_child"  # 4005: the parent was answered; a reviewer checks the answer
    SECOND_LOOK = "second_look"  # decided by the machine, and drawn for blind review
    DISSENT = "dissent"  # the blind review came to another decision
    OBJECTION = "objection"  # a supervisor reopened a decided case


class Priority(IntEnum):
    """The order of the review queue."""

    AT_DESK = 0  # the family waits at the hospital's counter
    URGENT = 1
    USUAL = 2
    LATER = 3  # no parent waits for the answer


class ReviewOutcome(StrEnum):
    """A reviewer's decision on a case."""

    ACCEPT = "accept"  # 通过
    RETURN = "return"  # 退回家长
    ESCALATE = "escalate"  # 转主管


class Relation(StrEnum):
    """The relation of a case to a record of the register that it may repeat."""

    SAME_CHILD = "same_child"  # 同一儿童
    ANOTHER_CHILD = "another_child"  # 双胞胎
    MISTYPED = "mistyped"  # 误录


class Checked(Model):
    """A field as the machine read it and as the reviewer saw it; equal if it was read right.

    Attributes:
        box: In pixels of the page as decoded, as in a result.
        read: None if nothing was read.
        confidence: Of the reading, 0-1.
        seen: None if the reviewer cannot read it either.
    """

    document: DocumentKind
    person: Person | None
    field: Field
    file: str
    page_no: int
    box: Box | None
    read: str | None
    confidence: float | None
    seen: str | None = Key(max_length=400)


class ReviewDecision(Model):
    """A reviewer's decision on the run that they saw.

    Attributes:
        decision_id: Random, made when the page was shown, so that a double click records one decision.
        run: The run of the revision that the reviewer saw.
        code: With `reason` and `place` the reason for a return; else None.
        relation: The relation to a record of the register, if there is one.
        checked: The fields that the reviewer looked at.
        note: For colleagues; no parent sees it.
    """

    decision_id: str = Key(pattern=r"^[a-f0-9]{32}$")
    revision: int
    run: int
    outcome: ReviewOutcome
    code: Code | None = None
    reason: Reason | None = None
    place: Location | None = None
    relation: Relation | None = None
    checked: tuple[Checked, ...] = ()
    note: str = Key(default="", max_length=500)
