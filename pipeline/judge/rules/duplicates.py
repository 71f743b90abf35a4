"""Whether the child is registered: equal numbers decide, similar data goes to a person.

Findings never tell anything about the record that was found.
"""

from collections.abc import Iterable, Iterator

from models.content import FieldContent
from models.documents import Field, PageKind, Person
from models.findings import Code, Finding, Location, Reason, found
from models.id_number import normal_number
from models.names import letters, normal_name
from models.policy import Policy
from models.register import ChildNumbers, KnownChild
from models.submission import EnteredChild
from pipeline.judge.dossier import Dossier
from pipeline.judge.field_legibility import Legibility, legibility_of
from pipeline.judge.name_match import is_placeholder


def duplicates(dossier: Dossier, known: tuple[KnownChild, ...], policy: Policy) -> Iterator[Finding]:
    """4005 and 疑似重复, at most one finding for each reason, so that the number of records stays hidden.

    4005 requires a number on a legible page of the child: typing a number in must not reveal who is registered.
    """
    for code, reason in sorted({match for _, match in matching(dossier, known, policy)}):
        yield found(code, reason, Location())


def matching(
    dossier: Dossier, known: tuple[KnownChild, ...], policy: Policy
) -> Iterator[tuple[KnownChild, tuple[Code, Reason]]]:
    """The records that match the child, each with code and reason; for the hospital's staff only."""
    printed = printed_numbers(dossier, policy)
    for child in known:
        if (match := _match(dossier, child, printed)) is not None:
            yield child, match


def child_numbers(dossier: Dossier) -> ChildNumbers:
    """The child's ID numbers and certificate numbers, as entered and as printed."""
    return _numbers((*_entered(dossier.child), *((field.field, value) for field, value in _printed(dossier))))


def printed_numbers(dossier: Dossier, policy: Policy) -> ChildNumbers:
    """The numbers on the child's pages that were read with certainty, or are as entered."""
    entered = {number for _, number in _entered(dossier.child)}
    return _numbers(
        (field.field, value)
        for field, value in _printed(dossier)
        if value in entered or legibility_of(field, policy.legibility).legibility is Legibility.READ
    )


def _entered(child: EnteredChild) -> Iterator[tuple[Field, str]]:
    texts = ((Field.ID_NUMBER, child.id_number), (Field.CERTIFICATE_NUMBER, child.birth_certificate_number))
    yield from ((field, normal_number(text)) for field, text in texts if text)


def _printed(dossier: Dossier) -> Iterator[tuple[FieldContent, str]]:
    """The child's numbers on its pages; a repaired number is no evidence."""
    for page in dossier.child_pages:
        kind = Field.CERTIFICATE_NUMBER if page.kind is PageKind.BIRTH_CERTIFICATE else Field.ID_NUMBER
        field = page.get(kind)
        if field and field.value and not field.repaired:
            yield field, field.value


def _numbers(pairs: Iterable[tuple[Field, str]]) -> ChildNumbers:
    found = sorted(set(pairs))
    kinds = (Field.ID_NUMBER, Field.CERTIFICATE_NUMBER)
    return ChildNumbers(*(tuple(value for field, value in found if field is kind) for kind in kinds))


def mother_number(dossier: Dossier) -> str | None:
    """The mother's ID number, from the certificate, or else from her card in the register."""
    certificate = dossier.certificate
    stated = certificate.value(Field.ID_NUMBER, Person.MOTHER) if certificate else None
    return stated or next((page.value(Field.ID_NUMBER) for page in dossier.members(Person.MOTHER)), None)


def _match(dossier: Dossier, known: KnownChild, printed: ChildNumbers) -> tuple[Code, Reason] | None:
    """Whether one record matches the child, and by which code and reason.

    Source:
        docs/reference/documents.md, Duplicate children.
    """
    ids, certificates = child_numbers(dossier)
    if known.id_number in ids or known.birth_certificate_number in certificates:
        return _same_number(dossier, known, printed)
    same_name = _same_name(dossier.child, known)
    another_paper = bool(certificates and known.birth_certificate_number)
    if (ids and known.id_number) or (another_paper and (_named_later(dossier, known) or not same_name)):
        return None  # a different number of the same kind is another child; but certificates can be reissued
    mother = mother_number(dossier)
    same_mother = mother is not None and mother == known.mother_id_number
    if same_mother and _same_birth(dossier.child, known) and (same_name or _named_later(dossier, known)):
        return Code.MAYBE_DUPLICATE, Reason.SAME_NAME_BIRTH_MOTHER
    return None


def _same_number(dossier: Dossier, known: KnownChild, printed: ChildNumbers) -> tuple[Code, Reason]:
    """4005 if everything agrees; 疑似重复 if a number was only typed in, or something else differs."""
    if known.withdrawn:
        return Code.MAYBE_DUPLICATE, Reason.EXISTING_WITHDRAWN
    ids, _ = child_numbers(dossier)
    another_id = any(known.id_number not in (None, number) for number in ids)
    same_child = _same_birth(dossier.child, known) and _same_name(dossier.child, known)
    if another_id or not same_child or not _shown(known, printed):
        return Code.MAYBE_DUPLICATE, Reason.NUMBER_CONFLICT
    by_id = known.id_number in ids
    return Code.CHILD_EXISTS, Reason.ID_NUMBER if by_id else Reason.BIRTH_CERTIFICATE_NUMBER


def _shown(known: KnownChild, printed: ChildNumbers) -> bool:
    return known.id_number in printed.id_numbers or known.birth_certificate_number in printed.birth_certificate_numbers


def _same_birth(child: EnteredChild, known: KnownChild) -> bool:
    return known.birth_date == child.birth_date and known.sex == child.sex


def _named_later(dossier: Dossier, known: KnownChild) -> bool:
    """Whether one of the two names is a placeholder of a hospital: the child may have been named later."""
    return any(is_placeholder(normal_name(name), dossier.parent_names) for name in (known.name, dossier.child.name))


def _same_name(child: EnteredChild, known: KnownChild) -> bool:
    """Whether the names are equal, whatever was typed for the dots, as the register looks them up."""
    return letters(normal_name(known.name)) == letters(normal_name(child.name))
