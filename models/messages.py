"""What findings say to parents, in every language by one way: the messages, the next steps, and the short notice.

A finding gets its words when its case is concluded: the next step depends on the decision of the whole case, and the
name of a page on what else was uploaded.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple

from models.codes import Code, Reason, Severity
from models.documents import DOCUMENT_OF_PAGE, DocumentKind, PageKind, Person
from models.findings import Finding
from models.geometry import Box
from models.hospital import Hospital
from models.languages import FindingWords, Language, Wordings, facts_in, wordings
from models.names import SEPARATOR, normal_name
from models.result import Decision, FieldValue, PageOutcome, Result, decide

NOTICE_LENGTH: Final = 57  # characters, with the signature
_DAY: Final = len("2019-11-23")
_NAMED_BY_KIND: Final = frozenset(DOCUMENT_OF_PAGE) - {PageKind.HUKOU_MEMBER}  # a member page is named by its holder
_NUMBERED: Final = frozenset({DocumentKind.HOUSEHOLD_REGISTER})  # of cards and certificates the name tells the page


class MessageText(NamedTuple):
    """The message of a finding, and the next step."""

    message: str
    next_step: str


class Upload(NamedTuple):
    """What came in, by which a page is named so that a parent finds it.

    Attributes:
        files: The paths of the manifest, in its order.
        pages: Every page of the files that opened.
        fields: What was read; tells whose a page is.
    """

    files: Sequence[str]
    pages: Sequence[PageOutcome] = ()
    fields: Sequence[FieldValue] = ()


class MessageContext(NamedTuple):
    """What the words of a finding depend on, besides the finding."""

    upload: Upload
    decision: Decision
    hospital: Hospital


def context_of(result: Result, files: Sequence[str], hospital: Hospital) -> MessageContext:
    """The context of a result's findings; `files` are the paths of the manifest, in its order."""
    return MessageContext(Upload(files, result.pages, result.fields), result.decision, hospital)


def worded(findings: Sequence[Finding], upload: Upload, hospital: Hospital) -> tuple[Finding, ...]:
    """All findings of a case, with the words that its parent reads."""
    context = MessageContext(upload, decide(tuple(findings)), hospital)
    texts = (message_text(finding, Language.ZH_HANS, context) for finding in findings)
    return tuple(finding.model_copy(update=text._asdict()) for finding, text in zip(findings, texts, strict=True))


def message_text(finding: Finding, language: Language, context: MessageContext, *, quoting: bool = True) -> MessageText:
    """The message and the next step of a finding.

    Args:
        finding: What was found.
        language: In which it is said.
        context: The rest of the case.
        quoting: Whether the message may quote what was typed in and what the document says.
    """
    words = wordings(language)
    said = words.findings[finding.code][finding.reason]
    quoted = _quoted(finding, words) if quoting and said.quoted and finding.severity is Severity.REJECT else None
    template, step = _templates(said, finding.severity, words, context.decision)
    message = (said.quoted if quoted and said.quoted else template).format(
        **_places(finding, words, context.upload), **(quoted or {})
    )
    return MessageText(_capital(message), _capital(step.format(**_facts(language, context.hospital))))


def catalogue_text(
    code: Code, reason: Reason, severity: Severity, language: Language, hospital: Hospital
) -> MessageText:
    """The message and the next step of the catalogue, with the placeholders of pages and files not filled in."""
    words, alone = wordings(language), Decision.RETURNED if severity is Severity.REJECT else Decision.REVIEW
    message, step = _templates(words.findings[code][reason], severity, words, alone)
    return MessageText(message, _capital(step.format(**_facts(language, hospital))))


def notice_text(findings: Sequence[Finding], language: Language, hospital: Hospital) -> str:
    """The short notice about a result: no personal data, and in Chinese at most `NOTICE_LENGTH` characters."""
    words, facts = wordings(language), _facts(language, hospital)
    signature = words.signature.format(name=facts["name"]) if facts["name"] else ""
    rejected = [finding.code for finding in findings if finding.severity is Severity.REJECT]
    forms = [form.format(count=len(rejected), **facts) for form in _notices(decide(tuple(findings)), set(rejected), words)]
    texts = [f"{signature}{form}" for form in forms]
    return next((text for text in texts if len(text) <= NOTICE_LENGTH), texts[-1])


def _notices(decision: Decision, rejected: set[Code], words: Wordings) -> tuple[str, ...]:
    match decision:
        case Decision.ACCEPTED:
            return words.notices.accepted
        case Decision.REVIEW:
            return words.notices.review
        case Decision.RETURNED:
            alone = {Code.CHILD_EXISTS: words.notices.known, Code.UPLOAD_BROKEN: words.notices.broken}
            return (
                alone.get(next(iter(rejected)), words.notices.returned)
                if len(rejected) == 1
                else words.notices.returned
            )


def _templates(said: FindingWords, severity: Severity, words: Wordings, decision: Decision) -> tuple[str, str]:
    """The message and the next step, which agrees with the decision: nobody waits for a case that was returned."""
    match severity:
        case Severity.REJECT:
            return said.reject or ("", "")
        case Severity.REVIEW:
            return said.review or "", words.later if decision is Decision.RETURNED else said.wait or words.wait
        case Severity.WARNING:
            return said.warning or "", words.noted


@lru_cache(maxsize=32)
def _facts(language: Language, hospital: Hospital) -> Mapping[str, str]:
    facts = facts_in(language, hospital)
    hours = facts.hours or ""
    asked = (
        wordings(language).contact.format(telephone=hospital.telephone, hours=hours) if hospital.telephone else hours
    )
    return {
        "name": facts.name or "",
        "scanner": facts.scanner or "",
        "office": facts.office or "",
        "hours": hours,
        "contact": asked,
    }


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _quoted(finding: Finding, words: Wordings) -> dict[str, str] | None:
    """The entered value and the printed one as a message quotes them; None where one is not known."""
    entered, read = finding.entered, finding.read
    if not entered or not read:
        return None
    match finding.code:
        case Code.NAME_DIFFERS:
            return _names(entered, read)
        case Code.BIRTH_DATE_DIFFERS:
            days = [_day(value, words) for value in (entered, read)]
            return {"entered": days[0], "read": days[1]} if days[0] and days[1] else None
        case _:
            return {"entered": entered, "read": read}


def _names(entered: str, read: str) -> dict[str, str] | None:
    """The first character that differs, or the two lengths; the dots between parts of a name do not count."""
    ours, theirs = (normal_name(name).replace(SEPARATOR, "") for name in (entered, read))
    if len(ours) != len(theirs):
        return {"entered": str(len(ours)), "read": str(len(theirs))}
    at = next((at for at, pair in enumerate(zip(ours, theirs, strict=True)) if pair[0] != pair[1]), None)
    return None if at is None else {"n": str(at + 1), "entered": ours[at], "read": theirs[at]}


def _day(value: str, words: Wordings) -> str:
    try:
        day = date.fromisoformat(value[:_DAY])
    except ValueError:
        return ""
    return words.date.format(year=day.year, month=day.month, day=day.day)


def _places(finding: Finding, words: Wordings, upload: Upload) -> dict[str, str]:
    where = _where(finding, words, upload)
    labels = words.labels.get(finding.document, {}) if finding.document else {}
    title = (labels.get(finding.field) or words.fields[finding.field]) if finding.field else ""
    name = _name(_page_of(finding, upload), words, upload)
    return {
        "where": where,
        "spot": words.spot.format(where=where, field=title) if title else where,
        "page": words.named.format(name=name) if name else where,
        "file": _file(finding, words, upload),
    }


def _where(finding: Finding, words: Wordings, upload: Upload) -> str:
    """The page as a parent finds it: by its name if it has one, with numbers where those help; else by its file."""
    page = _page_of(finding, upload)
    name = _name(page, words, upload)
    if page is not None and name:
        place = _beside(page, name, words, upload)
        named = words.named.format(name=name)
        return words.beside.format(name=named, place=place) if place else named
    if finding.file is not None:
        return _file(finding, words, upload)
    return words.documents[finding.document] if finding.document else words.nowhere


def _page_of(finding: Finding, upload: Upload) -> PageOutcome | None:
    """The page that a finding points to; of several documents in one picture the one of its kind that has its box."""
    there = [page for page in upload.pages if (page.file, page.page_no) == (finding.file, finding.page_no)]
    kind = [page for page in there if page.kind is finding.page_kind] or there
    box = finding.box or Box(0, 0, 0, 0)
    return max(kind, key=lambda page: page.quad.box.overlap(box), default=None)


def _name(page: PageOutcome | None, words: Wordings, upload: Upload) -> str | None:
    """The name of a page whose kind and holder are known, such as 户口本孩子本人页."""
    if page is None:
        return None
    if page.kind is PageKind.HUKOU_MEMBER:
        holder = _holder(page, upload)
        return words.holders.get(holder) if holder else None
    return words.pages[page.kind] if page.kind in _NAMED_BY_KIND else None


def _holder(page: PageOutcome, upload: Upload) -> Person | None:
    """Whose page it is, as its fields tell."""
    there = (one for one in upload.fields if (one.file, one.page_no) == (page.file, page.page_no))
    best = max(there, key=lambda one: page.quad.box.overlap(one.box), default=None)
    return best.person if best else None


def _beside(page: PageOutcome, name: str, words: Wordings, upload: Upload) -> str:
    """What tells a named page apart: its number in a file of several pages, its file if another page has the name."""
    others = (one for one in upload.pages if (one.file, one.page_no) != (page.file, page.page_no))
    shared = any(_name(other, words, upload) == name for other in others)
    several = [file for file in upload.files if _is_long(file, upload)]
    number = words.page.format(page=page.page_no) if page.file in several else ""
    if shared or (number and len(several) > 1):
        return _numbered(page.file, page.page_no, words, upload)
    return number if DOCUMENT_OF_PAGE.get(page.kind) in _NUMBERED else ""


def _is_long(file: str | None, upload: Upload) -> bool:
    """Whether a file has several pages."""
    return len({page.page_no for page in upload.pages if page.file == file}) > 1


def _file(finding: Finding, words: Wordings, upload: Upload) -> str:
    """A file by its number, since parents name files after children, with the page if it has several."""
    return _numbered(finding.file, finding.page_no, words, upload, finding.document)


def _numbered(
    file: str | None, page_no: int | None, words: Wordings, upload: Upload, document: DocumentKind | None = None
) -> str:
    named = words.file.format(file=upload.files.index(file) + 1) if file in upload.files else words.some_file
    if document:
        named = words.declared.format(file=named, document=words.documents[document])
    return words.page_of_file.format(file=named, page=page_no) if page_no and _is_long(file, upload) else named
