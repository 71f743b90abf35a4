"""Check a reviewer's decision before it is recorded.

A case is accepted only if the reviewer looked at every doubtful field, and saw what was entered or explained the
difference in a note. A case is returned only for a reason that the page supports.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Final, NamedTuple

from models.codes import Code, Reason
from models.documents import Field, Person
from models.id_number import is_certificate_number, parse_id_number
from models.names import SEPARATOR, normal_name
from models.review import Checked, Relation, ReviewDecision, ReviewOutcome, Role
from models.submission import EnteredChild
from pipeline.review.field_comparison import canonical
from pipeline.review.return_reasons import OF_FIELD, entered_name, fits, offered_reasons, row_at, seen_at
from pipeline.review.review_case import ReviewCase
from pipeline.review.sheet import ReviewRow, checked_of, is_of

_CLAIM_A_DIFFERENCE: Final = frozenset({Reason.DIFFERENT, Reason.LENGTH, Reason.ENTERED, Reason.CHECKSUM})


class Problem(StrEnum):
    """Why a decision cannot be recorded; the reviewer corrects it, and the form keeps all entries."""

    UNCHECKED = "unchecked"  # the reviewer did not look at a doubtful field, or at the field of the return's reason
    UNCONFIRMED = "unconfirmed"  # the reviewer did not confirm a blocker that is about no single field
    DIFFERS = "differs"  # the reviewer saw another value than the entered one, and no note explains it
    ILLEGIBLE = "illegible"  # the reviewer cannot read a field of a case to be accepted
    NO_REASON = "no_reason"  # a return without a reason, or with one that cannot be given
    NO_PLACE = "no_place"  # the reason cannot be given of this location
    SAME_VALUE = "same_value"  # the reason claims a difference between equal values
    NO_RELATION = "no_relation"  # the relation to the record of the register is missing, or there is no such record
    CONTRADICTS = "contradicts"  # the relation contradicts the outcome
    SUPERVISOR = "supervisor"  # the case was escalated, and only a supervisor may decide it
    NEWER = "newer"  # the parent has sent a newer revision


class Issue(NamedTuple):
    """A problem, and the number of the row or loose blocker that it is about, if there is one."""

    problem: Problem
    row: int | None = None


class Intent(NamedTuple):
    """A decision before validation; `confirmed` are the numbers of the loose blockers that the reviewer confirmed."""

    account: str
    role: Role
    verdict: ReviewDecision
    confirmed: frozenset[int] = frozenset()


def issues_of(review: ReviewCase, intent: Intent) -> tuple[Issue, ...]:
    """Every issue of a decision, all at once; none if it can be recorded."""
    common = tuple(_always(review, intent))
    match intent.verdict.outcome:
        case ReviewOutcome.ACCEPT:
            return (*common, *(() if review.laid_out.is_blind else _acceptance(review, intent)))
        case ReviewOutcome.RETURN:
            return (*common, *_return(review, intent.verdict))
        case ReviewOutcome.ESCALATE:
            return common


def _always(review: ReviewCase, intent: Intent) -> Iterator[Issue]:
    waiting = review.laid_out.waiting
    if waiting is not None and waiting.escalated and intent.role is not Role.SUPERVISOR:
        yield Issue(Problem.SUPERVISOR)
    if review.laid_out.newer or intent.verdict.revision != review.laid_out.case.revision:
        yield Issue(Problem.NEWER)


def _acceptance(review: ReviewCase, intent: Intent) -> Iterator[Issue]:
    child = review.laid_out.case.submission.child
    for row in review.sheet.rows:
        yield from _row(row, intent.verdict, child)
    for number in range(len(review.sheet.loose)):
        if number not in intent.confirmed:
            yield Issue(Problem.UNCONFIRMED, number)
    relation = intent.verdict.relation
    if review.may_repeat and relation is None:
        yield Issue(Problem.NO_RELATION)
    if relation in (Relation.SAME_CHILD, Relation.MISTYPED):
        yield Issue(Problem.CONTRADICTS)


def _row(row: ReviewRow, verdict: ReviewDecision, child: EnteredChild) -> Iterator[Issue]:
    checked = _checked_in(row, verdict)
    if checked is None:
        if row.doubtful and checked_of(row, None) is not None:
            yield Issue(Problem.UNCHECKED, row.number)
    elif not (checked.seen or "").strip():
        yield Issue(Problem.ILLEGIBLE, row.number)
    elif _differs(row, checked.seen or "", child) and not verdict.note.strip():
        yield Issue(Problem.DIFFERS, row.number)


def _checked_in(row: ReviewRow, verdict: ReviewDecision) -> Checked | None:
    """What the decision says about a row, if anything."""
    return next((checked for checked in verdict.checked if is_of(row, checked)), None)


def _differs(row: ReviewRow, seen: str, child: EnteredChild) -> bool:
    """Whether the seen value contradicts the entered one; a number that was not entered must fit the child."""
    field, entered = row.compared.field, row.compared.entered
    if entered is not None:
        return canonical(field, seen) != canonical(field, entered)
    if row.compared.person is not Person.CHILD:
        return False
    if field is Field.CERTIFICATE_NUMBER:
        return not is_certificate_number(seen)
    if field is not Field.ID_NUMBER:
        return False
    number = parse_id_number(seen)
    implied = number and (number.check_digit_right, number.birth_date, number.sex)
    return implied != (True, child.birth_date, child.sex)


def _return(review: ReviewCase, verdict: ReviewDecision) -> Iterator[Issue]:
    """Issues of a return; the parent learns nothing of a blind review, so only its reason is checked."""
    if verdict.code is None or (verdict.code, verdict.reason) not in {one[:2] for one in offered_reasons(review)}:
        yield Issue(Problem.NO_REASON)
        return
    blind = review.laid_out.is_blind
    if not fits(verdict.code, verdict.place):
        yield Issue(Problem.NO_PLACE)
    elif verdict.code in OF_FIELD and not blind:
        yield from _claim(review, verdict)
    if not blind:
        yield from _relation(review, verdict)


def _claim(review: ReviewCase, verdict: ReviewDecision) -> Iterator[Issue]:
    """A claim about an entered value must be about the child's own field, and about what the reviewer saw there."""
    row = row_at(review, verdict.place)
    if row is None or row.compared.person is not Person.CHILD:
        yield Issue(Problem.NO_PLACE)
    elif verdict.reason in _CLAIM_A_DIFFERENCE and _checked_in(row, verdict) is None:
        yield Issue(Problem.UNCHECKED, row.number)
    elif not _is_supported(review, verdict, row):
        yield Issue(Problem.SAME_VALUE, row.number)


def _is_supported(review: ReviewCase, verdict: ReviewDecision, row: ReviewRow) -> bool:
    """Whether the seen value supports the reason; an illegible value supports none."""
    seen, entered, field = seen_at(review, verdict), row.compared.entered, row.compared.field
    if seen is None or not seen.strip():
        return False
    if verdict.reason is Reason.CHECKSUM:
        return not _is_lawful(field, seen)
    if verdict.reason is Reason.FORMER_NAME:  # the entered name stands at 曾用名, and another one at 姓名
        return (normal_name(seen) == normal_name(entered_name(review))) is (field is Field.FORMER_NAME)
    return entered is not None and _without_separator(field, seen) != _without_separator(field, entered)


def _without_separator(field: Field, value: str) -> str:
    """The canonical value; a missing dot makes no other name, so no case is returned for it."""
    form = canonical(field, value)
    return form.replace(SEPARATOR, "") if field is Field.NAME else form


def _is_lawful(field: Field, seen: str) -> bool:
    if field is Field.CERTIFICATE_NUMBER:
        return is_certificate_number(seen)
    number = parse_id_number(seen)
    return number is not None and number.check_digit_right and number.province_known


def _relation(review: ReviewCase, verdict: ReviewDecision) -> Iterator[Issue]:
    """4005 needs a record of the register, and the relation 同一儿童, which no other return may have."""
    repeated = verdict.code is Code.CHILD_EXISTS
    if repeated and (verdict.relation is None or not review.may_repeat):
        yield Issue(Problem.NO_RELATION)
    elif verdict.relation is not None and repeated is not (verdict.relation is Relation.SAME_CHILD):
        yield Issue(Problem.CONTRADICTS)
