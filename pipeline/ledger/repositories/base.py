"""What every repository has: a database, the secret, a clock, and the audit chain that it writes to.

The audit chain says who did what to which case. Each record carries a MAC over itself and the record before it. Without
the hospital's secret a record cannot be changed, removed, inserted or moved unnoticed; the head says how long the chain
is, so that it cannot be cut short either. An old copy of the whole database is consistent with itself: anchors, which
are kept elsewhere, tell it from today's.

A record holds no name: a case is a key of its id, so erasing a child leaves nothing of the child here.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from pydantic import JsonValue
from sqlalchemy import Connection, insert, select, update

from models.errors import LedgerError
from pipeline.ledger.database import Clock, Database
from pipeline.ledger.system_tables import audit, audit_head
from pipeline.ledger.value_encryption import Kind, Seal
from pipeline.ledger.values import AuditKind

Details = dict[str, JsonValue]
SIGNED_COLUMNS: Final = ("seq", "at", "kind", "subject", "details", "previous")


class AuditEntry(NamedTuple):
    """What is to be recorded."""

    kind: AuditKind
    details: Mapping[str, JsonValue]
    submission_id: str | None = None


class Repository:
    """A database, the secret that encrypts its values, and a clock."""

    def __init__(self, database: Database, seal: Seal, clock: Clock) -> None:
        self._database = database
        self._seal = seal
        self._clock = clock

    def _record(self, connection: Connection, *entries: AuditEntry) -> None:
        """Append entries to the audit chain; the last thing that a transaction does, since all others wait for its end.

        Raises:
            LedgerError: The chain has no head, or one that this ledger did not write.
        """
        if not entries:
            return
        now, seal = self._clock(), self._seal
        head = connection.execute(select(audit_head).with_for_update()).one_or_none()
        if head is None or head.mac != head_mac(seal, head.seq, head.hash):
            raise LedgerError(
                "The audit chain has lost its head", hint="run `intake audit verify`, and restore a backup."
            )
        previous, rows = head.hash, []
        for seq, entry in enumerate(entries, start=head.seq + 1):
            rows.append(_row(seal, seq, previous, entry, now))
            previous = str(rows[-1]["hash"])
        connection.execute(insert(audit), rows)
        last = head.seq + len(rows)
        connection.execute(update(audit_head).values(seq=last, hash=previous, mac=head_mac(seal, last, previous)))


def first_head(seal: Seal) -> dict[str, Any]:
    """The head of an empty audit chain."""
    return {"id": 1, "seq": 0, "hash": "", "mac": head_mac(seal, 0, "")}


def head_mac(seal: Seal, seq: int, last_hash: str, what: str = "head") -> str:
    """The MAC of the head of the chain, or of an anchor of it."""
    return seal.mac(json.dumps([what, seq, last_hash]))


def record_hash(seal: Seal, values: Sequence[object]) -> str:
    """The MAC of a record: of its SIGNED_COLUMNS, in their order."""
    return seal.mac(json.dumps(values, ensure_ascii=False))


def _row(seal: Seal, seq: int, previous: str, entry: AuditEntry, now: datetime) -> dict[str, Any]:
    subject = None if entry.submission_id is None else seal.key(Kind.SUBMISSION, entry.submission_id)
    details = json.dumps(entry.details, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    values = (seq, now.isoformat(), entry.kind.value, subject, details, previous)
    return dict(zip(SIGNED_COLUMNS, values, strict=True)) | {"hash": record_hash(seal, values)}
