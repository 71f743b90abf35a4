"""Score a judgement against the truth: fields, page kinds, decisions and findings."""

from collections.abc import Iterator
from enum import StrEnum
from itertools import groupby
from typing import Final, NamedTuple

from rapidfuzz.distance import Levenshtein

from fixtures.truth import Expected, PrintedField, TruePage
from models.documents import DOCUMENT_OF_PAGE, DocumentKind, Field, Person
from models.findings import Code, Reason, Severity
from models.geometry import Box
from models.result import Decision, FieldValue, Judgement, values_of

_NUMBERS: Final = frozenset({Field.ID_NUMBER, Field.CERTIFICATE_NUMBER})
_OF_THE_CHILD: Final = frozenset({Field.NAME, Field.SEX, Field.BIRTH_DATE})


class Outcome(StrEnum):
    """The result of a printed field."""

    RIGHT = "right"
    WRONG = "wrong"  # another value was read
    MISSING = "missing"  # no value was read
    MISPLACED = "misplaced"  # the value is right, but assigned to another person


class ScoredField(NamedTuple):
    """A printed field, its reading, and the person that it was assigned to; several readings are joined by ` | `.

    Attributes:
        confidence: Of the reading; None if there is none.
    """

    sample: str
    page: TruePage
    printed: PrintedField
    read: str | None
    person: Person | None
    outcome: Outcome
    confidence: float | None = None

    @property
    def value_right(self) -> bool:
        """Whether the printed value was read, for any person."""
        return self.outcome in (Outcome.RIGHT, Outcome.MISPLACED)

    @property
    def document(self) -> DocumentKind | None:
        """The document that the page belongs to."""
        return DOCUMENT_OF_PAGE.get(self.page.kind)

    @property
    def characters_right(self) -> int:
        """The length of the printed value less its edit distance to the reading; at least 0."""
        edits = Levenshtein.distance(self.printed.value, self.read or "")
        return max(0, len(self.printed.value) - edits)


class ScoredPage(NamedTuple):
    """One picture, its documents, and the page kinds that were recognised."""

    sample: str
    documents: tuple[TruePage, ...]
    kinds: tuple[str, ...]

    @property
    def right(self) -> bool:
        """Whether exactly the kinds of its documents were recognised."""
        return sorted(self.kinds) == sorted(page.kind for page in self.documents)


class ScoredCase(NamedTuple):
    """A sample's decision and findings beside the expected ones; without warnings, which decide nothing."""

    expected: Expected
    decided: Decision
    lacking: tuple[tuple[Code, Reason], ...]
    surplus: tuple[tuple[Code, Reason], ...]
    silently_wrong: tuple[ScoredField, ...]

    @property
    def decision_right(self) -> bool:
        """Whether the decision is the expected one or a tolerated one."""
        return self.decided in (self.expected.decision, *self.expected.tolerated)

    @property
    def right(self) -> bool:
        """Whether the decision is right and, unless the case is arguable, every finding is as expected."""
        agreed = not self.lacking and not self.surplus
        return self.decision_right and (agreed or bool(self.expected.tolerated))


def score_fields(expected: Expected, judged: Judgement) -> tuple[ScoredField, ...]:
    """Score every printed field of a sample."""
    return tuple(_scored(expected.name, page, printed, judged) for page in expected.pages for printed in page.fields)


def score_pages(expected: Expected, judged: Judgement) -> tuple[ScoredPage, ...]:
    """Score every picture of a sample that can be opened."""
    return tuple(
        ScoredPage(
            expected.name,
            documents,
            tuple(told.kind for told in judged.pages if (told.file, told.page_no) == place),
        )
        for place, documents in _pictures(expected)
    )


def score_case(expected: Expected, judged: Judgement) -> ScoredCase:
    """Score the decision, the findings, and the wrong values that an acceptance let through."""
    wanted = set(expected.findings)
    got = {(found.code, found.reason) for found in judged.findings if found.severity is not Severity.WARNING}
    accepted = judged.decision is Decision.ACCEPTED
    slipped = tuple(field for field in score_fields(expected, judged) if _misleads(field)) if accepted else ()
    return ScoredCase(expected, judged.decision, tuple(sorted(wanted - got)), tuple(sorted(got - wanted)), slipped)


def invented(expected: Expected, judged: Judgement) -> int:
    """Values that were read on a known page where no such field is printed, for any person."""
    printed = {(page.file, page.page_no, item.field) for page in expected.pages for item in page.fields}
    pages = {(page.file, page.page_no) for page in expected.pages}
    return sum(
        (item.file, item.page_no) in pages and (item.file, item.page_no, item.field) not in printed
        for item in values_of(judged.fields)
    )


def decides(person: Person | None, field: Field) -> bool:
    """Whether the rules compare a field with entered or registered data."""
    return field in _NUMBERS or (person is Person.CHILD and field in _OF_THE_CHILD)


def _misleads(field: ScoredField) -> bool:
    """Whether the rules use a value that is not what is printed; a missing value does not count."""
    return field.outcome is Outcome.WRONG and decides(field.printed.person, field.printed.field)


def _pictures(expected: Expected) -> Iterator[tuple[tuple[str, int], tuple[TruePage, ...]]]:
    for place, documents in groupby(expected.pages, key=lambda page: (page.file, page.page_no)):
        yield place, tuple(documents)


def _scored(sample: str, page: TruePage, printed: PrintedField, judged: Judgement) -> ScoredField:
    place = (page.file, page.page_no, printed.field)
    here = [
        item for item in values_of(judged.fields)
        if (item.file, item.page_no, item.field) == place and _lies_on(item.box, page)
    ]  # fmt: skip
    found = [item for item in here if item.person is printed.person] or here
    read = " | ".join(dict.fromkeys(item.value for item in found)) or None
    person = found[0].person if found else None
    outcome = _outcome(read, person, printed)
    return ScoredField(sample, page, printed, read, person, outcome, _confidence(found))


def _lies_on(box: Box | None, page: TruePage) -> bool:
    """Whether a value lies on this document, rather than on another one in the same picture."""
    own = page.quad.box
    return box is None or (own.left <= box.centre.x <= own.right and own.top <= box.centre.y <= own.bottom)


def _confidence(found: list[FieldValue]) -> float | None:
    return min((item.confidence for item in found), default=None)


def _outcome(read: str | None, person: Person | None, printed: PrintedField) -> Outcome:
    if read is None:
        return Outcome.MISSING
    if read != printed.value:
        return Outcome.WRONG
    return Outcome.RIGHT if person is printed.person else Outcome.MISPLACED
