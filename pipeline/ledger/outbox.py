"""The outbox: what others are to be told, noted in the transaction that made it true, and kept until they have it."""

import json
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from pydantic import JsonValue
from sqlalchemy import Connection, func, insert, select, update

from pipeline.ledger.inbox import is_over
from pipeline.ledger.tables import cases, outbox
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


def last_of_case(connection: Connection, submission_id: str) -> Mapping[str, JsonValue] | None:
    """What the last message about a case says, delivered or not."""
    query = select(outbox.c.data).join(cases, cases.c.id == outbox.c.case_id)
    text = connection.scalar(query.where(cases.c.submission_id == submission_id).order_by(outbox.c.id.desc()).limit(1))
    if text is None:
        return None
    said: dict[str, JsonValue] = json.loads(text)
    return said


def claim(connection: Connection, limit: int, *, seconds: float, now: datetime) -> tuple[Message, ...]:
    """Take messages that are due, for so long: fresh ones first, so that those that nobody takes keep none waiting."""
    due = select(outbox.c.id).where(is_over(outbox.c.due_at, now)).order_by(outbox.c.attempts, outbox.c.id).limit(limit)
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
