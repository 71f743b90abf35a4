"""The result of a case: the decision with its findings, fields and pages (contract, section 3)."""

from enum import StrEnum
from typing import Literal

from pydantic import Field as Key

from models.base import Model
from models.documents import DocumentKind, Field, PageKind, Person
from models.errors import ExitCode
from models.findings import Finding, Severity
from models.geometry import Box, Quad


class Decision(StrEnum):
    """The decision on a case."""

    ACCEPTED = "accepted"  # 通过
    RETURNED = "returned"  # 退回家长
    REVIEW = "review"  # 待审核


DECISION_TITLES = {Decision.ACCEPTED: "通过", Decision.RETURNED: "退回家长", Decision.REVIEW: "待审核"}

EXIT_OF_DECISION = {
    Decision.ACCEPTED: ExitCode.ACCEPTED,
    Decision.RETURNED: ExitCode.RETURNED,
    Decision.REVIEW: ExitCode.REVIEW,
}


def decide(findings: tuple[Finding, ...]) -> Decision:
    """Returned if any finding rejects, else review if any asks for it, else accepted; warnings have no effect."""
    severities = {finding.severity for finding in findings}
    if Severity.REJECT in severities:
        return Decision.RETURNED
    return Decision.REVIEW if Severity.REVIEW in severities else Decision.ACCEPTED


class FieldValue(Model):
    """A field as read: its value in normal form, its confidence (0-1), and its box on the page as decoded."""

    document: DocumentKind
    person: Person | None
    field: Field
    value: str
    confidence: float
    file: str
    page_no: int
    box: Box


class PageOutcome(Model):
    """One page, or one document on it.

    Attributes:
        legible: Whether its required fields could be read.
        rotation: Degrees, clockwise, by which the page must be turned to stand upright.
        quad: Corners of the document on the page as decoded; without extent for a page that failed.
    """

    file: str
    page_no: int
    kind: PageKind
    legible: bool
    rotation: int
    quad: Quad

    @property
    def was_read(self) -> bool:
        """Whether the engine read the page, perhaps without finding text; False for a page that failed."""
        return self.quad.box.width > 0


class Provenance(Model):
    """How a result was made; all but `seconds` is the same for the same input and version.

    Attributes:
        models: The model files of the engine.
        policy: `Policy.name`.
        input_digest: `Case.input_digest`.
        seconds: The time that processing took.
    """

    version: str
    engine: str
    models: str
    policy: str
    input_digest: str
    seconds: float


class Judgement(Model):
    """A result without ids and provenance, as judging gives it."""

    decision: Decision
    findings: tuple[Finding, ...]
    fields: tuple[FieldValue, ...]
    pages: tuple[PageOutcome, ...]


class Result(Model):
    """The result of one run of one case."""

    version: Literal["child-intake/result@1"] = Key(default="child-intake/result@1", alias="schema")
    submission_id: str
    revision: int
    decision: Decision
    findings: tuple[Finding, ...]
    fields: tuple[FieldValue, ...]
    pages: tuple[PageOutcome, ...]
    provenance: Provenance

    def to_json(self) -> str:
        """The result as one line of JSON, with keys in the contract's order."""
        return self.model_dump_json(by_alias=True)
