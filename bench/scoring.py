"""A result beside the truth: which fields, page kinds, decisions and findings are right."""

from enum import StrEnum
from typing import Final, NamedTuple

from fixtures.truth import Expected, PrintedField, TruePage
from models.documents import DOCUMENT_OF_PAGE, DocumentKind, Field, Person
from models.findings import Code, Reason, Severity
from models.result import Decision, Result

_NUMBERS: Final = frozenset({Field.ID_NUMBER, Field.CERTIFICATE_NUMBER})
_OF_THE_CHILD: Final = frozenset({Field.NAME, Field.SEX, Field.BIRTH_DATE})


class Outcome(StrEnum):
    """What became of a printed field."""

    RIGHT = "right"
    WRONG = "wrong"  # another value was read
    MISSING = "missing"  # no value was read
    MISPLACED = "misplaced"  # the value is right, and was taken for another person's


class ScoredField(NamedTuple):
    """A printed field and what was read there, of whom; several readings are joined by ` | `."""

    sample: str
    page: TruePage
    printed: PrintedField
    read: str | None
    person: Person | None
    outcome: Outcome

    @property
    def value_right(self) -> bool:
        """What is printed was read, whosever it was taken for."""
        return self.outcome in (Outcome.RIGHT, Outcome.MISPLACED)

    @property
    def document(self) -> DocumentKind | None:
        """The document that the page belongs to."""
        return DOCUMENT_OF_PAGE.get(self.page.kind)


class ScoredPage(NamedTuple):
    """A page and the kinds that were told of it; more than one where several documents were seen."""

    sample: str
    page: TruePage
    kinds: tuple[str, ...]

    @property
    def right(self) -> bool:
        """Exactly its own kind was told."""
        return self.kinds == (self.page.kind,)


class ScoredCase(NamedTuple):
    """A sample's decision and findings beside the expected ones. Warnings decide nothing and are left out."""

    sample: str
    expected: Decision
    decided: Decision
    lacking: tuple[tuple[Code, Reason], ...]
    surplus: tuple[tuple[Code, Reason], ...]
    silently_wrong: tuple[ScoredField, ...]

    @property
    def right(self) -> bool:
        """The decision and every finding are the expected ones."""
        return self.expected is self.decided and not self.lacking and not self.surplus


def score_fields(expected: Expected, result: Result) -> tuple[ScoredField, ...]:
    """Every printed field of a sample."""
    return tuple(_scored(expected.name, page, printed, result) for page in expected.pages for printed in page.fields)


def score_pages(expected: Expected, result: Result) -> tuple[ScoredPage, ...]:
    """Every page of a sample that can be opened."""
    return tuple(
        ScoredPage(
            expected.name,
            page,
            tuple(told.kind for told in result.pages if (told.file, told.page_no) == (page.file, page.page_no)),
        )
        for page in expected.pages
    )


def score_case(expected: Expected, result: Result) -> ScoredCase:
    """The decision, the findings, and what slipped through an acceptance."""
    wanted = set(expected.findings)
    got = {(found.code, found.reason) for found in result.findings if found.severity is not Severity.WARNING}
    accepted = result.decision is Decision.ACCEPTED
    slipped = tuple(field for field in score_fields(expected, result) if _misleads(field)) if accepted else ()
    return ScoredCase(
        expected.name,
        expected.decision,
        result.decision,
        tuple(sorted(wanted - got)),
        tuple(sorted(got - wanted)),
        slipped,
    )


def invented(expected: Expected, result: Result) -> int:
    """Values that were read on a known page where no such field is printed, of anybody."""
    printed = {(page.file, page.page_no, item.field) for page in expected.pages for item in page.fields}
    pages = {(page.file, page.page_no) for page in expected.pages}
    return sum(
        (item.file, item.page_no) in pages and (item.file, item.page_no, item.field) not in printed
        for item in result.fields
    )


def decides(person: Person | None, field: Field) -> bool:
    """Whether the rules hold a field against what was entered or registered."""
    return field in _NUMBERS or (person is Person.CHILD and field in _OF_THE_CHILD)


def _misleads(field: ScoredField) -> bool:
    """A value that the rules use and that is not what is printed; what was not read misleads nobody."""
    return field.outcome is Outcome.WRONG and decides(field.printed.person, field.printed.field)


def _scored(sample: str, page: TruePage, printed: PrintedField, result: Result) -> ScoredField:
    place = (page.file, page.page_no, printed.field)
    here = [item for item in result.fields if (item.file, item.page_no, item.field) == place]
    found = [item for item in here if item.person is printed.person] or here
    read = " | ".join(item.value for item in found) or None
    person = found[0].person if found else None
    return ScoredField(sample, page, printed, read, person, _outcome(read, person, printed))


def _outcome(read: str | None, person: Person | None, printed: PrintedField) -> Outcome:
    if read is None:
        return Outcome.MISSING
    if read != printed.value:
        return Outcome.WRONG
    return Outcome.RIGHT if person is printed.person else Outcome.MISPLACED
