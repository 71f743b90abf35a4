"""Findings: values with the messages of the catalogue (docs/contract.md, section 4)."""

from typing import NamedTuple, Self

from pydantic import Field as Key
from pydantic import model_validator

from models.base import Model
from models.catalogue import CATALOGUE, SEVERITY_TITLES, TITLES
from models.codes import Code, Reason, Severity
from models.documents import DocumentKind, Field, PageKind
from models.geometry import Box

__all__ = [
    "CATALOGUE",
    "SEVERITY_TITLES",
    "TITLES",
    "Code",
    "Evidence",
    "Finding",
    "Location",
    "Reason",
    "Severity",
    "Stated",
    "disagreement",
    "found",
]


class Location(Model):
    """Where a finding points: document, file, page, field and box, as far as known; boxes as in a result."""

    document: DocumentKind | None = None
    file: str | None = None
    page_no: int | None = None
    page_kind: PageKind | None = None
    field: Field | None = None
    box: Box | None = None

    @model_validator(mode="before")
    @classmethod
    def _without_role(cls, value: object) -> object:
        """Locations that were stored up to version 0.1 have the name of the page, too; it is made anew."""
        return {name: one for name, one in value.items() if name != "role"} if isinstance(value, dict) else value


class Finding(Model):
    """One finding: code, reason, location, evidence, message and next step.

    Attributes:
        document: The document that the finding is about, as far as known.
        file: Its path in the manifest, and `page_no` the page in it, from 1; null if no page shows what is found.
        box: In pixels of the page before it was straightened.
        read: The value on the document; of two contradicting values, the one at this place.
        entered: The value that the parent entered; of two contradicting values, the other one.
        measured: The measure that led to the finding, and `limit` what it must reach; null if nothing was measured.
        message: What is wrong, and where, for the parent, in Chinese.
        next_step: What the parent does next; it agrees with the decision of the whole case.
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
        if self.severity not in CATALOGUE.get((self.code, self.reason), ()):
            raise ValueError(f"{self.code}/{self.reason}/{self.severity} is not in the catalogue")
        return self


class Evidence(NamedTuple):
    """The evidence of a finding: the value that was read beside the entered one, and a measure beside its limit."""

    read: str | None = None
    entered: str | None = None
    measured: float | None = None
    limit: float | None = None


class Stated(NamedTuple):
    """A value at a location, and the confidence of its reading."""

    place: Location
    read: str | None
    measured: float | None = None


def found(
    code: Code,
    reason: Reason,
    place: Location = Location(),  # noqa: B008 - frozen
    evidence: Evidence = Evidence(),  # noqa: B008 - frozen
    *,
    severity: Severity | None = None,
) -> Finding:
    """Build a finding; without a severity it has the catalogue's default one.

    Its message and its next step are empty until the case is concluded (`models.messages.worded`).

    Raises:
        KeyError: The catalogue has no such code and reason.
        ValueError: The catalogue does not allow this severity.
    """
    severity = severity or CATALOGUE[code, reason][0]
    where, values = place.model_dump(), evidence._asdict()
    return Finding(code=code, reason=reason, severity=severity, **where, **values, message="", next_step="")


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
