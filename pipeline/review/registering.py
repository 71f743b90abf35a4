"""The child of a case that a person accepted, as the register will know it."""

from collections.abc import Iterable, Sequence

from models.children import KnownChild
from models.documents import Field, Person
from models.identity import normal_number
from models.review import Checked
from models.submission import EnteredChild
from pipeline.judge import identifying, registration
from pipeline.ledger.values import ChildNumbers
from pipeline.review.opened import Opened


def registered(opened: Opened, checked: Sequence[Checked]) -> tuple[KnownChild, ChildNumbers]:
    """The child with the numbers that its pages show, and those by which its case is found.

    What a person saw goes before what the machine read; where the pages were read by other sources than today's, only
    numbers count that were entered as well, or that a person saw.
    """
    child, numbers = _by_machine(opened)
    ids = _seen(checked, Field.ID_NUMBER) or child.id_number
    certificates = _seen(checked, Field.CERTIFICATE_NUMBER) or child.birth_certificate_number
    child = child.model_copy(update={"id_number": ids, "birth_certificate_number": certificates})
    return child, ChildNumbers(_with(numbers.id_numbers, ids), _with(numbers.birth_certificate_numbers, certificates))


def _with(numbers: Iterable[str], number: str | None) -> tuple[str, ...]:
    return tuple(sorted({*numbers, *([number] if number else [])}))


def _seen(checked: Iterable[Checked], field: Field) -> str | None:
    of_child = (one for one in checked if one.field is field and one.person in (Person.CHILD, None) and one.seen)
    return next((normal_number(one.seen) for one in of_child if one.seen), None)


def _by_machine(opened: Opened) -> tuple[KnownChild, ChildNumbers]:
    if opened.dossier is not None:
        policy = opened.policy
        return registration(opened.dossier, policy), identifying(opened.dossier, policy)
    submission = opened.laid_out.case.submission
    shown = {normal_number(value.value) for value in opened.laid_out.result.fields}
    ids, certificates = _entered_and_shown(submission.child, shown)
    child = KnownChild(
        name=submission.child.name,
        sex=submission.child.sex,
        birth_date=submission.child.birth_date,
        id_number=ids,
        birth_certificate_number=certificates,
        submission_id=submission.submission_id,
    )
    return child, ChildNumbers(_with((), ids), _with((), certificates))


def _entered_and_shown(child: EnteredChild, shown: set[str]) -> tuple[str | None, str | None]:
    entered = (child.id_number, child.birth_certificate_number)
    ids, certificates = (normal_number(one) if one else None for one in entered)
    return (ids if ids in shown else None), (certificates if certificates in shown else None)
