"""The ledger on SQL: each operation is one transaction, and the parts stand in transactions/."""

from pipeline.ledger.repositories.accounts import People
from pipeline.ledger.repositories.batches import Batches
from pipeline.ledger.repositories.cases import Cases, Readings
from pipeline.ledger.repositories.children import Children
from pipeline.ledger.repositories.inbox import Inbox, Outbox
from pipeline.ledger.repositories.operation import Audit, Operation
from pipeline.ledger.repositories.reviews import Reviews


class SqlLedger(Batches, Cases, Readings, Children, Inbox, Outbox, Reviews, People, Audit, Operation):
    """A ledger in a SQL database whose schema is today's; made by `open_ledger`."""

    def close(self) -> None:
        """Let go of files and connections."""
        self._database.close()
