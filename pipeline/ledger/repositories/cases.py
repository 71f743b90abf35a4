"""Cases: opening them, concluding them, and loading what is stored of them."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Select, func, insert, select, update

from models.case import Case, Conclusion, StoredFile
from models.content import Content
from models.errors import LedgerBusyError, LostLeaseError
from models.result import Result
from models.submission import Submission
from pipeline.ledger import cases as case_rows
from pipeline.ledger.database import insert_new
from pipeline.ledger.repositories import readings
from pipeline.ledger.repositories.base import AuditEntry, Details
from pipeline.ledger.repositories.recording import RecordingRepository
from pipeline.ledger.tables import case_files, cases, run_codes, runs
from pipeline.ledger.value_encryption import AssociatedData
from pipeline.ledger.values import AuditKind, Selection, Stored

_ATTEMPTS: Final = 5  # as many revisions of one submission may be opened at the same instant


class CaseRepository(RecordingRepository):
    """Cases and their results."""

    def open(
        self,
        submission: Submission,
        files: tuple[StoredFile, ...],
        input_digest: str,
        arrived_at: datetime | None = None,
    ) -> Case:
        """Record what came in, now or at `arrived_at`.

        The digest of the latest revision again is that revision with its first arrival, else it is the next one.
        """
        arrived_at = arrived_at or self._clock()
        with self._database.writing() as connection:
            for _ in range(_ATTEMPTS):
                latest = case_rows.case_row(connection, submission.submission_id, None)
                if latest is not None and latest.input_digest == input_digest:
                    case = case_rows.case_of_row(self._seal, latest)
                    if latest.scans_erased_at is not None:  # the family sent the erased files again
                        values = {"scans_erased_at": None, "sent_again_at": self._clock()}
                        connection.execute(update(cases).where(cases.c.id == latest.id).values(**values))
                        _note_digests(connection, case)
                    return case
                revision = 1 if latest is None else latest.revision + 1
                case = Case(
                    submission=submission,
                    revision=revision,
                    files=files,
                    input_digest=input_digest,
                    arrived_at=arrived_at,
                )
                if insert_new(connection, cases, self._encrypted(case)):
                    _note_digests(connection, case)
                    details: Details = {"revision": revision, "input": input_digest}
                    self._record(connection, AuditEntry(AuditKind.OPENED, details, submission.submission_id))
                    return case
        raise LedgerBusyError(
            f"Case {submission.submission_id} is being opened many times at once", hint="trying again helps."
        )

    def _encrypted(self, case: Case) -> dict[str, object]:
        def encrypted(column: str, value: bytes) -> bytes:
            about = AssociatedData.of_case(column, case.submission.submission_id, case.revision)
            return self._seal.encrypt(value, about)

        return {
            "submission_id": case.submission.submission_id,
            "revision": case.revision,
            "input_digest": case.input_digest,
            "manifest": encrypted("manifest", case.submission.model_dump_json(by_alias=True).encode()),
            "files": encrypted("files", case_rows.FILES.dump_json(case.files)),
            "opened_at": self._clock(),
            "arrived_at": case.arrived_at,
        }

    def get(self, submission_id: str, revision: int | None = None) -> Case:
        """A case as it came in, by default its latest revision; raises UnknownCaseError."""
        with self._database.reading() as connection:
            return case_rows.case_of(connection, self._seal, submission_id, revision)

    def has_scan(self, case: Case, digest: str) -> bool:
        """Whether a revision still has a file of this content: neither the case nor its scans were erased."""
        theirs = (cases.c.submission_id == case.submission.submission_id, cases.c.revision == case.revision)
        query = select(case_files.c.case_id).join(cases, cases.c.id == case_files.c.case_id)
        with self._database.reading() as connection:
            return connection.scalar(query.where(*theirs, case_files.c.digest == digest)) is not None

    def conclude(self, *conclusions: Conclusion) -> tuple[int, ...]:
        """Store a run of each case, register its child and finish its inbox item: all of it, or nothing.

        For a case that came through the inbox a message with the result goes into the outbox.

        A child that a submission registered before is replaced, unless a newer revision came in meanwhile. Earlier
        runs stay as they are.

        Returns:
            For each the number of the run in its revision, from 1.

        Raises:
            ChildExistsError: Another case registered a child with one of its numbers.
            LostLeaseError: Another worker took an inbox item over, or finished it.
            PersonDecidedError: A person decided a revision.
            UnknownCaseError: A case was never opened, or was erased.
        """
        try:
            with self._database.writing() as connection:
                entries: list[AuditEntry] = []
                ordinals = tuple(self._conclude(connection, one, entries) for one in conclusions)
                self._record(connection, *entries)
        except LostLeaseError:
            self._note_late(conclusions)
            raise
        return ordinals

    def result(self, submission_id: str, revision: int, run: int) -> Result:
        """One run of one revision; raises UnknownCaseError, or LedgerError if there is no such run."""
        with self._database.reading() as connection:
            return case_rows.result_of(connection, self._seal, submission_id, revision, run)

    def latest_result(self, submission_id: str) -> Result:
        """The last run of the latest revision that has one; raises UnknownCaseError, or LedgerError without runs."""
        with self._database.reading() as connection:
            return case_rows.latest_result(connection, self._seal, submission_id)

    def results(self, submission_id: str) -> tuple[Result, ...]:
        """Every run, by revision and then by number; raises UnknownCaseError."""
        query = case_rows.results_query(submission_id).order_by(cases.c.revision, runs.c.ordinal)
        with self._database.reading() as connection:
            results = tuple(case_rows.result_of_row(self._seal, row) for row in connection.execute(query))
            if not results:
                case_rows.case_of(connection, self._seal, submission_id, None)
            return results

    def select(self, selection: Selection) -> Iterator[str]:
        """The submission ids of a selection, in their order."""
        newest = select(cases.c.submission_id, func.max(cases.c.opened_at).label("opened_at"))
        opened = newest.group_by(cases.c.submission_id).subquery()
        query = select(opened.c.submission_id).order_by(opened.c.submission_id)
        if selection.since is not None:
            query = query.where(opened.c.opened_at >= selection.since)
        if selection.until is not None:
            query = query.where(opened.c.opened_at < selection.until)
        if selection.model_dump(exclude={"since", "until", "submission_ids"}, exclude_none=True):
            query = query.where(opened.c.submission_id.in_(_by_latest_run(selection)))
        listed = None if selection.submission_ids is None else frozenset(selection.submission_ids)
        with self._database.reading() as connection:
            found = connection.scalars(query).all()
        return (name for name in found if listed is None or name in listed)

    def keep_content(self, case: Case, content: Content) -> None:
        """Keep the content of a case instead of what was kept before; raises UnknownCaseError."""
        payload = readings.encrypted_content(self._seal, case, content)  # slow: before the transaction
        with self._database.writing() as connection:
            case_id = case_rows.locked(connection, case)
            readings.put_content(connection, case_id, payload, content, now=self._clock())

    def load(self, submission_ids: Sequence[str], version: int | None) -> tuple[Stored, ...]:
        """The latest revisions of cases that have a result, in the order of the ids, with content of this version.

        Content of any other version, older or newer, is not loaded, and none where `version` is None.
        """
        with self._database.reading() as connection:
            results = self._latest_results(connection, submission_ids)
            revisions = self._latest_revisions(connection, submission_ids)
            contents = readings.content_rows(connection, [case_id for case_id, _ in revisions.values()], version)
        found = [(*results[name], *revisions[name]) for name in submission_ids if name in results]
        return tuple(
            Stored(case, result, readings.content_of_row(self._seal, case, result, contents.get(case_id)), run)
            for run, result, case_id, case in found
        )

    def _latest_results(self, connection: Connection, submission_ids: Sequence[str]) -> dict[str, tuple[int, Result]]:
        """The last run of the latest revision that has one, with its number, of each case that has a run."""
        query = _ranked_runs(cases.c.revision, runs.c.ordinal, runs.c.result)
        ranked = query.where(cases.c.submission_id.in_(submission_ids)).subquery()
        rows = connection.execute(select(ranked).where(ranked.c.rank == 1))
        return {row.submission_id: (row.ordinal, case_rows.result_of_row(self._seal, row)) for row in rows}

    def _latest_revisions(self, connection: Connection, submission_ids: Sequence[str]) -> dict[str, tuple[int, Case]]:
        """The latest revision of each case, with its row id."""
        query = select(cases).where(cases.c.submission_id.in_(submission_ids)).order_by(cases.c.revision)
        rows = connection.execute(query)
        return {row.submission_id: (row.id, case_rows.case_of_row(self._seal, row)) for row in rows}


def _note_digests(connection: Connection, case: Case) -> None:
    digests = sorted({file.digest for file in case.files if file.digest})
    if digests:
        case_id = case_rows.locked(connection, case)
        connection.execute(insert(case_files), [{"case_id": case_id, "digest": digest} for digest in digests])


def _ranked_runs(*columns: Any) -> Select[Any]:
    """The runs of cases; rank 1 is the last run of the latest revision that has one."""
    order = (cases.c.revision.desc(), runs.c.ordinal.desc())
    rank = func.row_number().over(partition_by=cases.c.submission_id, order_by=order).label("rank")
    return select(cases.c.submission_id, *columns, rank).join(runs, runs.c.case_id == cases.c.id)


def _by_latest_run(selection: Selection) -> Select[str]:
    ranked = _ranked_runs(runs.c.id, runs.c.decision, runs.c.version).subquery()
    query = select(ranked.c.submission_id).where(ranked.c.rank == 1)
    if selection.decision is not None:
        query = query.where(ranked.c.decision == selection.decision)
    if selection.version is not None:
        query = query.where(ranked.c.version == selection.version)
    if selection.code is not None:
        having = select(run_codes.c.run_id).where(run_codes.c.code == selection.code)
        query = query.where(ranked.c.id.in_(having))
    return query
