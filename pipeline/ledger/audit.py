"""The audit chain: who did what to which case, each record bound to the one before under the hospital's secret.

Whoever can write to the database and does not hold the secret can neither change, take out, insert nor reorder a record
unnoticed; the head says how long the chain is, so that it cannot be cut short either. An old copy of the whole database
agrees with itself: what tells it from today's are anchors, which are kept elsewhere.

A record names nobody: a case is a key of its id, so a child that is forgotten is forgotten here as well.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from pydantic import JsonValue
from sqlalchemy import Connection, Row, insert, select, update

from models.errors import LedgerError
from pipeline.ledger.records import Anchor, AuditKind, AuditRecord
from pipeline.ledger.tables import audit, audit_head
from pipeline.ledger.value_encryption import Kind, Seal

_PAGE: Final = 5000
_SHOWN: Final = 1000  # problems: more of them say nothing more


class AuditEntry(NamedTuple):
    """What is to be recorded."""

    kind: AuditKind
    details: Mapping[str, JsonValue]
    submission_id: str | None = None


def append(connection: Connection, seal: Seal, entries: Sequence[AuditEntry], *, now: datetime) -> None:
    """Record entries; the last thing that a transaction does, since every other one waits for its end.

    Raises:
        LedgerError: The chain has no head, or another one than we wrote.
    """
    if not entries:
        return
    head = connection.execute(select(audit_head).with_for_update()).one_or_none()
    if head is None or head.mac != _mac(seal, head.seq, head.hash):
        raise LedgerError("The audit chain has lost its head: run `intake audit verify`, and restore a backup.")
    previous, rows = head.hash, []
    for seq, entry in enumerate(entries, start=head.seq + 1):
        rows.append(_row(seal, seq, previous, entry, now))
        previous = str(rows[-1]["hash"])
    connection.execute(insert(audit), rows)
    last = head.seq + len(rows)
    connection.execute(update(audit_head).values(seq=last, hash=previous, mac=_mac(seal, last, previous)))


def first_head(seal: Seal) -> dict[str, Any]:
    """The head of an empty chain."""
    return {"id": 1, "seq": 0, "hash": "", "mac": _mac(seal, 0, "")}


def trail(connection: Connection, seal: Seal, submission_id: str) -> tuple[AuditRecord, ...]:
    """What was recorded of a case, oldest first."""
    subject = seal.key(Kind.SUBMISSION, submission_id)
    rows = connection.execute(select(audit).where(audit.c.subject == subject).order_by(audit.c.seq))
    return tuple(AuditRecord(row.seq, row.at, AuditKind(row.kind), json.loads(row.details)) for row in rows)


def anchor(connection: Connection, seal: Seal) -> Anchor:
    """Where the chain ends now, for keeping elsewhere."""
    head = connection.execute(select(audit_head)).one()
    return Anchor(seq=head.seq, hash=head.hash, mac=_mac(seal, head.seq, head.hash, "anchor"))


def problems(connection: Connection, seal: Seal, anchors: Iterable[Anchor]) -> tuple[int, tuple[str, ...]]:
    """Look at every record; hands on how many there are, and what is wrong in whole sentences."""
    due = {one.seq: one for one in anchors}
    chain = _Chain(seal, due)
    for row in _rows(connection):
        chain.follow(row)
        if len(chain.found) >= _SHOWN:
            break
    else:
        chain.end(connection.execute(select(audit_head)).one_or_none())
    return chain.count, tuple(chain.found)


class _Chain:
    """The chain as it is walked."""

    def __init__(self, seal: Seal, anchors: Mapping[int, Anchor]) -> None:
        self.count = 0
        self.found: list[str] = []
        self._seal = seal
        self._anchors = dict(anchors)
        self._seq, self._hash = 0, ""

    def follow(self, row: Row[tuple[object, ...]]) -> None:
        """Take the next record."""
        self.count += 1
        if row.seq != self._seq + 1:
            self.found.append(f"Records {self._seq + 1} to {row.seq - 1} are missing.")
        elif row.previous != self._hash:
            self.found.append(f"Record {row.seq} does not follow on the one before it.")
        if row.hash != _hash(self._seal, _signed(row)):
            self.found.append(f"Record {row.seq} was changed.")
        expected = self._anchors.pop(row.seq, None)
        if expected is not None and not self._holds(expected, row.hash):
            self.found.append(f"Record {row.seq} is another one than was anchored.")
        self._seq, self._hash = row.seq, row.hash

    def end(self, head: Row[tuple[object, ...]] | None) -> None:
        """Compare with the head, and with anchors of records that are not there."""
        if head is None or head.mac != _mac(self._seal, head.seq, head.hash):
            self.found.append("The head of the chain is missing or was changed.")
        elif (head.seq, head.hash) != (self._seq, self._hash):
            self.found.append(f"The chain ends at record {self._seq}, and its head says {head.seq}.")
        empty = self._anchors.pop(0, None)
        if empty is not None and not self._holds(empty, ""):
            self.found.append("An anchor of the empty chain was changed.")
        self.found.extend(f"Record {seq} was anchored and is not there any more." for seq in sorted(self._anchors))

    def _holds(self, expected: Anchor, found: str) -> bool:
        return expected.hash == found and expected.mac == _mac(self._seal, expected.seq, expected.hash, "anchor")


def _rows(connection: Connection) -> Iterator[Row[tuple[object, ...]]]:
    last: int | None = None
    while True:
        query = select(audit).order_by(audit.c.seq).limit(_PAGE)
        page = connection.execute(query if last is None else query.where(audit.c.seq > last)).all()
        yield from page
        if not page:
            return
        last = page[-1].seq


def _row(seal: Seal, seq: int, previous: str, entry: AuditEntry, now: datetime) -> dict[str, Any]:
    subject = None if entry.submission_id is None else seal.key(Kind.SUBMISSION, entry.submission_id)
    details = json.dumps(entry.details, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    values = (seq, now.isoformat(), entry.kind.value, subject, details, previous)
    return dict(zip(_COLUMNS, values, strict=True)) | {"hash": _hash(seal, values)}


_COLUMNS: Final = ("seq", "at", "kind", "subject", "details", "previous")


def _signed(row: Row[tuple[object, ...]]) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in _COLUMNS)


def _hash(seal: Seal, values: Sequence[object]) -> str:
    return seal.chained(json.dumps(values, ensure_ascii=False))


def _mac(seal: Seal, seq: int, last: str, what: str = "head") -> str:
    return seal.chained(json.dumps([what, seq, last]))
