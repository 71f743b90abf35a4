"""Uploads on their way in, and results on their way out: each operation is one transaction."""

from collections.abc import Sequence
from datetime import datetime

from models.conclusion import Lease
from pipeline.ledger import (
    inbox,
    notifications,
    outbox,
)
from pipeline.ledger.audit import AuditEntry
from pipeline.ledger.records import AuditKind
from pipeline.ledger.repositories.base import Details, Repository
from pipeline.ledger.values import InboxItem, MessageKind, Notification, UploadEvent


class InboxRepository(Repository):
    """Uploads on their way to becoming cases. Every method but `hear` raises LedgerError for an unknown item."""

    def note_notifications(self, bodies: Sequence[bytes]) -> int:
        """Keep what an object store said, durably and all of it; hands on how many were not waiting already."""
        with self._database.writing() as connection:
            return notifications.note(connection, bodies, now=self._clock())

    def notifications(self, limit: int) -> tuple[Notification, ...]:
        """The oldest ones that wait to be worked on."""
        with self._database.reading() as connection:
            return notifications.waiting(connection, limit)

    def drop_notification(self, notification: Notification) -> None:
        """Let go of one whose objects are known; once more is no error."""
        with self._database.writing() as connection:
            notifications.drop(connection, notification)

    def add_upload(self, event: UploadEvent) -> bool:
        """Note an upload, durably; True the first time it is heard of, however it arrives and in whatever order."""
        with self._database.writing() as connection:
            item_id = inbox.hear(connection, event, now=self._clock())
            if item_id is not None:
                self._record(connection, AuditEntry(AuditKind.HEARD, {"item": item_id, "via": event.via.value}))
            return item_id is not None

    def get(self, item_id: str) -> InboxItem:
        """An item, whatever became of it."""
        with self._database.reading() as connection:
            return inbox.item(connection, item_id)

    def undispatched(self, limit: int) -> tuple[InboxItem, ...]:
        """The oldest items that nobody has started work on."""
        with self._database.reading() as connection:
            return inbox.undispatched(connection, limit)

    def mark_dispatched(self, item_id: str, flow_run_id: str, *, patience: float = 300.0) -> None:
        """Note that a run was asked for; overdue if nobody leases the item within `patience` seconds."""
        with self._database.writing() as connection:
            inbox.mark_dispatched(connection, item_id, flow_run_id, patience=patience, now=self._clock())

    def lease(self, item_id: str, owner: str, seconds: float) -> Lease | None:
        """Take an item for so long; None if somebody holds it or it is finished."""
        with self._database.writing() as connection:
            return inbox.lease(connection, item_id, owner, seconds=seconds, now=self._clock())

    def renew(self, lease: Lease, seconds: float) -> Lease:
        """Hold on for so long from now; raises LostLeaseError."""
        with self._database.writing() as connection:
            return inbox.renew(connection, lease, seconds=seconds, now=self._clock())

    def finish(self, lease: Lease, refusal: Sequence[str] = ()) -> None:
        """Close an item of which no case came; once more is no error; raises LostLeaseError.

        What is wrong with it, if anything is said, waits in the outbox from then on.
        """
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
        """Unfinished items whose lease or patience ran out: to be dispatched again."""
        with self._database.reading() as connection:
            return inbox.overdue(connection, now=now)
