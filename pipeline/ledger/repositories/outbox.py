"""Results on their way out: each operation is one transaction."""

from datetime import datetime

from pipeline.ledger import outbox, telling
from pipeline.ledger.audit import AuditEntry
from pipeline.ledger.records import AuditKind
from pipeline.ledger.repositories.base import Details, Repository
from pipeline.ledger.values import Message


class OutboxRepository(Repository):
    """What others are to be told, until they have it: at least once, each time under the same id."""

    def claim(self, limit: int, seconds: float) -> tuple[Message, ...]:
        """Take the oldest that are due, for so long; then others may."""
        with self._database.writing() as connection:
            return outbox.claim(connection, limit, seconds=seconds, now=self._clock())

    def add(self, submission_id: str) -> bool:
        """Let the latest result of a case be told, unless the last message about it says the same already.

        For results that did not come through the inbox, which are not told by themselves; raises UnknownCaseError, or
        LedgerError without a result.
        """
        with self._database.writing() as connection:
            return telling.tell(connection, self._seal, submission_id, now=self._clock())

    def mark_delivered(self, message: Message) -> None:
        """Note that it arrived; once more is no error."""
        with self._database.writing() as connection:
            if outbox.told(connection, message, now=self._clock()):
                details: Details = {"message": message.message_id, "attempts": message.attempts}
                self._record(connection, AuditEntry(AuditKind.TOLD, details, _subject_of(message)))

    def mark_failed(self, message: Message, failure: str, again: datetime) -> None:
        """Note that it did not arrive, why in a word that quotes nobody, and when to try again."""
        with self._database.writing() as connection:
            outbox.failed(connection, message, failure, again=again)


def _subject_of(message: Message) -> str | None:
    subject = message.data.get("submission_id")
    return subject if isinstance(subject, str) else None
