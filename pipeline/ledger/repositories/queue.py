"""The review queue: one row for each case that waits for a reviewer.

The row follows from the case's latest result and from what reviewers did. The functions below the repository change the
queue within the transactions of other repositories.
"""

from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from pydantic import JsonValue
from sqlalchemy import Connection, Row, Select, Update, delete, func, insert, literal, select, tuple_, update

from models.case import Case
from models.codes import Code, Reason, Severity
from models.errors import HeldError, NotWaitingError
from models.policy import ReviewSampling
from models.result import Decision, Result
from models.review import Priority, WaitReason
from models.review_case import Cursor, QueueCount, QueuePage, View, Waiting
from pipeline.ledger.database import insert_new
from pipeline.ledger.repositories.base import AuditEntry, Repository
from pipeline.ledger.tables import waiting
from pipeline.ledger.value_encryption import Kind, Seal
from pipeline.ledger.values import AuditKind

_KEYS: Final = 2**128  # as many keys there are; each revision has one of them
_FOR_SUPERVISORS: Final = (WaitReason.DISSENT, WaitReason.OBJECTION)
_ORDER: Final = (waiting.c.escalated, waiting.c.priority, waiting.c.since, waiting.c.case_id)


class QueueRepository(Repository):
    """The review queue."""

    def queue(self, view: View, limit: int, after: Cursor | None = None) -> QueuePage:
        """The next cases: supervisors' last, then by priority, then those that have waited longest."""
        query = _filtered(view).order_by(*_ORDER).limit(limit + 1)
        if after is not None:
            # Literals with their columns' types, which a comparison of tuples does not give them by itself.
            bounds = (literal(value, column.type) for value, column in zip(after, _ORDER, strict=True))
            query = query.where(tuple_(*_ORDER) > tuple_(*bounds))
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        last = rows[limit - 1] if len(rows) > limit else None
        following = None if last is None else Cursor(last.escalated, last.priority, last.since, last.case_id)
        return QueuePage(tuple(waiting_of_row(row) for row in rows[:limit]), following)

    def queue_counts(self) -> tuple[QueueCount, ...]:
        """How many cases wait for each reason, and since when the first does."""
        with self._database.reading() as connection:
            return _counts(connection)

    def waiting(self, submission_id: str) -> Waiting | None:
        """The place of a case in the queue; None if it is not there."""
        with self._database.reading() as connection:
            return waiting_case(connection, submission_id)

    def hold(self, submission_id: str, account: str, seconds: float) -> Waiting:
        """Hold a case for so long, or extend that; raises HeldError or NotWaitingError."""
        with self._database.writing() as connection:
            now, row = self._clock(), lock_row(connection, submission_id)
            if row is None:
                raise NotWaitingError(submission_id)
            found, until = waiting_of_row(row), now + timedelta(seconds=seconds)
            refuse_if_held(found, account, now)
            connection.execute(_update(submission_id).values(owner=account, held_until=until))
            self._record(connection, held_entry(submission_id, account, seconds=seconds))
            return found._replace(owner=account, held_until=until)

    def release(self, submission_id: str, account: str) -> None:
        """Stop holding a case; repeating it, or a case that another reviewer holds, is no error."""
        releasing = _update(submission_id).where(waiting.c.owner == account).values(owner=None, held_until=None)
        with self._database.writing() as connection:
            if connection.execute(releasing).rowcount:
                self._record(connection, held_entry(submission_id, account, seconds=0))

    def prioritise(self, submission_id: str, account: str, priority: Priority) -> None:
        """Change the priority of a case; raises NotWaitingError."""
        with self._database.writing() as connection:
            if not connection.execute(_update(submission_id).values(priority=priority)).rowcount:
                raise NotWaitingError(submission_id)
            self._record(connection, held_entry(submission_id, account, priority=int(priority)))


class Ended(NamedTuple):
    """A run of a case, and the row id of its revision."""

    case_id: int
    case: Case
    run: int
    result: Result

    @property
    def submission_id(self) -> str:
        """Of the case."""
        return self.case.submission.submission_id


def held_entry(submission_id: str, account: str, **what: JsonValue) -> AuditEntry:
    """What the audit chain says of a change that a reviewer makes to the queue."""
    return AuditEntry(AuditKind.HELD, {"account": account, **what}, submission_id)


def follow(connection: Connection, seal: Seal, ended: Ended, looks: ReviewSampling, *, now: datetime) -> None:
    """Change the queue after a new result of a case's latest revision."""
    before = lock_row(connection, ended.submission_id)
    why = _kept_reason(before, ended, _FOR_SUPERVISORS) or _reason(ended.result, looks)
    why = why or _kept_reason(before, ended, (WaitReason.SECOND_LOOK,)) or _sampled(seal, ended, looks)
    if before is not None:
        leave(connection, ended.submission_id)
    if why is not None:
        values = {**_values(ended, why), **_position(before, ended, why, now)}
        connection.execute(insert(waiting).values(**values))


def _reason(result: Result, looks: ReviewSampling) -> WaitReason | None:
    if result.decision is Decision.REVIEW:
        return WaitReason.REVIEW
    known = any(finding.code is Code.CHILD_EXISTS for finding in result.findings)
    return WaitReason.KNOWN_CHILD if known and looks.known_children else None


def _kept_reason(before: Row[Any] | None, ended: Ended, reasons: tuple[WaitReason, ...]) -> WaitReason | None:
    """The reason to keep the case queued, if it is one of these; a new result does not remove such a case."""
    if before is None or before.revision != ended.case.revision:
        return None
    return next((why for why in reasons if why == before.why), None)


def _sampled(seal: Seal, ended: Ended, looks: ReviewSampling) -> WaitReason | None:
    """Sample the first result of a revision for blind review; by its key, so that the sample is unpredictable."""
    key = seal.key(Kind.SUBMISSION, f"second look\0{ended.submission_id}\0{ended.case.revision}")
    return WaitReason.SECOND_LOOK if ended.run == 1 and int(key, 16) < looks.share * _KEYS else None


def _values(ended: Ended, why: WaitReason) -> dict[str, Any]:
    """A row without its position; it lists the case by what returns it, else by what asks for a reviewer."""
    ranks = (Severity.REJECT, Severity.REVIEW)
    weighty = [finding for finding in ended.result.findings if finding.severity in ranks]
    first = min(weighty, key=lambda finding: ranks.index(finding.severity), default=None)
    return {
        "case_id": ended.case_id,
        "submission_id": ended.submission_id,
        "revision": ended.case.revision,
        "run": ended.run,
        "why": why.value,
        "code": first.code.value if first else None,
        "reason": first.reason.value if first else None,
    }


def _position(before: Row[Any] | None, ended: Ended, why: WaitReason, now: datetime) -> dict[str, Any]:
    """A revision that goes on waiting for the same reason keeps its position and its holder."""
    usual = Priority.USUAL if why is WaitReason.REVIEW else Priority.LATER
    if before is None:
        return {"priority": usual, "escalated": False, "since": now}
    first = before.priority if before.priority <= Priority.URGENT else usual
    if (before.revision, before.why) != (ended.case.revision, why):
        return {"priority": first, "escalated": False, "since": now}
    kept = ("priority", "escalated", "since", "owner", "held_until")
    return {name: getattr(before, name) for name in kept}


def reopen(connection: Connection, ended: Ended, why: WaitReason, *, now: datetime) -> None:
    """Put a decided case into the supervisors' queue; one that is in the queue already is escalated."""
    new = {**_values(ended, why), "priority": Priority.URGENT, "escalated": True, "since": now}
    if not insert_new(connection, waiting, new):
        escalate(connection, ended.submission_id, why)


def escalate(connection: Connection, submission_id: str, why: WaitReason | None = None) -> None:
    """Hand a case over to supervisors; its holder holds it no longer."""
    changed = {"escalated": True, "owner": None, "held_until": None, **({"why": why.value} if why else {})}
    connection.execute(_update(submission_id).values(**changed))


def leave(connection: Connection, submission_id: str) -> None:
    """Remove a case from the queue."""
    connection.execute(delete(waiting).where(waiting.c.submission_id == submission_id))


def objected() -> Select[str]:
    """Decided cases that supervisors must look at again, because of an objection or a dissent."""
    return select(waiting.c.submission_id).where(waiting.c.why.in_([why.value for why in _FOR_SUPERVISORS]))


def family_waits(connection: Connection) -> tuple[int, datetime | None]:
    """How many families wait for a person's decision, and since when the first does."""
    found = [one for one in _counts(connection) if one.why in (WaitReason.REVIEW, *_FOR_SUPERVISORS)]
    return sum(one.cases for one in found), min((one.oldest for one in found), default=None)


def lock_row(connection: Connection, submission_id: str) -> Row[Any] | None:
    """The row of a case, locked until this transaction ends; None if the case is not in the queue."""
    query = select(waiting).where(waiting.c.submission_id == submission_id)
    return connection.execute(query.with_for_update()).first()


def waiting_case(connection: Connection, submission_id: str) -> Waiting | None:
    """The place of a case in the queue; None if it is not there."""
    row = connection.execute(select(waiting).where(waiting.c.submission_id == submission_id)).first()
    return None if row is None else waiting_of_row(row)


def waiting_of_row(row: Row[Any]) -> Waiting:
    """The value in a row of the queue."""
    code, reason = Code(row.code) if row.code else None, Reason(row.reason) if row.reason else None
    named = (row.submission_id, row.revision, row.run, WaitReason(row.why), code, reason, Priority(row.priority))
    return Waiting(*named, row.escalated, row.since, row.owner, row.held_until)


def refuse_if_held(found: Waiting, account: str, now: datetime) -> None:
    """Raise HeldError where another reviewer holds a case."""
    if found.held_by_another(account, now):
        raise HeldError(found.submission_id, found.owner or "", found.held_until or now)


def _update(submission_id: str) -> Update:
    return update(waiting).where(waiting.c.submission_id == submission_id)


def _filtered(view: View) -> Select[Any]:
    query = select(waiting)
    if view.why:
        query = query.where(waiting.c.why.in_([why.value for why in view.why]))
    if view.code is not None:
        query = query.where(waiting.c.code == view.code.value)
    if view.escalated is not None:
        query = query.where(waiting.c.escalated.is_(view.escalated))
    if view.owner is not None:
        query = query.where(waiting.c.owner == view.owner)
    return query


def _counts(connection: Connection) -> tuple[QueueCount, ...]:
    columns = (waiting.c.why, waiting.c.escalated)
    query = select(*columns, func.count().label("cases"), func.min(waiting.c.since).label("oldest")).group_by(*columns)
    return tuple(
        QueueCount(WaitReason(row.why), row.escalated, row.cases, row.oldest) for row in connection.execute(query)
    )
