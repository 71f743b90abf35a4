"""What people decide: who they are, why a case waits for them, and what they saw and said."""

from enum import IntEnum, StrEnum

from pydantic import Field as Key

from models.base import Model
from models.codes import Code, Reason
from models.documents import DocumentKind, Field, Person
from models.findings import Location
from models.geometry import Box


class Role(StrEnum):
    """What somebody at the hospital may do."""

    REVIEWER = "reviewer"  # 审核员
    SUPERVISOR = "supervisor"  # 主管: decides what reviewers hand on, opens decided cases again
    OPERATOR = "operator"  # 运维: batches, accounts, figures; sees no case


class WaitReason(StrEnum):
    """Why a case lies before people."""

    REVIEW = "review"  # 待审核: the machine is not sure, and the family waits
    KNOWN_CHILD = "known_child"  # 4005: the family was answered; a person sees whether rightly
    SECOND_LOOK = "second_look"  # decided by the machine, and drawn for a blind look
    DISSENT = "dissent"  # the blind look came to another decision
    OBJECTION = "objection"  # a supervisor opened a decided case again


class Priority(IntEnum):
    """Who comes first."""

    AT_DESK = 0  # the child stands here
    URGENT = 1
    USUAL = 2
    LATER = 3  # nobody waits for it


class ReviewOutcome(StrEnum):
    """What a person makes of a case."""

    ACCEPT = "accept"  # 通过
    RETURN = "return"  # 退回家长
    ESCALATE = "escalate"  # 转上级


class Relation(StrEnum):
    """What a case is to a record of the register that it may repeat."""

    SAME_CHILD = "same_child"  # 同一儿童
    ANOTHER_CHILD = "another_child"  # 双胞胎
    MISTYPED = "mistyped"  # 误录


class Checked(Model):
    """A field as the machine read it, and as a person sees it on the picture; equal where it was read right.

    Attributes:
        read: None where nothing was read.
        seen: None where a person cannot read it either.
        box: On the page before straightening, in pixels, as in a result.
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
    """What a person decided of the run that they saw.

    Attributes:
        decision_id: Drawn when the page was shown, so that a double click is one decision.
        run: Of the revision that was seen.
        code: Why the family is to send something again; with `reason` and `place`, of a return only.
        relation: To the record of the register, where there is one.
        checked: The fields that somebody looked at.
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
