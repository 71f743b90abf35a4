"""What keeps a decision from being recorded."""

from enum import StrEnum
from typing import NamedTuple

from models.review import ReviewDecision, Role


class Problem(StrEnum):
    """What keeps a decision from being recorded; the reviewer mends it, and nothing that was typed is lost."""

    UNCHECKED = "unchecked"  # a doubtful field, or one by which a family is sent home, was not looked at
    UNCONFIRMED = "unconfirmed"  # a blocker that is about no one field was not confirmed
    DIFFERS = "differs"  # what was seen is not what was entered, and no note says why that is right
    ILLEGIBLE = "illegible"  # a field that a person cannot read either, in a case that is accepted
    NO_REASON = "no_reason"  # none, or none that sends a family home
    NO_PLACE = "no_place"  # the reason is none of the place
    SAME_VALUE = "same_value"  # the reason says that two values differ that are one
    NO_RELATION = "no_relation"  # nobody said what the case is to the record of the register, or there is no record
    CONTRADICTS = "contradicts"  # the relation says otherwise than the outcome
    SUPERVISOR = "supervisor"  # it was handed on, and only a supervisor decides it now
    NEWER = "newer"  # the family has sent it in again


class Issue(NamedTuple):
    """A problem, and the number of the row or loose blocker that it is about, if it is one."""

    problem: Problem
    row: int | None = None


class Intent(NamedTuple):
    """What somebody wants to decide; `confirmed` are the numbers of the loose blockers that they looked at."""

    account: str
    role: Role
    verdict: ReviewDecision
    confirmed: frozenset[int] = frozenset()
