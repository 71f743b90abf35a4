"""From what a reviewer decided to what is recorded: checked against the sheet that they saw.

A person may know better than the machine; nobody may accept by oversight. So a case is accepted only when every field
that was in doubt was looked at, and says what was entered, or a note says why it is the same child all the same.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Final, NamedTuple

from models.catalogue import NOTED
from models.codes import Code
from models.documents import Field
from models.findings import CATALOGUE, Finding, Severity
from models.result import Decision, Result, decide
from models.review import Checked, Outcome, Relation, Role, Verdict, Why
from pipeline.ledger.base import Ledger
from pipeline.ledger.review_values import Settled
from pipeline.review.opened import Opened
from pipeline.review.registering import registered
from pipeline.review.returning import finding_of, fits, place_says_otherwise
from pipeline.review.sheet import Row
from pipeline.side_by_side import comparable

_DECISIONS: Final = {Outcome.ACCEPT: Decision.ACCEPTED, Outcome.RETURN: Decision.RETURNED}
_DUPLICATES: Final = frozenset({Code.CHILD_EXISTS, Code.MAYBE_DUPLICATE})


class Problem(StrEnum):
    """What keeps a decision from being recorded; the reviewer mends it, and nothing that was typed is lost."""

    UNCHECKED = "unchecked"  # a doubtful field was not looked at
    UNCONFIRMED = "unconfirmed"  # a blocker that is about no one field was not confirmed
    DIFFERS = "differs"  # what was seen is not what was entered, and no note says why that is right
    ILLEGIBLE = "illegible"  # a field that a person cannot read either, in a case that is accepted
    NO_REASON = "no_reason"
    NO_PLACE = "no_place"  # the reason is none of the place
    SAME_VALUE = "same_value"  # the reason says that two values differ that are one
    NO_RELATION = "no_relation"  # nobody said what the case is to the record of the register
    CONTRADICTS = "contradicts"  # the relation says otherwise than the outcome
    SUPERVISOR = "supervisor"  # it was handed on, and only a supervisor decides it now
    NEWER = "newer"  # the family has sent it in again


class Stumble(NamedTuple):
    """A problem, and the number of the row that it is about, if it is one."""

    problem: Problem
    row: int | None = None


class Intent(NamedTuple):
    """What somebody wants to decide; `confirmed` are the numbers of the loose blockers that they looked at."""

    account: str
    role: Role
    verdict: Verdict
    confirmed: frozenset[int] = frozenset()


def stumbles(opened: Opened, intent: Intent) -> tuple[Stumble, ...]:
    """Everything that is wrong with a decision, all at once."""
    waiting = opened.laid_out.waiting
    common = tuple(_anybody(opened, intent))
    blind = waiting is not None and waiting.why is Why.SECOND_LOOK
    match intent.verdict.outcome:
        case Outcome.ACCEPT:
            return (*common, *(() if blind else _accepting(opened, intent)))
        case Outcome.RETURN:
            return (*common, *_returning(opened, intent, blind=blind))
        case Outcome.ESCALATE:
            return common


def decide_case(opened: Opened, intent: Intent, ledger: Ledger) -> int | None:
    """Record a decision that stumbles over nothing; hands on the run that came of it.

    Raises:
        RefusedDecisionError: The case changed, or somebody else has or had it; which class says which.
        ChildExistsError: Another case registered the child meanwhile.
    """
    return ledger.settle(_settled(opened, intent))


def _settled(opened: Opened, intent: Intent) -> Settled:
    case, waiting = opened.laid_out.case, opened.laid_out.waiting
    settled = Settled(case, intent.account, intent.verdict)
    decision = _DECISIONS.get(intent.verdict.outcome)
    if decision is None:
        return settled
    if waiting is not None and waiting.why is Why.SECOND_LOOK:
        return settled._replace(agreed=decision is opened.laid_out.result.decision)
    if decision is Decision.RETURNED:
        return settled._replace(result=returned(opened, intent.verdict))
    child, numbers = registered(opened, intent.verdict.checked)
    return settled._replace(result=accepted(opened.laid_out.result), child=child, numbers=numbers)


def accepted(result: Result) -> Result:
    """The result of a case that a person accepted: what asked for a person is a note now, where it can be one."""
    findings = tuple(kept for finding in result.findings if (kept := _as_note(finding)) is not None)
    return result.model_copy(update={"findings": findings, "decision": decide(findings)})


def returned(opened: Opened, verdict: Verdict) -> Result:
    """The result of a case that a person returned: the reason that they gave, and notes."""
    notes = tuple(kept for finding in opened.laid_out.result.findings if (kept := _as_note(finding)) is not None)
    findings = (finding_of(opened, verdict), *notes)
    return opened.laid_out.result.model_copy(update={"findings": findings, "decision": decide(findings)})


def _as_note(finding: Finding) -> Finding | None:
    if Severity.WARNING not in CATALOGUE[finding.code, finding.reason].severities:
        return None
    return finding.model_copy(update={"severity": Severity.WARNING, "next_step": NOTED})


def _anybody(opened: Opened, intent: Intent) -> Iterator[Stumble]:
    waiting = opened.laid_out.waiting
    if waiting is not None and waiting.escalated and intent.role is not Role.SUPERVISOR:
        yield Stumble(Problem.SUPERVISOR)
    if opened.laid_out.newer:
        yield Stumble(Problem.NEWER)


def _accepting(opened: Opened, intent: Intent) -> Iterator[Stumble]:
    for row in opened.sheet.rows:
        yield from _of_row(row, intent.verdict)
    for number in range(len(opened.sheet.loose)):
        if number not in intent.confirmed:
            yield Stumble(Problem.UNCONFIRMED, number)
    relation = intent.verdict.relation
    if _may_repeat(opened) and relation is None:
        yield Stumble(Problem.NO_RELATION)
    if relation in (Relation.SAME_CHILD, Relation.MISTYPED):
        yield Stumble(Problem.CONTRADICTS)


def _of_row(row: Row, verdict: Verdict) -> Iterator[Stumble]:
    checked = checked_in(row, verdict)
    if checked is None:
        if row.doubtful and row.read is not None:
            yield Stumble(Problem.UNCHECKED, row.number)
        return
    if checked.seen is None:
        yield Stumble(Problem.ILLEGIBLE, row.number)
    elif _is_another(row, checked.seen) and not verdict.note.strip():
        yield Stumble(Problem.DIFFERS, row.number)


def _is_another(row: Row, seen: str) -> bool:
    field, entered = row.compared.field, row.compared.entered
    return entered is not None and comparable(field, seen) != comparable(field, entered)


def checked_in(row: Row, verdict: Verdict) -> Checked | None:
    """What a verdict says of a row, if anything."""
    held = [value for value in row.compared.read if value is row.read]
    where = {(value.file, value.page_no) for value in held} | {(one.file, one.page_no) for one in row.findings}
    of_row = (one for one in verdict.checked if _row_field(one) is row.compared.field)
    return next((one for one in of_row if (one.file, one.page_no) in where), None)


def _row_field(checked: Checked) -> Field:
    """The day of a 出生时间 stands in the row of the date of birth."""
    return Field.BIRTH_DATE if checked.field is Field.BIRTH_TIME else checked.field


def _returning(opened: Opened, intent: Intent, *, blind: bool) -> Iterator[Stumble]:
    verdict = intent.verdict
    if verdict.code is None or verdict.reason is None:
        yield Stumble(Problem.NO_REASON)
        return
    if not fits(verdict.code, verdict.place):
        yield Stumble(Problem.NO_PLACE)
    elif place_says_otherwise(opened, verdict):
        yield Stumble(Problem.SAME_VALUE)
    repeated = verdict.code is Code.CHILD_EXISTS
    if verdict.relation is Relation.ANOTHER_CHILD and repeated:
        yield Stumble(Problem.CONTRADICTS)
    if verdict.relation is Relation.SAME_CHILD and not repeated:
        yield Stumble(Problem.CONTRADICTS)
    if repeated and verdict.relation is None and not blind:
        yield Stumble(Problem.NO_RELATION)


def _may_repeat(opened: Opened) -> bool:
    return bool(opened.relatives) or any(finding.code in _DUPLICATES for finding in opened.sheet.blockers)
