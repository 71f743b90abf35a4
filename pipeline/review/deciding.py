"""From what a reviewer decided to what is recorded: checked against the sheet that they saw.

A person may know better than the machine; nobody may accept by oversight. So a case is accepted only when every field
that was in doubt was looked at, and says what was entered, or a note says why it is the same child all the same.
"""

from collections.abc import Iterator
from typing import Final

from models.catalogue import NOTED
from models.findings import CATALOGUE, Finding, Severity
from models.result import Decision, Result, decide
from models.review import ReviewDecision, ReviewOutcome, Role
from models.review_case import RecordedDecision
from pipeline.ledger.ledger import Ledger
from pipeline.review.accepting import check_acceptance
from pipeline.review.registering import registered
from pipeline.review.return_checks import check_return
from pipeline.review.return_reasons import finding_of
from pipeline.review.review_case import ReviewCase
from pipeline.review.validation import Intent, Issue, Problem

__all__ = ["Intent", "Issue", "Problem", "accepted", "decide_case", "issues_of", "returned"]

_DECISIONS: Final = {ReviewOutcome.ACCEPT: Decision.ACCEPTED, ReviewOutcome.RETURN: Decision.RETURNED}


def issues_of(opened: ReviewCase, intent: Intent) -> tuple[Issue, ...]:
    """Everything that is wrong with a decision, all at once."""
    common = tuple(_anybody(opened, intent))
    blind = opened.laid_out.is_blind
    match intent.verdict.outcome:
        case ReviewOutcome.ACCEPT:
            return (*common, *(() if blind else check_acceptance(opened, intent)))
        case ReviewOutcome.RETURN:
            return (*common, *check_return(opened, intent, blind=blind))
        case ReviewOutcome.ESCALATE:
            return common


def decide_case(opened: ReviewCase, intent: Intent, ledger: Ledger) -> int | None:
    """Record a decision that stumbles over nothing; hands on the run that came of it.

    Raises:
        RefusedDecisionError: The case changed, or somebody else has or had it; which class says which.
        ChildExistsError: Another case registered the child meanwhile.
    """
    return ledger.reviews.record_decision(_settled(opened, intent))


def _settled(opened: ReviewCase, intent: Intent) -> RecordedDecision:
    case, waiting = opened.laid_out.case, opened.laid_out.waiting
    why, escalated = (waiting.why, waiting.escalated) if waiting is not None else (None, False)
    settled = RecordedDecision(case, intent.account, intent.verdict, why=why, escalated=escalated)
    decision = _DECISIONS.get(intent.verdict.outcome)
    if decision is None:
        return settled
    if opened.laid_out.is_blind:
        return settled._replace(agreed=decision is opened.laid_out.result.decision)
    child, numbers = registered(opened, intent.verdict.checked)
    if decision is Decision.RETURNED:  # nobody is registered, and the case is still found when its child is forgotten
        return settled._replace(result=returned(opened, intent.verdict), numbers=numbers)
    return settled._replace(result=accepted(opened.laid_out.result), child=child, numbers=numbers)


def accepted(result: Result) -> Result:
    """The result of a case that a person accepted: what asked for a person is a note now, where it can be one."""
    findings = tuple(kept for finding in result.findings if (kept := _as_note(finding)) is not None)
    return result.model_copy(update={"findings": findings, "decision": decide(findings)})


def returned(opened: ReviewCase, verdict: ReviewDecision) -> Result:
    """The result of a case that a person returned: the reason that they gave, and notes of whatever it leaves open."""
    reason = finding_of(opened, verdict)
    notes = (kept for finding in opened.laid_out.result.findings if (kept := _as_note(finding)) is not None)
    findings = (reason, *(note for note in notes if not _answers(reason, note)))
    return opened.laid_out.result.model_copy(update={"findings": findings, "decision": decide(findings)})


def _answers(reason: Finding, note: Finding) -> bool:
    """Whether a reason is what became of a note: of the same kind there, or of the same field."""
    here = (reason.file, reason.page_no, reason.field) == (note.file, note.page_no, note.field)
    return here and (reason.field is not None or (reason.code, reason.reason) == (note.code, note.reason))


def _as_note(finding: Finding) -> Finding | None:
    if Severity.WARNING not in CATALOGUE[finding.code, finding.reason].severities:
        return None
    return finding.model_copy(update={"severity": Severity.WARNING, "next_step": NOTED})


def _anybody(opened: ReviewCase, intent: Intent) -> Iterator[Issue]:
    waiting = opened.laid_out.waiting
    if waiting is not None and waiting.escalated and intent.role is not Role.SUPERVISOR:
        yield Issue(Problem.SUPERVISOR)
    if opened.laid_out.newer or intent.verdict.revision != opened.laid_out.case.revision:
        yield Issue(Problem.NEWER)
