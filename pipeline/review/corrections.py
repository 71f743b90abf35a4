"""What people saw beside what the machine read: which characters it takes for others, and an evaluation set of it.

A reading is never changed by what somebody saw; both stand in the verdict. Only fields that somebody looked at are
here, which are mostly those that were in doubt: no sample of all fields.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import Literal, NamedTuple

from pydantic import Field as Key
from rapidfuzz.distance import Levenshtein

from models.base import Model
from models.case import Case
from models.documents import DocumentKind, Field, Person
from models.errors import UnknownCaseError
from models.geometry import Box
from models.result import Result
from models.review import Checked
from models.review_case import Reviewed
from pipeline.ledger.ledger import Ledger
from pipeline.review.field_comparison import canonical
from pipeline.review.finding_rows import row_field


class CheckedField(Model):
    """A field as it was read, beside what somebody saw there; named as the truth of specimens and its scores are.

    Attributes:
        digest: Of the file (SHA-256); None where its scans were erased.
        box: On the page before straightening, in pixels.
        value: The truth; None where a person cannot read it either.
        read: None where nothing was read.
        confidence: Of the reading.
    """

    version: Literal["child-intake/checked-field@1"] = Key(default="child-intake/checked-field@1", alias="schema")
    document: DocumentKind
    person: Person | None
    field: Field
    digest: str | None
    page_no: int
    box: Box | None
    value: str | None
    read: str | None
    confidence: float | None
    engine: str

    @property
    def right(self) -> bool:
        """Whether the reading says what a person sees; a space more or a letter's case says nothing."""
        if self.value is None or self.read is None:
            return self.value is None and self.read is None
        return _form(self.field, self.value) == _form(self.field, self.read)

    def to_json(self) -> str:
        """As one line of JSON."""
        return self.model_dump_json(by_alias=True)


class Confusion(NamedTuple):
    """A character that was read where another stands; empty where none was read, or where none stands."""

    field: Field
    engine: str
    read: str
    seen: str
    times: int

    @property
    def kind(self) -> str:
        """How it went wrong."""
        if not self.read:
            return "missed"
        return "substituted" if self.seen else "invented"


def checked_fields(ledger: Ledger, since: datetime | None = None) -> tuple[CheckedField, ...]:
    """Every field that somebody looked at since then, as who looked last saw it; none of a case that was erased."""
    last: dict[tuple[object, ...], CheckedField] = {}
    for reviewed in ledger.reviews.all_decisions(since):
        with suppress(UnknownCaseError):
            verdict = reviewed.verdict
            case = ledger.cases.get(reviewed.submission_id, reviewed.revision)
            result = ledger.cases.result(reviewed.submission_id, reviewed.revision, verdict.run)
            for place, one in fields_of(reviewed, case, result):
                last.pop(place, None)  # so that the order is that of the last looks
                last[place] = one
    return tuple(last.values())


def fields_of(reviewed: Reviewed, case: Case, result: Result) -> Iterator[tuple[tuple[object, ...], CheckedField]]:
    """The fields of a decision, each with what tells its place from all others."""
    digests = {file.path: file.digest for file in case.files}
    engine = result.provenance.engine
    for one in reviewed.verdict.checked:
        place = (one.file, one.page_no, one.person, one.field, one.box)
        yield (reviewed.submission_id, reviewed.revision, *place), _field(one, digests.get(one.file), engine)


def confusions(fields: Iterable[CheckedField]) -> tuple[Confusion, ...]:
    """Which characters were taken for which, the most frequent ones first; of what nobody can read nothing is known."""
    counted = Counter(
        (one.field, one.engine, *pair)
        for one in fields
        if one.value is not None and one.read is not None
        for pair in _pairs(_form(one.field, one.read), _form(one.field, one.value))
    )
    return tuple(Confusion(*key, times) for key, times in sorted(counted.items(), key=lambda one: (-one[1], one[0])))


def _field(one: Checked, digest: str | None, engine: str) -> CheckedField:
    return CheckedField(
        document=one.document,
        person=one.person,
        field=one.field,
        digest=digest,
        page_no=one.page_no,
        box=one.box,
        value=one.seen,
        read=one.read,
        confidence=one.confidence,
        engine=engine,
    )


def _form(field: Field, value: str) -> str:
    """As it is compared: of a 出生时间 people see the day."""
    return canonical(row_field(field), value)


def _pairs(read: str, seen: str) -> Iterator[tuple[str, str]]:
    """The characters that differ, as few as lead from one text to the other."""
    for edit in Levenshtein.editops(read, seen):
        missed, invented = edit.tag == "insert", edit.tag == "delete"
        yield "" if missed else read[edit.src_pos], "" if invented else seen[edit.dest_pos]
