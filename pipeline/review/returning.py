"""Why a family is asked to send something again: what a reviewer may choose, and what the parent then reads."""

from collections.abc import Iterator, Mapping
from itertools import chain
from types import MappingProxyType
from typing import Final, NamedTuple

from models.documents import DocumentKind, Field
from models.findings import CATALOGUE, Code, Evidence, Finding, Place, Reason, Severity, found
from models.result import FieldValue
from models.review import Verdict
from pipeline.names.normal import normal_name
from pipeline.review.opened import Opened
from pipeline.review.sheet import Page, Row
from pipeline.rules.names import difference_of
from pipeline.side_by_side import comparable

_NOT_OFFERED: Final = frozenset({Code.BAD_FILE, Code.UPLOAD_BROKEN})  # what a machine finds, or nobody
_ILLEGIBLE: Final = (Code.REGISTER_ILLEGIBLE, Code.ILLEGIBLE)
# What a reviewer mostly makes of a doubt, if not its contrary.
_CERTAIN: Final[Mapping[Code, tuple[Code, Reason]]] = MappingProxyType(
    {
        Code.NAME_IN_DOUBT: (Code.NAME_DIFFERS, Reason.DIFFERENT),
        Code.MAYBE_DUPLICATE: (Code.CHILD_EXISTS, Reason.ID_NUMBER),
        Code.CHILD_EXISTS: (Code.CHILD_EXISTS, Reason.ID_NUMBER),
        Code.SEX_DIFFERS: (Code.SEX_DIFFERS, Reason.ENTERED),
        Code.BIRTH_DATE_DIFFERS: (Code.BIRTH_DATE_DIFFERS, Reason.ENTERED),
        Code.NUMBER_DIFFERS: (Code.NUMBER_DIFFERS, Reason.ENTERED),
    }
)
_OF_FIELD: Final[Mapping[Code, frozenset[Field]]] = MappingProxyType(
    {
        Code.NAME_DIFFERS: frozenset({Field.NAME, Field.FORMER_NAME}),
        Code.SEX_DIFFERS: frozenset({Field.SEX}),
        Code.BIRTH_DATE_DIFFERS: frozenset({Field.BIRTH_DATE, Field.BIRTH_TIME}),
        Code.NUMBER_DIFFERS: frozenset({Field.ID_NUMBER, Field.CERTIFICATE_NUMBER}),
    }
)


class ReasonOffered(NamedTuple):
    """A reason for a return; `likely` are those that what was found suggests."""

    code: Code
    reason: Reason
    likely: bool


def offered(opened: Opened) -> tuple[ReasonOffered, ...]:
    """Every reason that sends a family home, the likely ones first."""
    likely = dict.fromkeys(_likely(opened))
    others = [
        key
        for key, entry in CATALOGUE.items()
        if Severity.REJECT in entry.severities and key[0] not in _NOT_OFFERED and key not in likely
    ]
    return (*(ReasonOffered(*key, True) for key in likely), *(ReasonOffered(*key, False) for key in others))


def _likely(opened: Opened) -> Iterator[tuple[Code, Reason]]:
    for finding in opened.sheet.blockers:
        if finding.code in _CERTAIN:
            yield _CERTAIN[finding.code]
        elif Severity.REJECT in CATALOGUE[finding.code, finding.reason].severities:
            yield finding.code, finding.reason
    documents = [finding.document for finding in opened.sheet.blockers if finding.document]
    for document in documents or [DocumentKind.HOUSEHOLD_REGISTER]:
        yield illegible(document), Reason.BLUR


def illegible(document: DocumentKind) -> Code:
    """The code by which a page of a document cannot be read."""
    return Code.REGISTER_ILLEGIBLE if document is DocumentKind.HOUSEHOLD_REGISTER else Code.ILLEGIBLE


def place_of(opened: Opened, chosen: str) -> Place | None:
    """The place that a reviewer chose: `r3` is a row of the sheet, `p2` a page; None for anything else."""
    kind, number = chosen[:1], chosen[1:]
    if not (number.isascii() and number.isdigit()):
        return None
    if kind == "r" and int(number) < len(opened.sheet.rows):
        return _place_of_row(opened, opened.sheet.rows[int(number)])
    if kind == "p" and int(number) < len(opened.sheet.pages):
        return _place_of_page(opened, opened.sheet.pages[int(number)])
    return None


def _place_of_row(opened: Opened, row: Row) -> Place | None:
    """Where the row's value stands, or where a finding looked for it."""
    held = row.read or next(iter(row.findings), None)
    page = opened.sheet.page_of(held.file, held.page_no) if held else None
    if held is None or page is None:
        return None
    whole = _place_of_page(opened, page)
    return whole.model_copy(update={"document": held.document, "field": held.field, "box": held.box})


def _place_of_page(opened: Opened, page: Page) -> Place:
    """The words by which a parent knows a page come from whose it is."""
    views = opened.dossier.pages if opened.dossier else ()
    for view in views:
        if (view.file.path, view.content.page_no) == (page.file, page.page_no):
            return view.place()
    outcome = page.outcomes[0]
    return Place(file=page.file, page_no=page.page_no, page_kind=outcome.kind, box=outcome.quad.box)


def fits(code: Code, place: Place | None) -> bool:
    """Whether a reason can be given of a place: 3002 of the register, 姓名不一致 of a name."""
    if code in _OF_FIELD:
        return place is not None and place.field in _OF_FIELD[code]
    if code in _ILLEGIBLE:
        return place is not None and place.document is not None and illegible(place.document) is code
    return True


def finding_of(opened: Opened, verdict: Verdict) -> Finding:
    """The finding that a return is, in the words that the parent reads.

    Raises:
        ValueError: The verdict names no reason that sends a family home.
    """
    if verdict.code is None or verdict.reason is None:
        raise ValueError("A return has a reason.")
    place = verdict.place or Place()
    if verdict.code is Code.NAME_DIFFERS and verdict.reason is not Reason.FORMER_NAME:
        return _name_differs(opened, verdict, place)
    evidence = Evidence(read=_seen(opened, verdict), entered=_entered(opened, place))
    return found(verdict.code, verdict.reason, place, evidence, severity=Severity.REJECT)


def place_says_otherwise(opened: Opened, verdict: Verdict) -> bool:
    """Whether a reason says that two values differ, and what stands at its place is what was entered."""
    if verdict.code not in _OF_FIELD or verdict.reason not in (Reason.DIFFERENT, Reason.LENGTH, Reason.ENTERED):
        return False
    row = _row_at(opened, verdict.place or Place())
    seen = _seen(opened, verdict)
    if row is None or seen is None or row.compared.entered is None:
        return True
    return comparable(row.compared.field, seen) == comparable(row.compared.field, row.compared.entered)


def _name_differs(opened: Opened, verdict: Verdict, place: Place) -> Finding:
    """Which character differs follows from what the reviewer sees; a name of other length says so."""
    entered = opened.laid_out.case.submission.child.name
    ours, theirs = normal_name(entered), normal_name(_seen(opened, verdict) or "")
    reason = Reason.DIFFERENT if len(ours) == len(theirs) else Reason.LENGTH
    at = next((at for at, pair in enumerate(zip(ours, theirs, strict=False)) if pair[0] != pair[1]), 0)
    evidence = Evidence(read=theirs, entered=entered, detail=difference_of(ours, theirs, at, reason))
    return found(Code.NAME_DIFFERS, reason, place, evidence, severity=Severity.REJECT)


def _seen(opened: Opened, verdict: Verdict) -> str | None:
    """What stands at the verdict's place: as the reviewer sees it, else as it was read."""
    place = verdict.place or Place()
    here = (place.file, place.page_no, place.field)
    said = [one.seen for one in verdict.checked if (one.file, one.page_no, one.field) == here]
    row = _row_at(opened, place)
    read = [value.value for value in (row.compared.read if row else ()) if _at(value) == here]
    return next(iter((*said, *read)), None)


def _entered(opened: Opened, place: Place) -> str | None:
    row = _row_at(opened, place)
    return row.compared.entered if row else None


def _row_at(opened: Opened, place: Place) -> Row | None:
    """The row that a place is in."""
    here = (place.file, place.page_no, place.field)
    rows = opened.sheet.rows
    of_values = (row for row in rows if any(_at(value) == here for value in row.compared.read))
    of_findings = (row for row in rows if any(_at(finding) == here for finding in row.findings))
    return next(chain(of_values, of_findings), None)


def _at(held: FieldValue | Finding) -> tuple[str | None, int | None, Field | None]:
    return held.file, held.page_no, held.field
