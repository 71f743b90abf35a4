"""The child of a case that a person accepted, as the register will know it."""

from collections.abc import Iterable, Sequence
from typing import Final

from models.documents import Field, Person
from models.id_number import normal_number
from models.register import ChildNumbers, KnownChild
from models.result import FieldValue
from models.review import Checked
from models.review_case import CaseForReview
from models.submission import EnteredChild
from pipeline.judge.case import identifying, registration
from pipeline.judge.dossier import in_todays_codes
from pipeline.review.review_case import ReviewCase
from pipeline.review.sheet import is_of

_NUMBERS: Final = frozenset({Field.ID_NUMBER, Field.CERTIFICATE_NUMBER})
_NAMES: Final = ("id_number", "birth_certificate_number", "mother_id_number")


def registered(opened: ReviewCase, checked: Sequence[Checked]) -> tuple[KnownChild, ChildNumbers]:
    """The child with the numbers that its pages show, and those by which its case is found.

    A number that a person saw goes before the one that the machine read, which then is nobody's. Where content was made
    anew since the result, only numbers count that the result shows, or that a person saw; without content only those of
    the child that were entered as well, or that a person saw.
    """
    child, numbers = _by_machine(opened)
    said = [one for one in checked if any(is_of(row, one) for row in opened.sheet.rows)]
    ids = _seen(said, Person.CHILD, Field.ID_NUMBER)
    certificates = _seen(said, Person.CHILD, Field.CERTIFICATE_NUMBER)
    mothers = _seen(said, Person.MOTHER, Field.ID_NUMBER)
    told = {"id_number": ids, "birth_certificate_number": certificates, "mother_id_number": mothers}
    child = child.model_copy(update={name: number for name, number in told.items() if number})
    id_numbers = (ids,) if ids else numbers.id_numbers
    return child, ChildNumbers(id_numbers, (certificates,) if certificates else numbers.birth_certificate_numbers)


def _seen(checked: Iterable[Checked], person: Person, field: Field) -> str | None:
    seen = (one.seen for one in checked if (one.person, one.field) == (person, field))
    return next((number for one in seen if one and (number := normal_number(one))), None)


def _by_machine(opened: ReviewCase) -> tuple[KnownChild, ChildNumbers]:
    """By what the pages say; where that was taken out of them anew, only by what the person could see of it."""
    plain = _by_result(opened)
    if opened.dossier is None:
        return plain
    read = registration(opened.dossier, opened.policy), identifying(opened.dossier, opened.policy)
    return read if opened.laid_out.content is not None else _shown_of(read, plain, opened.laid_out)


def _shown_of(
    read: tuple[KnownChild, ChildNumbers], plain: tuple[KnownChild, ChildNumbers], laid_out: CaseForReview
) -> tuple[KnownChild, ChildNumbers]:
    """The numbers that were read and that the result shows too; any other one the person who decides did not see.

    Args:
        read: By today's content.
        plain: By the result alone, for what `read` does not have.
        laid_out: With the result that was shown.
    """
    shown = {normal_number(value.value) for value in laid_out.result.fields if value.field in _NUMBERS}
    typed = laid_out.case.submission.child
    known = shown | {normal_number(one) for one in (typed.id_number, typed.birth_certificate_number) if one}
    (child, numbers), (other, others) = read, plain
    mine = {name: number if (number := getattr(child, name)) in shown else getattr(other, name) for name in _NAMES}
    held = (tuple(sorted({*known.intersection(ours), *theirs})) for ours, theirs in zip(numbers, others, strict=True))
    return child.model_copy(update=mine), ChildNumbers(*held)


def _by_result(opened: ReviewCase) -> tuple[KnownChild, ChildNumbers]:
    submission = in_todays_codes(opened.laid_out.case, opened.policy).submission
    ids, certificates = _entered_and_shown(submission.child, opened.laid_out.result.fields)
    child = KnownChild(
        name=submission.child.name,
        sex=submission.child.sex,
        birth_date=submission.child.birth_date,
        id_number=ids,
        birth_certificate_number=certificates,
        submission_id=submission.submission_id,
    )
    return child, ChildNumbers((ids,) if ids else (), (certificates,) if certificates else ())


def _entered_and_shown(child: EnteredChild, fields: Sequence[FieldValue]) -> tuple[str | None, str | None]:
    """The numbers that were entered, where a page of the child shows them: a parent's number is none of them."""
    of_child = [value for value in fields if value.person is Person.CHILD and value.field is Field.ID_NUMBER]
    of_certificate = [value for value in fields if value.field is Field.CERTIFICATE_NUMBER]
    entered = (child.id_number, child.birth_certificate_number)
    ids, certificates = (
        normal_number(one) if one and normal_number(one) in {normal_number(value.value) for value in shown} else None
        for one, shown in zip(entered, (of_child, of_certificate), strict=True)
    )
    return ids, certificates
