"""Reviewers' decisions: what a reviewer sees of a case, and recording what they decided; never changed afterwards."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, insert, select

from models.case import Case, Conclusion, Lease
from models.errors import AlreadyDecidedError, RefusedDecisionError, StaleCaseError
from models.result import Result
from models.review import ReviewDecision, ReviewOutcome, WaitReason
from models.review_case import CaseForReview, RecordedDecision, Reviewed, Waiting
from pipeline.ledger import cases as case_rows
from pipeline.ledger.database import stored_value
from pipeline.ledger.repositories import queue, readings
from pipeline.ledger.repositories.base import AuditEntry, Details
from pipeline.ledger.repositories.queue import QueueRepository
from pipeline.ledger.repositories.recording import RecordingRepository, Revision
from pipeline.ledger.tables import cases, reviews, runs
from pipeline.ledger.value_encryption import AssociatedData, Seal
from pipeline.ledger.values import AuditKind

_PAGE: Final = 500


class ReviewRepository(QueueRepository, RecordingRepository):
    """The review queue and reviewers' decisions; a case enters and leaves the queue with the result that says so."""

    def case_for_review(self, submission_id: str, version: int | None) -> CaseForReview:
        """A case with all that a reviewer needs; with content of this version, as `cases.load`.

        Raises:
            UnknownCaseError: There is no such case.
            NoResultYetError: It has no result yet.
        """
        with self._database.reading() as connection:
            case_id, run = case_rows.latest_run(connection, self._seal, submission_id)
            case = case_rows.case_of(connection, self._seal, submission_id, run["revision"])
            contents = readings.content_rows(connection, [case_id], version)
            result = case_rows.result_of(connection, self._seal, submission_id, case.revision, run["run"])
            return CaseForReview(
                case=case,
                result=result,
                run=run["run"],
                author=case_rows.last_run(connection, case_id).author,
                content=readings.content_of_row(self._seal, case, result, contents.get(case_id)),
                waiting=queue.waiting_case(connection, submission_id),
                reviewed=self._decisions(connection, submission_id),
                newer=not case_rows.is_latest(connection, case),
            )

    def reopen(self, submission_id: str, account: str) -> Waiting:
        """Put a decided case into the supervisors' queue; raises UnknownCaseError, or LedgerError without runs."""
        with self._database.writing() as connection:
            result = case_rows.latest_result(connection, self._seal, submission_id)
            case = case_rows.case_of(connection, self._seal, submission_id, result.revision)
            case_id = case_rows.locked(connection, case)
            ended = queue.Ended(case_id, case, case_rows.last_run(connection, case_id).ordinal, result)
            queue.reopen(connection, ended, WaitReason.OBJECTION, now=self._clock())
            self._record(connection, queue.held_entry(submission_id, account, why=WaitReason.OBJECTION.value))
            reopened = queue.waiting_case(connection, submission_id)
        if reopened is None:
            raise StaleCaseError(submission_id)
        return reopened

    def record_decision(self, decision: RecordedDecision) -> int | None:
        """Record a person's decision and what follows: all of it, or nothing.

        A result that follows becomes a run whose author is the person, registers its child, and goes into the outbox;
        without a child it takes out of the register what the revision had registered. An escalated case waits for a
        supervisor. A blind review that agrees removes the case from the queue; one that does not escalates it. The
        same decision once more changes nothing.

        Returns:
            The number of the run that came of it, if one did.

        Raises:
            StaleCaseError: The case has another result or revision than was seen.
            AlreadyDecidedError: Another reviewer decided it first.
            HeldError: Another reviewer holds it.
            NotWaitingError: It is not in the queue.
            ChildExistsError: Another case registered a child with one of its numbers.
        """
        with self._database.writing() as connection:
            case_id = case_rows.locked(connection, decision.case)  # first: the same decision sent twice at once waits
            decision_id = decision.verdict.decision_id
            before = connection.execute(select(reviews).where(reviews.c.decision_id == decision_id)).first()
            if before is not None:
                return _repeated(before, case_id, decision)
            why = self._check_seen(connection, decision)
            made_run = self._apply(connection, case_id, decision)
            values = self._values(case_id, decision, why, made_run)
            connection.execute(insert(reviews).values(**values))
            self._record(connection, _entry(decision, why, made_run))
            return made_run

    def _check_seen(self, connection: Connection, decision: RecordedDecision) -> WaitReason:
        """Why the decided case waits; raises as `record_decision` where the case is not what the reviewer saw."""
        case, verdict = decision.case, decision.verdict
        row = queue.lock_row(connection, case.submission.submission_id)
        if row is None:
            raise _missing(connection, case, verdict.run)
        seen = (verdict.revision, verdict.run, decision.why or row.why, decision.escalated in (None, row.escalated))
        if (
            (row.revision, row.run, row.why, True) != seen
            or case.revision != verdict.revision
            or not case_rows.is_latest(connection, case)
        ):
            raise StaleCaseError(case.submission.submission_id)
        queue.refuse_if_held(queue.waiting_of_row(row), decision.account, self._clock())
        return WaitReason(row.why)

    def _apply(self, connection: Connection, case_id: int, decision: RecordedDecision) -> int | None:
        """Change queue, runs, register and outbox as a decision says; returns the number of the new run, if any."""
        submission_id = decision.case.submission.submission_id
        if decision.verdict.outcome is ReviewOutcome.ESCALATE:
            queue.escalate(connection, submission_id)
        elif decision.result is not None:
            queue.leave(connection, submission_id)
            conclusion = Conclusion(decision.case, decision.result, decision.child, decision.numbers)
            last = case_rows.last_run(connection, case_id).ordinal
            revision = Revision(case_id, is_latest=True, last_run=last)  # as _check_seen made sure
            ordinal, run = self._add_run(connection, revision, conclusion, author=decision.account)
            self._add_result_message(connection, case_id, submission_id, run)
            return ordinal
        elif decision.agreed is False:
            queue.escalate(connection, submission_id, WaitReason.DISSENT)
        else:
            queue.leave(connection, submission_id)
        return None

    def _values(
        self, case_id: int, decision: RecordedDecision, why: WaitReason, made_run: int | None
    ) -> dict[str, object]:
        verdict, submission_id = decision.verdict, decision.case.submission.submission_id
        about = AssociatedData.of_verdict(submission_id, decision.case.revision, verdict.decision_id)
        return {
            "decision_id": verdict.decision_id,
            "case_id": case_id,
            "run": verdict.run,
            "made_run": made_run,
            "why": why.value,
            "outcome": verdict.outcome.value,
            "agreed": decision.agreed,
            "account": decision.account,
            "decided_at": self._clock(),
            "verdict": self._seal.encrypt(verdict.model_dump_json().encode(), about),
        }

    def standing(self, case: Case) -> Result | None:
        """The result that a person gave a revision, if one did; the machine does not decide such a revision again."""
        query = case_rows.results_query(case.submission.submission_id).add_columns(runs.c.author)
        query = query.where(cases.c.revision == case.revision).order_by(runs.c.ordinal.desc()).limit(1)
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        return None if row is None or row.author is None else case_rows.result_of_row(self._seal, row)

    def repeat_result(self, case: Case, lease: Lease) -> None:
        """Finish an upload that repeats a decided revision, with a message of its result; raises LostLeaseError."""
        submission_id = case.submission.submission_id
        with self._database.writing() as connection:
            case_id = case_rows.locked(connection, case)
            if self._finish_item(connection, lease, submission_id):
                _, run = case_rows.latest_run(connection, self._seal, submission_id)
                self._add_result_message(connection, case_id, submission_id, run)
                details: Details = {"item": lease.item_id, "refused": False}
                self._record(connection, AuditEntry(AuditKind.CLOSED, details, submission_id))

    def decisions(self, submission_id: str) -> tuple[Reviewed, ...]:
        """The decisions of a case, oldest first."""
        with self._database.reading() as connection:
            return self._decisions(connection, submission_id)

    def _decisions(self, connection: Connection, submission_id: str) -> tuple[Reviewed, ...]:
        rows = connection.execute(_decisions_query().where(cases.c.submission_id == submission_id))
        return tuple(_reviewed(self._seal, row) for row in rows)

    def all_decisions(self, since: datetime | None = None) -> Iterator[Reviewed]:
        """The decisions of all cases since then, oldest first."""
        row_id = 0
        while True:
            query = _decisions_query().where(reviews.c.id > row_id).limit(_PAGE)
            with self._database.reading() as connection:
                rows = connection.execute(query if since is None else query.where(reviews.c.decided_at >= since)).all()
            yield from [_reviewed(self._seal, row) for row in rows]
            if not rows:
                return
            row_id = rows[-1].id


def _repeated(row: Row[Any], case_id: int, decision: RecordedDecision) -> int | None:
    """The run that came of this very decision; raises AlreadyDecidedError if its id is that of another one."""
    verdict = decision.verdict
    if (row.case_id, row.account, row.run, row.outcome) != (
        case_id,
        decision.account,
        verdict.run,
        verdict.outcome.value,
    ):
        submission_id = decision.case.submission.submission_id
        raise AlreadyDecidedError(submission_id, row.account, ReviewOutcome(row.outcome), row.decided_at)
    made_run: int | None = row.made_run
    return made_run


def _missing(connection: Connection, case: Case, run: int) -> RefusedDecisionError:
    """Why a case that a reviewer decides is not in the queue any more: decided, or changed."""
    submission_id = case.submission.submission_id
    of_run = (cases.c.submission_id == submission_id, cases.c.revision == case.revision, reviews.c.run == run)
    query = select(reviews).join(cases, cases.c.id == reviews.c.case_id).where(*of_run)
    row = connection.execute(query.order_by(reviews.c.id.desc()).limit(1)).first()
    if row is None:
        return StaleCaseError(submission_id)
    return AlreadyDecidedError(submission_id, row.account, ReviewOutcome(row.outcome), row.decided_at)


def _decisions_query() -> Select[Any]:
    joined = select(reviews, cases.c.submission_id, cases.c.revision).join(cases, cases.c.id == reviews.c.case_id)
    return joined.order_by(reviews.c.id)


def _reviewed(seal: Seal, row: Row[Any]) -> Reviewed:
    with stored_value(f"decision {row.decision_id} of case {row.submission_id}"):
        about = AssociatedData.of_verdict(row.submission_id, row.revision, row.decision_id)
        verdict = ReviewDecision.model_validate_json(seal.decrypt(row.verdict, about))
    plain = (WaitReason(row.why), row.account, row.decided_at, row.agreed, row.made_run)
    return Reviewed(row.submission_id, row.revision, *plain, verdict)


def _entry(decision: RecordedDecision, why: WaitReason, made_run: int | None) -> AuditEntry:
    verdict = decision.verdict
    details: Details = {
        "account": decision.account,
        "decision": verdict.decision_id,
        "revision": verdict.revision,
        "seen": verdict.run,
        "made": made_run,
        "why": why.value,
        "outcome": verdict.outcome.value,
        "code": verdict.code.value if verdict.code else None,
        "relation": verdict.relation.value if verdict.relation else None,
        "agreed": decision.agreed,
        "corrected": sum(one.read != one.seen for one in verdict.checked),
    }
    return AuditEntry(AuditKind.DECIDED, details, decision.case.submission.submission_id)
