"""The sheet of a case for review: blockers, fields side by side, and pages."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from models.case import Case
from models.content import FieldContent
from models.documents import DocumentKind, Field, Person
from models.findings import Finding, Severity
from models.geometry import Box
from models.policy import Policy
from models.result import FieldValue, Result
from models.review import Checked
from pipeline.judge.dossier import Dossier
from pipeline.judge.pages import PageView
from pipeline.review.field_comparison import Agreement, FieldComparison, canonical, compare_fields
from pipeline.review.locations import SheetPage, pages_of, row_of_finding
from pipeline.review.readings_offered import differing, options

__all__ = ["Crop", "ReviewRow", "ReviewSheet", "SheetPage", "Validator", "checked_of", "is_of", "sheet_of"]

_MOST_CROPS: Final = 4
DECIDING: Final = frozenset(
    {Field.NAME, Field.SEX, Field.BIRTH_DATE, Field.ID_NUMBER, Field.CERTIFICATE_NUMBER}
)  # of the child
_FIRST_OF_CHILD: Final = (DocumentKind.HOUSEHOLD_REGISTER, DocumentKind.BIRTH_CERTIFICATE, DocumentKind.ID_CARD)
_FIRST_OF_OTHERS: Final = (DocumentKind.ID_CARD, DocumentKind.HOUSEHOLD_REGISTER, DocumentKind.BIRTH_CERTIFICATE)


class Validator(StrEnum):
    """Who validated a field."""

    MACHINE = "machine"  # read with certainty, and nothing contradicts it
    RULE = "rule"  # a rule asks for a person
    PERSON = "person"  # a reviewer looked at it


class Crop(NamedTuple):
    """A part of a page to enlarge; `at` is the index of the character it shows, if it shows a single one."""

    page: int
    box: Box
    at: int | None = None


class ReviewRow(NamedTuple):
    """A field of a person.

    Attributes:
        number: In the sheet, from 0.
        read: The value of the page that a finding points at, or of the most trusted document; None if nothing was read.
        others: The values of other documents.
        findings: The blockers about this field.
        doubtful: Whether the reviewer must look: a rule asks, values differ, or an earlier reviewer saw another value.
        options: The possible values, the likeliest first, without repetition.
        differing: Indices of the characters of `read` that differ from the entered value.
        crops: The parts of pages to enlarge, differing characters first.
        validator: Who validated the field.
    """

    number: int
    compared: FieldComparison
    read: FieldValue | None
    others: tuple[FieldValue, ...]
    findings: tuple[Finding, ...]
    doubtful: bool
    options: tuple[str, ...]
    differing: tuple[int, ...]
    crops: tuple[Crop, ...]
    validator: Validator


class ReviewSheet(NamedTuple):
    """All rows and pages; `blockers` are the findings that are not warnings."""

    pages: tuple[SheetPage, ...]
    rows: tuple[ReviewRow, ...]
    blockers: tuple[Finding, ...]

    @property
    def doubtful(self) -> tuple[ReviewRow, ...]:
        """The rows that the reviewer must look at."""
        return tuple(row for row in self.rows if row.doubtful)

    @property
    def loose(self) -> tuple[Finding, ...]:
        """Blockers that are about no single field."""
        in_rows = {id(finding) for row in self.rows for finding in row.findings}
        return tuple(finding for finding in self.blockers if id(finding) not in in_rows)

    def page_of(self, file: str | None, page_no: int | None) -> SheetPage | None:
        """The page of a field or a finding; None if the sheet has no such page."""
        return next((page for page in self.pages if (page.file, page.page_no) == (file, page_no)), None)


def sheet_of(
    case: Case, result: Result, dossier: Dossier | None, policy: Policy, checked: Sequence[Checked] = ()
) -> ReviewSheet:
    """Build the sheet of a case.

    Args:
        case: The submission and its files.
        result: The result of the run under review.
        dossier: The content of its pages, if it was kept: sizes, characters and their positions.
        policy: The hospital's limits.
        checked: What earlier reviewers saw.
    """
    pages = pages_of(case, result, dossier)
    blockers = tuple(finding for finding in result.findings if finding.severity is not Severity.WARNING)
    compared = compare_fields(case.submission, result, policy)
    numbers = {(page.file, page.page_no): page.number for page in pages}
    sources = _Sources(_contents(dossier), numbers, row_of_finding(compared, blockers, dossier), checked)
    return ReviewSheet(pages, tuple(_row(number, one, sources) for number, one in enumerate(compared)), blockers)


_Key = tuple[str, int, Field, str]


class _Sources(NamedTuple):
    """What rows are built from: field contents by location and value, page numbers, findings, earlier reviews."""

    contents: Mapping[_Key, tuple[PageView, FieldContent]]
    numbers: Mapping[tuple[str, int], int]
    findings: Mapping[int, tuple[Finding, ...]]
    checked: Sequence[Checked]


def _contents(dossier: Dossier | None) -> Mapping[_Key, tuple[PageView, FieldContent]]:
    return MappingProxyType(
        {
            (view.file.path, view.content.page_no, slot.field, field.value): (view, field)
            for view in (dossier.pages if dossier else ())
            for slot, field in view.content.fields.items()
            if field.value is not None
        }
    )


def _row(number: int, compared: FieldComparison, sources: _Sources) -> ReviewRow:
    findings = sources.findings.get(number, ())
    read = _foremost(compared, findings)
    others = tuple(value for value in compared.read if value is not read)
    of_child = compared.person is Person.CHILD and compared.field in DECIDING
    doubtful = bool(findings) or (of_child and compared.state in (Agreement.DOUBTFUL, Agreement.DIFFER))
    marked = differing(compared, read)
    crops = (*_crops(read, marked, sources), *(_whole(value, sources) for value in others))
    crops = crops or tuple(_finding_boxes(findings, sources))
    row = ReviewRow(number, compared, read, others, findings, doubtful, (), marked, crops, Validator.MACHINE)
    return _with_reviews(row, sources)


def _with_reviews(row: ReviewRow, sources: _Sources) -> ReviewRow:
    """The row with what earlier reviewers saw: it is doubtful if that differs from what was read."""
    seen = [checked.seen for checked in sources.checked if is_of(row, checked)]
    doubtful = row.doubtful or any(_differs_from_read(row, one) for one in seen)
    source = _content(row.read, sources)
    offered = options(row.compared, row.read, source[1] if source else None, [one for one in seen if one])
    validator = Validator.PERSON if seen else Validator.RULE if doubtful else Validator.MACHINE
    return row._replace(doubtful=doubtful, options=tuple(offered) if doubtful else (), validator=validator)


def _differs_from_read(row: ReviewRow, seen: str | None) -> bool:
    if seen is None or row.read is None:
        return (seen is None) is not (row.read is None)
    return canonical(row.compared.field, seen) != canonical(row.compared.field, row.read.value)


def _foremost(compared: FieldComparison, findings: Sequence[Finding]) -> FieldValue | None:
    """The value of the page that a finding points at, else of the document that is trusted most."""
    pointed_at = {(finding.file, finding.page_no) for finding in findings}
    order = _FIRST_OF_CHILD if compared.person is Person.CHILD else _FIRST_OF_OTHERS
    ranked = sorted(
        compared.read, key=lambda value: ((value.file, value.page_no) not in pointed_at, order.index(value.document))
    )
    return ranked[0] if ranked else None


def _content(read: FieldValue | None, sources: _Sources) -> tuple[PageView, FieldContent] | None:
    return sources.contents.get((read.file, read.page_no, read.field, read.value)) if read else None


def _crops(read: FieldValue | None, differing: Iterable[int], sources: _Sources) -> Iterator[Crop]:
    """The characters that differ, each enlarged if its position is known; then the whole value."""
    if read is None:
        return
    page, found = sources.numbers[read.file, read.page_no], _content(read, sources)
    for at in tuple(differing)[:_MOST_CROPS]:
        glyph = found[1].glyph_box(at) if found else None
        box = found[0].on_page(glyph) if found and glyph else None
        if box and box.width and box.height:
            yield Crop(page, box, at)
    yield Crop(page, read.box)


def _whole(value: FieldValue, sources: _Sources) -> Crop:
    return Crop(sources.numbers[value.file, value.page_no], value.box)


def _finding_boxes(findings: Iterable[Finding], sources: _Sources) -> Iterator[Crop]:
    """The boxes of findings, for a field that was not read."""
    for finding in findings:
        page = sources.numbers.get((finding.file or "", finding.page_no or 0))
        if page is not None and finding.box is not None:
            yield Crop(page, finding.box)


def checked_of(row: ReviewRow, seen: str | None) -> Checked | None:
    """A row with the value that a reviewer saw; None for a row that points at no field of a page."""
    source = row.read or next(iter(row.findings), None)
    if source is None or not (source.document and source.file and source.page_no and source.field):
        return None
    return Checked(
        document=source.document,
        person=row.compared.person,
        field=source.field,
        file=source.file,
        page_no=source.page_no,
        box=source.box,
        read=row.read.value if row.read else None,
        confidence=row.read.confidence if row.read else None,
        seen=seen,
    )


def is_of(row: ReviewRow, checked: Checked) -> bool:
    """Whether a check is of this row: of this person's field in the same box."""
    shown = checked_of(row, checked.seen)
    names = {"document", "person", "field", "file", "page_no", "box"}
    return shown is not None and all(getattr(shown, name) == getattr(checked, name) for name in names)
