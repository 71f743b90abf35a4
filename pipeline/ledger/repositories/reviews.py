"""Cases that lie before people, and what they decide: each operation is one transaction."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from pydantic import JsonValue
from sqlalchemy import Connection, Row

from models.case import Case
from models.conclusion import Conclusion, Lease
from models.result import Result
from models.review import Priority, ReviewOutcome, WaitReason
from pipeline.ledger import cases, inbox, reviews, runs
from pipeline.ledger import review_queue as waiting
from pipeline.ledger.audit import AuditEntry
from pipeline.ledger.cases import Held
from pipeline.ledger.decision_errors import StaleCaseError
from pipeline.ledger.loading import laid_out
from pipeline.ledger.records import AuditKind
from pipeline.ledger.repositories.base import Details
from pipeline.ledger.repositories.recording import RecordingRepository
from pipeline.ledger.review_queue import Ended
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
from pipeline.ledger.reviews import Decided
from pipeline.ledger.runs import Adding


class ReviewRepository(RecordingRepository):
    """A case comes to lie before people, and leaves them, in the transaction that gives it a result."""

    def queue(self, view: View, limit: int, after: Cursor | None = None) -> QueuePage:
        """The next cases: supervisors' last, then by priority, then those that have waited longest."""
        with self._database.reading() as connection:
            return waiting.page(connection, view, limit, after)

    def queue_counts(self) -> tuple[QueueCount, ...]:
        """How many cases there are for each reason."""
        with self._database.reading() as connection:
            return waiting.counts(connection)

    def waiting(self, submission_id: str) -> Waiting | None:
        """Whether a case lies before people, and how."""
        with self._database.reading() as connection:
            return waiting.one(connection, submission_id)

    def case_for_review(self, submission_id: str, version: int | None) -> CaseForReview:
        """A case with all that somebody needs who decides it; with content of this version, as `stored`.

        Raises:
            UnknownCaseError: There is no such case.
            NoResultYetError: It came in, and was not decided yet.
        """
        with self._database.reading() as connection:
            return laid_out(connection, self._seal, submission_id, version)

    def hold(self, submission_id: str, account: str, seconds: float) -> Waiting:
        """Take a case in hand for so long, or go on holding it; raises HeldError or NotWaitingError."""
        with self._database.writing() as connection:
            held = waiting.hold(connection, submission_id, account, seconds=seconds, now=self._clock())
            self._record(connection, _held(submission_id, account, seconds=seconds))
            return held

    def release(self, submission_id: str, account: str) -> None:
        """Let go of a case; once more, or of one that is somebody else's, is no error."""
        with self._database.writing() as connection:
            if waiting.release(connection, submission_id, account):
                self._record(connection, _held(submission_id, account, seconds=0))

    def prioritise(self, submission_id: str, account: str, priority: Priority) -> None:
        """Put a case before others, or back; raises NotWaitingError."""
        with self._database.writing() as connection:
            waiting.prioritise(connection, submission_id, priority)
            self._record(connection, _held(submission_id, account, priority=int(priority)))

    def reopen(self, submission_id: str, account: str) -> Waiting:
        """Lay a decided case before supervisors again; raises UnknownCaseError, or LedgerError without runs."""
        with self._database.writing() as connection:
            result = runs.latest(connection, self._seal, submission_id)
            case = cases.case_of(connection, self._seal, submission_id, result.revision)
            case_id = cases.locked(connection, case)
            ended = Ended(case_id, case, runs.last(connection, case_id).ordinal, result)
            waiting.lay(connection, ended, WaitReason.OBJECTION, now=self._clock())
            self._record(connection, _held(submission_id, account, why=WaitReason.OBJECTION.value))
            laid = waiting.one(connection, submission_id)
        if laid is None:
            raise StaleCaseError(submission_id)
        return laid

    def record_decision(self, settled: RecordedDecision) -> int | None:
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
        with self._database.writing() as connection:
            case_id = cases.locked(connection, settled.case)  # first: whoever sends the same at once waits here
            before = reviews.with_id(connection, settled.verdict.decision_id)
            if before is not None:
                return reviews.made_before(before, case_id, settled)
            row = self._seen(connection, settled)
            made = self._followed(connection, case_id, settled)
            decided = Decided(case_id, settled, WaitReason(row.why), made)
            reviews.add(connection, self._seal, decided, now=self._clock())
            self._record(connection, _decided(settled, WaitReason(row.why), made))
            return made

    def _seen(self, connection: Connection, settled: RecordedDecision) -> Row[Any]:
        """The row of the case that is decided, if it is what was seen; raises as `settle`."""
        case, verdict = settled.case, settled.verdict
        row = waiting.row_of(connection, case.submission.submission_id)
        if row is None:
            raise reviews.gone(connection, case, verdict.run)
        shown = (verdict.revision, verdict.run, settled.why or row.why, settled.escalated in (None, row.escalated))
        if (
            (row.revision, row.run, row.why, True) != shown
            or case.revision != verdict.revision
            or not cases.is_latest(connection, case)
        ):
            raise StaleCaseError(case.submission.submission_id)
        waiting.refuse_if_held(waiting.value_of(row), settled.account, self._clock())
        return row

    def _followed(self, connection: Connection, case_id: int, settled: RecordedDecision) -> int | None:
        """What a decision does to the case; hands on the number of its run, if it makes one."""
        submission_id = settled.case.submission.submission_id
        if settled.verdict.outcome is ReviewOutcome.ESCALATE:
            waiting.escalate(connection, submission_id)
        elif settled.result is not None:
            waiting.leave(connection, submission_id)
            conclusion = Conclusion(settled.case, settled.result, settled.child, settled.numbers)
            place = Adding(Held(case_id, is_latest=True), runs.last(connection, case_id))  # what was seen is the latest
            ordinal, ending = self._add_run(connection, place, conclusion, author=settled.account)
            self._tell(connection, case_id, submission_id, ending)
            return ordinal
        elif settled.agreed is False:
            waiting.escalate(connection, submission_id, WaitReason.DISSENT)
        else:
            waiting.leave(connection, submission_id)
        return None

    def standing(self, case: Case) -> Result | None:
        """The result that a person gave a revision, if one did; no machine gives it another."""
        with self._database.reading() as connection:
            return runs.by_person(connection, self._seal, case)

    def repeat_result(self, case: Case, lease: Lease) -> None:
        """Finish an upload that is a decided revision once more: its result is told again; raises LostLeaseError."""
        submission_id = case.submission.submission_id
        with self._database.writing() as connection:
            case_id = cases.locked(connection, case)
            if inbox.finish(connection, lease, submission_id, now=self._clock()):
                _, run = runs.latest_run(connection, self._seal, submission_id)
                self._tell(connection, case_id, submission_id, run)
                details: Details = {"item": lease.item_id, "refused": False}
                self._record(connection, AuditEntry(AuditKind.CLOSED, details, submission_id))

    def decisions(self, submission_id: str) -> tuple[Reviewed, ...]:
        """What people decided of a case, oldest first."""
        with self._database.reading() as connection:
            return reviews.of_case(connection, self._seal, submission_id)

    def all_decisions(self, since: datetime | None = None) -> Iterator[Reviewed]:
        """What people decided since then of all cases, oldest first."""
        row_id = 0
        while True:
            with self._database.reading() as connection:
                row_id, page = reviews.page_after(connection, self._seal, row_id, since)
            yield from page
            if not page:
                return


def _held(submission_id: str, account: str, **what: JsonValue) -> AuditEntry:
    return AuditEntry(AuditKind.HELD, {"account": account, **what}, submission_id)


def _decided(settled: RecordedDecision, why: WaitReason, made: int | None) -> AuditEntry:
    verdict = settled.verdict
    details: Details = {
        "account": settled.account,
        "decision": verdict.decision_id,
        "revision": verdict.revision,
        "seen": verdict.run,
        "made": made,
        "why": why.value,
        "outcome": verdict.outcome.value,
        "code": verdict.code.value if verdict.code else None,
        "relation": verdict.relation.value if verdict.relation else None,
        "agreed": settled.agreed,
        "corrected": sum(one.read != one.seen for one in verdict.checked),
    }
    return AuditEntry(AuditKind.DECIDED, details, settled.case.submission.submission_id)
