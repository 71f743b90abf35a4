"""The outbox: messages for other systems, noted in the transaction that made them true, kept until delivered."""

import json
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update

from pipeline.ledger.database import is_over
from pipeline.ledger.repositories.base import AuditEntry, Details
from pipeline.ledger.repositories.recording import RecordingRepository
from pipeline.ledger.system_tables import outbox
from pipeline.ledger.values import AuditKind, Message, MessageKind

_LONGEST_FAILURE: Final = 64  # characters


class OutboxRepository(RecordingRepository):
    """Messages for other systems: each is delivered at least once, every time under the same id."""

    def claim(self, limit: int, seconds: float) -> tuple[Message, ...]:
        """Claim due messages for so long; those with the fewest attempts first, so that failing ones block none."""
        with self._database.writing() as connection:
            now = self._clock()
            due = select(outbox.c.id).where(is_over(outbox.c.due_at, now)).order_by(outbox.c.attempts, outbox.c.id)
            ids = connection.scalars(due.limit(limit).with_for_update(skip_locked=True)).all()
            claimed = (
                update(outbox)
                .where(outbox.c.id.in_(ids))
                .values(due_at=now + timedelta(seconds=seconds), attempts=outbox.c.attempts + 1)
                .returning(outbox)
            )
            rows = sorted(connection.execute(claimed).all(), key=lambda row: int(row.id))
        return tuple(
            Message(row.message_id, MessageKind(row.kind), json.loads(row.data), row.noted_at, row.attempts)
            for row in rows
        )

    def add(self, submission_id: str) -> bool:
        """Add a message with the latest result of a case; False if the last message about the case says the same.

        For results that did not come through the inbox, of which no message is added by itself.

        Raises:
            UnknownCaseError: There is no such case.
            LedgerError: It has no result.
        """
        with self._database.writing() as connection:
            return self._add_result_if_changed(connection, submission_id)

    def mark_delivered(self, message: Message) -> None:
        """Note that a message arrived; repeating it is no error."""
        undelivered = (outbox.c.message_id == message.message_id, outbox.c.told_at.is_(None))
        with self._database.writing() as connection:
            values = {"told_at": self._clock(), "due_at": None, "failure": None}
            if connection.execute(update(outbox).where(*undelivered).values(**values)).rowcount:
                details: Details = {"message": message.message_id, "attempts": message.attempts}
                subject = message.data.get("submission_id")
                about = subject if isinstance(subject, str) else None
                self._record(connection, AuditEntry(AuditKind.TOLD, details, about))

    def mark_failed(self, message: Message, failure: str, again: datetime) -> None:
        """Note that a message did not arrive, why in a word that quotes no value, and when to try again."""
        undelivered = (outbox.c.message_id == message.message_id, outbox.c.told_at.is_(None))
        values = {"due_at": again, "failure": failure[:_LONGEST_FAILURE]}
        with self._database.writing() as connection:
            connection.execute(update(outbox).where(*undelivered).values(**values))
