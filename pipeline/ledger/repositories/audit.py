"""The audit chain: each operation is one transaction."""

from collections.abc import Iterable, Mapping

from pydantic import JsonValue

from pipeline.ledger import audit
from pipeline.ledger.audit import AuditEntry
from pipeline.ledger.records import Anchor, AuditKind, AuditRecord, AuditReport
from pipeline.ledger.repositories.base import Repository


class AuditRepository(Repository):
    """The audit chain. What the ledger does is recorded by itself, in the transaction that does it."""

    def trail(self, submission_id: str) -> tuple[AuditRecord, ...]:
        """What was recorded of a case, oldest first."""
        with self._database.reading() as connection:
            return audit.trail(connection, self._seal, submission_id)

    def anchor(self) -> Anchor:
        """Where the chain ends now, for keeping elsewhere."""
        with self._database.reading() as connection:
            return audit.anchor(connection, self._seal)

    def verify(self, anchors: Iterable[Anchor] = ()) -> AuditReport:
        """Look at every record, at the head, and at anchors of earlier times."""
        with self._database.reading() as connection:
            return AuditReport(*audit.problems(connection, self._seal, anchors))

    def note(self, kind: AuditKind, details: Mapping[str, JsonValue], submission_id: str | None = None) -> None:
        """Record what somebody did who changed nothing: looked at a case, let values be shown, fetched a file."""
        with self._database.writing() as connection:
            self._record(connection, AuditEntry(kind, details, submission_id))
