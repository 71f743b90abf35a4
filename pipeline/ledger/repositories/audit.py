"""Reading and checking the audit chain; base.py says what the chain is, and appends to it."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from pydantic import JsonValue
from sqlalchemy import Connection, Row, select

from pipeline.ledger.repositories.base import SIGNED_COLUMNS, AuditEntry, Repository, head_mac, record_hash
from pipeline.ledger.system_tables import audit, audit_head
from pipeline.ledger.value_encryption import Kind, Seal
from pipeline.ledger.values import Anchor, AuditKind, AuditRecord, AuditReport

_PAGE: Final = 5000
_MOST_PROBLEMS: Final = 1000


class AuditRepository(Repository):
    """The audit chain. Each change that the ledger makes is recorded in the transaction that makes it."""

    def trail(self, submission_id: str) -> tuple[AuditRecord, ...]:
        """What was recorded of a case, oldest first."""
        subject = self._seal.key(Kind.SUBMISSION, submission_id)
        with self._database.reading() as connection:
            rows = connection.execute(select(audit).where(audit.c.subject == subject).order_by(audit.c.seq))
            return tuple(AuditRecord(row.seq, row.at, AuditKind(row.kind), json.loads(row.details)) for row in rows)

    def anchor(self) -> Anchor:
        """Where the chain ends now; to be kept outside the database."""
        with self._database.reading() as connection:
            head = connection.execute(select(audit_head)).one()
            return Anchor(seq=head.seq, hash=head.hash, mac=head_mac(self._seal, head.seq, head.hash, "anchor"))

    def verify(self, anchors: Iterable[Anchor] = ()) -> AuditReport:
        """Check every record, the head, and anchors of earlier times; reports 1000 problems at most."""
        chain = _Chain(self._seal, {anchor.seq: anchor for anchor in anchors})
        with self._database.reading() as connection:
            for row in _rows(connection):
                chain.follow(row)
                if len(chain.problems) >= _MOST_PROBLEMS:
                    break
            else:
                chain.end(connection.execute(select(audit_head)).one_or_none())
        return AuditReport(chain.count, tuple(chain.problems))

    def note(self, kind: AuditKind, details: Mapping[str, JsonValue], submission_id: str | None = None) -> None:
        """Record what a user did without changing anything: opened a case, showed values, downloaded a file."""
        with self._database.writing() as connection:
            self._record(connection, AuditEntry(kind, details, submission_id))


class _Chain:
    """Follows the chain from its first record, and notes in whole sentences what is wrong with it."""

    def __init__(self, seal: Seal, anchors: Mapping[int, Anchor]) -> None:
        self.count = 0
        self.problems: list[str] = []
        self._seal = seal
        self._anchors = dict(anchors)
        self._seq, self._hash = 0, ""

    def follow(self, row: Row[tuple[object, ...]]) -> None:
        """Check the next record."""
        self.count += 1
        if row.seq != self._seq + 1:
            self.problems.append(f"Records {self._seq + 1} to {row.seq - 1} are missing.")
        elif row.previous != self._hash:
            self.problems.append(f"Record {row.seq} does not follow on the one before it.")
        if row.hash != record_hash(self._seal, tuple(getattr(row, name) for name in SIGNED_COLUMNS)):
            self.problems.append(f"Record {row.seq} was changed.")
        anchor = self._anchors.pop(row.seq, None)
        if anchor is not None and not self._matches(anchor, row.hash):
            self.problems.append(f"Record {row.seq} is another one than was anchored.")
        self._seq, self._hash = row.seq, row.hash

    def end(self, head: Row[tuple[object, ...]] | None) -> None:
        """Compare the end with the head, and with anchors of records that are missing."""
        if head is None or head.mac != head_mac(self._seal, head.seq, head.hash):
            self.problems.append("The head of the chain is missing or was changed.")
        elif (head.seq, head.hash) != (self._seq, self._hash):
            self.problems.append(f"The chain ends at record {self._seq}, and its head says {head.seq}.")
        empty = self._anchors.pop(0, None)
        if empty is not None and not self._matches(empty, ""):
            self.problems.append("An anchor of the empty chain was changed.")
        self.problems.extend(f"Record {seq} was anchored and is not there any more." for seq in sorted(self._anchors))

    def _matches(self, anchor: Anchor, found: str) -> bool:
        return anchor.hash == found and anchor.mac == head_mac(self._seal, anchor.seq, anchor.hash, "anchor")


def _rows(connection: Connection) -> Iterator[Row[tuple[object, ...]]]:
    last: int | None = None
    while True:
        query = select(audit).order_by(audit.c.seq).limit(_PAGE)
        page = connection.execute(query if last is None else query.where(audit.c.seq > last)).all()
        yield from page
        if not page:
            return
        last = page[-1].seq
