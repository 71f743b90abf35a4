"""Whether a case may be accepted: nobody accepts by oversight, and nobody gives a child another one's number."""

from collections.abc import Iterator
from typing import Final

from models.codes import Code
from models.documents import Field, Person
from models.id_number import is_certificate_number, parse_id_number
from models.review import Checked, Relation, ReviewDecision
from models.submission import EnteredChild
from pipeline.review.field_comparison import canonical
from pipeline.review.review_case import ReviewCase
from pipeline.review.sheet import ReviewRow, checked_of, is_of
from pipeline.review.validation import Intent, Issue, Problem

_DUPLICATES: Final = frozenset({Code.CHILD_EXISTS, Code.MAYBE_DUPLICATE})


def check_acceptance(opened: ReviewCase, intent: Intent) -> Iterator[Issue]:
    """What keeps a case from being accepted."""
    child = opened.laid_out.case.submission.child
    for row in opened.sheet.rows:
        yield from _of_row(row, intent.verdict, child)
    for number in range(len(opened.sheet.loose)):
        if number not in intent.confirmed:
            yield Issue(Problem.UNCONFIRMED, number)
    relation = intent.verdict.relation
    if may_repeat(opened) and relation is None:
        yield Issue(Problem.NO_RELATION)
    if relation in (Relation.SAME_CHILD, Relation.MISTYPED):
        yield Issue(Problem.CONTRADICTS)


def may_repeat(opened: ReviewCase) -> bool:
    """Whether there is a record of the register that the case may repeat."""
    return bool(opened.relatives) or any(finding.code in _DUPLICATES for finding in opened.sheet.blockers)


def checked_in(row: ReviewRow, verdict: ReviewDecision) -> Checked | None:
    """What a verdict says of a row, if anything."""
    return next((one for one in verdict.checked if is_of(row, one)), None)


def _of_row(row: ReviewRow, verdict: ReviewDecision, child: EnteredChild) -> Iterator[Issue]:
    checked = checked_in(row, verdict)
    if checked is None:
        if row.doubtful and checked_of(row, None) is not None:
            yield Issue(Problem.UNCHECKED, row.number)
    elif not (checked.seen or "").strip():
        yield Issue(Problem.ILLEGIBLE, row.number)
    elif _is_another(row, checked.seen or "", child) and not verdict.note.strip():
        yield Issue(Problem.DIFFERS, row.number)


def _is_another(row: ReviewRow, seen: str, child: EnteredChild) -> bool:
    """Whether what was seen is not what was entered; a number that nobody entered can be the child's, or not."""
    field, entered = row.compared.field, row.compared.entered
    if entered is not None:
        return canonical(field, seen) != canonical(field, entered)
    if row.compared.person is not Person.CHILD:
        return False
    match field:
        case Field.ID_NUMBER:
            return not _may_be_theirs(seen, child)
        case Field.CERTIFICATE_NUMBER:
            return not is_certificate_number(seen)
        case _:
            return False


def _may_be_theirs(seen: str, child: EnteredChild) -> bool:
    """A number tells the day of birth and the sex, and its last character whether the others were typed right."""
    number = parse_id_number(seen)
    told = number and (number.check_digit_right, number.birth_date, number.sex)
    return told == (True, child.birth_date, child.sex)
