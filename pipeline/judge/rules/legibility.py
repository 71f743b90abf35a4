"""Whether the required fields can be read: 3002 and 影像不清, from the measures of the pages.

A page whose required fields were read is never rejected for its picture quality.
"""

from collections.abc import Iterator

from models.content import LineContent, Slot
from models.documents import DocumentKind, Edition, Field, PageKind, Person
from models.findings import Code, Evidence, Finding, Reason, found
from models.policy import LegibilityLimits, Policy
from pipeline.judge.dossier import Dossier
from pipeline.judge.field_legibility import Legibility, legibility_of
from pipeline.judge.pages import PageView
from pipeline.judge.required import REQUIRED
from pipeline.judge.rules.reasons import page_reason, reason_at
from pipeline.judge.screens import of_screen

_TEMPORARY = "临时居民身份证"
# Kinds of pages that some guardians need; of all others they are other documents.
_OF_SOME = frozenset({PageKind.PASSPORT, PageKind.PERMIT, PageKind.RESIDENCE_PERMIT, PageKind.GUARDIANSHIP})

_STRIPES_LOOK_SO = frozenset({Reason.BLUR, Reason.LOW_CONTRAST})


def required_slots(page: PageView) -> tuple[Slot, ...]:
    """The fields that a page is needed for; of an adult's member card only the name."""
    if page.kind is PageKind.ID_PORTRAIT and temporary_title(page):
        return ()
    if page.kind is PageKind.HUKOU_MEMBER and page.holder not in (None, Person.CHILD):
        return (Slot(Field.NAME),)
    return REQUIRED.get(page.kind, ())


def unreadable_slots(page: PageView, limits: LegibilityLimits) -> tuple[Slot, ...]:
    """The required fields of a page that cannot be read."""
    slots = required_slots(page)
    return tuple(slot for slot in slots if legibility_of(page.get(*slot), limits).legibility is Legibility.UNREADABLE)


def temporary_title(page: PageView) -> LineContent | None:
    """The title of a 临时居民身份证; its side of the card has nothing else to read."""
    return next((line for line in page.content.lines if _TEMPORARY in line.text), None)


def is_unread(page: PageView, limits: LegibilityLimits) -> bool:
    """Whether kind or holder of a page cannot be read: neither its name nor its number is legible.

    A page of no known kind counts if the parent declared its document: bad light may have erased its text.
    """
    if page.kind is PageKind.UNREADABLE:
        return True
    if page.kind is PageKind.OTHER:
        return page.file.hint is not None and not is_foreign(page)
    personal = page.kind in (PageKind.HUKOU_MEMBER, PageKind.ID_PORTRAIT)
    if not personal or page.holder is not None or temporary_title(page):
        return False
    identifying = (page.get(field) for field in (Field.NAME, Field.ID_NUMBER))
    return all(legibility_of(field, limits).legibility is Legibility.UNREADABLE for field in identifying)


def is_foreign(page: PageView) -> bool:
    """Whether a page is of another document; bad light may have erased the text of an empty one."""
    return page.kind in _OF_SOME or (page.kind is PageKind.OTHER and bool(page.content.lines))


def illegible(dossier: Dossier, pages: tuple[PageView, ...], policy: Policy) -> Iterator[Finding]:
    """Findings for the needed pages; a field that another picture of the same page supplies is not reported.

    Electronic certificates have layouts of their own, so what is not found on them is for a person to look at. So is
    print that seems blurred or pale on a photo of a screen, whose stripes cross it: 疑似翻拍复印 is found there anyway.
    """
    for page in pages:
        if page.content.edition is Edition.ELECTRONIC:
            continue
        striped = of_screen(page.kind, page.content, policy.copies) is not None
        for finding in _unread(dossier, page, policy.legibility):
            if not (striped and finding.reason in _STRIPES_LOOK_SO):
                yield finding


def _unread(dossier: Dossier, page: PageView, limits: LegibilityLimits) -> Iterator[Finding]:
    if is_unread(page, limits):
        code, reason = _cause(dossier, code_for(page), page_reason(page.content, limits))
        yield found(code, reason, page.place())
        return
    for slot in unreadable_slots(page, limits):
        if not _supplied(slot, page, dossier, limits):
            yield _unreadable_field(dossier, page, slot, limits)


def _supplied(slot: Slot, page: PageView, dossier: Dossier, limits: LegibilityLimits) -> bool:
    """Whether another picture of the same page supplies the field; pages of unknown holder never count as the same."""
    if page.kind is PageKind.BIRTH_CERTIFICATE or (page.kind is PageKind.HUKOU_MEMBER and page.holder is None):
        return False
    twins = (
        other
        for other in dossier.pages
        if other is not page and other.kind is page.kind and other.holder is page.holder
    )
    return any(legibility_of(other.get(*slot), limits).legibility is not Legibility.UNREADABLE for other in twins)


def code_for(page: PageView) -> Code:
    """3002 for the household register, 影像不清 for the others."""
    return Code.REGISTER_ILLEGIBLE if page.document is DocumentKind.HOUSEHOLD_REGISTER else Code.ILLEGIBLE


def _cause(dossier: Dossier, code: Code, reason: Reason) -> tuple[Code, Reason]:
    """Why something cannot be read: where words 仅供…使用 lie over pages they may be the cause, and a person looks."""
    return (Code.COPY, Reason.WATERMARK) if dossier.is_watermarked else (code, reason)


def _unreadable_field(dossier: Dossier, page: PageView, slot: Slot, limits: LegibilityLimits) -> Finding:
    legibility = legibility_of(page.get(*slot), limits)
    place = page.place(*slot)
    evidence = Evidence(measured=legibility.measured, limit=legibility.limit)
    return found(*_cause(dossier, code_for(page), _reason(page, slot, limits)), place, evidence)


def _reason(page: PageView, slot: Slot, limits: LegibilityLimits) -> Reason:
    field = page.get(*slot)
    if field or slot in page.content.labels:
        return reason_at(page.content, page.unclipped(*slot), page.content.lines_of(field) if field else (), limits)
    return page_reason(page.content, limits)
