"""The values that only the ledger's callers exchange."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from pydantic import AwareDatetime, Field, JsonValue

from models.base import Model
from models.case import Case
from models.content import Content
from models.findings import Code
from models.result import Decision, Result


class Selection(Model):
    """Which cases: those whose latest result fits everything that is given; nothing given means all.

    Attributes:
        since: Opened then or later, counted from the latest revision.
        until: Opened before then, counted likewise.
        submission_ids: One of these.
        code: Has a finding with this code.
        decision: Ended so.
        version: Was made by this version of the program.
    """

    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    code: Code | None = None
    decision: Decision | None = None
    version: str | None = None
    submission_ids: tuple[str, ...] | None = None


class Stored(NamedTuple):
    """A case with its latest result and the number of that run, and its content where that can be judged.

    Attributes:
        content: Of the version asked for and of the engine of the result, if it was kept; else None.
    """

    case: Case
    result: Result
    content: Content | None
    run: int = 1


class ImportCounts(NamedTuple):
    """What an import did to the register; `forgotten` are records of children who are to stay forgotten."""

    added: int = 0
    unchanged: int = 0
    conflicting: int = 0
    forgotten: int = 0


class Forgotten(NamedTuple):
    """How much there was of a child: records of the register, cases, objects and prefixes in the store."""

    records: int
    cases: int
    objects: int


class Expired(NamedTuple):
    """How much of a case went, or of several: revisions or cases, and objects or prefixes in the store."""

    cases: int
    objects: int


class Erasure(NamedTuple):
    """An object in the store that is to be erased, or everything under a key that ends in a slash.

    Attributes:
        noted_at: What was put there later is somebody's upload or result of today, and stays. Bytes that are named by
            their content are the same whenever they came, and go, unless a case has them.
    """

    number: int
    key: str
    noted_at: datetime | None


class Via(StrEnum):
    """How an upload was heard of; a rising share of `reconcile` says that events are broken."""

    EVENT = "event"
    RECONCILE = "reconcile"


class UploadEvent(Model):
    """An object that arrived: exactly what both an event and a listing can tell, so that both name it alike."""

    bucket: str = Field(max_length=255)
    key: str = Field(max_length=1024)
    version: str | None = Field(default=None, max_length=255)
    etag: str = Field(max_length=255)
    via: Via


class Notification(NamedTuple):
    """What an object store said, as it said it."""

    number: int
    body: bytes
    received_at: datetime


class InboxItem(Model):
    """An upload in the inbox; the id is opaque, so it may travel through other services."""

    item_id: str
    event: UploadEvent
    heard_at: datetime
    flow_run_id: str | None = None


class MessageKind(StrEnum):
    """What others are told."""

    CONCLUDED = "case.concluded"
    REFUSED = "upload.refused"


class Message(NamedTuple):
    """What others are to be told; the id is the same however often it is sent.

    Attributes:
        data: Ids, codes and where more lies; of a refused upload what is wrong with its manifest.
        attempts: To tell it, with this one.
    """

    message_id: str
    kind: MessageKind
    data: Mapping[str, JsonValue]
    noted_at: datetime
    attempts: int
