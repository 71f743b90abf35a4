"""How much there is, waits and goes wrong: counts and ages for those who operate the system, no word of any case."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Table, delete, func, select, update

from pipeline.ledger import outbox as messages
from pipeline.ledger.database import insert_new
from pipeline.ledger.records import Heartbeat, Metrics
from pipeline.ledger.review_queue import family_waits
from pipeline.ledger.tables import inbox, notifications, run_codes, runs, workers


def beat(connection: Connection, told: Heartbeat, *, before: datetime) -> None:
    """Note that a process works; those that were silent since `before` are struck out."""
    values = told._asdict()
    if not insert_new(connection, workers, values):
        connection.execute(update(workers).where(workers.c.identity == told.identity).values(**values))
    connection.execute(delete(workers).where(workers.c.seen_at < before))


def figures(connection: Connection) -> Metrics:
    """All of it, as of one moment."""
    uploads, oldest = _waiting(connection, inbox, inbox.c.heard_at, inbox.c.finished_at.is_(None))
    bodies, oldest_body = _waiting(connection, notifications, notifications.c.received_at)
    told, oldest_message = messages.waiting(connection)
    reviews, oldest_review = family_waits(connection)
    return Metrics(
        uploads=uploads,
        oldest_upload=oldest,
        notifications=bodies,
        oldest_notification=oldest_body,
        messages=told,
        oldest_message=oldest_message,
        reviews=reviews,
        oldest_review=oldest_review,
        heard=_counted(connection, inbox.c.via),
        decisions=_counted(connection, runs.c.decision),
        codes=_counted(connection, run_codes.c.code),
        workers=tuple(
            Heartbeat(row.identity, row.seen_at, row.engine_restarts) for row in connection.execute(select(workers))
        ),
    )


def _waiting(
    connection: Connection, table: Table, since: Column[datetime], *conditions: Any
) -> tuple[int, datetime | None]:
    count, oldest = connection.execute(
        select(func.count(), func.min(since)).select_from(table).where(*conditions)
    ).one()
    return count, oldest


def _counted(connection: Connection, column: Column[str]) -> dict[str, int]:
    return {row[0]: row[1] for row in connection.execute(select(column, func.count()).group_by(column))}
