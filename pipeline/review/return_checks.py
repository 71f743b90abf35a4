"""Whether a family may be sent home: with a reason that is one, and never by an accusation that nobody looked at."""

from collections.abc import Iterator
from typing import Final

from models.codes import Code, Reason
from models.documents import Field, Person
from models.id_number import is_certificate_number, is_province, parse_id_number
from models.review import Relation, ReviewDecision
from pipeline.names.normal import SEPARATOR, normal_name
from pipeline.review.accepting import checked_in, may_repeat
from pipeline.review.field_comparison import canonical
from pipeline.review.return_reasons import OF_FIELD, entered_name, fits, offered_reasons, row_at, seen_at
from pipeline.review.review_case import ReviewCase
from pipeline.review.sheet import ReviewRow
from pipeline.review.validation import Intent, Issue, Problem

_DIFFER: Final = frozenset({Reason.DIFFERENT, Reason.LENGTH, Reason.ENTERED, Reason.CHECKSUM})


def check_return(opened: ReviewCase, intent: Intent, *, blind: bool) -> Iterator[Issue]:
    """What keeps a case from being returned; a blind look tells the family nothing, and answers for its reason only."""
    verdict = intent.verdict
    if verdict.code is None or (verdict.code, verdict.reason) not in {one[:2] for one in offered_reasons(opened)}:
        yield Issue(Problem.NO_REASON)
        return
    if not fits(verdict.code, verdict.place):
        yield Issue(Problem.NO_PLACE)
    elif verdict.code in OF_FIELD and not blind:
        yield from _accusation(opened, verdict)
    if not blind:
        yield from _relation(opened, verdict)


def _accusation(opened: ReviewCase, verdict: ReviewDecision) -> Iterator[Issue]:
    """Only the child's own field tells of what was entered of the child, and only as somebody saw it."""
    row = row_at(opened, verdict.place)
    if row is None or row.compared.person is not Person.CHILD:
        yield Issue(Problem.NO_PLACE)
    elif verdict.reason in _DIFFER and checked_in(row, verdict) is None:
        yield Issue(Problem.UNCHECKED, row.number)
    elif not _holds(opened, verdict, row):
        yield Issue(Problem.SAME_VALUE, row.number)


def _holds(opened: ReviewCase, verdict: ReviewDecision, row: ReviewRow) -> bool:
    """Whether what stands there bears the reason out; what cannot be read bears out nothing."""
    seen, entered = seen_at(opened, verdict), row.compared.entered
    if seen is None or not seen.strip():
        return False
    if verdict.reason is Reason.CHECKSUM:
        return not _is_lawful(row.compared.field, seen)
    if verdict.reason is Reason.FORMER_NAME:
        return _is_former(opened, row, seen)
    if entered is None:
        return False
    return _told(row.compared.field, seen) != _told(row.compared.field, entered)


def _told(field: Field, value: str) -> str:
    """As `comparable`; a dot that is there or not makes no other name, and nobody is sent home for one."""
    form = canonical(field, value)
    return form.replace(SEPARATOR, "") if field is Field.NAME else form


def _is_former(opened: ReviewCase, row: ReviewRow, seen: str) -> bool:
    """At the 曾用名 the entered name stands; at the name another one does."""
    is_entered = normal_name(seen) == normal_name(entered_name(opened))
    return is_entered is (row.compared.field is Field.FORMER_NAME)


def _is_lawful(field: Field, seen: str) -> bool:
    if field is Field.CERTIFICATE_NUMBER:
        return is_certificate_number(seen)
    number = parse_id_number(seen)
    return number is not None and number.check_digit_right and is_province(number.text[:2])


def _relation(opened: ReviewCase, verdict: ReviewDecision) -> Iterator[Issue]:
    """4005 is of the same child, which there is a record of, and of nobody else."""
    repeated = verdict.code is Code.CHILD_EXISTS
    if repeated and (verdict.relation is None or not may_repeat(opened)):
        yield Issue(Problem.NO_RELATION)
    elif verdict.relation is not None and repeated is not (verdict.relation is Relation.SAME_CHILD):
        yield Issue(Problem.CONTRADICTS)
