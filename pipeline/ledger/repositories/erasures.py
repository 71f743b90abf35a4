"""What is erased of children and of scans, and what is still to be erased: each operation is one transaction."""

from collections.abc import Sequence
from datetime import datetime

from pipeline.ledger import erasure as forgetting
from pipeline.ledger import retention
from pipeline.ledger.audit import AuditEntry
from pipeline.ledger.records import AuditKind
from pipeline.ledger.repositories.base import Repository
from pipeline.ledger.values import Erasure, Expired, Forgotten


class ErasureRepository(Repository):
    """Forgets children, lets scans expire, and lists the objects that are to be erased from the store."""

    def forget_child(self, numbers: Sequence[str]) -> Forgotten:
        """Erase the records with these numbers, their cases with all runs, readings that no other case shares.

        What they leave in the store is noted as `erasures`, and their keys as tombstones: an import does not bring
        them back, an application of the family does.
        """
        with self._database.writing() as connection:
            forgotten = forgetting.forget(connection, self._seal, numbers, now=self._clock())
            self._record(connection, AuditEntry(AuditKind.FORGOTTEN, forgotten._asdict()))
        self._database.checkpoint_wal()
        return forgotten

    def scans_due(self, before: datetime) -> int:
        """How many cases and uploads `expire_scans` would let go of, if it went on."""
        with self._database.reading() as connection:
            return retention.count_due(connection, before=before)

    def expire_scans(self, before: datetime, limit: int) -> Expired:
        """Note for erasure what the store holds of cases that were decided before then, at most so many cases.

        Readings of bytes that no other case has go at once; results and what the fields said stay. A case that waits
        for a person, or has a revision without a result, is left alone. Uploads of which no case came count as cases.
        """
        with self._database.writing() as connection:
            due = retention.due(connection, before=before, limit=limit)
            gone = retention.expire(connection, self._seal, due, now=self._clock())
            entries = (AuditEntry(AuditKind.EXPIRED, {"objects": one.objects}, name) for name, one in gone.items())
            self._record(connection, *entries)
            room, now = limit - len(gone), self._clock()
            refused = retention.expire_refused(connection, before=before, limit=room, now=now) if room else 0
            return Expired(len(gone) + refused, sum(one.objects for one in gone.values()) + refused)

    def pending(self) -> tuple[Erasure, ...]:
        """What is still to be erased in the store."""
        with self._database.reading() as connection:
            return forgetting.pending(connection)

    def is_due(self, erasure: Erasure) -> bool:
        """Whether that still holds now: a case may have sent the same bytes again meanwhile."""
        with self._database.reading() as connection:
            return not forgetting.is_sent_again(connection, erasure.key)

    def done(self, erasure: Erasure) -> None:
        """Note that it is gone from the store; once more is no error."""
        with self._database.writing() as connection:
            forgetting.done(connection, erasure)
            self._record(connection, AuditEntry(AuditKind.ERASED, {"erasure": erasure.number}))
            was_last = not forgetting.is_any_left(connection)
        if was_last:
            self._database.checkpoint_wal()
