"""The inbox: uploads, each noted once and worked on by one worker at a time, and notifications of the object store."""

import hashlib
import json
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, Select, delete, func, or_, select, update

from models.case import Lease
from models.errors import LedgerError
from pipeline.ledger.database import insert_new, is_over
from pipeline.ledger.repositories.base import AuditEntry, Details
from pipeline.ledger.repositories.recording import RecordingRepository, lost_lease
from pipeline.ledger.system_tables import inbox, notifications
from pipeline.ledger.values import AuditKind, InboxItem, MessageKind, Notification, UploadEvent, Via


class InboxRepository(RecordingRepository):
    """Uploads on their way to becoming cases. Every method but `add_upload` raises LedgerError for an unknown item."""

    def note_notifications(self, bodies: Sequence[bytes]) -> int:
        """Keep what an object store sent, durably and all of it; returns how many were not waiting already."""
        with self._database.writing() as connection:
            now = self._clock()
            rows = ({"digest": hashlib.sha256(body).hexdigest(), "body": body, "received_at": now} for body in bodies)
            return sum(insert_new(connection, notifications, row) for row in rows)

    def notifications(self, limit: int) -> tuple[Notification, ...]:
        """The oldest notifications that wait to be worked on."""
        query = select(notifications).order_by(notifications.c.id).limit(limit)
        with self._database.reading() as connection:
            return tuple(Notification(row.id, row.body, row.received_at) for row in connection.execute(query))

    def drop_notification(self, notification: Notification) -> None:
        """Delete a notification whose objects are known; repeating it is no error, and the same text may come again."""
        with self._database.writing() as connection:
            connection.execute(delete(notifications).where(notifications.c.id == notification.number))

    def add_upload(self, event: UploadEvent) -> bool:
        """Note an upload durably; True the first time, however and in whatever order its notifications come."""
        identity = json.dumps([event.bucket, event.key, event.version, event.etag])
        item_id, digest = uuid.uuid4().hex, hashlib.sha256(identity.encode()).hexdigest()
        with self._database.writing() as connection:
            values = {"item_id": item_id, "identity": digest, "heard_at": self._clock(), "token": 0}
            is_new = insert_new(connection, inbox, event.model_dump() | values)
            if is_new:
                details: Details = {"item": item_id, "via": event.via.value}
                self._record(connection, AuditEntry(AuditKind.HEARD, details))
            return is_new

    def get(self, item_id: str) -> InboxItem:
        """An item, finished or not."""
        with self._database.reading() as connection:
            return _item(connection, item_id)

    def undispatched(self, limit: int) -> tuple[InboxItem, ...]:
        """The oldest items for which no run was asked for and that no worker has leased."""
        fresh = _open_items().where(inbox.c.dispatched_at.is_(None), inbox.c.token == 0).limit(limit)
        with self._database.reading() as connection:
            return tuple(_item_of_row(row) for row in connection.execute(fresh))

    def mark_dispatched(self, item_id: str, flow_run_id: str, *, patience: float = 300.0) -> None:
        """Note that a run was asked for; the item is overdue if no worker leases it within `patience` seconds."""
        with self._database.writing() as connection:
            now = self._clock()
            until = now + timedelta(seconds=patience)
            query = select(inbox.c.due_at).where(inbox.c.item_id == item_id)
            before = connection.execute(query.with_for_update()).first()
            if before is None:
                raise _unknown(item_id)
            latest = max(until, before.due_at or until)  # a lease that was taken meanwhile may end later
            values = {"flow_run_id": flow_run_id, "dispatched_at": now, "due_at": latest}
            connection.execute(update(inbox).where(inbox.c.item_id == item_id).values(**values))

    def lease(self, item_id: str, owner: str, seconds: float) -> Lease | None:
        """Lease an item for so long, with the next token; None if another worker holds it or it is finished."""
        with self._database.writing() as connection:
            now = self._clock()
            until = now + timedelta(seconds=seconds)
            free = or_(inbox.c.leased_until.is_(None), is_over(inbox.c.leased_until, now))
            taken = connection.execute(
                update(inbox)
                .where(inbox.c.item_id == item_id, inbox.c.finished_at.is_(None), free)
                .values(owner=owner, token=inbox.c.token + 1, leased_until=until, due_at=until)
                .returning(inbox.c.token)
            ).first()
            if taken is None and not connection.scalar(select(func.count()).where(inbox.c.item_id == item_id)):
                raise _unknown(item_id)
            return None if taken is None else Lease(item_id=item_id, owner=owner, token=taken.token, expires_at=until)

    def renew(self, lease: Lease, seconds: float) -> Lease:
        """Extend a lease to so long from now; raises LostLeaseError."""
        with self._database.writing() as connection:
            until = self._clock() + timedelta(seconds=seconds)
            kept = connection.execute(
                update(inbox)
                .where(inbox.c.item_id == lease.item_id, inbox.c.token == lease.token, inbox.c.finished_at.is_(None))
                .values(leased_until=until, due_at=until)
            )
            if kept.rowcount == 0:
                raise lost_lease(lease)
            return lease.model_copy(update={"expires_at": until})

    def finish(self, lease: Lease, refusal: Sequence[str] = ()) -> None:
        """Close an item of which no case came; repeating it is no error; raises LostLeaseError.

        What is wrong with the upload, if `refusal` says anything, goes into the outbox.
        """
        with self._database.writing() as connection:
            if not self._finish_item(connection, lease, None):
                return
            if refusal:
                key = _item(connection, lease.item_id).event.key
                data: Details = {"item": lease.item_id, "key": key, "problems": list(refusal)}
                self._add_message(connection, MessageKind.REFUSED, data, case_id=None)
            self._record(connection, AuditEntry(AuditKind.CLOSED, {"item": lease.item_id, "refused": bool(refusal)}))

    def overdue(self, now: datetime) -> tuple[InboxItem, ...]:
        """Unfinished items whose lease or patience ran out: to be dispatched again."""
        with self._database.reading() as connection:
            rows = connection.execute(_open_items().where(is_over(inbox.c.due_at, now)))
            return tuple(_item_of_row(row) for row in rows)


def _open_items() -> Select[tuple[object, ...]]:
    return select(inbox).where(inbox.c.finished_at.is_(None)).order_by(inbox.c.id)


def _item(connection: Connection, item_id: str) -> InboxItem:
    row = connection.execute(select(inbox).where(inbox.c.item_id == item_id)).first()
    if row is None:
        raise _unknown(item_id)
    return _item_of_row(row)


def _item_of_row(row: Row[tuple[object, ...]]) -> InboxItem:
    event = UploadEvent(bucket=row.bucket, key=row.key, version=row.version, etag=row.etag, via=Via(row.via))
    return InboxItem(item_id=row.item_id, event=event, heard_at=row.heard_at, flow_run_id=row.flow_run_id)


def _unknown(item_id: str) -> LedgerError:
    return LedgerError(f"There is no inbox item {item_id}.")
