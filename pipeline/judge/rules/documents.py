"""Faults of documents: expired, of another kind or person, amended, or different from their barcode."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from models.content import FieldContent
from models.documents import DECLARED, DOCUMENT_OF_PAGE, DocumentKind, Field, PageKind
from models.findings import Code, Evidence, Finding, Reason, Severity, found
from models.id_number import age_on, is_certificate_number, normal_number
from models.policy import Policy
from pipeline.extract.guardian_documents.table import GUARDIAN_DOCUMENTS
from pipeline.extract.household import cancellations
from pipeline.judge.dossier import Dossier
from pipeline.judge.field_legibility import Legibility, certain, legibility_of
from pipeline.judge.pages import PageView
from pipeline.judge.rules.legibility import temporary_title

_FOR_EVER: Final = "长期"
_SPANS: Final = ((46, None), (26, 20), (16, 10), (0, 5))  # age at issue, and years of validity; None for no end
_THREE_MONTHS: Final = timedelta(days=92)  # the term of a temporary card (临时居民身份证管理办法, art. 5)
_SURE_TITLE: Final = 0.95  # least confidence of the title's line to reject


def documents(dossier: Dossier, policy: Policy) -> Iterator[Finding]:
    """证件已过期, 证件类型不符 and 信息矛盾, page by page and across them."""
    for page in dossier.pages:
        yield from _not_as_declared(page)
        yield from _amended(page)
        yield from _cancelled(page)
        yield from _barcode(page, policy)
        yield from _temporary(page, policy)
    yield from _expired(dossier, policy)
    yield from _validity(dossier, policy)
    yield from same_side_twice(dossier)
    if dossier.child.birth_date > dossier.today:
        yield found(Code.CONTRADICTION, Reason.AGE)


def _expired(dossier: Dossier, policy: Policy) -> Iterator[Finding]:
    """The guardian's document must be valid on the day of submission; old ones beside it do not matter.

    Source:
        居民身份证法, article 5.
    """
    ends = tuple(_ends(dossier, policy))
    if any(until.value and not _is_over(until.value, dossier.today) for _, until, _ in ends):
        return
    for page, until, surely in ends:
        place, evidence = page.place(Field.VALID_UNTIL), Evidence(read=until.value or until.text)
        if until.value is None:  # legible, but no date
            yield found(Code.CONTRADICTION, Reason.VALIDITY_LENGTH, place, evidence)
            continue
        severity = Severity.REJECT if policy.expired_is_reject and surely else Severity.REVIEW
        yield found(Code.EXPIRED, Reason.EXPIRED, place, evidence, severity=severity)


def _ends(dossier: Dossier, policy: Policy) -> Iterator[tuple[PageView, FieldContent, bool]]:
    """Every legible end of validity, and whether it is certain: under a watermark its lawful term confirms it."""
    born = _born(dossier, policy)
    for page in dossier.guardian_validity:
        until = page.get(Field.VALID_UNTIL)
        legibility = legibility_of(until, policy.legibility).legibility
        if until and legibility is not Legibility.UNREADABLE:
            term = _term(page, policy)
            confirmed = page.content.watermark is None or (term is not None and _is_lawful(*term, born))
            yield page, until, legibility is Legibility.READ and confirmed


def is_two_sided(document: DocumentKind) -> bool:
    """Whether both sides of a guardian's document are asked for."""
    rule = GUARDIAN_DOCUMENTS.get(document)
    return rule is None or rule.two_sided


def _is_over(until: str, today: date) -> bool:
    return until != _FOR_EVER and date.fromisoformat(until) < today


def _validity(dossier: Dossier, policy: Policy) -> Iterator[Finding]:
    """Cards are valid for 5, 10 or 20 years or without end, by the holder's age at issue (art. 5)."""
    born = _born(dossier, policy)
    for page in dossier.of_kind(PageKind.ID_EMBLEM):
        start, until = _term(page, policy) or (None, "")
        if start and not _is_lawful(start, until, born) and not any(_temporary(page, policy)):
            place, evidence = page.place(Field.VALID_UNTIL), Evidence(read=f"{start}-{until}")
            yield found(Code.CONTRADICTION, Reason.VALIDITY_LENGTH, place, evidence)


def _term(page: PageView, policy: Policy) -> tuple[date, str] | None:
    """The start and the end of a card's validity, both read with certainty."""
    start, until = (certain(page.get(field), policy.legibility) for field in (Field.VALID_FROM, Field.VALID_UNTIL))
    return (date.fromisoformat(start), until) if start and until else None


def _born(dossier: Dossier, policy: Policy) -> date | None:
    """The birth date if all portrait sides agree on one; no common field links the two sides of a card."""
    portraits = dossier.of_kind(PageKind.ID_PORTRAIT)
    dates = {certain(page.get(Field.BIRTH_DATE), policy.legibility) for page in portraits}
    born = dates.pop() if len(dates) == 1 else None
    return date.fromisoformat(born) if born else None


def _is_lawful(start: date, until: str, born: date | None) -> bool:
    years = None if until == _FOR_EVER else _whole_years(start, date.fromisoformat(until))
    if born is None:
        return years in {span for _, span in _SPANS}
    age = age_on(born, start)
    return years in [span for least, span in _SPANS if age >= least][:1]  # no span for a card issued before the birth


def _whole_years(start: date, until: date) -> int:
    """Years between two equal days of the year, else 0; 29 February equals the day before or after in other years."""
    equal = (start.month, start.day) == (until.month, until.day)
    leap = (start.month, start.day) == (2, 29) and (until.month, until.day) in ((2, 28), (3, 1))
    return until.year - start.year if equal or leap else 0


def _temporary(page: PageView, policy: Policy) -> Iterator[Finding]:
    """A 临时居民身份证, by its title, or by its term of three months, which stands on the other side."""
    title = temporary_title(page)
    if title:
        severity = Severity.REJECT if title.confidence >= _SURE_TITLE else Severity.REVIEW
        place = page.place().model_copy(update={"document": DocumentKind.ID_CARD, "box": page.on_page(title.box)})
        yield found(Code.EXPIRED, Reason.TEMPORARY, place, Evidence(read=title.text), severity=severity)
    elif term := _term(page, policy):
        start, until = term
        if until != _FOR_EVER and date.fromisoformat(until) - start <= _THREE_MONTHS:
            yield found(
                Code.EXPIRED, Reason.TEMPORARY, page.place(Field.VALID_UNTIL), Evidence(read=f"{start}-{until}")
            )


def _not_as_declared(page: PageView) -> Iterator[Finding]:
    """A warning if the content contradicts the parent's hint; the content decides."""
    shown = DOCUMENT_OF_PAGE.get(page.kind)
    if page.file.hint in DECLARED and shown and shown is not page.file.hint:
        yield found(Code.WRONG_DOCUMENT, Reason.DECLARED, page.place(), severity=Severity.WARNING)


def _amended(page: PageView) -> Iterator[Finding]:
    if page.content.amended:
        yield found(Code.CONTRADICTION, Reason.AMENDED, page.place())


def _cancelled(page: PageView) -> Iterator[Finding]:
    """A card stamped 注销 or 迁出 is not in force any more; the finding points at the stamp."""
    stamps = cancellations(page.content.lines) if page.kind is PageKind.HUKOU_MEMBER else ()
    if stamps:
        place = page.place().model_copy(update={"box": page.on_page(stamps[0].box)})
        yield found(Code.CONTRADICTION, Reason.AMENDED, place, Evidence(read=stamps[0].text))


def _barcode(page: PageView, policy: Policy) -> Iterator[Finding]:
    """The barcode of the 第七版 must equal the printed number."""
    printed = page.get(Field.CERTIFICATE_NUMBER)
    if printed is None or legibility_of(printed, policy.legibility).legibility is Legibility.UNREADABLE:
        return
    for barcode in page.content.barcodes:
        if is_certificate_number(barcode) and normal_number(barcode) != printed.value:
            evidence = Evidence(read=printed.text, entered=barcode)
            yield found(Code.CONTRADICTION, Reason.BARCODE, page.place(Field.CERTIFICATE_NUMBER), evidence)


def same_side_twice(dossier: Dossier) -> Iterator[Finding]:
    """Two pictures show the same side of one person's card, and the other side is missing."""
    if not is_two_sided(dossier.guardian_document):
        return
    portraits, emblems = dossier.guardian_fronts, dossier.guardian_backs
    people = {page.holder for page in portraits}
    if len(portraits) > 1 and not emblems and len(people) == 1:
        yield found(Code.WRONG_DOCUMENT, Reason.WRONG_SIDE, portraits[-1].place())
    if len(emblems) > 1 and not portraits:
        yield found(Code.WRONG_DOCUMENT, Reason.WRONG_SIDE, emblems[-1].place())
