"""The result of a case: the decision with its findings, fields and pages (docs/contract.md, section 3)."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import Field as Key

from models.base import Model
from models.documents import DocumentKind, Edition, Field, OtherDocument, PageKind, Person
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
    """A field whose value was read.

    Attributes:
        person: The person that the field is about; null if it belongs to the document as a whole.
        value: In normal form: days as YYYY-MM-DD, numbers in upper-case half-width, names as printed.
        confidence: Calibrated, 0 to 1.
        page_no: Counts from 1 in its file.
        box: In pixels of the page before it was straightened.
    """

    document: DocumentKind
    person: Person | None
    field: Field
    value: str
    confidence: float = Key(ge=0, le=1)
    file: str
    page_no: int = Key(ge=1)
    box: Box


class UnreadField(Model):
    """A field whose place was found, and whose reading means nothing: no such value, or too uncertain to be shown.

    Attributes:
        person: The person that the field is about; null if it belongs to the document as a whole.
        confidence: Calibrated, 0 to 1.
        page_no: Counts from 1 in its file.
        box: In pixels of the page before it was straightened.
    """

    document: DocumentKind
    person: Person | None
    field: Field
    value: None = None
    confidence: float = Key(ge=0, le=1)
    file: str
    page_no: int = Key(ge=1)
    box: Box


ReadFields = tuple[FieldValue | UnreadField, ...]


def values_of(fields: Iterable[FieldValue | UnreadField]) -> tuple[FieldValue, ...]:
    """The fields that have a value, in their order."""
    return tuple(field for field in fields if isinstance(field, FieldValue))


class PageOutcome(Model):
    """One page, or one document on it.

    Attributes:
        page_no: Counts from 1 in its file; the same for two documents in one image.
        legible: Whether its required fields could be read.
        rotation: Degrees, clockwise, by which the page must be turned to stand upright.
        quad: Corners of the document on the page before it was straightened; all at 0 for a page that was not read.
        edition: `electronic` for an electronic certificate or its screenshot, else null.
        document: Which document it is where the kind does not say it, such as `driving_licence`; else null.
    """

    file: str
    page_no: int = Key(ge=1)
    kind: PageKind
    legible: bool
    rotation: int
    quad: Quad
    edition: Edition | None = None
    document: OtherDocument | None = None

    @property
    def was_read(self) -> bool:
        """Whether the engine read the page, perhaps without finding text; False for a page that failed."""
        return self.quad.box.width > 0


class Provenance(Model):
    """How a result was made; all but `seconds` is the same for the same input and version.

    Attributes:
        version: Of child-intake.
        engine: The OCR engine with its models and options.
        models: The model files of the engine.
        policy: The name of the hospital's policy.
        input_digest: SHA-256 over the manifest and the digests of its files.
        seconds: The time that processing took.
        today: The day in Beijing that the rules took for today; null in results that were stored before they said so.
    """

    version: str
    engine: str
    models: str
    policy: str
    input_digest: str
    seconds: float
    today: date | None = None


class Judgement(Model):
    """A result without ids and provenance, as judging gives it."""

    decision: Decision
    notice: str
    findings: tuple[Finding, ...]
    fields: ReadFields
    pages: tuple[PageOutcome, ...]


class Result(Model):
    """The result of one run of one case.

    Attributes:
        revision: Counts from 1; the same `submission_id` with other content makes the next one.
        decision: `returned` if any finding rejects, else `review` if any asks for it, else `accepted`.
        notice: A short text about the whole result, without personal data, for SMS and push; null in results that were
            stored before there were notices.
        findings: In the order of the rules; none appears twice.
        fields: Every value that was read.
        pages: Every page of every file that opened, in the order of the files.
    """

    version: Literal["child-intake/result@1"] = Key(default="child-intake/result@1", alias="schema")
    submission_id: str
    revision: int = Key(ge=1)
    decision: Decision
    notice: str | None = None
    findings: tuple[Finding, ...]
    fields: ReadFields
    pages: tuple[PageOutcome, ...]
    provenance: Provenance

    def to_json(self) -> str:
        """The result as one line of JSON, with keys in the contract's order."""
        return self.model_dump_json(by_alias=True)
