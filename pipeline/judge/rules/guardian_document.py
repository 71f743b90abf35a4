"""A document that stands for the guardian's ID card: its name and its number against the typed ones.

What check digits verify passes; what nothing verifies goes to a person, and never back to the parent.
"""

from collections.abc import Iterator
from typing import Final

from models.documents import DocumentKind, Field
from models.findings import CATALOGUE, Code, Evidence, Finding, Reason, Severity, found
from models.latin_names import is_latin, same_latin_name
from models.submission import Guardian
from pipeline.extract.guardian_documents.table import GUARDIAN_DOCUMENTS
from pipeline.judge.dossier import Dossier, guardian_number
from pipeline.judge.field_legibility import certain
from pipeline.judge.name_match import NameContext, NameMatch, match_name
from pipeline.judge.pages import PageView

_WHOLE: Final = 6  # characters of the shorter of two ways to write one number, at least


def guardian_document(dossier: Dossier, context: NameContext) -> Iterator[Finding]:
    """姓名待核 and 证件号码不一致 as reviews, 证件类型不符/wrong_member for a stranger's document.

    Of several documents, such as an old passport beside the new one, the one with the fewest findings counts.
    """
    guardian = dossier.submission.guardian
    if guardian is not None and guardian.document is not DocumentKind.ID_CARD:
        pages = [tuple(_findings(page, guardian, context)) for page in dossier.guardian_fronts]
        yield from min(pages, key=len, default=())


def _findings(page: PageView, guardian: Guardian, context: NameContext) -> Iterator[Finding]:
    names = {party.name for party, _ in page.resembles} | {guardian.name}
    matches = [_match(page, name, context) for name in sorted(names)]
    numbered = page.value(Field.ID_NUMBER) is not None and page.value(Field.ID_NUMBER) == guardian_number(guardian)
    if not (page.resembles or numbered or page.content.watermark) and _is_certain(page, matches, context):
        evidence = Evidence(read=page.value(Field.NAME), entered=guardian.name)
        yield found(Code.WRONG_DOCUMENT, Reason.WRONG_MEMBER, page.place(Field.NAME), evidence)
        return
    if not any(match.equal for match in matches):
        yield _name_in_doubt(page, guardian, _match(page, guardian.name, context))
    yield from _number(page, guardian, context)


def _match(page: PageView, name: str, context: NameContext) -> NameMatch:
    """Whether a document is of a person: by the name in the script in which it was typed; no other script tells."""
    printed = page.get(Field.NAME)
    if is_latin(name):
        latin = page.value(Field.LATIN_NAME)
        return NameMatch(True if latin and same_latin_name(name, latin) else None, Reason.UNCERTAIN)
    if printed is None:
        return NameMatch(None, Reason.UNCERTAIN)
    return match_name(name, printed, context.alphabet, context.policy.names)


def _is_certain(page: PageView, matches: list[NameMatch], context: NameContext) -> bool:
    """Whether the name was read with certainty, and is none of those that it may be."""
    read = certain(page.get(Field.NAME), context.policy.legibility)
    return read is not None and all(match.equal is False for match in matches)


def _name_in_doubt(page: PageView, guardian: Guardian, match: NameMatch) -> Finding:
    field = Field.LATIN_NAME if is_latin(guardian.name) or not page.get(Field.NAME) else Field.NAME
    reason = match.reason if match.reason and (Code.NAME_IN_DOUBT, match.reason) in CATALOGUE else Reason.UNCERTAIN
    read = page.get(field)
    evidence = Evidence(read=read.value if read else None, entered=guardian.name, measured=match.measured)
    return found(Code.NAME_IN_DOUBT, reason, page.place(field), evidence)


def _number(page: PageView, guardian: Guardian, context: NameContext) -> Iterator[Finding]:
    """A number that is not the typed one, or that nothing verifies: in doubt, or without a check digit that agrees."""
    rule, read = GUARDIAN_DOCUMENTS[guardian.document], page.get(Field.ID_NUMBER)
    number, typed = certain(read, context.policy.legibility), guardian_number(guardian)
    differs = number is not None and typed is not None and not _same(number, typed)
    if number is not None and rule.is_checked is not None and rule.is_checked(number) and not differs:
        return
    reason = Reason.ENTERED if differs else Reason.CHECKSUM
    evidence = Evidence(
        read=read.value or read.text if read else None,
        entered=guardian.id_number if differs else None,
        measured=read.confidence if read else None,
    )
    place = page.place(Field.ID_NUMBER)
    yield found(Code.NUMBER_DIFFERS, reason, place, evidence, severity=Severity.REVIEW)


def _same(one: str, other: str) -> bool:
    """Whether two numbers are equal; forms leave out the letter of a military ID."""
    shorter, longer = sorted((one, other), key=len)
    return one == other or (len(shorter) >= _WHOLE and longer.endswith(shorter))
