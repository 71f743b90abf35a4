"""The ledger on SQL: each operation is one transaction, and the parts stand in transactions/."""

from pipeline.ledger.transactions.of_batches import Batches
from pipeline.ledger.transactions.of_cases import Cases, Readings
from pipeline.ledger.transactions.of_children import Children
from pipeline.ledger.transactions.of_operation import Audit, Operation
from pipeline.ledger.transactions.of_people import People
from pipeline.ledger.transactions.of_reviews import Reviews
from pipeline.ledger.transactions.of_uploads import Inbox, Outbox


class SqlLedger(Batches, Cases, Readings, Children, Inbox, Outbox, Reviews, People, Audit, Operation):
    """A ledger in a SQL database whose schema is today's; made by `open_ledger`."""

    def close(self) -> None:
        """Let go of files and connections."""
        self._database.close()
