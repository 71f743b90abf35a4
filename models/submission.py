"""A submission: the entered child, and the files that came with it (docs/contract.md, section 1)."""

import json
import re
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    JsonValue,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

from models.base import Model
from models.documents import DECLARED, DocumentKind
from models.errors import BadManifestError, ManifestProblem

MANIFEST_NAME = "submission.json"
PART_SUFFIX = ".part"  # of files that are still being written; no object has it
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


def _inside(path: str) -> str:
    segments = path.split("/")
    if {"", ".", ".."} & set(segments) or "\\" in path or _CONTROL.search(path):
        raise ValueError("must be a relative path inside the folder")
    if path.endswith(PART_SUFFIX):
        raise ValueError(f"must not end in {PART_SUFFIX}, as files do that are still on their way")
    if max(len(segment.encode()) for segment in segments) > _LONGEST_SEGMENT:
        raise ValueError(f"must have at most {_LONGEST_SEGMENT} bytes between two slashes")
    return path


def _without_nul(text: str) -> str:
    if "\x00" in text:
        raise ValueError("must not hold a NUL character")
    return text


def _visible(text: str, info: ValidationInfo) -> str:
    """Refuse invisible characters in a name that arrives; stored manifests of before keep loading."""
    if info.context is _ARRIVING and _INVISIBLE.search(text):
        raise ValueError("must not hold control, format or bidirectional characters")
    return text


def _as_day(value: object) -> object:
    """Accept only YYYY-MM-DD: pydantic would read a number as seconds since 1970."""
    if not isinstance(value, date) and not (isinstance(value, str) and _DAY.fullmatch(value)):
        raise ValueError("must be a day, for example 2019-11-23")
    return value


def _declared(value: object) -> object:
    """Accept the documents that a file may be declared as; the others are needed of some guardians only."""
    if value not in DECLARED:
        raise ValueError(f"must be {', '.join(DECLARED[:-1])} or {DECLARED[-1]}")
    return value


def _as_moment(value: object) -> object:
    if not isinstance(value, datetime) and not (isinstance(value, str) and _DAY.match(value)):
        raise ValueError("must be a moment, for example 2026-11-20T09:30:00+08:00")
    return value


_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# Of Unicode's classes Cc, Cf, Zl and Zp all but the zero-width characters that comparing names ignores.
_INVISIBLE_CLASS = (
    "\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u0600-\\u0605\\u061c\\u06dd\\u070f\\u0890\\u0891\\u08e2\\u180e\\u200e\\u200f"
    "\\u2028-\\u202e\\u2061-\\u206f\\ufff9-\\ufffb"
)
_INVISIBLE = re.compile(f"[{_INVISIBLE_CLASS}\U000e0001\U000e0020-\U000e007f]")
_ARRIVING: Final = object()  # the context of a manifest that comes in
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LONGEST_SEGMENT = 240  # bytes of UTF-8, as the stores take them

# What validators in Python refuse, as far as JSON Schema can say it. In Python's regular expressions, unlike those of
# JSON Schema, `$` also matches before a last line end: hence `(?!\n)`.
_SCHEMA_OF_PATH: Final[dict[str, JsonValue]] = {
    "pattern": r"^(?![\s\S]*[\\\u0000-\u001f\u007f-\u009f])(?!(?:.*/)?\.{0,2}(?:/|$))(?!.*\.part$).+$"
}
_SCHEMA_OF_TEXT: Final[dict[str, JsonValue]] = {"pattern": r"^[^\u0000]*$"}
_SCHEMA_OF_NAME: Final[dict[str, JsonValue]] = {"pattern": rf"^[^{_INVISIBLE_CLASS}]*(?!\n)$"}
_SCHEMA_OF_DAY: Final[dict[str, JsonValue]] = {"pattern": r"^\d{4}-\d{2}-\d{2}(?!\n)$"}
_SCHEMA_OF_MOMENT: Final[dict[str, JsonValue]] = {
    "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})(?!\n)$"
}
_SCHEMA_OF_ID: Final[dict[str, JsonValue]] = {"pattern": r"^[A-Za-z0-9._-]{1,64}(?!\n)$"}

RelativePath = Annotated[str, Field(max_length=300, json_schema_extra=_SCHEMA_OF_PATH), AfterValidator(_inside)]
PersonName = Annotated[
    str,
    Field(min_length=1, max_length=50, json_schema_extra=_SCHEMA_OF_NAME),
    AfterValidator(_without_nul),
    AfterValidator(_visible),
]
Number = Annotated[
    str, Field(min_length=1, max_length=40, json_schema_extra=_SCHEMA_OF_TEXT), AfterValidator(_without_nul)
]
DeclaredKind = Annotated[
    DocumentKind, BeforeValidator(_declared), WithJsonSchema({"enum": [*DECLARED], "type": "string"})
]
Day = Annotated[date, BeforeValidator(_as_day), Field(json_schema_extra=_SCHEMA_OF_DAY)]
Moment = Annotated[datetime, BeforeValidator(_as_moment), Field(json_schema_extra=_SCHEMA_OF_MOMENT)]


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
    id_number: Number | None = None
    birth_certificate_number: Number | None = None


class Guardian(Model):
    """The adult who applies for the child; every key but `name` may be absent.

    Attributes:
        id_type: The document that is asked for; an ID card if absent.
        id_number: The number of the ID card, or of the document that `id_type` names.
    """

    name: PersonName
    relation: GuardianRelation | None = None
    id_type: GuardianIdType | None = None
    id_number: Number | None = None
    phone: Number | None = None

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
    kind: DeclaredKind | None = None


class Submission(Model):
    """One child's application.

    Attributes:
        submission_id: The same id with other content is a new revision of the same case.
        submitted_at: When the parent sent the application, with a time zone.
        guardian: Absent or null: the ID card of any parent serves.
        files: Each path once.
    """

    version: Literal["child-intake/submission@1"] = Field(alias="schema")
    submission_id: str = Field(pattern=r"^[A-Za-z0-9._-]{1,64}$", json_schema_extra=_SCHEMA_OF_ID)
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
        return Submission.model_validate(content, context=_ARRIVING)
    except ValidationError as error:
        problems = tuple(
            ManifestProblem(key=".".join(str(part) for part in found["loc"]) or "$", problem=found["msg"])
            for found in error.errors(include_input=False, include_url=False, include_context=False)
        )
        raise BadManifestError(problems) from None
