"""What reviewers saw beside what the machine read: an evaluation set, and the characters that the engine confuses.

A reviewer's value never changes a reading; the decision keeps both. The set has only fields that reviewers looked at,
mostly doubtful ones: it is no random sample of all fields.
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
from models.review_case import Reviewed
from pipeline.ledger.ledger import Ledger
from pipeline.review.field_comparison import canonical
from pipeline.review.locations import row_field


class CheckedField(Model):
    """A field as read and as a reviewer saw it; keys are those of the specimens' truth and scores.

    Attributes:
        digest: SHA-256 of the file; None if its scans were erased.
        box: On the page before straightening, in pixels.
        value: As the reviewer saw it; None if illegible.
        read: As the machine read it; None if nothing was read.
        confidence: Of the reading, 0-1.
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
        """Whether the reading is what the reviewer saw, in canonical form (spaces and case do not count)."""
        if self.value is None or self.read is None:
            return self.value is None and self.read is None
        return _form(self.field, self.value) == _form(self.field, self.read)

    def to_json(self) -> str:
        """As one line of JSON."""
        return self.model_dump_json(by_alias=True)


class Confusion(NamedTuple):
    """A character that was read instead of another, and how often; empty if none was read, or none is there."""

    field: Field
    engine: str
    read: str
    seen: str
    times: int

    @property
    def kind(self) -> str:
        """The kind of error: missed, invented or substituted."""
        if not self.read:
            return "missed"
        return "substituted" if self.seen else "invented"


def checked_fields(ledger: Ledger, since: datetime | None = None) -> tuple[CheckedField, ...]:
    """Every field that reviewers looked at since then, as the last reviewer saw it; erased cases are left out."""
    last: dict[tuple[object, ...], CheckedField] = {}
    for reviewed in ledger.reviews.all_decisions(since):
        with suppress(UnknownCaseError):
            verdict = reviewed.verdict
            case = ledger.cases.get(reviewed.submission_id, reviewed.revision)
            result = ledger.cases.result(reviewed.submission_id, reviewed.revision, verdict.run)
            for place, one in fields_of(reviewed, case, result):
                last.pop(place, None)  # sorts by the last review
                last[place] = one
    return tuple(last.values())


def fields_of(reviewed: Reviewed, case: Case, result: Result) -> Iterator[tuple[tuple[object, ...], CheckedField]]:
    """The fields of a decision, each with a key of its case and location."""
    digests = {file.path: file.digest for file in case.files}
    engine = result.provenance.engine
    for one in reviewed.verdict.checked:
        place = (one.file, one.page_no, one.person, one.field, one.box)
        values = one.model_dump(exclude={"file", "seen"})
        field = CheckedField(**values, value=one.seen, digest=digests.get(one.file), engine=engine)
        yield (reviewed.submission_id, reviewed.revision, *place), field


def confusions(fields: Iterable[CheckedField]) -> tuple[Confusion, ...]:
    """The characters that the engine confused, most frequent first; illegible fields are left out."""
    counted = Counter(
        (one.field, one.engine, *pair)
        for one in fields
        if one.value is not None and one.read is not None
        for pair in _pairs(_form(one.field, one.read), _form(one.field, one.value))
    )
    return tuple(Confusion(*key, times) for key, times in sorted(counted.items(), key=lambda one: (-one[1], one[0])))


def _form(field: Field, value: str) -> str:
    """The canonical form; of a 出生时间 reviewers see the day only."""
    return canonical(row_field(field), value)


def _pairs(read: str, seen: str) -> Iterator[tuple[str, str]]:
    """The characters that differ, by the shortest edit from one text to the other."""
    for edit in Levenshtein.editops(read, seen):
        missed, invented = edit.tag == "insert", edit.tag == "delete"
        yield "" if missed else read[edit.src_pos], "" if invented else seen[edit.dest_pos]
