"""The values that the ledger exchanges with its callers."""

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from pydantic import AwareDatetime, Field, JsonValue, field_validator

from models.base import Model
from models.case import Case
from models.content import Content
from models.entered_numbers import plain_number
from models.findings import Code
from models.result import Decision, Result


class Selection(Model):
    """Which cases: those that fit everything that is given; nothing given means all.

    Operators read the descriptions in Prefect's form. What is blank there counts as not given.
    """

    since: AwareDatetime | None = Field(
        default=None,
        description="Cases whose latest revision came then or later. The form's zone is UTC: choose Asia/Shanghai. "
        "最近一次提交不早于此时；表单默认时区为 UTC，请改选 Asia/Shanghai。",
    )
    until: AwareDatetime | None = Field(
        default=None,
        description="Cases whose latest revision came before then; mind the zone. 最近一次提交早于此时；注意时区。",
    )
    code: Code | None = Field(
        default=None, description="Cases whose latest result has this code. 最新结果含此代码的申请。"
    )
    decision: Decision | None = Field(
        default=None,
        description="Cases whose latest result is accepted 通过, returned 退回家长 or review 待审核.",
    )
    version: str | None = Field(
        default=None,
        description="Cases whose latest result this version of the program made. 最新结果由此版本程序得出的申请。",
    )
    submission_ids: tuple[str, ...] | None = Field(
        default=None, description="Cases with these ids, one an item. 按申请编号选择，每项填一个编号。"
    )

    @field_validator("since", "until", mode="before")  # pydantic calls the one below first
    @classmethod
    def _is_no_bare_number(cls, value: object) -> object:
        """Refuse 2026 or 20261101, which would count as seconds since 1970, and so select every case."""
        if isinstance(value, int | float) or (isinstance(value, str) and value.strip()[4:5] != "-"):
            raise ValueError("a time must be written as 2026-11-01T00:00:00+08:00")
        return value

    @field_validator("*", mode="before")
    @classmethod
    def _blank_is_not_given(cls, value: object) -> object:
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator("submission_ids")
    @classmethod
    def _without_blanks(cls, ids: tuple[str, ...] | None) -> tuple[str, ...] | None:
        """The ids without what pasting put around them; an item may hold a column of ids."""
        parts = (part for item in ids or () for part in re.split(r"[\s,;，；、]+", item))
        return None if ids is None else tuple(name for part in parts if (name := plain_number(part)))

    @property
    def empty(self) -> bool:
        """Whether nothing is given, or a list without ids; selecting every case must be explicit."""
        return not any(getattr(self, name) for name in type(self).model_fields)


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
    """What an import did to the register; conflicting records and those of erased children are left out."""

    added: int = 0
    unchanged: int = 0
    conflicting: int = 0
    forgotten: int = 0


class Imported(NamedTuple):
    """The counts of an import, and why records were left out, by their place in the import from 0."""

    counts: ImportCounts
    left_out: Mapping[int, str]


class Forgotten(NamedTuple):
    """What was erased of a child: numbers of register records, cases, and objects or prefixes in the store."""

    records: int
    cases: int
    objects: int


class Expired(NamedTuple):
    """What expired: numbers of revisions or cases, and of objects or prefixes in the store."""

    cases: int
    objects: int


class Erasure(NamedTuple):
    """An object in the store that is to be erased, or everything under a key that ends in a slash.

    Attributes:
        noted_at: Objects that were written later belong to another upload or result, and stay. Bytes that are named
            by their content are erased whenever they were written, unless a case has them.
    """

    number: int
    key: str
    noted_at: datetime | None


class Via(StrEnum):
    """How the inbox learnt of an upload; a rising share of `reconcile` shows that events are broken."""

    EVENT = "event"
    RECONCILE = "reconcile"


class UploadEvent(Model):
    """An object that arrived: only what both an event and a listing say, so that both give equal values."""

    bucket: str = Field(max_length=255)
    key: str = Field(max_length=1024)
    version: str | None = Field(default=None, max_length=255)
    etag: str = Field(max_length=255)
    via: Via


class Notification(NamedTuple):
    """A notification of the object store, as it came."""

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
    """What a message for other systems is about."""

    CONCLUDED = "case.concluded"
    REFUSED = "upload.refused"


class Message(NamedTuple):
    """A message for other systems; its id is the same however often it is sent.

    Attributes:
        data: Ids and codes; of a refused upload what is wrong with its manifest.
        attempts: To deliver it, including this one.
    """

    message_id: str
    kind: MessageKind
    data: Mapping[str, JsonValue]
    noted_at: datetime
    attempts: int


class AuditKind(StrEnum):
    """What is recorded in the audit chain."""

    HEARD = "heard"
    OPENED = "opened"
    CONCLUDED = "concluded"
    CLOSED = "closed"  # an upload of which no case came
    LATE = "late"  # a result that came after another worker had taken over, and was refused
    IMPORTED = "imported"
    EXPORTED = "exported"
    FORGOTTEN = "forgotten"
    ERASED = "erased"
    EXPIRED = "expired"  # scans, by the retention rules
    TOLD = "told"  # a message was delivered
    SIGNED_IN = "signed_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGNED_OUT = "signed_out"
    ACCOUNT = "account"  # made, changed, disabled or enabled
    VIEWED = "viewed"  # a page or image of a case
    REVEALED = "revealed"  # values that are otherwise masked, with the reviewer's reason
    HELD = "held"  # held, released, prioritised or reopened
    DECIDED = "decided"  # by a person
    BATCH = "batch"  # begun, stopped, put in force or rolled back
    FETCHED = "fetched"  # figures or corrections, downloaded as a file


class AuditRecord(NamedTuple):
    """A record of the audit chain; `details` carry ids, codes and counts, and no names of patients."""

    seq: int
    at: str
    kind: AuditKind
    details: Mapping[str, JsonValue]


class Anchor(Model):
    """Where the audit chain ended at some time, with a MAC; to be kept outside the database."""

    seq: int
    hash: str
    mac: str


class AuditReport(NamedTuple):
    """What a check of the whole audit chain found; the chain is intact if there are no problems."""

    records: int
    problems: tuple[str, ...]
