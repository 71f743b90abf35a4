"""What findings say to parents, in every language by one way: the messages, the next steps, and the short notice.

A finding gets its words when its case is concluded: the next step depends on the decision of the whole case, and the
name of a page on what else was uploaded.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple

from models.catalogue import CATALOGUE
from models.codes import Code, Reason, Severity
from models.documents import INSTEAD_OF_ID_CARD
from models.findings import Finding
from models.hospital import Hospital
from models.languages import FindingWords, Language, Wordings, facts_in, wordings
from models.names import SEPARATOR, normal_name
from models.places import Upload, other_words, place_words, shown_words
from models.result import Decision, Result, decide

PHONE_LENGTH: Final = 60  # characters of Chinese that a parent reads at a glance
NOTICE_LENGTH: Final = 57  # characters, with the signature
_CHINESE: Final = (Language.ZH_HANS, Language.ZH_HANT)
_DAY: Final = len("2019-11-23")


class MessageText(NamedTuple):
    """The message of a finding, and the next step."""

    message: str
    next_step: str


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
    other = other_words(finding, words, context.upload) if said.named else None
    if said.named and other and finding.severity is Severity.REJECT:
        message, step = (template.format(**other) for template in said.named)
        return MessageText(_capital(message), _capital(step))
    if said.instead and finding.document and finding.document in INSTEAD_OF_ID_CARD.values():
        message, step = (template.format(document=words.documents[finding.document]) for template in said.instead)
        return MessageText(_capital(message), _capital(step))
    quoted = _quoted(finding, words) if quoting and said.quoted and finding.severity is Severity.REJECT else None
    template, step = _templates(said, finding.severity, words, context.decision)
    template = said.quoted if quoted and said.quoted else template
    if said.lost and finding.measured is not None:
        template = said.lost[finding.severity is Severity.WARNING]
    shown = shown_words(finding, words, context.upload) if said.shown else None
    if said.shown and shown and finding.severity is Severity.REVIEW:
        template, quoted = said.shown, shown
    message = template.format(**place_words(finding, words, context.upload), **(quoted or {}))
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
    words, facts, signature = wordings(language), _facts(language, hospital), _signature(language, hospital)
    rejected = [finding.code for finding in findings if finding.severity is Severity.REJECT]
    forms = [
        form.format(count=len(rejected), **facts) for form in _notices(decide(tuple(findings)), set(rejected), words)
    ]
    texts = [f"{signature}{form}" for form in forms]
    return next((text for text in texts if len(text) <= NOTICE_LENGTH), texts[-1])


def too_long(hospital: Hospital) -> Iterator[str]:
    """The next steps and the notices that the hospital's facts make too long, by language, code and reason."""
    for language in _CHINESE:
        for (code, reason), severities in CATALOGUE.items():
            steps = (catalogue_text(code, reason, one, language, hospital).next_step for one in severities)
            yield from (f"{language} {code}/{reason}" for step in steps if len(step) > PHONE_LENGTH)
        signature = _signature(language, hospital)
        for kind, forms in wordings(language).notices:
            if (
                min(len(f"{signature}{form.format(count=99, **_facts(language, hospital))}") for form in forms)
                > NOTICE_LENGTH
            ):
                yield f"{language} notice/{kind}"


def _signature(language: Language, hospital: Hospital) -> str:
    name = _facts(language, hospital)["name"]
    return wordings(language).signature.format(name=name) if name else ""


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
            return _names(entered, read, finding.reason)
        case Code.BIRTH_DATE_DIFFERS:
            days = [_day(value, words) for value in (entered, read)]
            return {"entered": days[0], "read": days[1]} if days[0] and days[1] else None
        case _:
            return {"entered": entered, "read": read}


def _names(entered: str, read: str, reason: Reason) -> dict[str, str] | None:
    """The two lengths, or the first character that differs; the dots between parts of a name do not count."""
    ours, theirs = (normal_name(name).replace(SEPARATOR, "") for name in (entered, read))
    if reason is Reason.LENGTH:
        return {"entered": str(len(ours)), "read": str(len(theirs))} if len(ours) != len(theirs) else None
    pairs = enumerate(zip(ours, theirs, strict=False), start=1)
    at = next(((n, *pair) for n, pair in pairs if pair[0] != pair[1]), None) if len(ours) == len(theirs) else None
    return None if at is None else {"n": str(at[0]), "entered": at[1], "read": at[2]}


def _day(value: str, words: Wordings) -> str:
    try:
        day = date.fromisoformat(value[:_DAY])
    except ValueError:
        return ""
    return words.date.format(year=day.year, month=day.month, day=day.day)
