"""The ledger: the record of cases, runs, children, uploads, messages, reviews, accounts and batches."""

from models.errors import LedgerError
from pipeline.ledger.database import Clock, Database, utc_now
from pipeline.ledger.repositories.accounts import AccountRepository
from pipeline.ledger.repositories.audit import AuditRepository
from pipeline.ledger.repositories.batches import BatchRepository
from pipeline.ledger.repositories.cases import CaseRepository
from pipeline.ledger.repositories.children import ChildRepository
from pipeline.ledger.repositories.erasures import ErasureRepository
from pipeline.ledger.repositories.inbox import InboxRepository
from pipeline.ledger.repositories.operations import OperationRepository
from pipeline.ledger.repositories.outbox import OutboxRepository
from pipeline.ledger.repositories.readings import ReadingRepository
from pipeline.ledger.repositories.reviews import ReviewRepository
from pipeline.ledger.schema import bring_up_to_date
from pipeline.ledger.value_encryption import Seal


class Ledger:
    """One database with a repository for each subject; each method of a repository is one transaction.

    Every method may raise LedgerBusyError where trying again helps, and LedgerError where it does not. A ledger may be
    shared between threads and survives a fork.
    """

    def __init__(self, database: Database, seal: Seal, clock: Clock) -> None:
        """Use a database whose schema is current; `open_ledger` brings it up to date."""
        self._database = database
        self.cases = CaseRepository(database, seal, clock)
        self.readings = ReadingRepository(database, seal, clock)
        self.children = ChildRepository(database, seal, clock)
        self.erasures = ErasureRepository(database, seal, clock)
        self.inbox = InboxRepository(database, seal, clock)
        self.outbox = OutboxRepository(database, seal, clock)
        self.reviews = ReviewRepository(database, seal, clock)
        self.accounts = AccountRepository(database, seal, clock)
        self.batches = BatchRepository(database, seal, clock)
        self.audit = AuditRepository(database, seal, clock)
        self.operations = OperationRepository(database, seal, clock)

    def close(self) -> None:
        """Close all connections."""
        self._database.close()


def open_ledger(url: str, secret: bytes, *, clock: Clock = utc_now, patience: float = 10.0) -> Ledger:
    """Open a ledger, and create it if it does not exist; an older schema is brought up to date.

    Args:
        url: `sqlite:///FILE` or `postgresql://USER@HOST/NAME`.
        secret: Encrypts stored values, see value_encryption.py; always the same for one ledger.
        clock: Gives the time of everything that is stored and leased.
        patience: Seconds to wait for a lock before the ledger counts as busy.

    Raises:
        LedgerError: It is damaged, foreign, newer than this program, or made with another secret; nothing was written.
        LedgerBusyError: It is locked or does not answer.
    """
    database, seal = Database(url, patience=patience), Seal(secret)
    try:
        bring_up_to_date(database, seal)
    except LedgerError:
        database.close()
        raise
    return Ledger(database, seal, clock)
