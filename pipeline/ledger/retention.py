"""Keeping no longer than is needed: scans of decided cases, after the time in which a family may object.

Results, what was read of the pages' fields, and the register stay; so a case can be judged again, and not read again.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection, Row, Select, delete, func, insert, or_, select, update

from models.result import Decision
from models.submission import INBOX, MANIFEST_NAME
from pipeline.ledger import cases as case_rows
from pipeline.ledger import review_queue as waiting
from pipeline.ledger.erasure import NOWHERE, bytes_of_nobody_else, uploads
from pipeline.ledger.tables import case_files, cases, erasures, inbox, outbox, runs
from pipeline.ledger.value_encryption import Seal
from pipeline.ledger.values import Expired, MessageKind
from pipeline.stores.content import refusal_key


def due(connection: Connection, *, before: datetime, limit: int) -> tuple[str, ...]:
    """Cases that were decided before then, whose scans are still here; never one that somebody must decide.

    Nobody decides any of them, or lays it before people, before this transaction ends: they are asked for once more
    when that is sure.
    """
    found = tuple(connection.scalars(_due(before).limit(limit)))
    case_rows.lock(connection, found)
    return tuple(connection.scalars(_due(before, found))) if found else ()


def count_due(connection: Connection, *, before: datetime) -> int:
    """How many such cases there are, and how many uploads of which no case came."""
    queries = (_due(before), _refused(before))
    return sum(connection.scalar(select(func.count()).select_from(query.subquery())) or 0 for query in queries)


def _due(before: datetime, of: Sequence[str] | None = None) -> Select[str]:
    order = (cases.c.revision.desc(), runs.c.ordinal.desc().nulls_last())
    rank = func.row_number().over(partition_by=cases.c.submission_id, order_by=order)
    columns = (
        cases.c.submission_id,
        cases.c.scans_erased_at,
        cases.c.sent_again_at,
        runs.c.decision,
        runs.c.finished_at,
    )
    ranked = select(*columns, rank.label("rank")).outerjoin(runs, runs.c.case_id == cases.c.id)
    latest = (ranked if of is None else ranked.where(cases.c.submission_id.in_(of))).subquery()
    query = select(latest.c.submission_id).where(
        latest.c.submission_id.not_in(waiting.objected()),
        latest.c.rank == 1,
        latest.c.scans_erased_at.is_(None),
        latest.c.decision.in_([Decision.ACCEPTED, Decision.RETURNED]),
        latest.c.finished_at < before,
        or_(latest.c.sent_again_at.is_(None), latest.c.sent_again_at < before),
    )
    return query.order_by(latest.c.submission_id)


def _refused(before: datetime) -> Select[str, str]:
    ended = (inbox.c.finished_at < before, inbox.c.submission_id.is_(None), inbox.c.key != NOWHERE)
    return select(inbox.c.item_id, inbox.c.key).where(*ended).order_by(inbox.c.id)


def expire(connection: Connection, seal: Seal, submission_ids: Sequence[str], *, now: datetime) -> dict[str, Expired]:
    """Note the scans of cases for erasure, and erase their readings; hands on what went, by case."""
    return {submission_id: _expired(connection, seal, submission_id, now) for submission_id in submission_ids}


def expire_refused(connection: Connection, *, before: datetime, limit: int, now: datetime) -> int:
    """Note for erasure uploads of which no case came, with what was answered; hands on how many."""
    rows = connection.execute(_refused(before).limit(limit)).all()
    for row in rows:
        connection.execute(update(inbox).where(inbox.c.item_id == row.item_id).values(key=NOWHERE))
        keys = (*_left_of_refused(connection, row.key), refusal_key(row.item_id))
        connection.execute(insert(erasures), [{"key": key, "noted_at": now} for key in keys])
    if rows:
        told = (outbox.c.kind == MessageKind.REFUSED.value, outbox.c.told_at < before)
        connection.execute(delete(outbox).where(*told))
    return len(rows)


def _left_of_refused(connection: Connection, key: str) -> Iterator[str]:
    """Nobody knows which files a refused manifest meant: all of its folder, unless another upload lies there too.

    One that was put into the same place since is another's to erase; of one below it only the manifest goes.
    """
    folder = key.removesuffix(MANIFEST_NAME)
    below = select(inbox.c.key).where(inbox.c.key.startswith(folder, autoescape=True))
    others = set(connection.scalars(below))
    if key in others:
        return
    yield folder if folder != INBOX and not others else key


def _expired(connection: Connection, seal: Seal, submission_id: str, now: datetime) -> Expired:
    of_case = cases.c.submission_id == submission_id
    rows = connection.execute(select(cases).where(of_case)).all()
    ids = [row.id for row in rows]
    digests = connection.scalars(select(case_files.c.digest).where(case_files.c.case_id.in_(ids)).distinct()).all()
    connection.execute(delete(case_files).where(case_files.c.case_id.in_(ids)))
    connection.execute(update(cases).where(of_case).values(scans_erased_at=now))
    waiting.leave(connection, submission_id)  # without its scans nobody can look at it again
    left = (
        *bytes_of_nobody_else(connection, digests),
        *(f"pictures/{row.input_digest}/" for row in rows),
        *_uploads(connection, seal, submission_id, rows),
    )
    if left:
        connection.execute(insert(erasures), [{"key": key, "noted_at": now} for key in left])
    return Expired(len(rows), len(left))


def _uploads(
    connection: Connection, seal: Seal, submission_id: str, rows: Sequence[Row[tuple[object, ...]]]
) -> Iterator[str]:
    paths = {file.path for row in rows for file in case_rows.files_of_row(seal, row)}
    yield from uploads(connection, sorted(paths), [submission_id])
