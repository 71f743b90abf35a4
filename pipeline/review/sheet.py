"""A case as a person looks at it: what keeps it from being decided, its fields side by side, its pages."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from models.case import Case
from models.documents import DocumentKind, Field, Person
from models.findings import Finding, Severity
from models.geometry import Box
from models.policy import Policy
from models.result import FieldValue, PageOutcome, Result
from models.review import Checked
from pipeline.documents.content import FieldContent
from pipeline.documents.dossier import Dossier
from pipeline.documents.pages import PageView
from pipeline.review.candidates import candidates
from pipeline.side_by_side import Compared, State, comparable, side_by_side

_MOST_OPTIONS: Final = 6
_MOST_CROPS: Final = 4
_DECIDING: Final = frozenset(
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


class Page(NamedTuple):
    """One page of a file, with every document on it.

    Attributes:
        number: In the case, from 0.
        file_no: Of the file in the manifest, from 1: parents name files after children.
        size: Width and height in pixels, of the page before straightening; None where nothing was read of it.
    """

    number: int
    file: str
    file_no: int
    page_no: int
    outcomes: tuple[PageOutcome, ...]
    size: tuple[int, int] | None

    @property
    def rotation(self) -> int:
        """Degrees, clockwise, by which it is turned to stand upright."""
        return self.outcomes[0].rotation


class Row(NamedTuple):
    """A field of a person.

    Attributes:
        number: In the sheet, from 0.
        read: Whom one believes first, or where a finding points; None where nothing was read.
        others: What other documents say.
        findings: That ask a person about it.
        options: What it may be, the likeliest first; none twice.
        differing: Characters of `read` that are not those of what was entered.
        crops: Where it stands, the differing characters first.
        validator: Who vouches for it.
    """

    number: int
    compared: Compared
    read: FieldValue | None
    others: tuple[FieldValue, ...]
    findings: tuple[Finding, ...]
    doubtful: bool
    options: tuple[str, ...]
    differing: tuple[int, ...]
    crops: tuple[Crop, ...]
    validator: Validator


class Sheet(NamedTuple):
    """The whole of it; `blockers` are the findings that keep the case from being accepted."""

    pages: tuple[Page, ...]
    rows: tuple[Row, ...]
    blockers: tuple[Finding, ...]

    @property
    def doubtful(self) -> tuple[Row, ...]:
        """The rows that somebody must look at."""
        return tuple(row for row in self.rows if row.doubtful)

    @property
    def loose(self) -> tuple[Finding, ...]:
        """Blockers that are about no one field."""
        held = {id(finding) for row in self.rows for finding in row.findings}
        return tuple(finding for finding in self.blockers if id(finding) not in held)

    def page_of(self, file: str | None, page_no: int | None) -> Page | None:
        """Where a field or a finding is to be seen."""
        return next((page for page in self.pages if (page.file, page.page_no) == (file, page_no)), None)


def sheet_of(
    case: Case, result: Result, dossier: Dossier | None, policy: Policy, checked: Sequence[Checked] = ()
) -> Sheet:
    """Lay a case out.

    Args:
        case: What came in.
        result: Of the run that is looked at.
        dossier: What its pages say, where that was kept: sizes, characters and where they stand.
        policy: The hospital's limits.
        checked: What people saw of it before.
    """
    pages = _pages(case, result, dossier)
    blockers = tuple(finding for finding in result.findings if finding.severity is not Severity.WARNING)
    places, seen = _places(dossier), frozenset((one.person, one.field) for one in checked)
    numbers = {(page.file, page.page_no): page.number for page in pages}
    drawn = _Drawing(places, numbers, seen)
    rows = [_row(at, one, blockers, drawn) for at, one in enumerate(side_by_side(case.submission, result, policy))]
    return Sheet(pages, tuple(rows), blockers)


_Key = tuple[str, int, Field, str]


class _Drawing(NamedTuple):
    """What rows are made with: contents of fields by place and value, numbers of pages, what people saw."""

    places: Mapping[_Key, tuple[PageView, FieldContent]]
    numbers: Mapping[tuple[str, int], int]
    seen: frozenset[tuple[Person | None, Field]]


def _pages(case: Case, result: Result, dossier: Dossier | None) -> tuple[Page, ...]:
    sizes = {
        (view.file.path, view.content.page_no): (view.content.width, view.content.height)
        for view in (dossier.pages if dossier else ())
    }
    files = [file.path for file in case.files]
    found: dict[tuple[str, int], list[PageOutcome]] = {}
    for outcome in result.pages:
        found.setdefault((outcome.file, outcome.page_no), []).append(outcome)
    return tuple(
        Page(number, file, files.index(file) + 1, page_no, tuple(outcomes), sizes.get((file, page_no)))
        for number, ((file, page_no), outcomes) in enumerate(found.items())
    )


def _places(dossier: Dossier | None) -> Mapping[_Key, tuple[PageView, FieldContent]]:
    return MappingProxyType(
        {
            (view.file.path, view.content.page_no, slot.field, field.value): (view, field)
            for view in (dossier.pages if dossier else ())
            for slot, field in view.content.fields.items()
            if field.value is not None
        }
    )


def _row(number: int, compared: Compared, blockers: Sequence[Finding], drawn: _Drawing) -> Row:
    findings = tuple(finding for finding in blockers if _is_about(finding, compared))
    read = _foremost(compared, findings)
    others = tuple(value for value in compared.read if value is not read)
    of_child = compared.person is Person.CHILD and compared.field in _DECIDING
    doubtful = bool(findings) or (of_child and compared.state in (State.DOUBTFUL, State.DIFFER))
    differing = _differing(compared, read)
    return Row(
        number=number,
        compared=compared,
        read=read,
        others=others,
        findings=findings,
        doubtful=doubtful,
        options=tuple(_options(compared, read, drawn)) if doubtful else (),
        differing=differing,
        crops=tuple(_crops(read, differing, drawn)) + tuple(_whole(value, drawn) for value in others),
        validator=_validator(compared, drawn, doubtful=doubtful),
    )


def _is_about(finding: Finding, compared: Compared) -> bool:
    """Whether a finding points at one of the row's values, or at the child's field of which nothing was read."""
    if finding.field is None:
        return False
    where = {(value.file, value.page_no, value.field) for value in compared.read}
    if (finding.file, finding.page_no, finding.field) in where:
        return finding.read is None or compared.person is Person.CHILD or _says(finding.read, compared)
    return not where and compared.person is Person.CHILD and compared.field is finding.field


def _says(read: str, compared: Compared) -> bool:
    """Of several people on one page a finding is about the one whose value it quotes."""
    form = comparable(compared.field, read)
    return any(comparable(value.field, value.value) == form for value in compared.read)


def _foremost(compared: Compared, findings: Sequence[Finding]) -> FieldValue | None:
    blamed = {(finding.file, finding.page_no) for finding in findings}
    order = _FIRST_OF_CHILD if compared.person is Person.CHILD else _FIRST_OF_OTHERS
    ranked = sorted(
        compared.read, key=lambda value: ((value.file, value.page_no) not in blamed, order.index(value.document))
    )
    return ranked[0] if ranked else None


def _differing(compared: Compared, read: FieldValue | None) -> tuple[int, ...]:
    """Which characters of what was read are not those of what was entered, or of the first other document."""
    others = [value.value for value in compared.read if value is not read]
    beside = compared.entered or next(iter(others), None)
    if read is None or beside is None:
        return ()
    ours, theirs = comparable(compared.field, beside), comparable(compared.field, read.value)
    matcher = SequenceMatcher(None, theirs, ours, autojunk=False)
    blocks = [(start, end) for tag, start, end, _, _ in matcher.get_opcodes() if tag != "equal"]
    return tuple(at for start, end in blocks for at in range(start, end))


def _options(compared: Compared, read: FieldValue | None, drawn: _Drawing) -> Iterator[str]:
    """What a person chooses from: as read, as entered, as others say, and what the lattice holds besides."""
    found = _content(read, drawn)
    alike = [one.text for one in candidates(found[1], _MOST_OPTIONS)] if found else []
    said = [value.value for value in compared.read]
    texts = [*([read.value] if read else []), *([compared.entered] if compared.entered else []), *said, *alike]
    forms: set[str] = set()
    for text in texts:
        form = comparable(compared.field, text)
        if form not in forms and len(forms) < _MOST_OPTIONS:
            forms.add(form)
            yield form


def _content(read: FieldValue | None, drawn: _Drawing) -> tuple[PageView, FieldContent] | None:
    return drawn.places.get((read.file, read.page_no, read.field, read.value)) if read else None


def _crops(read: FieldValue | None, differing: Iterable[int], drawn: _Drawing) -> Iterator[Crop]:
    """The characters that differ, each enlarged where its place is known; then the whole value."""
    if read is None:
        return
    page, found = drawn.numbers[read.file, read.page_no], _content(read, drawn)
    for at in tuple(differing)[:_MOST_CROPS]:
        box = found[1].glyph_box(at) if found else None
        if found and box:
            yield Crop(page, found[0].on_page(box), at)
    yield Crop(page, read.box)


def _whole(value: FieldValue, drawn: _Drawing) -> Crop:
    return Crop(drawn.numbers[value.file, value.page_no], value.box)


def _validator(compared: Compared, drawn: _Drawing, *, doubtful: bool) -> Validator:
    if (compared.person, compared.field) in drawn.seen:
        return Validator.PERSON
    return Validator.RULE if doubtful else Validator.MACHINE


def checked_of(row: Row, seen: str | None) -> Checked | None:
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
