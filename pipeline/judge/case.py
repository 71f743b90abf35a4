"""Judge a case: quality and completeness first, then the comparison with the entered data, then the decision.

Pure: values in, a value out, no pixel and no clock. What cannot be read is never compared.
"""

from collections.abc import Iterable, Iterator

from models.case import FailedPage, StoredFile
from models.content import FieldContent, Slot
from models.documents import DocumentKind, PageKind, Person
from models.findings import Code, Finding
from models.geometry import Box, Quad
from models.languages import Language
from models.messages import notice_text, worded
from models.places import Upload
from models.policy import Policy
from models.register import Birth, ChildNumbers, Delivery, KnownChild, RegisterQuery
from models.result import FieldValue, Judgement, PageOutcome, UnreadField, decide
from pipeline.judge.dossier import Dossier
from pipeline.judge.name_match import NameContext
from pipeline.judge.pages import PageView, Tie
from pipeline.judge.rules.certificates import certificates
from pipeline.judge.rules.completeness import missing, needed_pages
from pipeline.judge.rules.copies import copies
from pipeline.judge.rules.documents import documents
from pipeline.judge.rules.duplicates import child_numbers, duplicates, mother_number, printed_numbers
from pipeline.judge.rules.electronic import electronic
from pipeline.judge.rules.files import broken
from pipeline.judge.rules.guardian_document import guardian_document
from pipeline.judge.rules.guardians import guardians
from pipeline.judge.rules.guardianship import guardianship
from pipeline.judge.rules.household import household
from pipeline.judge.rules.identity import identity
from pipeline.judge.rules.legibility import illegible, unreadable_slots
from pipeline.judge.rules.losses import partly_lost
from pipeline.judge.rules.names import names
from pipeline.judge.rules.parents_without_page import parents_without_page
from pipeline.judge.rules.strangers import strangers


def judge(dossier: Dossier, known: tuple[KnownChild, ...], context: NameContext) -> Judgement:
    """Judge a case.

    Args:
        dossier: The submission, and the content of its pages.
        known: Records of the register that share a key with the case; never its own.
        context: The engine's alphabet, and the hospital's policy and facts.
    """
    fields, pages = tuple(field_values(dossier, context.policy)), tuple(_outcomes(dossier, context.policy))
    upload, hospital = Upload([view.file.path for view in dossier.files], pages, fields), context.hospital
    findings = worded(tuple(_unique(_findings(dossier, known, context))), upload, hospital)
    return Judgement(
        decision=decide(findings),
        notice=notice_text(findings, Language.ZH_HANS, hospital),
        findings=findings,
        fields=fields,
        pages=pages,
    )


def register_query(dossier: Dossier) -> RegisterQuery:
    """The keys by which to look for the child in the register."""
    child, numbers, mother = dossier.child, child_numbers(dossier), mother_number(dossier)
    return RegisterQuery(
        submission_id=dossier.submission.submission_id,
        id_numbers=numbers.id_numbers,
        birth_certificate_numbers=numbers.birth_certificate_numbers,
        births=(Birth(child.name, child.sex, child.birth_date),),
        deliveries=(Delivery(mother, child.birth_date),) if mother else (),
    )


def identifying(dossier: Dossier, policy: Policy) -> ChildNumbers:
    """The numbers that identify a case's child: those on its pages, or the entered ones if its pages show none."""
    printed = printed_numbers(dossier, policy)
    return printed if any(printed) else child_numbers(dossier)


def registration(dossier: Dossier, policy: Policy) -> KnownChild:
    """The record of an accepted case's child for the register, with the numbers on its pages."""
    child = dossier.child
    ids, certificates = printed_numbers(dossier, policy)
    return KnownChild(
        name=child.name,
        sex=child.sex,
        birth_date=child.birth_date,
        id_number=min(ids, default=None),
        birth_certificate_number=min(certificates, default=None),
        mother_id_number=mother_number(dossier),
        submission_id=dossier.submission.submission_id,
    )


def quality_and_completeness(dossier: Dossier, policy: Policy) -> Iterator[Finding]:
    """Faults of files, pages and values that are not legible (blur, glare), and pages that are missing."""
    yield from broken(dossier)
    yield from partly_lost(dossier, policy)
    yield from illegible(dossier, needed_pages(dossier, policy), policy)
    yield from missing(dossier, policy)


def comparison(dossier: Dossier, known: tuple[KnownChild, ...], context: NameContext) -> Iterator[Finding]:
    """What the documents are, and whether they agree with the entered data, with one another and with the register."""
    policy = context.policy
    yield from documents(dossier, policy)
    yield from copies(dossier, policy.copies)
    yield from electronic(dossier, policy)
    yield from certificates(dossier, policy)
    yield from household(dossier, context)
    yield from strangers(dossier)
    yield from guardians(dossier, context)
    yield from guardian_document(dossier, context)
    yield from guardianship(dossier, policy)
    yield from parents_without_page(dossier, policy)
    yield from names(dossier, context)
    yield from identity(dossier, policy)
    yield from duplicates(dossier, known, policy)


def _findings(dossier: Dossier, known: tuple[KnownChild, ...], context: NameContext) -> Iterator[Finding]:
    """All findings; of a case that we failed to read only our faults, or its pages would seem not to have been sent."""
    ours = [finding for finding in broken(dossier) if finding.code is Code.OUR_FAULT]
    if ours:
        yield from ours
        return
    yield from quality_and_completeness(dossier, context.policy)
    yield from comparison(dossier, known, context)


def _unique(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Each finding once, whatever its evidence."""
    seen = set()
    for finding in findings:
        key = (finding.code, finding.reason, finding.file, finding.page_no, finding.field, finding.box)
        if key not in seen:
            seen.add(key)
            yield finding


def field_values(dossier: Dossier, policy: Policy) -> Iterator[FieldValue | UnreadField]:
    """Every field found on the pages, as a result lists it: without a value where its reading means nothing."""
    for page in dossier.pages:
        document = page.document
        for slot, field in page.content.fields.items() if document else ():
            yield _field_value(page, document, slot, field, policy.legibility.unreadable)


def _field_value(
    page: PageView, document: DocumentKind | None, slot: Slot, field: FieldContent, least: float
) -> FieldValue | UnreadField:
    where = {
        "document": document,
        "person": _person(page, slot),
        "field": slot.field,
        "confidence": field.confidence,
        "file": page.file.path,
        "page_no": page.content.page_no,
        "box": page.on_page(field.box),
    }
    if field.value is None or field.confidence < least:
        return UnreadField.model_validate(where)
    return FieldValue.model_validate({**where, "value": field.value})


def _person(page: PageView, slot: Slot) -> Person | None:
    """Whom a field is about; None for a page that is of no person.

    `other` on cards of unknown holders and of strangers, and of the child on another child's certificate.
    """
    person = slot.person or page.holder or (Person.OTHER if page.names_its_holder else None)
    strange = page.tie is Tie.STRANGER or (page.tie is Tie.ANOTHER_CHILD and person is Person.CHILD)
    return Person.OTHER if person and strange else person


def _outcomes(dossier: Dossier, policy: Policy) -> Iterator[PageOutcome]:
    """An outcome for every page, failed ones too, in the order of the files."""
    for file in dossier.files:
        read = (_outcome(view, policy) for view in dossier.pages if view.file is file.file)
        failed = (_failed(page, file.file) for page in file.content.failed)
        yield from sorted((*read, *failed), key=lambda outcome: outcome.page_no)


def _failed(page: FailedPage, file: StoredFile) -> PageOutcome:
    nowhere = Quad.of_box(Box(0, 0, 0, 0))  # marks a page that was not read: PageOutcome.was_read
    kind = PageKind.UNREADABLE
    return PageOutcome(file=file.path, page_no=page.page_no, kind=kind, legible=False, rotation=0, quad=nowhere)


def _outcome(page: PageView, policy: Policy) -> PageOutcome:
    legible = page.kind is not PageKind.UNREADABLE and not unreadable_slots(page, policy.legibility)
    return PageOutcome(
        file=page.file.path,
        page_no=page.content.page_no,
        kind=page.kind,
        legible=legible,
        rotation=page.content.rotation,
        quad=page.content.quad.scaled(page.content.unit),
        edition=page.content.edition,
        document=page.content.document,
    )
