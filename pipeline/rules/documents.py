"""Documents that are not what they should be: expired, another kind's or person's, amended, unlike their barcode."""

from collections.abc import Iterator
from datetime import date

from models.documents import DOCUMENT_OF_PAGE, Field, PageKind
from models.findings import Code, Evidence, Finding, Reason, Severity, found
from models.identity import is_certificate_number
from models.policy import Policy
from pipeline.documents.dossier import Dossier, is_of
from pipeline.documents.household import amendments
from pipeline.documents.pages import PageView
from pipeline.rules.legibility import Legibility, look

_FOR_EVER = "长期"


def documents(dossier: Dossier, policy: Policy) -> Iterator[Finding]:
    """证件已过期, 证件类型不符 and 信息矛盾, page by page."""
    for page in dossier.pages:
        yield from _expired(page, dossier.today, policy)
        yield from _not_as_declared(page)
        yield from _somebody_elses(page, dossier, policy)
        yield from _amended(page)
        yield from _barcode(page, policy)
    yield from _same_side_twice(dossier)


def _expired(page: PageView, today: date, policy: Policy) -> Iterator[Finding]:
    """The guardian's card must be valid on the day of submission (居民身份证法 art. 5)."""
    until = page.get(Field.VALID_UNTIL)
    looks = look(until, policy.legibility).legibility
    if until is None or looks is Legibility.UNREADABLE or until.value == _FOR_EVER:
        return  # what cannot be read is never compared
    evidence = Evidence(read=until.value or until.text)
    if until.value is None:
        yield found(Code.CONTRADICTION, Reason.VALIDITY_LENGTH, page.place(Field.VALID_UNTIL), evidence)
    elif date.fromisoformat(until.value) < today:
        certain = looks is Legibility.READ
        severity = Severity.REJECT if policy.expired_is_reject and certain else Severity.REVIEW
        yield found(Code.EXPIRED, Reason.EXPIRED, page.place(Field.VALID_UNTIL), evidence, severity=severity)


def _not_as_declared(page: PageView) -> Iterator[Finding]:
    """A hint that content contradicts: for the record, since content decides."""
    shown = DOCUMENT_OF_PAGE.get(page.kind)
    if page.file.hint and shown and shown is not page.file.hint:
        yield found(Code.WRONG_DOCUMENT, Reason.DECLARED, page.place(), severity=Severity.WARNING)


def _somebody_elses(page: PageView, dossier: Dossier, policy: Policy) -> Iterator[Finding]:
    """The ID card is the guardian's or of a parent whom the certificate names; any parent's, if nobody is named."""
    if page.kind is not PageKind.ID_PORTRAIT or not dossier.parents or dossier.is_parents(page):
        return
    name = page.get(Field.NAME)
    if name is None or look(name, policy.legibility).legibility is Legibility.UNREADABLE:
        return  # what cannot be read is never compared
    evidence = Evidence(read=name.value, entered=dossier.parents[0].name, measured=name.confidence)
    yield found(Code.WRONG_DOCUMENT, Reason.WRONG_MEMBER, page.place(Field.NAME), evidence)


def _amended(page: PageView) -> Iterator[Finding]:
    if page.kind is PageKind.HUKOU_CHANGES and amendments(page.reading.lines):
        yield found(Code.CONTRADICTION, Reason.AMENDED, page.place())


def _barcode(page: PageView, policy: Policy) -> Iterator[Finding]:
    """The barcode of the 第七版 is the printed number, read without OCR."""
    printed = page.get(Field.CERTIFICATE_NUMBER)
    if printed is None or look(printed, policy.legibility).legibility is Legibility.UNREADABLE:
        return
    for barcode in page.reading.barcodes:
        if is_certificate_number(barcode.text) and barcode.text != printed.value:
            evidence = Evidence(read=printed.text, entered=barcode.text)
            yield found(Code.CONTRADICTION, Reason.BARCODE, page.place(Field.CERTIFICATE_NUMBER), evidence)


def _same_side_twice(dossier: Dossier) -> Iterator[Finding]:
    """Both pictures of the guardian's card show one side, and the other side did not come."""
    portraits = [
        page for page in dossier.of_kind(PageKind.ID_PORTRAIT) if not dossier.parents or is_of(page, dossier.parents[0])
    ]
    emblems = dossier.of_kind(PageKind.ID_EMBLEM)
    for pages, other in ((portraits, emblems), (list(emblems), dossier.of_kind(PageKind.ID_PORTRAIT))):
        if len(pages) > 1 and not other:
            yield found(Code.WRONG_DOCUMENT, Reason.WRONG_SIDE, pages[-1].place())
