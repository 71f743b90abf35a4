"""Is the child already known? Identifiers decide; likeness only asks a person. Says nothing about the record found."""

from collections.abc import Iterator

from models.documents import Field, PageKind, Person
from models.findings import Code, Finding, Location, Reason, found
from models.id_number import normal_number
from models.policy import Policy
from models.register import KnownChild
from models.submission import EnteredChild
from pipeline.judge.dossier import Dossier
from pipeline.judge.field_legibility import Legibility, legibility_of
from pipeline.judge.name_match import is_placeholder
from pipeline.names.normal import normal_name


def duplicates(dossier: Dossier, known: tuple[KnownChild, ...], policy: Policy) -> Iterator[Finding]:
    """4005 and 疑似重复; one finding a reason at most, so that nothing tells how many records there are.

    4005 answers only a number that a legible page of the child shows: a number that somebody merely types in
    must not find out who is registered.
    """
    for code, reason in sorted({match for _, match in matching(dossier, known, policy)}):
        yield found(code, reason, Location())


def matching(
    dossier: Dossier, known: tuple[KnownChild, ...], policy: Policy
) -> Iterator[tuple[KnownChild, tuple[Code, Reason]]]:
    """The records that say something of the child, each with what it says; for the hospital's eyes alone."""
    printed = printed_numbers(dossier, policy)
    for child in known:
        if (match := _match(dossier, child, printed)) is not None:
            yield child, match


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


def printed_numbers(dossier: Dossier, policy: Policy) -> tuple[frozenset[str], frozenset[str]]:
    """ID numbers and certificate numbers that the child's pages show: read with certainty, or as entered."""
    child = dossier.child
    entered = {normal_number(number) for number in (child.id_number, child.birth_certificate_number) if number}
    ids, certificates = set[str](), set[str]()
    for page in dossier.child_pages:
        certificate = page.kind is PageKind.BIRTH_CERTIFICATE
        field = page.get(Field.CERTIFICATE_NUMBER if certificate else Field.ID_NUMBER)
        if field and field.value and not field.repaired:
            certain = legibility_of(field, policy.legibility).legibility is Legibility.READ
            if certain or field.value in entered:
                (certificates if certificate else ids).add(field.value)
    return frozenset(ids), frozenset(certificates)


def mother_number(dossier: Dossier) -> str | None:
    """The mother's ID number: of the certificate, else of her card in the register."""
    certificate = dossier.certificate
    stated = certificate.value(Field.ID_NUMBER, Person.MOTHER) if certificate else None
    return stated or next((page.value(Field.ID_NUMBER) for page in dossier.members(Person.MOTHER)), None)


_Numbers = tuple[frozenset[str], frozenset[str]]


def _match(dossier: Dossier, known: KnownChild, printed: _Numbers) -> tuple[Code, Reason] | None:
    """What one record says of the child (domain.md, section 5.2)."""
    ids, certificates = child_numbers(dossier)
    if known.id_number in ids or known.birth_certificate_number in certificates:
        return _same_number(dossier, known, printed)
    same_name = _same_name(dossier.child, known)
    another_paper = bool(certificates and known.birth_certificate_number)
    if (ids and known.id_number) or (another_paper and (_named_later(dossier, known) or not same_name)):
        return None  # another number of the same kind is another child; a certificate may have been issued again
    mother = mother_number(dossier)
    same_mother = mother is not None and mother == known.mother_id_number
    if same_mother and _same_birth(dossier.child, known) and (same_name or _named_later(dossier, known)):
        return Code.MAYBE_DUPLICATE, Reason.SAME_NAME_BIRTH_MOTHER
    return None


def _same_number(dossier: Dossier, known: KnownChild, printed: _Numbers) -> tuple[Code, Reason]:
    """4005 where everything agrees; a person looks where a number is typed in only, or something else differs."""
    if known.withdrawn:
        return Code.MAYBE_DUPLICATE, Reason.EXISTING_WITHDRAWN
    ids, _ = child_numbers(dossier)
    another_id = any(known.id_number not in (None, number) for number in ids)
    same_child = _same_birth(dossier.child, known) and _same_name(dossier.child, known)
    if another_id or not same_child or not _shown(known, printed):
        return Code.MAYBE_DUPLICATE, Reason.NUMBER_CONFLICT
    by_id = known.id_number in ids
    return Code.CHILD_EXISTS, Reason.ID_NUMBER if by_id else Reason.BIRTH_CERTIFICATE_NUMBER


def _shown(known: KnownChild, printed: _Numbers) -> bool:
    return known.id_number in printed[0] or known.birth_certificate_number in printed[1]


def _same_birth(child: EnteredChild, known: KnownChild) -> bool:
    return known.birth_date == child.birth_date and known.sex == child.sex


def _named_later(dossier: Dossier, known: KnownChild) -> bool:
    """Whether one of the two is the name that a hospital gave until the family chose: maybe the same child, renamed."""
    return any(is_placeholder(normal_name(name), dossier.parent_names) for name in (known.name, dossier.child.name))


def _same_name(child: EnteredChild, known: KnownChild) -> bool:
    return normal_name(known.name) == normal_name(child.name)
