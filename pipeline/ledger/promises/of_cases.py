"""What every ledger does with cases, and with what was read of them."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from models.case import Case, ReadPage, StoredFile
from models.result import Result
from models.submission import Submission
from pipeline.ledger.values import Conclusion, Content, Selection, Stored


class Cases(Protocol):
    """Cases and what became of them."""

    def open_case(self, submission: Submission, files: tuple[StoredFile, ...], input_digest: str) -> Case:
        """Record what came in; the digest of the latest revision again is that revision, else it is the next one."""

    def case(self, submission_id: str, revision: int | None = None) -> Case:
        """A case as it came in, by default its latest revision; raises UnknownCaseError."""

    def has_scan(self, case: Case, digest: str) -> bool:
        """Whether a revision still has a file of this content: it is neither forgotten, nor are its scans erased."""

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

    def latest_result(self, submission_id: str) -> Result:
        """The last run of the latest revision that has one; raises UnknownCaseError, or LedgerError without runs."""

    def result(self, submission_id: str, revision: int, run: int) -> Result:
        """One run of one revision; raises UnknownCaseError, or LedgerError without it."""

    def results(self, submission_id: str) -> tuple[Result, ...]:
        """Every run, by revision and then by number; raises UnknownCaseError."""

    def cases(self, selection: Selection) -> Iterator[str]:
        """The submission ids that a selection means, in the order of the ids."""

    def keep_content(self, case: Case, content: Content) -> None:
        """Keep what the files of a case say, instead of what was kept before; raises UnknownCaseError."""

    def stored(self, submission_ids: Sequence[str], version: int | None) -> tuple[Stored, ...]:
        """The latest revisions of cases that have a result, in the order of the ids, with content of this version.

        Content of any other version, older or newer, is left where it is, and all content where `version` is None.
        """


class Readings(Protocol):
    """What perceiving pages yielded, by content."""

    def keep_reading(self, key: str, page: ReadPage) -> None:
        """Keep a reading; the first one under a key stays."""

    def reading(self, key: str) -> ReadPage | None:
        """The reading under a key; raises LedgerError if it was damaged."""
