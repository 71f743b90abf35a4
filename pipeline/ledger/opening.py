"""Opening a ledger: found, checked, brought to today's schema."""

from models.errors import LedgerError
from pipeline.ledger.base import Clock, Ledger, utc_now
from pipeline.ledger.database import Database
from pipeline.ledger.schema import bring_up_to_date
from pipeline.ledger.sql import SqlLedger
from pipeline.ledger.value_encryption import Seal


def open_ledger(url: str, secret: bytes, *, clock: Clock = utc_now, patience: float = 10.0) -> Ledger:
    """Open a ledger, and make it where there is none; an older schema is brought up to date.

    Args:
        url: `sqlite:///FILE` or `postgresql://USER@HOST/NAME`.
        secret: Under which the register is sealed, see seal.py; always the same for one ledger.
        clock: Tells the time of everything that is stored and leased.
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
    return SqlLedger(database, seal, clock)
