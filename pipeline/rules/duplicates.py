"""Is the child already known? Identifiers decide; likeness only asks a person. Says nothing about the record found."""

from collections.abc import Iterator

from models.children import KnownChild
from models.documents import Field, PageKind, Person
from models.findings import Code, Finding, Place, Reason, found
from models.identity import normal_number
from models.submission import EnteredChild
from pipeline.documents.dossier import Dossier
from pipeline.names.normal import normal_name


def duplicates(dossier: Dossier, known: tuple[KnownChild, ...]) -> Iterator[Finding]:
    """4005 and 疑似重复; one finding a reason at most, so that nothing tells how many records there are."""
    matches = {match for child in known if (match := _match(dossier, child)) is not None}
    for code, reason in sorted(matches):
        yield found(code, reason, Place())


def child_numbers(dossier: Dossier) -> tuple[frozenset[str], frozenset[str]]:
    """The child's ID numbers and certificate numbers: as entered, and as printed."""
    child = dossier.child
    ids = {normal_number(child.id_number)} if child.id_number else set[str]()
    certificates = {normal_number(child.birth_certificate_number)} if child.birth_certificate_number else set[str]()
    for page in dossier.child_pages:
        certificate = page.kind is PageKind.BIRTH_CERTIFICATE
        number = page.value(Field.CERTIFICATE_NUMBER if certificate else Field.ID_NUMBER)
        if number:
            (certificates if certificate else ids).add(number)
    return frozenset(ids), frozenset(certificates)


def mother_number(dossier: Dossier) -> str | None:
    """The mother's ID number: of the certificate, else of her card in the register."""
    certificate = dossier.certificate
    stated = certificate.value(Field.ID_NUMBER, Person.MOTHER) if certificate else None
    return stated or next((page.value(Field.ID_NUMBER) for page in dossier.members(Person.MOTHER)), None)


def _match(dossier: Dossier, known: KnownChild) -> tuple[Code, Reason] | None:
    """What one record says of the child (domain.md, section 5.2)."""
    ids, certificates = child_numbers(dossier)
    same_id = known.id_number in ids
    if same_id or known.birth_certificate_number in certificates:
        if known.withdrawn:
            return Code.MAYBE_DUPLICATE, Reason.EXISTING_WITHDRAWN
        another_id = bool(ids and known.id_number) and not same_id
        if another_id or not _same_birth(dossier.child, known) or not _same_name(dossier.child, known):
            return Code.MAYBE_DUPLICATE, Reason.NUMBER_CONFLICT
        return Code.CHILD_EXISTS, Reason.ID_NUMBER if same_id else Reason.BIRTH_CERTIFICATE_NUMBER
    if (ids and known.id_number) or (certificates and known.birth_certificate_number):
        return None  # another number of the same kind is another child: twins and siblings
    mother = mother_number(dossier)
    same_mother = mother is not None and mother == known.mother_id_number
    if same_mother and _same_birth(dossier.child, known) and _same_name(dossier.child, known):
        return Code.MAYBE_DUPLICATE, Reason.SAME_NAME_BIRTH_MOTHER
    return None


def _same_birth(child: EnteredChild, known: KnownChild) -> bool:
    return known.birth_date == child.birth_date and known.sex == child.sex


def _same_name(child: EnteredChild, known: KnownChild) -> bool:
    return normal_name(known.name) == normal_name(child.name)
