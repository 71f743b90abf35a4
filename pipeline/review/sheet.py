"""A case as a person looks at it: what keeps it from being decided, its fields side by side, its pages."""

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
from pipeline.review.differences import differing, options
from pipeline.review.field_comparison import Agreement, FieldComparison, canonical, compare_fields
from pipeline.review.finding_rows import row_of_finding
from pipeline.review.paging import SheetPage, pages_of

__all__ = ["Crop", "ReviewRow", "ReviewSheet", "SheetPage", "Validator", "checked_of", "is_of", "sheet_of"]

_MOST_CROPS: Final = 4
DECIDING: Final = frozenset(
    {Field.NAME, Field.SEX, Field.BIRTH_DATE, Field.ID_NUMBER, Field.CERTIFICATE_NUMBER}
)  # of the child
_FIRST_OF_CHILD: Final = (DocumentKind.HOUSEHOLD_REGISTER, DocumentKind.BIRTH_CERTIFICATE, DocumentKind.ID_CARD)
_FIRST_OF_OTHERS: Final = (DocumentKind.ID_CARD, DocumentKind.HOUSEHOLD_REGISTER, DocumentKind.BIRTH_CERTIFICATE)


class Validator(StrEnum):
    """Who vouches for a field."""

    MACHINE = "machine"  # read with certainty, and nothing contradicts
    RULE = "rule"  # asks a person
    PERSON = "person"


class Crop(NamedTuple):
    """A part of a page that is shown enlarged; `at` is the character of the value that it shows, if it is one."""

    page: int
    box: Box
    at: int | None = None


class ReviewRow(NamedTuple):
    """A field of a person.

    Attributes:
        number: In the sheet, from 0.
        read: Whom one believes first, or where a finding points; None where nothing was read.
        others: What other documents say.
        findings: That ask a person about it.
        doubtful: Whether somebody must look: a rule asks, what is compared differs, or a person saw something else.
        options: What it may be, the likeliest first; none twice.
        differing: Characters of `read` that are not those of what was entered.
        crops: Where it stands, the differing characters first.
        validator: Who vouches for it.
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
    """The whole of it; `blockers` are the findings that keep the case from being accepted."""

    pages: tuple[SheetPage, ...]
    rows: tuple[ReviewRow, ...]
    blockers: tuple[Finding, ...]

    @property
    def doubtful(self) -> tuple[ReviewRow, ...]:
        """The rows that somebody must look at."""
        return tuple(row for row in self.rows if row.doubtful)

    @property
    def loose(self) -> tuple[Finding, ...]:
        """Blockers that are about no one field."""
        held = {id(finding) for row in self.rows for finding in row.findings}
        return tuple(finding for finding in self.blockers if id(finding) not in held)

    def page_of(self, file: str | None, page_no: int | None) -> SheetPage | None:
        """Where a field or a finding is to be seen."""
        return next((page for page in self.pages if (page.file, page.page_no) == (file, page_no)), None)


def sheet_of(
    case: Case, result: Result, dossier: Dossier | None, policy: Policy, checked: Sequence[Checked] = ()
) -> ReviewSheet:
    """Lay a case out.

    Args:
        case: What came in.
        result: Of the run that is looked at.
        dossier: What its pages say, where that was kept: sizes, characters and where they stand.
        policy: The hospital's limits.
        checked: What people saw of it before.
    """
    pages = pages_of(case, result, dossier)
    blockers = tuple(finding for finding in result.findings if finding.severity is not Severity.WARNING)
    compared = compare_fields(case.submission, result, policy)
    numbers = {(page.file, page.page_no): page.number for page in pages}
    drawn = _Drawing(_places(dossier), numbers, row_of_finding(compared, blockers, dossier), checked)
    return ReviewSheet(pages, tuple(_row(number, one, drawn) for number, one in enumerate(compared)), blockers)


_Key = tuple[str, int, Field, str]


class _Drawing(NamedTuple):
    """What rows are made with: contents of fields by place and value, numbers of pages, findings, what people saw."""

    places: Mapping[_Key, tuple[PageView, FieldContent]]
    numbers: Mapping[tuple[str, int], int]
    findings: Mapping[int, tuple[Finding, ...]]
    checked: Sequence[Checked]


def _places(dossier: Dossier | None) -> Mapping[_Key, tuple[PageView, FieldContent]]:
    return MappingProxyType(
        {
            (view.file.path, view.content.page_no, slot.field, field.value): (view, field)
            for view in (dossier.pages if dossier else ())
            for slot, field in view.content.fields.items()
            if field.value is not None
        }
    )


def _row(number: int, compared: FieldComparison, drawn: _Drawing) -> ReviewRow:
    findings = drawn.findings.get(number, ())
    read = _foremost(compared, findings)
    others = tuple(value for value in compared.read if value is not read)
    of_child = compared.person is Person.CHILD and compared.field in DECIDING
    doubtful = bool(findings) or (of_child and compared.state in (Agreement.DOUBTFUL, Agreement.DIFFER))
    marked = differing(compared, read)
    crops = (*_crops(read, marked, drawn), *(_whole(value, drawn) for value in others))
    crops = crops or tuple(_blamed(findings, drawn))
    row = ReviewRow(number, compared, read, others, findings, doubtful, (), marked, crops, Validator.MACHINE)
    return _with_people(row, drawn)


def _with_people(row: ReviewRow, drawn: _Drawing) -> ReviewRow:
    """The row with what people saw of it before: who decides next looks again where that is not what was read."""
    said = [one.seen for one in drawn.checked if is_of(row, one)]
    doubtful = row.doubtful or any(_is_news(row, seen) for seen in said)
    held = _content(row.read, drawn)
    told = options(row.compared, row.read, held[1] if held else None, [seen for seen in said if seen])
    validator = Validator.PERSON if said else Validator.RULE if doubtful else Validator.MACHINE
    return row._replace(doubtful=doubtful, options=tuple(told) if doubtful else (), validator=validator)


def _is_news(row: ReviewRow, seen: str | None) -> bool:
    if seen is None or row.read is None:
        return (seen is None) is not (row.read is None)
    return canonical(row.compared.field, seen) != canonical(row.compared.field, row.read.value)


def _foremost(compared: FieldComparison, findings: Sequence[Finding]) -> FieldValue | None:
    blamed = {(finding.file, finding.page_no) for finding in findings}
    order = _FIRST_OF_CHILD if compared.person is Person.CHILD else _FIRST_OF_OTHERS
    ranked = sorted(
        compared.read, key=lambda value: ((value.file, value.page_no) not in blamed, order.index(value.document))
    )
    return ranked[0] if ranked else None


def _content(read: FieldValue | None, drawn: _Drawing) -> tuple[PageView, FieldContent] | None:
    return drawn.places.get((read.file, read.page_no, read.field, read.value)) if read else None


def _crops(read: FieldValue | None, differing: Iterable[int], drawn: _Drawing) -> Iterator[Crop]:
    """The characters that differ, each enlarged where its place is known; then the whole value."""
    if read is None:
        return
    page, found = drawn.numbers[read.file, read.page_no], _content(read, drawn)
    for at in tuple(differing)[:_MOST_CROPS]:
        glyph = found[1].glyph_box(at) if found else None
        box = found[0].on_page(glyph) if found and glyph else None
        if box and box.width and box.height:
            yield Crop(page, box, at)
    yield Crop(page, read.box)


def _whole(value: FieldValue, drawn: _Drawing) -> Crop:
    return Crop(drawn.numbers[value.file, value.page_no], value.box)


def _blamed(findings: Iterable[Finding], drawn: _Drawing) -> Iterator[Crop]:
    """Where something should stand that was not read."""
    for finding in findings:
        page = drawn.numbers.get((finding.file or "", finding.page_no or 0))
        if page is not None and finding.box is not None:
            yield Crop(page, finding.box)


def checked_of(row: ReviewRow, seen: str | None) -> Checked | None:
    """What somebody saw of a row; None for one that nobody could have shown them."""
    held = row.read or next(iter(row.findings), None)
    if held is None or held.document is None or held.file is None or held.page_no is None or held.field is None:
        return None
    return Checked(
        document=held.document,
        person=row.compared.person,
        field=held.field,
        file=held.file,
        page_no=held.page_no,
        box=held.box,
        read=row.read.value if row.read else None,
        confidence=row.read.confidence if row.read else None,
        seen=seen,
    )


def is_of(row: ReviewRow, checked: Checked) -> bool:
    """Whether somebody looked at this row: at this person's field, in this place."""
    shown = checked_of(row, checked.seen)
    return shown is not None and _spot(shown) == _spot(checked)


def _spot(checked: Checked) -> tuple[object, ...]:
    where = (checked.document, checked.file, checked.page_no, checked.box)
    return (checked.person, checked.field, *where)
