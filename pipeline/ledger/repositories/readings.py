"""What perceiving pages yielded, by content: each operation is one transaction."""

from models.case import ReadPage
from pipeline.ledger import readings
from pipeline.ledger.repositories.base import Repository


class ReadingRepository(Repository):
    """What perceiving pages yielded, by content."""

    def keep(self, key: str, page: ReadPage) -> None:
        """Keep a reading; the first one under a key stays."""
        payload = readings.sealed(self._seal, key, page)  # before the transaction: nobody waits meanwhile
        with self._database.writing() as connection:
            readings.keep(connection, key, payload, now=self._clock())

    def get(self, key: str) -> ReadPage | None:
        """The reading under a key; raises LedgerError if it was damaged."""
        with self._database.reading() as connection:
            payload = readings.payload_of(connection, key)
        return None if payload is None else readings.opened(self._seal, key, payload)
