"""Cases, what was read of them, and what became of them: each operation is one transaction."""

from collections.abc import Iterator, Sequence

from models.case import Case, StoredFile
from models.conclusion import Conclusion
from models.content import Content
from models.errors import LostLeaseError
from models.result import Result
from models.submission import Submission
from pipeline.ledger import cases, contents, runs
from pipeline.ledger import loading as stored
from pipeline.ledger.audit import AuditEntry
from pipeline.ledger.records import AuditKind
from pipeline.ledger.repositories.base import Details
from pipeline.ledger.repositories.recording import RecordingRepository
from pipeline.ledger.values import Selection, Stored


class CaseRepository(RecordingRepository):
    """Cases and what became of them."""

    def open(self, submission: Submission, files: tuple[StoredFile, ...], input_digest: str) -> Case:
        """Record what came in; the digest of the latest revision again is that revision, else it is the next one."""
        with self._database.writing() as connection:
            opened = cases.open_case(connection, self._seal, submission, files, input_digest, now=self._clock())
            case, is_new = opened
            if is_new:
                details: Details = {"revision": case.revision, "input": input_digest}
                self._record(connection, AuditEntry(AuditKind.OPENED, details, submission.submission_id))
            return case

    def get(self, submission_id: str, revision: int | None = None) -> Case:
        """A case as it came in, by default its latest revision; raises UnknownCaseError."""
        with self._database.reading() as connection:
            return cases.case_of(connection, self._seal, submission_id, revision)

    def has_scan(self, case: Case, digest: str) -> bool:
        """Whether a revision still has a file of this content: it is neither forgotten, nor are its scans erased."""
        with self._database.reading() as connection:
            return cases.has_file(connection, case, digest)

    def conclude(self, *conclusions: Conclusion) -> tuple[int, ...]:
        """Store a run of each case, register its child and finish its inbox item: all of it, or nothing.

        What came through the inbox is to be told: a message of it waits in the outbox from then on.

        A child that a submission registered before is replaced, unless a newer revision came in meanwhile. Earlier
        runs stay as they are.

        Returns:
            For each the number of the run in its revision, from 1.

        Raises:
            ChildExistsError: Another case registered a child with one of its numbers.
            LostLeaseError: Another worker took an inbox item over, or finished it.
            UnknownCaseError: A case was never opened, or was erased.
        """
        try:
            with self._database.writing() as connection:
                entries: list[AuditEntry] = []
                ordinals = tuple(self._concluded(connection, one, entries) for one in conclusions)
                self._record(connection, *entries)
        except LostLeaseError:
            self._note_late(conclusions)
            raise
        return ordinals

    def result(self, submission_id: str, revision: int, run: int) -> Result:
        """One run of one revision; raises UnknownCaseError, or LedgerError without it."""
        with self._database.reading() as connection:
            return runs.one(connection, self._seal, submission_id, revision, run)

    def latest_result(self, submission_id: str) -> Result:
        """The last run of the latest revision that has one; raises UnknownCaseError, or LedgerError without runs."""
        with self._database.reading() as connection:
            return runs.latest(connection, self._seal, submission_id)

    def results(self, submission_id: str) -> tuple[Result, ...]:
        """Every run, by revision and then by number; raises UnknownCaseError."""
        with self._database.reading() as connection:
            return runs.results(connection, self._seal, submission_id)

    def select(self, selection: Selection) -> Iterator[str]:
        """The submission ids that a selection means, in the order of the ids."""
        with self._database.reading() as connection:
            return iter(runs.selected(connection, selection))

    def keep_content(self, case: Case, content: Content) -> None:
        """Keep what the files of a case say, instead of what was kept before; raises UnknownCaseError."""
        payload = contents.sealed(self._seal, case, content)  # before the transaction: nobody waits meanwhile
        with self._database.writing() as connection:
            case_id = cases.locked(connection, case)
            contents.keep(connection, case_id, payload, content, now=self._clock())

    def load(self, submission_ids: Sequence[str], version: int | None) -> tuple[Stored, ...]:
        """The latest revisions of cases that have a result, in the order of the ids, with content of this version.

        Content of any other version, older or newer, is left where it is, and all content where `version` is None.
        """
        with self._database.reading() as connection:
            return stored.stored(connection, self._seal, submission_ids, version)
