"""The inbox: uploads, heard of once, worked on by one worker at a time."""

import hashlib
import json
import uuid
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Column, ColumnElement, Connection, Row, Select, func, or_, select, update

from models.conclusion import Lease
from models.errors import LedgerError, LostLeaseError
from pipeline.ledger.database import insert_new
from pipeline.ledger.tables import inbox
from pipeline.ledger.values import InboxItem, UploadEvent, Via

LONGEST: Final = timedelta(hours=2)  # of any lease, and of any pause before something is tried again


def is_over(until: Column[datetime], now: datetime) -> ColumnElement[bool]:
    """Whether a time is past, or so far ahead that nobody set it but by a clock that was wrong."""
    return or_(until <= now, until > now + LONGEST)


def hear(connection: Connection, event: UploadEvent, *, now: datetime) -> str | None:
    """Note an upload; hands on its item's id the first time."""
    identity = json.dumps([event.bucket, event.key, event.version, event.etag])
    item_id = uuid.uuid4().hex
    values = {
        "item_id": item_id,
        "identity": hashlib.sha256(identity.encode()).hexdigest(),
        "heard_at": now,
        "token": 0,
    }
    return item_id if insert_new(connection, inbox, event.model_dump() | values) else None


def item(connection: Connection, item_id: str) -> InboxItem:
    """An item by its id."""
    row = connection.execute(select(inbox).where(inbox.c.item_id == item_id)).first()
    if row is None:
        raise _unknown(item_id)
    return _item(row)


def undispatched(connection: Connection, limit: int) -> tuple[InboxItem, ...]:
    """The oldest items on which nobody has started."""
    fresh = _open_items().where(inbox.c.dispatched_at.is_(None), inbox.c.token == 0).limit(limit)
    return tuple(_item(row) for row in connection.execute(fresh))


def overdue(connection: Connection, *, now: datetime) -> tuple[InboxItem, ...]:
    """Unfinished items whose lease or patience ran out."""
    return tuple(_item(row) for row in connection.execute(_open_items().where(is_over(inbox.c.due_at, now))))


def mark_dispatched(connection: Connection, item_id: str, flow_run_id: str, *, patience: float, now: datetime) -> None:
    """Note that a run was asked for; a lease that it took meanwhile may end later, and then that counts."""
    until = now + timedelta(seconds=patience)
    due_at = connection.execute(select(inbox.c.due_at).where(inbox.c.item_id == item_id).with_for_update()).first()
    if due_at is None:
        raise _unknown(item_id)
    latest = max(until, due_at.due_at or until)
    values = {"flow_run_id": flow_run_id, "dispatched_at": now, "due_at": latest}
    connection.execute(update(inbox).where(inbox.c.item_id == item_id).values(**values))


def lease(connection: Connection, item_id: str, owner: str, *, seconds: float, now: datetime) -> Lease | None:
    """Take an item, with the next token; None if it is held or finished."""
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


def renew(connection: Connection, held: Lease, *, seconds: float, now: datetime) -> Lease:
    """Hold on; raises LostLeaseError."""
    until = now + timedelta(seconds=seconds)
    kept = connection.execute(
        update(inbox)
        .where(inbox.c.item_id == held.item_id, inbox.c.token == held.token, inbox.c.finished_at.is_(None))
        .values(leased_until=until, due_at=until)
    )
    if kept.rowcount == 0:
        raise _lost(held)
    return held.model_copy(update={"expires_at": until})


def finish(connection: Connection, held: Lease, submission_id: str | None, *, now: datetime) -> bool:
    """Close an item under its lease; False if it was closed so before; raises LostLeaseError."""
    closed = connection.execute(
        update(inbox)
        .where(inbox.c.item_id == held.item_id, inbox.c.token == held.token, inbox.c.finished_at.is_(None))
        .values(finished_at=now, submission_id=submission_id)
    )
    if closed.rowcount == 1:
        return True
    again = select(func.count()).where(
        inbox.c.item_id == held.item_id,
        inbox.c.token == held.token,
        inbox.c.submission_id.is_not_distinct_from(submission_id),
    )
    if not connection.scalar(again):
        raise _lost(held)
    return False


def _open_items() -> Select[tuple[object, ...]]:
    return select(inbox).where(inbox.c.finished_at.is_(None)).order_by(inbox.c.id)


def _item(row: Row[tuple[object, ...]]) -> InboxItem:
    event = UploadEvent(bucket=row.bucket, key=row.key, version=row.version, etag=row.etag, via=Via(row.via))
    return InboxItem(item_id=row.item_id, event=event, heard_at=row.heard_at, flow_run_id=row.flow_run_id)


def _unknown(item_id: str) -> LedgerError:
    return LedgerError(f"There is no inbox item {item_id}.")


def _lost(held: Lease) -> LostLeaseError:
    return LostLeaseError(f"Inbox item {held.item_id} is another worker's now: stop, and leave it alone.")
