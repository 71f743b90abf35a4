"""What every ledger does: the truth about cases, runs, children, uploads, and the people who decide."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from models.errors import LedgerError
from pipeline.ledger.promises.of_batches import Batches
from pipeline.ledger.promises.of_cases import Cases, Readings
from pipeline.ledger.promises.of_children import Children
from pipeline.ledger.promises.of_operation import Audit, Operation
from pipeline.ledger.promises.of_people import People
from pipeline.ledger.promises.of_reviews import Reviews
from pipeline.ledger.promises.of_uploads import Inbox, Outbox

Clock = Callable[[], datetime]


class ChildExistsError(LedgerError):
    """Another case registered a child with one of these numbers first; nothing of this conclusion was stored."""


def utc_now() -> datetime:
    """The time, in UTC."""
    return datetime.now(tz=UTC)


def reading_key(digest: str, page_no: int, engine: str) -> str:
    """The name of a reading: the same bytes, page and engine version give the same reading."""
    return f"{digest}/{page_no}/{engine}"


class Ledger(Batches, Cases, Readings, Children, Inbox, Outbox, Reviews, People, Audit, Operation, Protocol):
    """Everything in one place, so that what belongs together is one transaction.

    Every method may raise LedgerBusyError where trying again helps, and LedgerError where it does not. Safe to share
    between threads and across a fork.
    """

    def close(self) -> None:
        """Let go of files and connections."""
