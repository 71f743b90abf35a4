"""The outbox: what others are to be told, noted in the transaction that made it true, and kept until they have it."""

import json
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from pydantic import JsonValue
from sqlalchemy import Connection, func, insert, select, update

from pipeline.ledger.inbox import is_over
from pipeline.ledger.tables import outbox
from pipeline.ledger.values import Message, MessageKind

_LONGEST_FAILURE: Final = 64


def note(
    connection: Connection, kind: MessageKind, data: Mapping[str, JsonValue], *, case_id: int | None, now: datetime
) -> None:
    """Note a message, under an id that stays the same however often it is sent."""
    values = {
        "message_id": f"msg_{uuid.uuid4().hex}",
        "kind": kind.value,
        "case_id": case_id,
        "data": json.dumps(data, ensure_ascii=False, sort_keys=True),
        "noted_at": now,
        "due_at": now,
        "attempts": 0,
    }
    connection.execute(insert(outbox).values(**values))


def claim(connection: Connection, limit: int, *, seconds: float, now: datetime) -> tuple[Message, ...]:
    """Take the oldest messages that are due, for so long; whoever takes them dies or says how it went."""
    due = select(outbox.c.id).where(is_over(outbox.c.due_at, now)).order_by(outbox.c.id).limit(limit)
    ids = connection.scalars(due.with_for_update(skip_locked=True)).all()
    taken = (
        update(outbox)
        .where(outbox.c.id.in_(ids))
        .values(due_at=now + timedelta(seconds=seconds), attempts=outbox.c.attempts + 1)
        .returning(outbox)
    )
    rows = sorted(connection.execute(taken).all(), key=lambda row: int(row.id))
    return tuple(
        Message(row.message_id, MessageKind(row.kind), json.loads(row.data), row.noted_at, row.attempts) for row in rows
    )


def told(connection: Connection, message: Message, *, now: datetime) -> bool:
    """Note that it arrived; False if that was known."""
    waits = (outbox.c.message_id == message.message_id, outbox.c.told_at.is_(None))
    done = connection.execute(update(outbox).where(*waits).values(told_at=now, due_at=None, failure=None))
    return bool(done.rowcount)


def failed(connection: Connection, message: Message, failure: str, *, again: datetime) -> None:
    """Note that it did not arrive, why in a word, and when to try again."""
    waits = (outbox.c.message_id == message.message_id, outbox.c.told_at.is_(None))
    values = {"due_at": again, "failure": failure[:_LONGEST_FAILURE]}
    connection.execute(update(outbox).where(*waits).values(**values))


def waiting(connection: Connection) -> tuple[int, datetime | None]:
    """How many messages wait, and since when the oldest does."""
    query = select(func.count(), func.min(outbox.c.noted_at)).where(outbox.c.due_at.is_not(None))
    count, oldest = connection.execute(query).one()
    return count, oldest
