"""Notifications that were accepted and not yet worked on: kept as they came, and gone once their objects are known."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, delete, select

from pipeline.ledger.database import insert_new
from pipeline.ledger.tables import notifications
from pipeline.ledger.values import Notification


def note(connection: Connection, bodies: Iterable[bytes], *, now: datetime) -> int:
    """Keep bodies; hands on how many were not waiting already."""
    rows = ({"digest": hashlib.sha256(body).hexdigest(), "body": body, "received_at": now} for body in bodies)
    return sum(insert_new(connection, notifications, row) for row in rows)


def waiting(connection: Connection, limit: int) -> tuple[Notification, ...]:
    """The oldest ones."""
    rows = connection.execute(select(notifications).order_by(notifications.c.id).limit(limit))
    return tuple(Notification(row.id, row.body, row.received_at) for row in rows)


def drop(connection: Connection, notification: Notification) -> None:
    """Let go of one whose objects are known; the same text may come again, and is as welcome as before."""
    connection.execute(delete(notifications).where(notifications.c.id == notification.number))
