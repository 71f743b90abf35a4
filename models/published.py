"""What other systems get beside results: the report on a refused upload, and the messages of the webhook."""

from typing import Annotated, Literal

from pydantic import Field as Key
from pydantic import RootModel

from models.base import Model
from models.result import Decision, Result

Instant = Annotated[str, Key(json_schema_extra={"format": "date-time"})]  # ISO 8601 with a zone


class Refusal(Model):
    """The report on an upload that is no submission; an object in the store.

    Attributes:
        key: The uploaded manifest's key in the store, which only its sender knows.
        problems: Each wrong key of the manifest and what is wrong with it, as `KEY: PROBLEM`; never a value. `$` is the
            manifest as a whole.
    """

    version: Literal["child-intake/refusal@1"] = Key(default="child-intake/refusal@1", alias="schema")
    key: str
    problems: tuple[str, ...] = Key(min_length=1)


class ConcludedCase(Model):
    """Which case has a new result, and what the result says.

    Attributes:
        revision: Counts from 1; the same `submission_id` with other content makes the next one.
        run: Counts from 1 in its revision; the last run of the last revision is in force.
        codes: The codes of all findings, warnings too, each once, sorted.
        object: The result's key in the store.
        result: The result itself; only where the hospital switched it on, since it quotes documents.
    """

    submission_id: str
    revision: int = Key(ge=1)
    run: int = Key(ge=1)
    decision: Decision
    codes: tuple[str, ...]
    object: str
    result: Result | None = None


class RefusedUpload(Model):
    """Which upload was refused, and why.

    Attributes:
        item: The upload's id, which the report's key contains.
        problems: As in the report.
        object: The report's key in the store.
        result: The report itself, with the upload's key; only where the hospital switched it on.
    """

    item: str
    problems: tuple[str, ...] = Key(min_length=1)
    object: str
    result: Refusal | None = None


class CaseConcluded(Model):
    """A case has a new result, of the machine or of a person.

    Attributes:
        timestamp: When the result was recorded.
    """

    type: Literal["case.concluded"]
    timestamp: Instant
    data: ConcludedCase


class UploadRefused(Model):
    """An upload is no submission: its manifest is wrong, or was deleted.

    Attributes:
        timestamp: When the upload was refused.
    """

    type: Literal["upload.refused"]
    timestamp: Instant
    data: RefusedUpload


class WebhookMessage(RootModel[Annotated[CaseConcluded | UploadRefused, Key(discriminator="type")]]):
    """A message of the webhook: its body, signed in the form of Standard Webhooks."""
