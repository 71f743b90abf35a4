"""Findings: values with the messages of the catalogue (docs/contract.md, section 4)."""

from typing import NamedTuple, Self

from pydantic import Field as Key
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
    """Where a finding points: document, file, page, field and box, as far as known; boxes as in a result."""

    document: DocumentKind | None = None
    file: str | None = None
    page_no: int | None = None
    page_kind: PageKind | None = None
    field: Field | None = None
    box: Box | None = None
    role: str | None = None  # such as 孩子本人页: shown to people beside the page number

    @property
    def words(self) -> str:
        """The page in a parent's words, for example 户口本第5页（孩子本人页）."""
        if self.document is None:
            return "上传的页面"
        page = f"第{self.page_no}页" if self.page_no else ""
        role = f"（{self.role}）" if self.role else ""
        return f"{DOCUMENT_TITLES[self.document]}{page}{role}"


class Finding(Model):
    """One finding: code, reason, location, evidence, message and next step. `found` builds it from the catalogue.

    Attributes:
        document: The document that the finding is about, as far as known.
        file: Its path in the manifest, and `page_no` the page in it, from 1; null if no page shows what is found.
        box: In pixels of the page before it was straightened.
        read: The value on the document; of two contradicting values, the one at this place.
        entered: The value that the parent entered; of two contradicting values, the other one.
        measured: The measure that led to the finding, and `limit` what it must reach; null if nothing was measured.
        message: For the parent, in Chinese.
        next_step: What the parent does next.
    """

    code: Code
    reason: Reason
    severity: Severity
    document: DocumentKind | None = None
    file: str | None = None
    page_no: int | None = Key(default=None, ge=1)
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
    """The evidence of a finding: the value that was read beside the entered one, and a measure beside its limit."""

    read: str | None = None
    entered: str | None = None
    measured: float | None = None
    limit: float | None = None
    detail: str = ""  # for the message only


class Stated(NamedTuple):
    """A value at a location, and the confidence of its reading."""

    place: Location
    read: str | None
    measured: float | None = None


def message_of(code: Code, reason: Reason, place: Location, detail: str) -> str:
    """The catalogue's message for a location; only `detail` may quote a value."""
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
    """Build a finding with the catalogue's message and next step; without a severity the default one.

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
    """Build a finding at each of two contradicting locations; each has the other's value as `entered`.

    Raises:
        KeyError: The catalogue has no such code and reason.
        ValueError: The catalogue does not allow this severity.
    """
    first, second = (
        found(code, reason, here.place, Evidence(here.read, there.read, here.measured), severity=severity)
        for here, there in ((one, other), (other, one))
    )
    return first, second
