"""What every ledger does with cases that lie before people, and with what they decide."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Protocol

from pydantic import JsonValue

from models.case import Case
from models.result import Result
from models.review import Priority
from pipeline.ledger.records import AuditKind
from pipeline.ledger.review_values import (
    CaseForReview,
    Cursor,
    QueueCount,
    QueuePage,
    RecordedDecision,
    Reviewed,
    View,
    Waiting,
)
from pipeline.ledger.values import Lease


class Reviews(Protocol):
    """A case comes to lie before people, and leaves them, in the transaction that gives it a result."""

    def queue(self, view: View, limit: int, after: Cursor | None = None) -> QueuePage:
        """The next cases: supervisors' last, then by priority, then those that have waited longest."""

    def queue_counts(self) -> tuple[QueueCount, ...]:
        """How many cases there are for each reason."""

    def waiting(self, submission_id: str) -> Waiting | None:
        """Whether a case lies before people, and how."""

    def laid_out(self, submission_id: str, version: int | None) -> CaseForReview:
        """A case with all that somebody needs who decides it; with content of this version, as `stored`.

        Raises:
            UnknownCaseError: There is no such case.
            NoResultYetError: It came in, and was not decided yet.
        """

    def hold(self, submission_id: str, account: str, seconds: float) -> Waiting:
        """Take a case in hand for so long, or go on holding it; raises HeldError or NotWaitingError."""

    def release(self, submission_id: str, account: str) -> None:
        """Let go of a case; once more, or of one that is somebody else's, is no error."""

    def prioritise(self, submission_id: str, account: str, priority: Priority) -> None:
        """Put a case before others, or back; raises NotWaitingError."""

    def reopen(self, submission_id: str, account: str) -> Waiting:
        """Lay a decided case before supervisors again; raises UnknownCaseError, or LedgerError without runs."""

    def settle(self, settled: RecordedDecision) -> int | None:
        """Record a person's decision and what follows: all of it, or nothing.

        A result that follows becomes a run whose author is the person, registers its child, and waits in the outbox;
        without a child it takes out of the register what the revision had registered. A case that is handed on waits
        for a supervisor. A blind look that agrees lets the case go; one that does not lays it before supervisors. The
        same decision once more changes nothing.

        Returns:
            The number of the run that came of it, if one did.

        Raises:
            StaleCaseError: The case has another result or revision than was seen.
            AlreadyDecidedError: Somebody decided it first.
            HeldError: Somebody else has it in hand.
            NotWaitingError: It does not lie before people.
            ChildExistsError: Another case registered a child with one of its numbers.
        """

    def standing(self, case: Case) -> Result | None:
        """The result that a person gave a revision, if one did; no machine gives it another."""

    def stand_by(self, case: Case, lease: Lease) -> None:
        """Finish an upload that is a decided revision once more: its result is told again; raises LostLeaseError."""

    def reviewed(self, submission_id: str) -> tuple[Reviewed, ...]:
        """What people decided of a case, oldest first."""

    def all_reviewed(self, since: datetime | None = None) -> Iterator[Reviewed]:
        """What people decided since then of all cases, oldest first."""

    def note(self, kind: AuditKind, details: Mapping[str, JsonValue], submission_id: str | None = None) -> None:
        """Record what somebody did who changed nothing: looked at a case, let values be shown, fetched a file."""
