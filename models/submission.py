"""A submission: the entered child, and the files that came with it (contract, section 1)."""

import json
import re
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, field_validator

from models.base import Model
from models.documents import DocumentKind
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


def _as_day(value: object) -> object:
    """Accept only YYYY-MM-DD: pydantic would read a number as seconds since 1970."""
    if not isinstance(value, date) and not (isinstance(value, str) and _DAY.fullmatch(value)):
        raise ValueError("must be a day, for example 2019-11-23")
    return value


def _as_moment(value: object) -> object:
    if not isinstance(value, datetime) and not (isinstance(value, str) and _DAY.match(value)):
        raise ValueError("must be a moment, for example 2026-11-20T09:30:00+08:00")
    return value


_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LONGEST_SEGMENT = 240  # bytes of UTF-8, as the stores take them

RelativePath = Annotated[str, Field(max_length=300), AfterValidator(_inside)]
PersonName = Annotated[str, Field(min_length=1, max_length=50), AfterValidator(_without_nul)]
Number = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(_without_nul)]
Day = Annotated[date, BeforeValidator(_as_day)]
Moment = Annotated[datetime, BeforeValidator(_as_moment)]


class EnteredChild(Model):
    """The child as the parent entered it."""

    name: PersonName
    sex: Sex
    birth_date: Day
    id_type: IdType
    id_number: Number | None = None
    birth_certificate_number: Number | None = None


class Guardian(Model):
    """The adult who applies for the child."""

    name: PersonName
    relation: GuardianRelation | None = None
    id_number: Number | None = None
    phone: Number | None = None


class SubmittedFile(Model):
    """A file that the manifest names; its kind is a hint only, the content decides."""

    path: RelativePath
    kind: DocumentKind | None = None


class Submission(Model):
    """One child's application."""

    version: Literal["child-intake/submission@1"] = Field(alias="schema")
    submission_id: str = Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")
    submitted_at: Moment
    child: EnteredChild
    guardian: Guardian | None = None
    files: tuple[SubmittedFile, ...] = Field(max_length=100)

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
        return Submission.model_validate(content)
    except ValidationError as error:
        problems = tuple(
            ManifestProblem(key=".".join(str(part) for part in found["loc"]) or "$", problem=found["msg"])
            for found in error.errors(include_input=False, include_url=False, include_context=False)
        )
        raise BadManifestError(problems) from None
