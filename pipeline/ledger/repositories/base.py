"""What every part of the ledger on SQL stands on."""

from pydantic import JsonValue
from sqlalchemy import Connection

from pipeline.ledger import (
    audit,
)
from pipeline.ledger.audit import AuditEntry
from pipeline.ledger.clock import Clock
from pipeline.ledger.database import Database
from pipeline.ledger.value_encryption import Seal

Details = dict[str, JsonValue]


class Repository:
    """A database, the seal of its values, and a clock."""

    def __init__(self, database: Database, seal: Seal, clock: Clock) -> None:
        self._database = database
        self._seal = seal
        self._clock = clock

    def _record(self, connection: Connection, *entries: AuditEntry) -> None:
        """Put entries into the audit chain: the last thing that a transaction does."""
        audit.append(connection, self._seal, entries, now=self._clock())
