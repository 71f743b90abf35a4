"""Uploads on their way in, and results on their way out: each operation is one transaction."""

from collections.abc import Sequence
from datetime import datetime

from pipeline.ledger import (
    inbox,
    notifications,
    outbox,
    telling,
)
from pipeline.ledger.audit import AuditEntry
from pipeline.ledger.records import AuditKind
from pipeline.ledger.repositories.on_database import Details, OnDatabase
from pipeline.ledger.values import InboxItem, Lease, Message, MessageKind, Notification, UploadEvent


class Inbox(OnDatabase):
    def note_notifications(self, bodies: Sequence[bytes]) -> int:
        with self._database.writing() as connection:
            return notifications.note(connection, bodies, now=self._clock())

    def notifications(self, limit: int) -> tuple[Notification, ...]:
        with self._database.reading() as connection:
            return notifications.waiting(connection, limit)

    def drop_notification(self, notification: Notification) -> None:
        with self._database.writing() as connection:
            notifications.drop(connection, notification)

    def hear(self, event: UploadEvent) -> bool:
        with self._database.writing() as connection:
            item_id = inbox.hear(connection, event, now=self._clock())
            if item_id is not None:
                self._record(connection, AuditEntry(AuditKind.HEARD, {"item": item_id, "via": event.via.value}))
            return item_id is not None

    def item(self, item_id: str) -> InboxItem:
        with self._database.reading() as connection:
            return inbox.item(connection, item_id)

    def undispatched(self, limit: int) -> tuple[InboxItem, ...]:
        with self._database.reading() as connection:
            return inbox.undispatched(connection, limit)

    def mark_dispatched(self, item_id: str, flow_run_id: str, *, patience: float = 300.0) -> None:
        with self._database.writing() as connection:
            inbox.mark_dispatched(connection, item_id, flow_run_id, patience=patience, now=self._clock())

    def lease(self, item_id: str, owner: str, seconds: float) -> Lease | None:
        with self._database.writing() as connection:
            return inbox.lease(connection, item_id, owner, seconds=seconds, now=self._clock())

    def renew(self, lease: Lease, seconds: float) -> Lease:
        with self._database.writing() as connection:
            return inbox.renew(connection, lease, seconds=seconds, now=self._clock())

    def finish(self, lease: Lease, refusal: Sequence[str] = ()) -> None:
        now = self._clock()
        with self._database.writing() as connection:
            if not inbox.finish(connection, lease, None, now=now):
                return
            if refusal:
                key = inbox.item(connection, lease.item_id).event.key
                data: Details = {"item": lease.item_id, "key": key, "problems": list(refusal)}
                outbox.note(connection, MessageKind.REFUSED, data, case_id=None, now=now)
            self._record(connection, AuditEntry(AuditKind.CLOSED, {"item": lease.item_id, "refused": bool(refusal)}))

    def overdue(self, now: datetime) -> tuple[InboxItem, ...]:
        with self._database.reading() as connection:
            return inbox.overdue(connection, now=now)


class Outbox(OnDatabase):
    def claim_messages(self, limit: int, seconds: float) -> tuple[Message, ...]:
        with self._database.writing() as connection:
            return outbox.claim(connection, limit, seconds=seconds, now=self._clock())

    def tell(self, submission_id: str) -> bool:
        with self._database.writing() as connection:
            return telling.tell(connection, self._seal, submission_id, now=self._clock())

    def told(self, message: Message) -> None:
        with self._database.writing() as connection:
            if outbox.told(connection, message, now=self._clock()):
                details: Details = {"message": message.message_id, "attempts": message.attempts}
                self._record(connection, AuditEntry(AuditKind.TOLD, details, _subject_of(message)))

    def not_told(self, message: Message, failure: str, again: datetime) -> None:
        with self._database.writing() as connection:
            outbox.failed(connection, message, failure, again=again)


def _subject_of(message: Message) -> str | None:
    subject = message.data.get("submission_id")
    return subject if isinstance(subject, str) else None
