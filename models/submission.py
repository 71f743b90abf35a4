"""What a parent sends: the child as typed in, and the files that came with it (contract, section 1)."""

import json
from datetime import date, datetime
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationError, field_validator

from models.base import Model
from models.documents import DocumentKind
from models.errors import BadManifestError, ManifestProblem

MANIFEST_NAME = "submission.json"


class Sex(StrEnum):
    """男 or 女, as typed in and as printed."""

    MALE = "男"
    FEMALE = "女"


class IdType(StrEnum):
    """The 证件类型 that the parent chose."""

    HOUSEHOLD_REGISTER = "household_register"  # 儿童户口本
    BIRTH_CERTIFICATE = "birth_certificate"  # 出生医学证明


class GuardianRelation(StrEnum):
    """What the guardian is to the child."""

    FATHER = "father"
    MOTHER = "mother"
    OTHER = "other"


def _inside(path: str) -> str:
    pure = PurePosixPath(path)
    if not path or "\x00" in path or "\\" in path or pure.is_absolute() or ".." in pure.parts:
        raise ValueError("must be a relative path inside the folder")
    return path


RelativePath = Annotated[str, AfterValidator(_inside), Field(max_length=300)]
PersonName = Annotated[str, Field(min_length=1, max_length=50)]
Number = Annotated[str, Field(min_length=1, max_length=40)]


class EnteredChild(Model):
    """The child as the parent typed it in."""

    name: PersonName
    sex: Sex
    birth_date: date
    id_type: IdType
    id_number: Number | None = None
    birth_certificate_number: Number | None = None


class Guardian(Model):
    """The grown-up who applies."""

    name: PersonName
    relation: GuardianRelation | None = None
    id_number: Number | None = None
    phone: Number | None = None


class SubmittedFile(Model):
    """One file that the manifest names; the kind is a hint and content decides."""

    path: RelativePath
    kind: DocumentKind | None = None


class Submission(Model):
    """One child's application."""

    version: Literal["child-intake/submission@1"] = Field(alias="schema")
    submission_id: str = Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")
    submitted_at: datetime
    child: EnteredChild
    guardian: Guardian | None = None
    files: tuple[SubmittedFile, ...] = Field(min_length=1, max_length=100)

    @field_validator("submitted_at")
    @classmethod
    def _with_zone(cls, value: datetime) -> datetime:
        if value.tzinfo is None:
            raise ValueError("must carry a time zone, for example +08:00")
        return value

    @field_validator("files")
    @classmethod
    def _named_once(cls, files: tuple[SubmittedFile, ...]) -> tuple[SubmittedFile, ...]:
        paths = [file.path for file in files]
        if len(set(paths)) < len(paths):
            raise ValueError("must not name the same path twice")
        return files


def parse_manifest(data: bytes) -> Submission:
    """Read a manifest, or refuse it as a whole.

    Raises:
        BadManifestError: It is not a submission; names every wrong key, never a value.
    """
    try:
        content = json.loads(data)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise BadManifestError((ManifestProblem(key="$", problem="is not JSON in UTF-8"),)) from error
    try:
        return Submission.model_validate(content)
    except ValidationError as error:
        problems = tuple(
            ManifestProblem(key=".".join(str(part) for part in found["loc"]) or "$", problem=found["msg"])
            for found in error.errors(include_input=False, include_url=False, include_context=False)
        )
        raise BadManifestError(problems) from None
