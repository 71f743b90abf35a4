"""Which row of a sheet a finding is about: several people stand on one page, and some fields were not read at all."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from models.documents import Field, Person
from models.findings import Finding
from models.result import FieldValue
from pipeline.judge.dossier import Dossier
from pipeline.judge.pages import PageView
from pipeline.review.field_comparison import FieldComparison, canonical

_PEOPLE: Final = (None, *Person)
# In whose row a field of another name stands.
_ROWS: Final[Mapping[Field, Field]] = MappingProxyType({Field.BIRTH_TIME: Field.BIRTH_DATE})


def row_of_finding(
    rows: Sequence[FieldComparison], findings: Sequence[Finding], dossier: Dossier | None
) -> Mapping[int, tuple[Finding, ...]]:
    """The findings of each row that has some, by its number; what is about no one field is nobody's.

    Args:
        rows: In their order.
        findings: That ask a person.
        dossier: Tells whose a place is where nothing was read; without it, it is taken for the child's.
    """
    held: dict[int, list[Finding]] = {}
    for finding in findings:
        number = _number(rows, finding, dossier) if _has_place(finding) else None
        if number is not None:
            held.setdefault(number, []).append(finding)
    return {number: tuple(found) for number, found in held.items()}


def row_field(field: Field) -> Field:
    """The field in whose row a field stands: the day of a 出生时间 is a date of birth."""
    return _ROWS.get(field, field)


def _has_place(finding: Finding) -> bool:
    """Whether somebody could be shown where it points."""
    return None not in (finding.document, finding.file, finding.page_no, finding.field)


def _number(rows: Sequence[FieldComparison], finding: Finding, dossier: Dossier | None) -> int | None:
    here = (finding.file, finding.page_no, finding.field)
    there = [(n, value) for n, row in enumerate(rows) for value in row.read if _at(value) == here]
    if (told := _meant(finding, there)) is not None:
        return told
    return next(_unread(rows, finding, dossier), None)


def _at(value: FieldValue) -> tuple[str, int, Field]:
    return value.file, value.page_no, value.field


def _meant(finding: Finding, there: Sequence[tuple[int, FieldValue]]) -> int | None:
    """Of the values of a page's people the one that stands in the finding's box, else the one that it quotes."""
    box = finding.box
    if box is None:
        quoted = [n for n, value in there if finding.read is not None and _same(value, finding.read)]
        return next(iter(quoted or [n for n, _ in there]), None)
    shared = [(value.box == box, value.box.overlap(box), n) for n, value in there]
    best = max((one for one in shared if any(one[:2])), default=None, key=lambda one: one[:2])
    return None if best is None else best[2]


def _same(value: FieldValue, read: str) -> bool:
    return canonical(value.field, value.value) == canonical(value.field, read)


def _unread(rows: Sequence[FieldComparison], finding: Finding, dossier: Dossier | None) -> Iterator[int]:
    """Rows of which nothing was read, of the person whose place it is."""
    person = _owner(finding, dossier) if dossier else Person.CHILD
    if finding.field is None or person is None:
        return
    field = row_field(finding.field)
    yield from (n for n, row in enumerate(rows) if (row.person, row.field) == (person, field) and not row.read)


def _owner(finding: Finding, dossier: Dossier) -> Person | None:
    """Whose place a finding points at."""
    views = [
        view for view in dossier.pages if (view.file.path, view.content.page_no) == (finding.file, finding.page_no)
    ]
    return next((owner for view in views for owner in _owners(view, finding)), None)


def _owners(view: PageView, finding: Finding) -> Iterator[Person]:
    if finding.field is None:
        return
    for person in _PEOPLE:
        of_nobody = finding.field is Field.CERTIFICATE_NUMBER
        owner = Person.CHILD if of_nobody else person or view.holder
        if owner and view.place(finding.field, person).box == finding.box:
            yield owner
