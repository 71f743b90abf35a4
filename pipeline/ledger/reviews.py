"""What people decided: written once, never changed."""

from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, Select, insert, select

from models.case import Case
from models.review import ReviewDecision, ReviewOutcome, WaitReason
from pipeline.ledger import purposes
from pipeline.ledger.decision_errors import AlreadyDecidedError, RefusedDecisionError, StaleCaseError
from pipeline.ledger.errors import stored_value
from pipeline.ledger.review_values import RecordedDecision, Reviewed
from pipeline.ledger.tables import cases
from pipeline.ledger.tables_of_people import reviews
from pipeline.ledger.value_encryption import Seal

_PAGE: Final = 500


class Decided(NamedTuple):
    """A decision, the row of its revision, why the case lay before people, and the run that came of it."""

    case_id: int
    settled: RecordedDecision
    why: WaitReason
    made_run: int | None


def add(connection: Connection, seal: Seal, decided: Decided, *, now: datetime) -> None:
    """Write a decision down."""
    case_id, settled, why, made_run = decided
    verdict, submission = settled.verdict, settled.case.submission
    about = purposes.of_verdict(submission.submission_id, settled.case.revision, verdict.decision_id)
    values = {
        "decision_id": verdict.decision_id,
        "case_id": case_id,
        "run": verdict.run,
        "made_run": made_run,
        "why": why.value,
        "outcome": verdict.outcome.value,
        "agreed": settled.agreed,
        "account": settled.account,
        "decided_at": now,
        "verdict": seal.sealed(verdict.model_dump_json().encode(), about),
    }
    connection.execute(insert(reviews).values(**values))


def with_id(connection: Connection, decision_id: str) -> Row[Any] | None:
    """The row of a decision, if it was recorded."""
    return connection.execute(select(reviews).where(reviews.c.decision_id == decision_id)).first()


def made_before(row: Row[Any], case_id: int, settled: RecordedDecision) -> int | None:
    """The run that came of this very decision; raises AlreadyDecidedError if its number is that of another one."""
    verdict = settled.verdict
    now = (case_id, settled.account, verdict.run, verdict.outcome.value)
    if (row.case_id, row.account, row.run, row.outcome) != now:
        submission_id = settled.case.submission.submission_id
        raise AlreadyDecidedError(submission_id, row.account, ReviewOutcome(row.outcome), row.decided_at)
    made: int | None = row.made_run
    return made


def gone(connection: Connection, case: Case, run: int) -> RefusedDecisionError:
    """Why a case that somebody decides does not lie before people any more: decided, or changed."""
    submission_id = case.submission.submission_id
    of_run = (cases.c.submission_id == submission_id, cases.c.revision == case.revision, reviews.c.run == run)
    query = select(reviews).join(cases, cases.c.id == reviews.c.case_id).where(*of_run)
    row = connection.execute(query.order_by(reviews.c.id.desc()).limit(1)).first()
    if row is None:
        return StaleCaseError(submission_id)
    return AlreadyDecidedError(submission_id, row.account, ReviewOutcome(row.outcome), row.decided_at)


def of_case(connection: Connection, seal: Seal, submission_id: str) -> tuple[Reviewed, ...]:
    """What people decided of a case, oldest first."""
    rows = connection.execute(_all().where(cases.c.submission_id == submission_id))
    return tuple(_opened(seal, row) for row in rows)


def page_after(
    connection: Connection, seal: Seal, row_id: int, since: datetime | None
) -> tuple[int, tuple[Reviewed, ...]]:
    """The next decisions behind a row id, and the id to go on behind; none at the end."""
    query = _all().where(reviews.c.id > row_id).limit(_PAGE)
    rows = connection.execute(query if since is None else query.where(reviews.c.decided_at >= since)).all()
    return (rows[-1].id if rows else row_id), tuple(_opened(seal, row) for row in rows)


def _all() -> Select[Any]:
    joined = select(reviews, cases.c.submission_id, cases.c.revision).join(cases, cases.c.id == reviews.c.case_id)
    return joined.order_by(reviews.c.id)


def _opened(seal: Seal, row: Row[Any]) -> Reviewed:
    with stored_value(f"decision {row.decision_id} of case {row.submission_id}"):
        about = purposes.of_verdict(row.submission_id, row.revision, row.decision_id)
        verdict = ReviewDecision.model_validate_json(seal.opened(row.verdict, about))
    named = (WaitReason(row.why), row.account, row.decided_at, row.agreed, row.made_run)
    return Reviewed(row.submission_id, row.revision, *named, verdict)
