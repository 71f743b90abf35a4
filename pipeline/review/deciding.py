"""Record a reviewer's decision: the new result, and the child that the register then has."""

from collections.abc import Iterable, Sequence
from typing import Final

from models.documents import Field, Person
from models.findings import CATALOGUE, Finding, Severity
from models.id_number import normal_number
from models.languages import Language
from models.messages import notice_text, worded
from models.register import ChildNumbers, KnownChild
from models.result import Decision, FieldValue, Result, UnreadField, decide, values_of
from models.review import Checked, ReviewDecision, ReviewOutcome
from models.review_case import RecordedDecision
from models.submission import EnteredChild
from pipeline.judge.case import field_values, identifying, registration
from pipeline.judge.dossier import in_todays_codes
from pipeline.ledger.ledger import Ledger
from pipeline.review.return_reasons import finding_of
from pipeline.review.review_case import ReviewCase
from pipeline.review.sheet import is_of
from pipeline.review.validation import Intent

_DECISIONS: Final = {ReviewOutcome.ACCEPT: Decision.ACCEPTED, ReviewOutcome.RETURN: Decision.RETURNED}
_NUMBERS: Final = frozenset({Field.ID_NUMBER, Field.CERTIFICATE_NUMBER})
_NUMBER_NAMES: Final = ("id_number", "birth_certificate_number", "mother_id_number")

_Registration = tuple[KnownChild, ChildNumbers]


def decide_case(review: ReviewCase, intent: Intent, ledger: Ledger) -> int | None:
    """Record a decision without issues; returns the number of the new run, if there is one.

    Raises:
        RefusedDecisionError: The case changed, or is with another reviewer, or was decided; the class says which.
        ChildExistsError: Another case registered the child meanwhile.
    """
    return ledger.reviews.record_decision(_recorded(review, intent))


def _recorded(review: ReviewCase, intent: Intent) -> RecordedDecision:
    case, waiting = review.laid_out.case, review.laid_out.waiting
    why, escalated = (waiting.why, waiting.escalated) if waiting is not None else (None, False)
    recorded = RecordedDecision(case, intent.account, intent.verdict, why=why, escalated=escalated)
    decision = _DECISIONS.get(intent.verdict.outcome)
    if decision is None:
        return recorded
    if review.laid_out.is_blind:
        return recorded._replace(agreed=decision is review.laid_out.result.decision)
    child, numbers = registered(review, intent.verdict.checked)
    if decision is Decision.RETURNED:  # registers no child; the numbers serve to erase the case with its child
        return recorded._replace(result=returned(review, intent.verdict), numbers=numbers)
    return recorded._replace(result=accepted(review), child=child, numbers=numbers)


def accepted(review: ReviewCase) -> Result:
    """The result of an accepted case: findings that may be warnings become warnings, all others go."""
    return _with_findings(review, _as_warnings(review.laid_out.result))


def returned(review: ReviewCase, verdict: ReviewDecision) -> Result:
    """The result of a returned case: the reviewer's reason, and warnings for what it does not settle."""
    reason = finding_of(review, verdict)
    warnings = _as_warnings(review.laid_out.result)
    return _with_findings(review, (reason, *(one for one in warnings if not _is_settled_by(reason, one))))


def _with_findings(review: ReviewCase, findings: tuple[Finding, ...]) -> Result:
    """The result with other findings, in the words that the parent reads."""
    result, hospital = review.laid_out.result, review.hospital
    changed = {
        "decision": decide(findings),
        "notice": notice_text(findings, Language.ZH_HANS, hospital),
        "findings": worded(findings, review.upload, hospital),
    }
    return result.model_copy(update=changed)


def _as_warnings(result: Result) -> tuple[Finding, ...]:
    return tuple(
        finding.model_copy(update={"severity": Severity.WARNING})
        for finding in result.findings
        if Severity.WARNING in CATALOGUE[finding.code, finding.reason]
    )


def _is_settled_by(reason: Finding, warning: Finding) -> bool:
    """Whether the reason replaces the warning: it is about the same field, or of the same kind and page."""
    here = (reason.file, reason.page_no, reason.field) == (warning.file, warning.page_no, warning.field)
    return here and (reason.field is not None or (reason.code, reason.reason) == (warning.code, warning.reason))


def registered(review: ReviewCase, checked: Sequence[Checked]) -> _Registration:
    """The child with the numbers on its pages, and the numbers by which its case is found.

    A number that the reviewer saw replaces the one that the machine read. If the content has other numbers than the
    result, only numbers count that the result shows or the reviewer saw; without content, only entered numbers that
    the result shows, and those that the reviewer saw.
    """
    child, numbers = _by_machine(review)
    seen = [one for one in checked if any(is_of(row, one) for row in review.sheet.rows)]
    id_number = _number_in(seen, Person.CHILD, Field.ID_NUMBER)
    certificate = _number_in(seen, Person.CHILD, Field.CERTIFICATE_NUMBER)
    values = (id_number, certificate, _number_in(seen, Person.MOTHER, Field.ID_NUMBER))
    child = child.model_copy(update={name: value for name, value in zip(_NUMBER_NAMES, values, strict=True) if value})
    return child, ChildNumbers(
        (id_number,) if id_number else numbers.id_numbers,
        (certificate,) if certificate else numbers.birth_certificate_numbers,
    )


def _number_in(checked: Iterable[Checked], person: Person, field: Field) -> str | None:
    texts = (one.seen for one in checked if (one.person, one.field) == (person, field))
    return next((number for text in texts if text and (number := normal_number(text))), None)


def _by_machine(review: ReviewCase) -> _Registration:
    """By the content of the pages; if the result shows other numbers, only what the reviewer could see of it.

    Content may be newer than the result: extracted anew from kept readings, kept when a decided case was sent again, or
    left by a batch that was rolled back.
    """
    plain = _by_result(review)
    if review.dossier is None:
        return plain
    read = registration(review.dossier, review.policy), identifying(review.dossier, review.policy)
    same = _numbers(field_values(review.dossier, review.policy)) == _numbers(review.laid_out.result.fields)
    return read if same else _shown_of(read, plain, review)


def _numbers(fields: Iterable[FieldValue | UnreadField]) -> frozenset[tuple[Person | None, Field, str | None]]:
    return frozenset(
        (one.person, one.field, normal_number(one.value)) for one in values_of(fields) if one.field in _NUMBERS
    )


def _shown_of(read: _Registration, plain: _Registration, review: ReviewCase) -> _Registration:
    """The numbers of `read` that the result shows too; all others are those of `plain`.

    Args:
        read: By content that has other numbers.
        plain: By the result alone.
        review: The case with the result that the reviewer saw.
    """
    fields = values_of(review.laid_out.result.fields)
    shown = {normal_number(value.value) for value in fields if value.field in _NUMBERS}
    child = review.laid_out.case.submission.child
    known = shown | {normal_number(one) for one in (child.id_number, child.birth_certificate_number) if one}
    (new, numbers), (old, others) = read, plain
    mine = {name: value if (value := getattr(new, name)) in shown else getattr(old, name) for name in _NUMBER_NAMES}
    pairs = zip(numbers, others, strict=True)
    return new.model_copy(update=mine), ChildNumbers(*(tuple(sorted({*known.intersection(a), *b})) for a, b in pairs))


def _by_result(review: ReviewCase) -> _Registration:
    submission = in_todays_codes(review.laid_out.case, review.policy).submission
    id_number, certificate = _entered_and_shown(submission.child, values_of(review.laid_out.result.fields))
    child = KnownChild(
        name=submission.child.name,
        sex=submission.child.sex,
        birth_date=submission.child.birth_date,
        id_number=id_number,
        birth_certificate_number=certificate,
        submission_id=submission.submission_id,
    )
    return child, ChildNumbers((id_number,) if id_number else (), (certificate,) if certificate else ())


def _entered_and_shown(child: EnteredChild, fields: Sequence[FieldValue]) -> tuple[str | None, str | None]:
    """The entered numbers that a page of the child shows; a parent's number does not count."""
    id_numbers = {
        normal_number(value.value)
        for value in fields
        if value.person is Person.CHILD and value.field is Field.ID_NUMBER
    }
    certificates = {normal_number(value.value) for value in fields if value.field is Field.CERTIFICATE_NUMBER}
    id_number = normal_number(child.id_number or "")
    certificate = normal_number(child.birth_certificate_number or "")
    return id_number if id_number in id_numbers else None, certificate if certificate in certificates else None
