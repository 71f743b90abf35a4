"""Cases, what was read of them, and what became of them: each operation is one transaction."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from sqlalchemy import Connection

from models.case import Case, ReadPage, StoredFile
from models.errors import LedgerError, LostLeaseError
from models.result import Result
from models.submission import Submission
from pipeline.ledger import cases, contents, inbox, readings, runs
from pipeline.ledger import loading as stored
from pipeline.ledger import review_queue as waiting
from pipeline.ledger.audit import AuditEntry
from pipeline.ledger.decision_errors import PersonDecidedError
from pipeline.ledger.records import AuditKind
from pipeline.ledger.repositories.on_database import Details, OnDatabase
from pipeline.ledger.repositories.recording import Recording, digest_of
from pipeline.ledger.review_queue import Ended
from pipeline.ledger.runs import Adding
from pipeline.ledger.values import Conclusion, Content, Selection, Stored


class Cases(Recording):
    def open_case(self, submission: Submission, files: tuple[StoredFile, ...], input_digest: str) -> Case:
        with self._database.writing() as connection:
            opened = cases.open_case(connection, self._seal, submission, files, input_digest, now=self._clock())
            case, is_new = opened
            if is_new:
                details: Details = {"revision": case.revision, "input": input_digest}
                self._record(connection, AuditEntry(AuditKind.OPENED, details, submission.submission_id))
            return case

    def case(self, submission_id: str, revision: int | None = None) -> Case:
        with self._database.reading() as connection:
            return cases.case_of(connection, self._seal, submission_id, revision)

    def has_scan(self, case: Case, digest: str) -> bool:
        with self._database.reading() as connection:
            return cases.has_file(connection, case, digest)

    def conclude(self, *conclusions: Conclusion) -> tuple[int, ...]:
        try:
            with self._database.writing() as connection:
                entries: list[AuditEntry] = []
                ordinals = tuple(self._concluded(connection, one, entries) for one in conclusions)
                self._record(connection, *entries)
        except LostLeaseError:
            self._note_late(conclusions)
            raise
        return ordinals

    def _concluded(self, connection: Connection, one: Conclusion, entries: list[AuditEntry]) -> int:
        submission_id = one.case.submission.submission_id
        held = cases.held(connection, one.case)
        last = runs.last(connection, held.case_id)
        if one.lease is not None and not inbox.finish(connection, one.lease, submission_id, now=self._clock()):
            return last.ordinal
        if last.author is not None:
            raise PersonDecidedError(submission_id)
        ordinal, ending = self._add_run(connection, Adding(held, last), one)
        if held.is_latest:
            ended = Ended(held.case_id, one.case, ordinal, one.result)
            waiting.follow(connection, self._seal, ended, one.looks, now=self._clock())
        if one.lease is not None:
            self._tell(connection, held.case_id, submission_id, ending)
        entries.append(AuditEntry(AuditKind.CONCLUDED, {**ending, "result": digest_of(one.result)}, submission_id))
        return ordinal

    def _note_late(self, conclusions: Iterable[Conclusion]) -> None:
        entries = (
            AuditEntry(
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

    def stored(self, submission_ids: Sequence[str], version: int | None) -> tuple[Stored, ...]:
        with self._database.reading() as connection:
            return stored.stored(connection, self._seal, submission_ids, version)


class Readings(OnDatabase):
    def keep_reading(self, key: str, page: ReadPage) -> None:
        payload = readings.sealed(self._seal, key, page)  # before the transaction: nobody waits meanwhile
        with self._database.writing() as connection:
            readings.keep(connection, key, payload, now=self._clock())

    def reading(self, key: str) -> ReadPage | None:
        with self._database.reading() as connection:
            payload = readings.payload_of(connection, key)
        return None if payload is None else readings.opened(self._seal, key, payload)
