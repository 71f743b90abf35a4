"""The values of the audit chain, and of those who operate the system."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from pydantic import JsonValue

from models.base import Model


class AuditKind(StrEnum):
    """What is recorded in the audit chain."""

    HEARD = "heard"
    OPENED = "opened"
    CONCLUDED = "concluded"
    CLOSED = "closed"  # an upload of which no case came
    LATE = "late"  # a write that came after another worker had taken over, and was refused
    IMPORTED = "imported"
    EXPORTED = "exported"
    FORGOTTEN = "forgotten"
    ERASED = "erased"
    EXPIRED = "expired"  # scans, as the rules of retention say
    TOLD = "told"  # a result, to whoever asked for results
    SIGNED_IN = "signed_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGNED_OUT = "signed_out"
    ACCOUNT = "account"  # made, changed or shut
    VIEWED = "viewed"  # a case's page or picture, by somebody
    REVEALED = "revealed"  # values that are masked otherwise, with the reason that was given
    HELD = "held"  # taken in hand, let go of, or put first
    DECIDED = "decided"  # by a person
    BATCH = "batch"  # begun, stopped, put in force or rolled back
    FETCHED = "fetched"  # figures or corrections, as a file


class AuditRecord(NamedTuple):
    """A record of the audit chain; `details` carry ids, codes and counts, and name nobody."""

    seq: int
    at: str
    kind: AuditKind
    details: Mapping[str, JsonValue]


class Anchor(Model):
    """Where the audit chain ended at some time, under the hospital's secret; to be kept elsewhere."""

    seq: int
    hash: str
    mac: str


class AuditReport(NamedTuple):
    """What a look at the whole audit chain found: nothing wrong if there are no problems."""

    records: int
    problems: tuple[str, ...]


class Heartbeat(NamedTuple):
    """A process that works: when it last said so, and how many of its reading processes had to be started again."""

    identity: str
    seen_at: datetime
    engine_restarts: int


class Metrics(NamedTuple):
    """Counts, and since when the oldest waits.

    Attributes:
        uploads: That were heard of and have no ending yet.
        notifications: That were acknowledged and not worked on yet.
        messages: That somebody is to be told and was not yet.
        reviews: Cases whose families wait for a person.
        heard: Uploads by how they were heard of.
        decisions: Runs by decision.
        codes: Runs that have a finding with a code.
        workers: Those that said not long ago that they work.
    """

    uploads: int
    oldest_upload: datetime | None
    notifications: int
    oldest_notification: datetime | None
    messages: int
    oldest_message: datetime | None
    reviews: int
    oldest_review: datetime | None
    heard: Mapping[str, int]
    decisions: Mapping[str, int]
    codes: Mapping[str, int]
    workers: tuple[Heartbeat, ...]
