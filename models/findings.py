"""Findings: data, with the words of one catalogue (contract, section 4)."""

from typing import NamedTuple, Self

from pydantic import model_validator

from models.base import Model
from models.catalogue import CATALOGUE, NOTED, SEVERITY_TITLES, TITLES, CatalogueEntry
from models.codes import Code, Reason, Severity
from models.documents import DOCUMENT_TITLES, FIELD_TITLES, DocumentKind, Field, PageKind
from models.geometry import Box

__all__ = [
    "CATALOGUE",
    "SEVERITY_TITLES",
    "TITLES",
    "CatalogueEntry",
    "Code",
    "Evidence",
    "Finding",
    "Location",
    "Reason",
    "Severity",
    "Stated",
    "disagreement",
    "found",
    "message_of",
]


class Location(Model):
    """Where a finding points: as much of document, file, page, field and box as is known."""

    document: DocumentKind | None = None
    file: str | None = None
    page_no: int | None = None
    page_kind: PageKind | None = None
    field: Field | None = None
    box: Box | None = None
    role: str | None = None  # 孩子本人页 and its kin: words for people, beside the page number

    @property
    def words(self) -> str:
        """The page as a parent would name it, for example 户口本第5页（孩子本人页）."""
        if self.document is None:
            return "上传的页面"
        page = f"第{self.page_no}页" if self.page_no else ""
        role = f"（{self.role}）" if self.role else ""
        return f"{DOCUMENT_TITLES[self.document]}{page}{role}"


class Finding(Model):
    """One thing that was found, where, how much, and what to do next. Built by `found`, from the catalogue only."""

    code: Code
    reason: Reason
    severity: Severity
    document: DocumentKind | None = None
    file: str | None = None
    page_no: int | None = None
    page_kind: PageKind | None = None
    field: Field | None = None
    box: Box | None = None
    read: str | None = None
    entered: str | None = None
    measured: float | None = None
    limit: float | None = None
    message: str
    next_step: str

    @model_validator(mode="after")
    def _in_catalogue(self) -> Self:
        entry = CATALOGUE.get((self.code, self.reason))
        if entry is None or self.severity not in entry.severities:
            raise ValueError(f"{self.code}/{self.reason}/{self.severity} is not in the catalogue")
        return self


class Evidence(NamedTuple):
    """What a finding rests on: values side by side, and the number beside its limit."""

    read: str | None = None
    entered: str | None = None
    measured: float | None = None
    limit: float | None = None
    detail: str = ""  # words for the message only


class Stated(NamedTuple):
    """What stands at a place, as it was read, and how sure that is."""

    place: Location
    read: str | None
    measured: float | None = None


def message_of(code: Code, reason: Reason, place: Location, detail: str) -> str:
    """The catalogue's message for a place; `detail` is the only part that may quote a value."""
    field = f"{FIELD_TITLES[place.field]}处" if place.field else ""
    return CATALOGUE[code, reason].message.format(where=place.words, field=field, detail=detail)


def found(
    code: Code,
    reason: Reason,
    place: Location = Location(),  # noqa: B008 - frozen
    evidence: Evidence = Evidence(),  # noqa: B008 - frozen
    *,
    severity: Severity | None = None,
) -> Finding:
    """Build a finding with the catalogue's words.

    Raises:
        KeyError: The catalogue has no such code and reason.
        ValueError: The catalogue does not allow this severity.
    """
    entry = CATALOGUE[code, reason]
    severity = severity or entry.severities[0]
    return Finding(
        code=code,
        reason=reason,
        severity=severity,
        **place.model_dump(exclude={"role"}),
        **{key: value for key, value in evidence._asdict().items() if key != "detail"},
        message=message_of(code, reason, place, evidence.detail),
        next_step=NOTED if severity is Severity.WARNING else entry.next_step,
    )


def disagreement(
    code: Code, reason: Reason, one: Stated, other: Stated, *, severity: Severity | None = None
) -> tuple[Finding, Finding]:
    """Two places that contradict each other: a finding at each of them, which tells what stands at the other.

    Raises:
        KeyError: The catalogue has no such code and reason.
        ValueError: The catalogue does not allow this severity.
    """
    first, second = (
        found(code, reason, here.place, Evidence(here.read, there.read, here.measured), severity=severity)
        for here, there in ((one, other), (other, one))
    )
    return first, second
