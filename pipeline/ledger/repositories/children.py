"""The register of children, and what is erased: each operation is one transaction."""

from collections.abc import Iterable, Iterator
from itertools import islice

from models.register import KnownChild, RegisterQuery
from pipeline.ledger import children
from pipeline.ledger.audit import AuditEntry
from pipeline.ledger.records import AuditKind
from pipeline.ledger.repositories.base import Repository
from pipeline.ledger.values import ImportCounts

_PAGE = 2000  # records of one transaction: others wait for a moment, not for a whole import


class ChildRepository(Repository):
    """The register of known children. Numbers are compared in normal form; names without spaces and separators."""

    def known(self, *sought: RegisterQuery) -> tuple[tuple[KnownChild, ...], ...]:
        """For each of those sought every record that shares a number, or name, sex and birth date, or the delivery.

        Never what the submission itself registered.
        """
        with self._database.reading() as connection:
            return children.known(connection, self._seal, sought)

    def add(self, records: Iterable[KnownChild]) -> ImportCounts:
        """Add records that are not known; a record whose number is known with other content is conflicting.

        Children who were forgotten stay forgotten.
        """
        counts = ImportCounts()
        source = iter(records)
        while page := tuple(islice(source, _PAGE)):
            with self._database.writing() as connection:
                more = children.add_new(connection, self._seal, page, now=self._clock())
                self._record(connection, AuditEntry(AuditKind.IMPORTED, more._asdict()))
            counts = ImportCounts(*map(sum, zip(counts, more, strict=True)))
        return counts

    def export(self) -> Iterator[KnownChild]:
        """Every record, in the order of registration."""
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
