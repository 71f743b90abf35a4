"""The ledger on SQL: each operation is one transaction."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice

from sqlalchemy import Connection

from models.case import Case, ReadPage, StoredFile
from models.children import KnownChild
from models.result import Result
from models.submission import Submission
from pipeline.ledger import cases, children, contents, forgetting, inbox, notifications, readings, runs, stored
from pipeline.ledger.base import Clock
from pipeline.ledger.database import Database
from pipeline.ledger.seal import Seal
from pipeline.ledger.values import (
    Conclusion,
    Content,
    Erasure,
    Forgotten,
    ImportCounts,
    InboxItem,
    Lease,
    Notification,
    Selection,
    Sought,
    Stored,
    UploadEvent,
)

_PAGE = 2000  # records of one transaction: others wait for a moment, not for a whole import


class _OnDatabase:
    def __init__(self, database: Database, seal: Seal, clock: Clock) -> None:
        self._database = database
        self._seal = seal
        self._clock = clock


class _Cases(_OnDatabase):
    def open_case(self, submission: Submission, files: tuple[StoredFile, ...], input_digest: str) -> Case:
        with self._database.writing() as connection:
            return cases.open_case(connection, self._seal, submission, files, input_digest, now=self._clock())

    def case(self, submission_id: str, revision: int | None = None) -> Case:
        with self._database.reading() as connection:
            return cases.case_of(connection, self._seal, submission_id, revision)

    def conclude(self, *conclusions: Conclusion) -> tuple[int, ...]:
        with self._database.writing() as connection:
            return tuple(self._concluded(connection, one) for one in conclusions)

    def _concluded(self, connection: Connection, one: Conclusion) -> int:
        submission_id, now = one.case.submission.submission_id, self._clock()
        case_id = cases.locked(connection, one.case)
        if one.lease is not None and not inbox.finish(connection, one.lease, submission_id, now=now):
            return runs.last(connection, case_id)
        ordinal = runs.add(connection, self._seal, case_id, one.case, one.result, now=now)
        forgetting.note_keys(connection, self._seal, case_id, one.numbers)
        if one.child is not None and cases.is_latest(connection, one.case):  # a late run undoes no newer revision
            children.register(connection, self._seal, one.child, submission_id, now=now)
        return ordinal

    def latest_result(self, submission_id: str) -> Result:
        with self._database.reading() as connection:
            return runs.latest(connection, self._seal, submission_id)

    def results(self, submission_id: str) -> tuple[Result, ...]:
        with self._database.reading() as connection:
            return runs.results(connection, self._seal, submission_id)

    def cases(self, selection: Selection) -> Iterator[str]:
        with self._database.reading() as connection:
            return iter(runs.selected(connection, selection))

    def keep_content(self, case: Case, content: Content) -> None:
        payload = contents.sealed(self._seal, case, content)  # before the transaction: nobody waits meanwhile
        with self._database.writing() as connection:
            case_id = cases.locked(connection, case)
            contents.keep(connection, case_id, payload, content, now=self._clock())

    def stored(self, submission_ids: Sequence[str], version: str) -> tuple[Stored, ...]:
        with self._database.reading() as connection:
            return stored.stored(connection, self._seal, submission_ids, version)


class _Readings(_OnDatabase):
    def keep_reading(self, key: str, page: ReadPage) -> None:
        payload = readings.sealed(self._seal, key, page)  # before the transaction: nobody waits meanwhile
        with self._database.writing() as connection:
            readings.keep(connection, key, payload, now=self._clock())

    def reading(self, key: str) -> ReadPage | None:
        with self._database.reading() as connection:
            payload = readings.payload_of(connection, key)
        return None if payload is None else readings.opened(self._seal, key, payload)


class _Children(_OnDatabase):
    def known_children(self, *sought: Sought) -> tuple[tuple[KnownChild, ...], ...]:
        with self._database.reading() as connection:
            return children.known(connection, self._seal, sought)

    def import_children(self, records: Iterable[KnownChild]) -> ImportCounts:
        counts = ImportCounts()
        source = iter(records)
        while page := tuple(islice(source, _PAGE)):
            with self._database.writing() as connection:
                more = children.add_new(connection, self._seal, page, now=self._clock())
            counts = ImportCounts(*map(sum, zip(counts, more, strict=True)))
        return counts

    def export_children(self) -> Iterator[KnownChild]:
        row_id = 0
        while True:
            with self._database.reading() as connection:
                page = children.page_after(connection, self._seal, row_id, _PAGE)
            yield from (child for _, child in page)
            if not page:
                return
            row_id = page[-1][0]

    def forget_child(self, numbers: Sequence[str]) -> Forgotten:
        with self._database.writing() as connection:
            return forgetting.forget(connection, self._seal, numbers, now=self._clock())

    def erasures(self) -> tuple[Erasure, ...]:
        with self._database.reading() as connection:
            return forgetting.pending(connection)

    def erased(self, erasure: Erasure) -> None:
        with self._database.writing() as connection:
            forgetting.done(connection, erasure)


class _Inbox(_OnDatabase):
    def note_notifications(self, bodies: Sequence[bytes]) -> int:
        with self._database.writing() as connection:
            return notifications.note(connection, bodies, now=self._clock())

    def notifications(self, limit: int) -> tuple[Notification, ...]:
        with self._database.reading() as connection:
            return notifications.waiting(connection, limit)

    def drop_notification(self, notification: Notification) -> None:
        with self._database.writing() as connection:
            notifications.drop(connection, notification)

    def hear(self, event: UploadEvent) -> bool:
        with self._database.writing() as connection:
            return inbox.hear(connection, event, now=self._clock())

    def item(self, item_id: str) -> InboxItem:
        with self._database.reading() as connection:
            return inbox.item(connection, item_id)

    def undispatched(self, limit: int) -> tuple[InboxItem, ...]:
        with self._database.reading() as connection:
            return inbox.undispatched(connection, limit)

    def mark_dispatched(self, item_id: str, flow_run_id: str, *, patience: float = 300.0) -> None:
        with self._database.writing() as connection:
            inbox.mark_dispatched(connection, item_id, flow_run_id, patience=patience, now=self._clock())

    def lease(self, item_id: str, owner: str, seconds: float) -> Lease | None:
        with self._database.writing() as connection:
            return inbox.lease(connection, item_id, owner, seconds=seconds, now=self._clock())

    def renew(self, lease: Lease, seconds: float) -> Lease:
        with self._database.writing() as connection:
            return inbox.renew(connection, lease, seconds=seconds, now=self._clock())

    def finish(self, lease: Lease, submission_id: str | None) -> None:
        with self._database.writing() as connection:
            inbox.finish(connection, lease, submission_id, now=self._clock())

    def overdue(self, now: datetime) -> tuple[InboxItem, ...]:
        with self._database.reading() as connection:
            return inbox.overdue(connection, now=now)


class SqlLedger(_Cases, _Readings, _Children, _Inbox):
    """A ledger in a SQL database whose schema is today's; made by `open_ledger`."""

    def close(self) -> None:
        """Let go of files and connections."""
        self._database.close()
