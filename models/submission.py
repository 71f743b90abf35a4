"""A submission: the entered child, and the files that came with it (docs/contract.md, section 1)."""

import json
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, ValidationError, field_validator

from models.base import Model
from models.documents import DocumentKind
from models.errors import BadManifestError, ManifestProblem
from models.manifest_values import (
    ARRIVING,
    BLANK_IS_ABSENT,
    Day,
    DeclaredKind,
    Moment,
    OptionalNumber,
    OptionalPhone,
    PersonName,
    RelativePath,
    SubmissionId,
    one_of,
)

MANIFEST_NAME = "submission.json"
INBOX = "inbox/"  # prefix in the store under which the parent's app puts submissions, a folder each


class Sex(StrEnum):
    """男 or 女, as entered and as printed."""

    MALE = "男"
    FEMALE = "女"


class IdType(StrEnum):
    """The 证件类型 that the parent chose."""

    HOUSEHOLD_REGISTER = "household_register"  # 儿童户口本
    BIRTH_CERTIFICATE = "birth_certificate"  # 出生医学证明


class GuardianRelation(StrEnum):
    """The guardian's relation to the child."""

    FATHER = "father"
    MOTHER = "mother"
    OTHER = "other"


class GuardianIdType(StrEnum):
    """The document by which the guardian is known; `document` names it."""

    ID_CARD = "id_card"
    PASSPORT = "passport"
    HK_MACAU_PERMIT = "hk_macau_permit"
    TAIWAN_PERMIT = "taiwan_permit"
    HMT_RESIDENCE_PERMIT = "hmt_residence_permit"
    PERMANENT_RESIDENT = "permanent_resident"
    MILITARY = "military"

    @property
    def document(self) -> DocumentKind:
        """The document that the application then needs."""
        return DocumentKind.MILITARY_ID if self is GuardianIdType.MILITARY else DocumentKind(self.value)


class EnteredChild(Model):
    """The child as the parent entered it.

    Attributes:
        birth_date: The day in Beijing, which no time zone shifts.
        id_type: The 证件类型 that the parent chose: the pages that the application needs follow from it.
        id_number: The ID number (公民身份号码); absent or null for a newborn without one.
        birth_certificate_number: The number of the 出生医学证明; absent or null if there is none.
    """

    name: PersonName
    sex: Sex
    birth_date: Day
    id_type: IdType
    id_number: OptionalNumber = None
    birth_certificate_number: OptionalNumber = None


class Guardian(Model):
    """The adult who applies for the child; every key but `name` may be absent.

    Attributes:
        id_type: The document that is asked for; an ID card if absent.
        id_number: The number of the ID card, or of the document that `id_type` names.
    """

    name: PersonName
    relation: Annotated[GuardianRelation | None, BLANK_IS_ABSENT, one_of(GuardianRelation)] = None
    id_type: Annotated[GuardianIdType | None, BLANK_IS_ABSENT, one_of(GuardianIdType)] = None
    id_number: OptionalNumber = None
    phone: OptionalPhone = None

    @property
    def document(self) -> DocumentKind:
        """The document by which the guardian is known."""
        return (self.id_type or GuardianIdType.ID_CARD).document


class SubmittedFile(Model):
    """A file that the manifest names.

    Attributes:
        path: Relative to the manifest's folder and inside it, between slashes at most 240 bytes of UTF-8.
        kind: A hint only; the content decides. `id_card` means the guardian's document, whichever it is.
    """

    path: RelativePath
    kind: DeclaredKind = None


class Submission(Model):
    """One child's application.

    Attributes:
        submission_id: The same id with other content is a new revision of the same case.
        submitted_at: When the parent sent the application, with a time zone.
        guardian: Absent or null: the ID card of any parent serves.
        files: Each path once.
    """

    version: Literal["child-intake/submission@1"] = Field(alias="schema")
    submission_id: SubmissionId
    submitted_at: Moment
    child: EnteredChild
    guardian: Guardian | None = None
    files: tuple[SubmittedFile, ...] = Field(max_length=100, json_schema_extra={"minItems": 1, "uniqueItems": True})

    @field_validator("submitted_at")
    @classmethod
    def _with_zone(cls, value: datetime) -> datetime:
        if value.tzinfo is None:
            raise ValueError("must carry a time zone, for example +08:00")
        return value

    @field_validator("files")
    @classmethod
    def _named_once(cls, files: tuple[SubmittedFile, ...]) -> tuple[SubmittedFile, ...]:
        if not files:
            raise ValueError("must name at least one file")
        paths = [file.path for file in files]
        if len(set(paths)) < len(paths):
            raise ValueError("must not name the same path twice")
        return files


def parse_manifest(data: bytes) -> Submission:
    """Parse a manifest.

    Raises:
        BadManifestError: The manifest is not valid; the error names every wrong key, never a value.
    """
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as error:  # no UTF-8, no JSON, or a number with too many digits
        raise BadManifestError((ManifestProblem(key="$", problem="is not JSON in UTF-8"),)) from error
    try:
        return Submission.model_validate(content, context=ARRIVING)
    except ValidationError as error:
        problems = tuple(
            ManifestProblem(key=".".join(str(part) for part in found["loc"]) or "$", problem=found["msg"])
            for found in error.errors(include_input=False, include_url=False, include_context=False)
        )
        raise BadManifestError(problems) from None
