"""Keeping no longer than is needed: scans of decided cases, after the time in which a family may object.

Results, what was read of the pages' fields, and the register stay; so a case can be judged again, and not read again.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection, Row, delete, func, insert, or_, select, update

from models.result import Decision
from pipeline.ledger import cases as case_rows
from pipeline.ledger.forgetting import bytes_of_nobody_else, uploads
from pipeline.ledger.seal import Seal
from pipeline.ledger.tables import case_files, cases, erasures, runs
from pipeline.ledger.values import Expired


def due(connection: Connection, *, before: datetime, limit: int) -> tuple[str, ...]:
    """Cases that were decided before then, whose scans are still here; never one that waits for a person."""
    order = (cases.c.revision.desc(), runs.c.ordinal.desc().nulls_last())
    rank = func.row_number().over(partition_by=cases.c.submission_id, order_by=order)
    columns = (
        cases.c.submission_id,
        cases.c.scans_erased_at,
        cases.c.sent_again_at,
        runs.c.decision,
        runs.c.finished_at,
    )
    latest = select(*columns, rank.label("rank")).outerjoin(runs, runs.c.case_id == cases.c.id).subquery()
    query = select(latest.c.submission_id).where(
        latest.c.rank == 1,
        latest.c.scans_erased_at.is_(None),
        latest.c.decision.in_([Decision.ACCEPTED, Decision.RETURNED]),
        latest.c.finished_at < before,
        or_(latest.c.sent_again_at.is_(None), latest.c.sent_again_at < before),
    )
    return tuple(connection.scalars(query.order_by(latest.c.submission_id).limit(limit)))


def expire(connection: Connection, seal: Seal, submission_ids: Sequence[str], *, now: datetime) -> dict[str, Expired]:
    """Note the scans of cases for erasure, and erase their readings; hands on what went, by case."""
    return {submission_id: _expired(connection, seal, submission_id, now) for submission_id in submission_ids}


def _expired(connection: Connection, seal: Seal, submission_id: str, now: datetime) -> Expired:
    of_case = cases.c.submission_id == submission_id
    rows = connection.execute(select(cases).where(of_case)).all()
    ids = [row.id for row in rows]
    digests = connection.scalars(select(case_files.c.digest).where(case_files.c.case_id.in_(ids)).distinct()).all()
    connection.execute(delete(case_files).where(case_files.c.case_id.in_(ids)))
    connection.execute(update(cases).where(of_case).values(scans_erased_at=now))
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
