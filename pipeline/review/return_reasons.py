"""The reasons that a reviewer may give for a return, and the finding that the parent then reads."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from models.documents import INSTEAD_OF_ID_CARD, DocumentKind, Field
from models.findings import CATALOGUE, Code, Evidence, Finding, Location, Reason, Severity, found
from models.names import SEPARATOR, normal_name
from models.register import ChildNumbers
from models.review import ReviewDecision
from pipeline.judge.dossier import in_todays_codes
from pipeline.judge.rules.duplicates import child_numbers
from pipeline.review.locations import location_of_page
from pipeline.review.review_case import ReviewCase
from pipeline.review.sheet import ReviewRow, is_of

_BY_MACHINE: Final = frozenset({Code.BAD_FILE, Code.UPLOAD_BROKEN})  # found by the machine only
_ILLEGIBLE: Final = (Code.REGISTER_ILLEGIBLE, Code.ILLEGIBLE)
# The reason that mostly follows when a reviewer confirms a doubt.
_CERTAIN: Final[Mapping[Code, tuple[Code, Reason]]] = MappingProxyType(
    {
        Code.NAME_IN_DOUBT: (Code.NAME_DIFFERS, Reason.DIFFERENT),
        Code.SEX_DIFFERS: (Code.SEX_DIFFERS, Reason.ENTERED),
        Code.BIRTH_DATE_DIFFERS: (Code.BIRTH_DATE_DIFFERS, Reason.ENTERED),
        Code.NUMBER_DIFFERS: (Code.NUMBER_DIFFERS, Reason.ENTERED),
    }
)
OF_FIELD: Final[Mapping[Code, frozenset[Field]]] = MappingProxyType(
    {
        Code.NAME_DIFFERS: frozenset({Field.NAME, Field.FORMER_NAME}),
        Code.SEX_DIFFERS: frozenset({Field.SEX}),
        Code.BIRTH_DATE_DIFFERS: frozenset({Field.BIRTH_DATE, Field.BIRTH_TIME}),
        Code.NUMBER_DIFFERS: frozenset({Field.ID_NUMBER, Field.CERTIFICATE_NUMBER}),
    }
)


class ReasonOffered(NamedTuple):
    """A reason for a return; `likely` if the findings suggest it."""

    code: Code
    reason: Reason
    likely: bool


def offered_reasons(review: ReviewCase) -> tuple[ReasonOffered, ...]:
    """Every reason for a return, the likely ones first."""
    likely = dict.fromkeys(_likely(review))
    others = [key for key in CATALOGUE if _may_be_given(*key) and key not in likely]
    return (*(ReasonOffered(*key, True) for key in likely), *(ReasonOffered(*key, False) for key in others))


def _may_be_given(code: Code, reason: Reason) -> bool:
    """Whether a reviewer may give the reason: it rejects, and the parent can do something about it."""
    rejects = Severity.REJECT in CATALOGUE[code, reason]
    return rejects and code not in _BY_MACHINE and reason is not Reason.CROSS_DOCUMENT


def _likely(review: ReviewCase) -> Iterator[tuple[Code, Reason]]:
    for finding in review.sheet.blockers:
        if _may_be_given(finding.code, finding.reason) or finding.code in _BY_MACHINE:
            yield finding.code, finding.reason
        elif finding.code is Code.MAYBE_DUPLICATE:
            yield Code.CHILD_EXISTS, _by_which_number(review)
        elif finding.code in _CERTAIN:
            yield _CERTAIN[finding.code]
    documents = [finding.document for finding in review.sheet.blockers if finding.document]
    for document in documents or [DocumentKind.HOUSEHOLD_REGISTER]:
        yield illegible(document), Reason.BLUR


def _by_which_number(review: ReviewCase) -> Reason:
    """The kind of number that the case shares with a record of the register."""
    ids, certificates = child_numbers(review.dossier) if review.dossier else ChildNumbers()
    by_id = any(relative.child.id_number in ids for relative in review.relatives)
    by_certificate = any(relative.child.birth_certificate_number in certificates for relative in review.relatives)
    return Reason.BIRTH_CERTIFICATE_NUMBER if by_certificate and not by_id else Reason.ID_NUMBER


def illegible(document: DocumentKind) -> Code:
    """The code for a document that cannot be read."""
    return Code.REGISTER_ILLEGIBLE if document is DocumentKind.HOUSEHOLD_REGISTER else Code.ILLEGIBLE


def place_of(review: ReviewCase, chosen: str) -> Location | None:
    """The place that a reviewer chose: `r3` is a row of the sheet, `p2` a page; None for anything else."""
    row = next((row for row in review.sheet.rows if chosen == f"r{row.number}"), None)
    page = next((page for page in review.sheet.pages if chosen == f"p{page.number}"), None)
    if row is not None:
        return review.location_of_row(row)
    return location_of_page(page, review.laid_out.case, review.dossier) if page is not None else None


def fits(code: Code, place: Location | None) -> bool:
    """Whether a reason can be given of a location.

    3002 of the register, 姓名不一致 of a name, 已过期 of the guardian's document.
    """
    document = place.document if place else None
    if code in OF_FIELD:
        return place is not None and place.field in OF_FIELD[code]
    if code in _ILLEGIBLE:
        return document is not None and illegible(document) is code
    if code is Code.EXPIRED:
        return document is DocumentKind.ID_CARD or document in INSTEAD_OF_ID_CARD.values()
    return code is not Code.WRONG_DOCUMENT or (place is not None and place.file is not None)


def finding_of(review: ReviewCase, verdict: ReviewDecision) -> Finding:
    """The finding of a return, still without the words that the parent reads.

    Raises:
        ValueError: The decision has no reason for a return.
    """
    code, reason, place = verdict.code, verdict.reason, verdict.place or Location()
    if code is None or reason is None or Severity.REJECT not in CATALOGUE.get((code, reason), ()):
        raise ValueError("A return needs a reason that rejects.")
    if code in _BY_MACHINE:
        return _as_found(review, code, reason)
    if code is Code.CHILD_EXISTS:
        return found(code, reason)  # tells nothing about the record, nor which page shows the number
    if code is Code.NAME_DIFFERS and reason is not Reason.FORMER_NAME:
        return _name_differs(review, verdict, place)
    evidence = Evidence(seen_at(review, verdict), _entered(review, code, place)) if code in OF_FIELD else Evidence()
    return found(code, reason, place, evidence, severity=Severity.REJECT)


def _as_found(review: ReviewCase, code: Code, reason: Reason) -> Finding:
    """The machine's own finding, which points at the file."""
    same = (finding for finding in review.sheet.blockers if (finding.code, finding.reason) == (code, reason))
    if (finding := next(same, None)) is None:
        raise ValueError("Only the machine finds that a file does not open.")
    return finding


def _name_differs(review: ReviewCase, verdict: ReviewDecision, place: Location) -> Finding:
    """The name as the reviewer saw it: another character, or another length, where dots do not count."""
    seen, entered = normal_name(seen_at(review, verdict) or ""), entered_name(review)
    ours, theirs = (name.replace(SEPARATOR, "") for name in (normal_name(entered), seen))
    reason = Reason.DIFFERENT if len(ours) == len(theirs) else Reason.LENGTH
    return found(Code.NAME_DIFFERS, reason, place, Evidence(read=seen, entered=entered), severity=Severity.REJECT)


def _entered(review: ReviewCase, code: Code, place: Location) -> str | None:
    row = row_at(review, place)
    return entered_name(review) if code is Code.NAME_DIFFERS else row.compared.entered if row else None


def entered_name(review: ReviewCase) -> str:
    """The child's name as it was typed in, in today's codes."""
    return in_todays_codes(review.laid_out.case, review.policy).submission.child.name


def seen_at(review: ReviewCase, verdict: ReviewDecision) -> str | None:
    """The value at the decision's location: as the reviewer saw it, else as it was read."""
    row = row_at(review, verdict.place)
    if row is None:
        return None
    seen = [checked.seen for checked in verdict.checked if is_of(row, checked)]
    return seen[0] if seen else row.read.value if row.read else None


def row_at(review: ReviewCase, place: Location | None) -> ReviewRow | None:
    """The row of a location: of several people on one page the one whose value is in the box."""
    if place is None or place.field is None:
        return None
    places = ((row, review.location_of_row(row)) for row in review.sheet.rows)
    there = [(row, one) for row, one in places if one and _at(one) == _at(place)]
    exact = [row for row, one in there if one.box == place.box]
    return exact[0] if exact else there[0][0] if len(there) == 1 else None


def _at(place: Location) -> tuple[str | None, int | None, Field | None]:
    return place.file, place.page_no, place.field
