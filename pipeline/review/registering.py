"""The child of a case that a person accepted, as the register will know it."""

from collections.abc import Iterable, Sequence

from models.children import KnownChild
from models.documents import Field, Person
from models.identity import normal_number
from models.result import FieldValue
from models.review import Checked
from models.submission import EnteredChild
from pipeline.documents.dossier import in_todays_codes
from pipeline.judge import identifying, registration
from pipeline.ledger.values import ChildNumbers
from pipeline.review.opened import Opened
from pipeline.review.sheet import is_of


def registered(opened: Opened, checked: Sequence[Checked]) -> tuple[KnownChild, ChildNumbers]:
    """The child with the numbers that its pages show, and those by which its case is found.

    What a person saw goes before what the machine read, which then is nobody's number; where the pages were read by
    other sources than today's, only numbers count that were entered as well, or that a person saw.
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


def _by_machine(opened: Opened) -> tuple[KnownChild, ChildNumbers]:
    if opened.dossier is not None:
        policy = opened.policy
        return registration(opened.dossier, policy), identifying(opened.dossier, policy)
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
