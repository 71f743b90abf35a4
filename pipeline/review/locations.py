"""Where things of a case are: its pages, the row that a finding is about, and the locations of fields and pages."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from models.case import Case
from models.content import PageContent
from models.documents import DOCUMENT_OF_PAGE, DocumentKind, Field, Person
from models.findings import Finding, Location
from models.geometry import Box
from models.places import holder_of
from models.result import FieldValue, PageOutcome, Result
from models.review import Checked
from pipeline.judge.dossier import Dossier
from pipeline.judge.pages import PageView
from pipeline.review.field_comparison import FieldComparison, canonical

_PEOPLE: Final = (None, *Person)
# Fields that stand in the row of another field.
_ROWS: Final[Mapping[Field, Field]] = MappingProxyType({Field.BIRTH_TIME: Field.BIRTH_DATE})


class SheetPage(NamedTuple):
    """One page of a file, with every document on it.

    Attributes:
        number: In the case, from 0.
        file_no: Of the file in the manifest, from 1: parents name files after children.
        size: Width and height in pixels, of the page before straightening; None if nothing was read of it.
        holder: Whose card of the household register it is, if that is known.
    """

    number: int
    file: str
    file_no: int
    page_no: int
    outcomes: tuple[PageOutcome, ...]
    size: tuple[int, int] | None
    holder: Person | None

    @property
    def rotation(self) -> int:
        """Degrees, clockwise, by which the page must be turned to stand upright."""
        return self.outcomes[0].rotation


def pages_of(case: Case, result: Result, dossier: Dossier | None) -> tuple[SheetPage, ...]:
    """Every page of every file that was opened, in the order of the result."""
    sizes = {(view.file.path, view.content.page_no): _size(view.content) for view in (dossier.pages if dossier else ())}
    files = [file.path for file in case.files]
    found: dict[tuple[str, int], list[PageOutcome]] = {}
    for outcome in result.pages:
        found.setdefault((outcome.file, outcome.page_no), []).append(outcome)
    return tuple(
        SheetPage(
            number=number,
            file=file,
            file_no=files.index(file) + 1,
            page_no=page_no,
            outcomes=tuple(outcomes),
            size=sizes.get((file, page_no)),
            holder=holder_of(outcomes[0], result.fields) if len(outcomes) == 1 else None,
        )
        for number, ((file, page_no), outcomes) in enumerate(found.items())
    )


def _size(page: PageContent) -> tuple[int, int]:
    """Width and height in pixels of a result."""
    return round(page.width * page.unit), round(page.height * page.unit)


def location_of_field(field: Checked, page: SheetPage, case: Case, dossier: Dossier | None) -> Location:
    """The location of a field on a page."""
    views = [view for view in _views(dossier, page.file, page.page_no) if view.document is field.document]
    holding = [view for view in views if _has_field(view, field.field, field.box)] or views
    whole = holding[0].place() if holding else _by_result(page, case, field.document)
    return whole.model_copy(update={"document": field.document, "field": field.field, "box": field.box})


def location_of_page(page: SheetPage, case: Case, dossier: Dossier | None) -> Location:
    """The location of a page."""
    first = next(_views(dossier, page.file, page.page_no), None)
    return first.place() if first else _by_result(page, case)


def _views(dossier: Dossier | None, file: str | None, page_no: int | None) -> Iterator[PageView]:
    """The documents on a page, if their content was kept."""
    views = dossier.pages if dossier else ()
    yield from (view for view in views if (view.file.path, view.content.page_no) == (file, page_no))


def _has_field(view: PageView, field: Field, box: Box | None) -> bool:
    """Whether this one of two cards in one picture has the field in this box."""
    return any(slot.field is field and view.place(*slot).box == box for slot in view.content.fields)


def _by_result(page: SheetPage, case: Case, document: DocumentKind | None = None) -> Location:
    """A page without kept content: its kind comes from the result, or else from the parent's hint."""
    hints = {file.path: file.hint for file in case.files}
    kinds = [(outcome, DOCUMENT_OF_PAGE.get(outcome.kind, hints.get(page.file))) for outcome in page.outcomes]
    outcome, kind = next((pair for pair in kinds if document is None or pair[1] is document), kinds[0])
    return Location(
        document=document or kind, file=page.file, page_no=page.page_no, page_kind=outcome.kind, box=outcome.quad.box
    )


def row_field(field: Field) -> Field:
    """The field in whose row a field stands: the day of a 出生时间 is a date of birth."""
    return _ROWS.get(field, field)


def row_of_finding(
    rows: Sequence[FieldComparison], findings: Sequence[Finding], dossier: Dossier | None
) -> Mapping[int, tuple[Finding, ...]]:
    """The findings of each row, by the row's number; a finding about no single field belongs to no row.

    Args:
        rows: The rows of the sheet, in order.
        findings: The findings that ask for a person.
        dossier: Gives the owner of a box where nothing was read; without it the child is taken for the owner.
    """
    by_row: dict[int, list[Finding]] = {}
    for finding in findings:
        number = _row_number(rows, finding, dossier) if _is_located(finding) else None
        if number is not None:
            by_row.setdefault(number, []).append(finding)
    return {number: tuple(found) for number, found in by_row.items()}


def _is_located(finding: Finding) -> bool:
    """Whether the finding points at a field of a page."""
    return None not in (finding.document, finding.file, finding.page_no, finding.field)


def _row_number(rows: Sequence[FieldComparison], finding: Finding, dossier: Dossier | None) -> int | None:
    here = (finding.file, finding.page_no, finding.field)
    there = [
        (n, value)
        for n, row in enumerate(rows)
        for value in row.read
        if (value.file, value.page_no, value.field) == here
    ]
    if (number := _row_of_value(finding, there)) is not None:
        return number
    return next(_unread_rows(rows, finding, dossier), None)


def _row_of_value(finding: Finding, there: Sequence[tuple[int, FieldValue]]) -> int | None:
    """Several people may have the field on one page: the value in the finding's box, else the value it quotes."""
    box = finding.box
    if box is None:
        quoted = [n for n, value in there if finding.read is not None and _is_same(value, finding.read)]
        return next(iter(quoted or [n for n, _ in there]), None)
    shared = [(value.box == box, value.box.overlap(box), n) for n, value in there]
    best = max((row for row in shared if any(row[:2])), default=None, key=lambda row: row[:2])
    return None if best is None else best[2]


def _is_same(value: FieldValue, read: str) -> bool:
    return canonical(value.field, value.value) == canonical(value.field, read)


def _unread_rows(rows: Sequence[FieldComparison], finding: Finding, dossier: Dossier | None) -> Iterator[int]:
    """Rows without a reading, of the owner of the finding's box."""
    if finding.field is None:
        return
    views = _views(dossier, finding.file, finding.page_no)
    owner = next((owner for view in views for owner in _owners(view, finding)), None) if dossier else Person.CHILD
    key = (owner, row_field(finding.field))
    yield from (n for n, row in enumerate(rows) if owner and (row.person, row.field) == key and not row.read)


def _owners(view: PageView, finding: Finding) -> Iterator[Person]:
    """The people who have the finding's field in its box."""
    if finding.field is None:
        return
    for person in _PEOPLE:
        owner = Person.CHILD if finding.field is Field.CERTIFICATE_NUMBER else person or view.holder
        if owner and view.place(finding.field, person).box == finding.box:
            yield owner
