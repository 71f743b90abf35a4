"""The register of children, and what is erased: each operation is one transaction."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice

from models.register import KnownChild
from pipeline.ledger import children, retention
from pipeline.ledger import erasure as forgetting
from pipeline.ledger.audit import AuditEntry
from pipeline.ledger.records import AuditKind
from pipeline.ledger.repositories.on_database import OnDatabase
from pipeline.ledger.values import Erasure, Expired, Forgotten, ImportCounts, RegisterQuery

_PAGE = 2000  # records of one transaction: others wait for a moment, not for a whole import


class Children(OnDatabase):
    def known_children(self, *sought: RegisterQuery) -> tuple[tuple[KnownChild, ...], ...]:
        with self._database.reading() as connection:
            return children.known(connection, self._seal, sought)

    def import_children(self, records: Iterable[KnownChild]) -> ImportCounts:
        counts = ImportCounts()
        source = iter(records)
        while page := tuple(islice(source, _PAGE)):
            with self._database.writing() as connection:
                more = children.add_new(connection, self._seal, page, now=self._clock())
                self._record(connection, AuditEntry(AuditKind.IMPORTED, more._asdict()))
            counts = ImportCounts(*map(sum, zip(counts, more, strict=True)))
        return counts

    def export_children(self) -> Iterator[KnownChild]:
        with self._database.writing() as connection:
            self._record(connection, AuditEntry(AuditKind.EXPORTED, {}))
        row_id = 0
        while True:
            with self._database.reading() as connection:
                page = children.page_after(connection, self._seal, row_id, _PAGE)
            yield from (child for _, child in page)
            if not page:
                return
            row_id = page[-1][0]

    def forget_child(self, numbers: Sequence[str]) -> Forgotten:
        with self._database.writing() as connection:
            forgotten = forgetting.forget(connection, self._seal, numbers, now=self._clock())
            self._record(connection, AuditEntry(AuditKind.FORGOTTEN, forgotten._asdict()))
        self._database.checkpoint_wal()
        return forgotten

    def scans_due(self, before: datetime) -> int:
        with self._database.reading() as connection:
            return retention.count_due(connection, before=before)

    def expire_scans(self, before: datetime, limit: int) -> Expired:
        with self._database.writing() as connection:
            due = retention.due(connection, before=before, limit=limit)
            gone = retention.expire(connection, self._seal, due, now=self._clock())
            entries = (AuditEntry(AuditKind.EXPIRED, {"objects": one.objects}, name) for name, one in gone.items())
            self._record(connection, *entries)
            room, now = limit - len(gone), self._clock()
            refused = retention.expire_refused(connection, before=before, limit=room, now=now) if room else 0
            return Expired(len(gone) + refused, sum(one.objects for one in gone.values()) + refused)

    def erasures(self) -> tuple[Erasure, ...]:
        with self._database.reading() as connection:
            return forgetting.pending(connection)

    def is_to_be_erased(self, erasure: Erasure) -> bool:
        with self._database.reading() as connection:
            return not forgetting.is_sent_again(connection, erasure.key)

    def erased(self, erasure: Erasure) -> None:
        with self._database.writing() as connection:
            forgetting.done(connection, erasure)
            self._record(connection, AuditEntry(AuditKind.ERASED, {"erasure": erasure.number}))
            was_last = not forgetting.is_any_left(connection)
        if was_last:
            self._database.checkpoint_wal()
