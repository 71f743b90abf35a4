"""The ledger on SQL: each operation is one transaction."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import islice

from pydantic import JsonValue
from sqlalchemy import Connection

from models.case import Case, ReadPage, StoredFile
from models.children import KnownChild
from models.errors import LedgerError, LostLeaseError
from models.result import Result
from models.submission import Submission
from pipeline.ledger import (
    audit,
    cases,
    children,
    contents,
    figures,
    forgetting,
    inbox,
    notifications,
    outbox,
    readings,
    retention,
    runs,
    stored,
)
from pipeline.ledger.audit import Entry
from pipeline.ledger.base import Clock
from pipeline.ledger.database import Database
from pipeline.ledger.seal import Seal
from pipeline.ledger.values import (
    Anchor,
    AuditKind,
    AuditRecord,
    AuditReport,
    Beat,
    Conclusion,
    Content,
    Erasure,
    Expired,
    Figures,
    Forgotten,
    ImportCounts,
    InboxItem,
    Lease,
    Message,
    MessageKind,
    Notification,
    Selection,
    Sought,
    Stored,
    UploadEvent,
)

Details = dict[str, JsonValue]
_SILENT = timedelta(days=1)
_PAGE = 2000  # records of one transaction: others wait for a moment, not for a whole import


class _OnDatabase:
    def __init__(self, database: Database, seal: Seal, clock: Clock) -> None:
        self._database = database
        self._seal = seal
        self._clock = clock

    def _record(self, connection: Connection, *entries: Entry) -> None:
        audit.append(connection, self._seal, entries, now=self._clock())


class _Cases(_OnDatabase):
    def open_case(self, submission: Submission, files: tuple[StoredFile, ...], input_digest: str) -> Case:
        with self._database.writing() as connection:
            opened = cases.open_case(connection, self._seal, submission, files, input_digest, now=self._clock())
            case, is_new = opened
            if is_new:
                details: Details = {"revision": case.revision, "input": input_digest}
                self._record(connection, Entry(AuditKind.OPENED, details, submission.submission_id))
            return case

    def case(self, submission_id: str, revision: int | None = None) -> Case:
        with self._database.reading() as connection:
            return cases.case_of(connection, self._seal, submission_id, revision)

    def conclude(self, *conclusions: Conclusion) -> tuple[int, ...]:
        try:
            with self._database.writing() as connection:
                entries: list[Entry] = []
                ordinals = tuple(self._concluded(connection, one, entries) for one in conclusions)
                self._record(connection, *entries)
        except LostLeaseError:
            self._note_late(conclusions)
            raise
        return ordinals

    def _concluded(self, connection: Connection, one: Conclusion, entries: list[Entry]) -> int:
        submission_id, now = one.case.submission.submission_id, self._clock()
        case_id = cases.locked(connection, one.case)
        if one.lease is not None and not inbox.finish(connection, one.lease, submission_id, now=now):
            return runs.last(connection, case_id)
        ordinal = runs.add(connection, self._seal, case_id, one.case, one.result, now=now)
        forgetting.note_keys(connection, self._seal, case_id, one.numbers)
        if one.child is not None and cases.is_latest(connection, one.case):  # a late run undoes no newer revision
            children.register(connection, self._seal, one.child, submission_id, now=now)
        ending: Details = {"revision": one.case.revision, "run": ordinal, **_ending(one.result)}
        if one.lease is not None:
            data: Details = {"submission_id": submission_id, **ending}
            outbox.note(connection, MessageKind.CONCLUDED, data, case_id=case_id, now=now)
        entries.append(Entry(AuditKind.CONCLUDED, {**ending, "result": _digest(one.result)}, submission_id))
        return ordinal

    def _note_late(self, conclusions: Iterable[Conclusion]) -> None:
        entries = (
            Entry(
                AuditKind.LATE, {"item": one.lease.item_id, "token": one.lease.token}, one.case.submission.submission_id
            )
            for one in conclusions
            if one.lease is not None
        )
        with suppress(LedgerError), self._database.writing() as connection:
            self._record(connection, *entries)

    def result(self, submission_id: str, revision: int, run: int) -> Result:
        with self._database.reading() as connection:
            return runs.one(connection, self._seal, submission_id, revision, run)

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
                self._record(connection, Entry(AuditKind.IMPORTED, more._asdict()))
            counts = ImportCounts(*map(sum, zip(counts, more, strict=True)))
        return counts

    def export_children(self) -> Iterator[KnownChild]:
        with self._database.writing() as connection:
            self._record(connection, Entry(AuditKind.EXPORTED, {}))
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
            forgotten = forgetting.forget(connection, self._seal, numbers, now=self._clock())
            self._record(connection, Entry(AuditKind.FORGOTTEN, forgotten._asdict()))
            return forgotten

    def expire_scans(self, before: datetime, limit: int, *, pretend: bool = False) -> Expired:
        with self._database.writing() as connection:
            due = retention.due(connection, before=before, limit=limit)
            if pretend:
                return Expired(len(due), 0)
            gone = retention.expire(connection, self._seal, due, now=self._clock())
            entries = (Entry(AuditKind.EXPIRED, {"objects": one.objects}, name) for name, one in gone.items())
            self._record(connection, *entries)
            return Expired(len(gone), sum(one.objects for one in gone.values()))

    def erasures(self) -> tuple[Erasure, ...]:
        with self._database.reading() as connection:
            return forgetting.pending(connection)

    def erased(self, erasure: Erasure) -> None:
        with self._database.writing() as connection:
            forgetting.done(connection, erasure)
            self._record(connection, Entry(AuditKind.ERASED, {"erasure": erasure.number}))


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
            item_id = inbox.hear(connection, event, now=self._clock())
            if item_id is not None:
                self._record(connection, Entry(AuditKind.HEARD, {"item": item_id, "via": event.via.value}))
            return item_id is not None

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

    def finish(self, lease: Lease, refusal: Sequence[str] = ()) -> None:
        now = self._clock()
        with self._database.writing() as connection:
            if not inbox.finish(connection, lease, None, now=now):
                return
            if refusal:
                key = inbox.item(connection, lease.item_id).event.key
                data: Details = {"item": lease.item_id, "key": key, "problems": list(refusal)}
                outbox.note(connection, MessageKind.REFUSED, data, case_id=None, now=now)
            self._record(connection, Entry(AuditKind.CLOSED, {"item": lease.item_id, "refused": bool(refusal)}))

    def overdue(self, now: datetime) -> tuple[InboxItem, ...]:
        with self._database.reading() as connection:
            return inbox.overdue(connection, now=now)


class _Outbox(_OnDatabase):
    def claim_messages(self, limit: int, seconds: float) -> tuple[Message, ...]:
        with self._database.writing() as connection:
            return outbox.claim(connection, limit, seconds=seconds, now=self._clock())

    def told(self, message: Message) -> None:
        with self._database.writing() as connection:
            if outbox.told(connection, message, now=self._clock()):
                details: Details = {"message": message.message_id, "attempts": message.attempts}
                self._record(connection, Entry(AuditKind.TOLD, details, _subject_of(message)))

    def not_told(self, message: Message, failure: str, again: datetime) -> None:
        with self._database.writing() as connection:
            outbox.failed(connection, message, failure, again=again)


class _Audit(_OnDatabase):
    def audit_trail(self, submission_id: str) -> tuple[AuditRecord, ...]:
        with self._database.reading() as connection:
            return audit.trail(connection, self._seal, submission_id)

    def audit_anchor(self) -> Anchor:
        with self._database.reading() as connection:
            return audit.anchor(connection, self._seal)

    def verify_audit(self, anchors: Iterable[Anchor] = ()) -> AuditReport:
        with self._database.reading() as connection:
            return AuditReport(*audit.problems(connection, self._seal, anchors))


class _Operation(_OnDatabase):
    def beat(self, identity: str, engine_restarts: int) -> None:
        now = self._clock()
        with self._database.writing() as connection:
            figures.beat(connection, Beat(identity, now, engine_restarts), before=now - _SILENT)

    def figures(self) -> Figures:
        with self._database.reading() as connection:
            return figures.figures(connection)


def _ending(result: Result) -> Details:
    codes: list[JsonValue] = [*sorted({finding.code.value for finding in result.findings})]
    return {"decision": result.decision.value, "codes": codes}


def _digest(result: Result) -> str:
    return hashlib.sha256(result.to_json().encode()).hexdigest()


def _subject_of(message: Message) -> str | None:
    subject = message.data.get("submission_id")
    return subject if isinstance(subject, str) else None


class SqlLedger(_Cases, _Readings, _Children, _Inbox, _Outbox, _Audit, _Operation):
    """A ledger in a SQL database whose schema is today's; made by `open_ledger`."""

    def close(self) -> None:
        """Let go of files and connections."""
        self._database.close()
