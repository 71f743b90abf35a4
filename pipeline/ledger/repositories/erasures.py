"""Erasing children, and the scans of decided cases after the time in which a family may object.

A case belongs to the child whose number its pages show with certainty, or, where they show none, was entered. So a
case of another child, into which this child's number was mistyped, is not erased. Of an erased child tombstones stay:
the keys of its numbers.

Of a case whose scans expire stay results, the content of its pages and the register: it can be judged again, not read.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, Connection, Row, Select, delete, func, insert, or_, select, update

from models.register import ChildNumbers
from models.result import Decision
from models.submission import INBOX, MANIFEST_NAME
from pipeline.ledger import batches
from pipeline.ledger import cases as case_rows
from pipeline.ledger.database import insert_new
from pipeline.ledger.repositories import children, queue
from pipeline.ledger.repositories.base import AuditEntry, Repository
from pipeline.ledger.system_tables import erased_counts, inbox, outbox
from pipeline.ledger.tables import (
    case_files,
    case_keys,
    cases,
    contents,
    erasures,
    findings_in_force,
    forgotten,
    readings,
    reviews,
    run_codes,
    runs,
    runs_in_force,
    waiting,
)
from pipeline.ledger.values import AuditKind, Erasure, Expired, Forgotten, MessageKind
from pipeline.stores.content import content_key, refusal_key, results_folder

_ERASED: Final = "forgotten"  # the inbox key of an erased upload; its identity stays, so that it is not noted again


class ErasureRepository(Repository):
    """Erases children and expired scans, and lists the objects that are to be erased from the store."""

    def forget_child(self, numbers: Sequence[str], by: str | None = None) -> Forgotten:
        """Erase the records with these numbers, their cases with all runs, and readings that no other case shares.

        Their objects in the store become pending erasures. Tombstones keep an import from adding the child again; an
        application of the family does add it. The audit chain notes who asked.
        """
        with self._database.writing() as connection:
            counts = self._forget(connection, numbers)
            self._record(connection, AuditEntry(AuditKind.FORGOTTEN, {"account": by, **counts._asdict()}))
        self._database.checkpoint_wal()
        return counts

    def _forget(self, connection: Connection, numbers: Sequence[str]) -> Forgotten:
        """Erase a child by its numbers, of whichever kind each is."""
        asked = children.number_keys(self._seal, ChildNumbers(tuple(numbers), tuple(numbers)))
        records = children.with_keys(connection, asked)
        record_keys = frozenset[str]().union(*(keys for keys, _ in records))
        keys = asked | record_keys
        submissions = {submission_id for _, submission_id in records if submission_id} | _cases_of(connection, keys)
        # Locks: items of batches before cases, as recording an item does; cases before all that concluding one writes.
        batches.erase_items(connection, submissions, keys)
        case_rows.lock(connection, tuple(submissions))
        rows = connection.execute(select(cases).where(cases.c.submission_id.in_(submissions))).all()
        paths = {file.path for row in rows for file in case_rows.files_of_row(self._seal, row)}
        erased = children.erase(connection, keys)
        objects = (
            *_unshared_bytes(connection, _erase_cases(connection, rows)),
            *(f"pictures/{row.input_digest}/" for row in rows),
            *(results_folder(submission_id) for submission_id in sorted(submissions)),
            *_uploads(connection, paths, submissions),
        )
        now = self._clock()
        _note_erasures(connection, objects, now)
        if erased or rows:
            for key in sorted(record_keys or keys):
                insert_new(connection, forgotten, {"key": key, "forgotten_at": now})
        return Forgotten(erased, len(submissions), len(objects))

    def scans_due(self, before: datetime) -> int:
        """How many cases and uploads `expire_scans` would expire without a limit."""
        with self._database.reading() as connection:
            queries = (_due_cases(before), _refused_uploads(before))
            return sum(connection.scalar(select(func.count()).select_from(query.subquery())) or 0 for query in queries)

    def expire_scans(self, before: datetime, limit: int, by: str | None = None) -> Expired:
        """Note for erasure the objects of cases that were decided before then; at most so many cases.

        Readings of bytes that no other case has are erased at once; results and content stay. Cases that wait for a
        person, or have a revision without a result, do not expire. Uploads of which no case came count as cases.
        """
        with self._database.writing() as connection:
            found = tuple(connection.scalars(_due_cases(before).limit(limit)))
            case_rows.lock(connection, found)  # against decisions and objections; asked again under the lock
            due = tuple(connection.scalars(_due_cases(before, found))) if found else ()
            now = self._clock()
            expired = {name: self._expire(connection, name, now) for name in due}
            details = {name: {"account": by, "objects": one.objects} for name, one in expired.items()}
            entries = (AuditEntry(AuditKind.EXPIRED, said, name) for name, said in details.items())
            self._record(connection, *entries)
            room = limit - len(expired)
            refused = _expire_refused(connection, before, room, now) if room else 0
            return Expired(len(expired) + refused, sum(one.objects for one in expired.values()) + refused)

    def _expire(self, connection: Connection, submission_id: str, now: datetime) -> Expired:
        """Note the scans of a case for erasure, and erase its readings."""
        of_case = cases.c.submission_id == submission_id
        rows = connection.execute(select(cases).where(of_case)).all()
        ids = [row.id for row in rows]
        digests = connection.scalars(select(case_files.c.digest).where(case_files.c.case_id.in_(ids)).distinct()).all()
        connection.execute(delete(case_files).where(case_files.c.case_id.in_(ids)))
        connection.execute(update(cases).where(of_case).values(scans_erased_at=now))
        queue.leave(connection, submission_id)  # without its scans it cannot be reviewed
        paths = {file.path for row in rows for file in case_rows.files_of_row(self._seal, row)}
        objects = (
            *_unshared_bytes(connection, digests),
            *(f"pictures/{row.input_digest}/" for row in rows),
            *_uploads(connection, paths, [submission_id]),
        )
        _note_erasures(connection, objects, now)
        return Expired(len(rows), len(objects))

    def pending(self) -> tuple[Erasure, ...]:
        """Objects that are still to be erased from the store, oldest first; not bytes that a case has sent again."""
        with self._database.reading() as connection:
            rows = connection.execute(select(erasures).order_by(erasures.c.id)).all()
            return tuple(Erasure(row.id, row.key, row.noted_at) for row in rows if not _is_sent(connection, row.key))

    def is_due(self, erasure: Erasure) -> bool:
        """Whether an object is still to be erased: a case may have sent the same bytes again meanwhile."""
        with self._database.reading() as connection:
            return not _is_sent(connection, erasure.key)

    def done(self, erasure: Erasure) -> None:
        """Note that an object is erased from the store; repeating it is no error."""
        with self._database.writing() as connection:
            connection.execute(delete(erasures).where(erasures.c.id == erasure.number))
            self._record(connection, AuditEntry(AuditKind.ERASED, {"erasure": erasure.number}))
            was_last = connection.scalar(select(erasures.c.id).limit(1)) is None
        if was_last:
            self._database.checkpoint_wal()


def _cases_of(connection: Connection, keys: Iterable[str]) -> set[str]:
    query = select(cases.c.submission_id).join(case_keys, case_keys.c.case_id == cases.c.id)
    return set(connection.scalars(query.where(case_keys.c.key.in_(tuple(keys)))))


def _erase_cases(connection: Connection, rows: Sequence[Row[Any]]) -> tuple[str, ...]:
    """Erase cases with all rows that refer to them; returns the digests of their files."""
    ids = [row.id for row in rows]
    run_ids = select(runs.c.id).where(runs.c.case_id.in_(ids))
    digests = connection.scalars(select(case_files.c.digest).where(case_files.c.case_id.in_(ids)).distinct()).all()
    _keep_counts(connection, "decision", runs.c.decision, runs.c.case_id.in_(ids))
    _keep_counts(connection, "code", run_codes.c.code, run_codes.c.run_id.in_(run_ids))
    for of_run in (run_codes, findings_in_force, runs_in_force):
        connection.execute(delete(of_run).where(of_run.c.run_id.in_(run_ids)))
    for table in (runs, contents, case_keys, case_files, outbox, waiting, reviews):
        connection.execute(delete(table).where(table.c.case_id.in_(ids)))
    connection.execute(delete(cases).where(cases.c.id.in_(ids)))
    return tuple(digests)


def _keep_counts(connection: Connection, metric: str, label: Column[str], of: ColumnElement[bool]) -> None:
    """Keep what rows that will be erased count for in the metrics."""
    for name, count in connection.execute(select(label, func.count()).where(of).group_by(label).order_by(label)).all():
        if not insert_new(connection, erased_counts, {"metric": metric, "label": name, "count": count}):
            kept = (erased_counts.c.metric == metric, erased_counts.c.label == name)
            connection.execute(update(erased_counts).where(*kept).values(count=erased_counts.c.count + count))


def _note_erasures(connection: Connection, keys: Sequence[str], now: datetime) -> None:
    if keys:
        connection.execute(insert(erasures), [{"key": key, "noted_at": now} for key in keys])


def _unshared_bytes(connection: Connection, digests: Iterable[str]) -> Iterator[str]:
    """Keys of bytes that no other case has; erases their readings."""
    for digest in sorted(digests):
        if not _has_case(connection, digest):
            connection.execute(delete(readings).where(readings.c.key.startswith(f"{digest}/", autoescape=True)))
            yield content_key(digest)


def _has_case(connection: Connection, digest: str) -> bool:
    return connection.scalar(select(case_files.c.case_id).where(case_files.c.digest == digest).limit(1)) is not None


def _is_sent(connection: Connection, key: str) -> bool:
    """Whether a key names bytes that a case has."""
    digest = key.rpartition("/")[2]
    return bool(digest) and key == content_key(digest) and _has_case(connection, digest)


def _uploads(connection: Connection, paths: Iterable[str], submissions: Iterable[str]) -> Iterator[str]:
    """Keys of the files that the parent's app uploaded, manifest last; erases them from the inbox items."""
    theirs = inbox.c.submission_id.in_(tuple(submissions))
    for key in connection.scalars(select(inbox.c.key).where(theirs, inbox.c.key != _ERASED)).all():
        yield from (f"{key.removesuffix(MANIFEST_NAME)}{path}" for path in sorted(paths))
        yield key
    connection.execute(update(inbox).where(theirs).values(key=_ERASED))


def _due_cases(before: datetime, of: Sequence[str] | None = None) -> Select[str]:
    """Cases that were decided before then and have scans; without those that wait for a person."""
    order = (cases.c.revision.desc(), runs.c.ordinal.desc().nulls_last())
    rank = func.row_number().over(partition_by=cases.c.submission_id, order_by=order).label("rank")
    of_case = (cases.c.submission_id, cases.c.scans_erased_at, cases.c.sent_again_at)
    ranked = select(*of_case, runs.c.decision, runs.c.finished_at, rank)
    ranked = ranked.outerjoin(runs, runs.c.case_id == cases.c.id)
    latest = (ranked if of is None else ranked.where(cases.c.submission_id.in_(of))).subquery()
    query = select(latest.c.submission_id).where(
        latest.c.submission_id.not_in(queue.objected()),
        latest.c.rank == 1,
        latest.c.scans_erased_at.is_(None),
        latest.c.decision.in_([Decision.ACCEPTED, Decision.RETURNED]),
        latest.c.finished_at < before,
        or_(latest.c.sent_again_at.is_(None), latest.c.sent_again_at < before),
    )
    return query.order_by(latest.c.submission_id)


def _refused_uploads(before: datetime) -> Select[str, str]:
    ended = (inbox.c.finished_at < before, inbox.c.submission_id.is_(None), inbox.c.key != _ERASED)
    return select(inbox.c.item_id, inbox.c.key).where(*ended).order_by(inbox.c.id)


def _expire_refused(connection: Connection, before: datetime, limit: int, now: datetime) -> int:
    """Note for erasure uploads of which no case came, with their refusals; returns how many uploads."""
    rows = connection.execute(_refused_uploads(before).limit(limit)).all()
    for row in rows:
        connection.execute(update(inbox).where(inbox.c.item_id == row.item_id).values(key=_ERASED))
        _note_erasures(connection, (*_refused_objects(connection, row.key), refusal_key(row.item_id)), now)
    if rows:
        delivered = (outbox.c.kind == MessageKind.REFUSED.value, outbox.c.told_at < before)
        connection.execute(delete(outbox).where(*delivered))
    return len(rows)


def _refused_objects(connection: Connection, key: str) -> Iterator[str]:
    """Which files a refused manifest meant is unknown: all of its folder, unless another upload is in it too.

    An upload that was put into the same place since owns it now; beside one below it only the manifest is erased.
    """
    folder = key.removesuffix(MANIFEST_NAME)
    below = select(inbox.c.key).where(inbox.c.key.startswith(folder, autoescape=True))
    others = set(connection.scalars(below))
    if key in others:
        return
    yield folder if folder != INBOX and not others else key
