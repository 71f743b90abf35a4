"""Cases that lie before people: one row each, which follows from the case's latest result and from what people did."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, Select, delete, func, insert, literal, select, tuple_, update

from models.case import Case
from models.codes import Code, Reason, Severity
from models.findings import Finding
from models.policy import ReviewSampling
from models.result import Decision, Result
from models.review import Priority, WaitReason
from pipeline.ledger.batch_values import QueuePosition
from pipeline.ledger.database import insert_new
from pipeline.ledger.decision_errors import HeldError, NotWaitingError
from pipeline.ledger.review_values import Cursor, QueueCount, QueuePage, View, Waiting
from pipeline.ledger.tables_of_people import waiting
from pipeline.ledger.value_encryption import Kind, Seal

_SHARES: Final = 2**128  # as many keys there are, and one of them falls to each revision
_HANDED_ON: Final = (WaitReason.DISSENT, WaitReason.OBJECTION)
_ORDER: Final = (waiting.c.escalated, waiting.c.priority, waiting.c.since, waiting.c.case_id)


class Ended(NamedTuple):
    """A run of a case, and the row of the revision that it is of."""

    case_id: int
    case: Case
    run: int
    result: Result

    @property
    def submission_id(self) -> str:
        """Of the case."""
        return self.case.submission.submission_id


def follow(connection: Connection, seal: Seal, ended: Ended, looks: ReviewSampling, *, now: datetime) -> None:
    """Let the queue follow from a new result of a case's latest revision."""
    before = row_of(connection, ended.submission_id)
    why = _stays(before, ended, _HANDED_ON) or _why(ended.result, looks)
    why = why or _stays(before, ended, (WaitReason.SECOND_LOOK,)) or _drawn(seal, ended, looks)
    if before is not None:
        leave(connection, ended.submission_id)
    if why is not None:
        values = {**_values(ended, why), **_carried(before, ended, why, now)}
        connection.execute(insert(waiting).values(**values))


def _why(result: Result, looks: ReviewSampling) -> WaitReason | None:
    if result.decision is Decision.REVIEW:
        return WaitReason.REVIEW
    known = any(finding.code is Code.CHILD_EXISTS for finding in result.findings)
    return WaitReason.KNOWN_CHILD if known and looks.known_children else None


def _stays(before: Row[Any] | None, ended: Ended, whys: tuple[WaitReason, ...]) -> WaitReason | None:
    """Why a revision lies before people, if it is for one of these; another result takes it from nobody."""
    if before is None or before.revision != ended.case.revision:
        return None
    return next((why for why in whys if why == before.why), None)


def _drawn(seal: Seal, ended: Ended, looks: ReviewSampling) -> WaitReason | None:
    """Drawn once, when a revision is decided first; by its key, so that nobody can tell beforehand."""
    key = seal.key(Kind.SUBMISSION, f"second look\0{ended.submission_id}\0{ended.case.revision}")
    return WaitReason.SECOND_LOOK if ended.run == 1 and int(key, 16) < looks.share * _SHARES else None


def _values(ended: Ended, why: WaitReason) -> dict[str, Any]:
    first = foremost(ended.result)
    return {
        "case_id": ended.case_id,
        "submission_id": ended.submission_id,
        "revision": ended.case.revision,
        "run": ended.run,
        "why": why.value,
        "code": first.code.value if first else None,
        "reason": first.reason.value if first else None,
    }


def _carried(before: Row[Any] | None, ended: Ended, why: WaitReason, now: datetime) -> dict[str, Any]:
    """A case that waits on keeps its place, and stays in the hands that have it."""
    usual = Priority.USUAL if why is WaitReason.REVIEW else Priority.LATER
    if before is None:
        return {"priority": usual, "escalated": False, "since": now}
    first = before.priority if before.priority <= Priority.URGENT else usual
    if (before.revision, before.why) != (ended.case.revision, why):
        return {"priority": first, "escalated": False, "since": now}
    kept = ("priority", "escalated", "since", "owner", "held_until")
    return {name: getattr(before, name) for name in kept}


def foremost(result: Result) -> Finding | None:
    """The finding by which a case is listed: what sends it home, else what asks for a person."""
    ranks = (Severity.REJECT, Severity.REVIEW)
    weighty = [finding for finding in result.findings if finding.severity in ranks]
    return min(weighty, key=lambda finding: ranks.index(finding.severity), default=None)


def places(connection: Connection, submission_ids: Sequence[str]) -> dict[str, QueuePosition]:
    """Where cases lie, of those that do."""
    rows = connection.execute(select(waiting).where(waiting.c.submission_id.in_(submission_ids)))
    return {
        row.submission_id: QueuePosition(
            why=WaitReason(row.why), priority=Priority(row.priority), escalated=row.escalated, since=row.since
        )
        for row in rows
    }


def put_back(connection: Connection, submission_id: str, place: QueuePosition) -> None:
    """Let a case that lies there for the same as before lie where it lay."""
    theirs = (waiting.c.submission_id == submission_id, waiting.c.why == place.why.value)
    values = {"priority": place.priority, "escalated": place.escalated, "since": place.since}
    connection.execute(update(waiting).where(*theirs).values(**values))


def lay(connection: Connection, ended: Ended, why: WaitReason, *, now: datetime) -> None:
    """Lay a decided case before supervisors, unless it lies before people already."""
    new = {**_values(ended, why), "priority": Priority.URGENT, "escalated": True, "since": now}
    if not insert_new(connection, waiting, new):
        escalate(connection, ended.submission_id, why)


def escalate(connection: Connection, submission_id: str, why: WaitReason | None = None) -> None:
    """Hand a case on to supervisors: nobody has it in hand any more."""
    changed = {"escalated": True, "owner": None, "held_until": None, **({"why": why.value} if why else {})}
    connection.execute(update(waiting).where(waiting.c.submission_id == submission_id).values(**changed))


def leave(connection: Connection, submission_id: str) -> None:
    """A case does not lie before people any more."""
    connection.execute(delete(waiting).where(waiting.c.submission_id == submission_id))


def objected() -> Select[str]:
    """Decided cases that supervisors must look at again, since somebody objects."""
    return select(waiting.c.submission_id).where(waiting.c.why.in_([why.value for why in _HANDED_ON]))


def family_waits(connection: Connection) -> tuple[int, datetime | None]:
    """How many families wait for a person, and since when the first does."""
    found = [one for one in counts(connection) if one.why in (WaitReason.REVIEW, *_HANDED_ON)]
    return sum(one.cases for one in found), min((one.oldest for one in found), default=None)


def row_of(connection: Connection, submission_id: str) -> Row[Any] | None:
    """The row of a case; nobody else changes it before this transaction ends."""
    query = select(waiting).where(waiting.c.submission_id == submission_id)
    return connection.execute(query.with_for_update()).first()


def value_of(row: Row[Any]) -> Waiting:
    """A row as a value."""
    return Waiting(
        row.submission_id,
        row.revision,
        row.run,
        WaitReason(row.why),
        Code(row.code) if row.code else None,
        Reason(row.reason) if row.reason else None,
        Priority(row.priority),
        row.escalated,
        row.since,
        row.owner,
        row.held_until,
    )


def one(connection: Connection, submission_id: str) -> Waiting | None:
    """Whether a case lies before people, and how."""
    row = connection.execute(select(waiting).where(waiting.c.submission_id == submission_id)).first()
    return None if row is None else value_of(row)


def page(connection: Connection, view: View, limit: int, after: Cursor | None) -> QueuePage:
    """The next cases of a part of the queue."""
    query = _of(view).order_by(*_ORDER).limit(limit + 1)
    if after is not None:
        query = query.where(tuple_(*_ORDER) > tuple_(*_bound(after)))
    rows = connection.execute(query).all()
    last = rows[limit - 1] if len(rows) > limit else None
    following = None if last is None else Cursor(last.escalated, last.priority, last.since, last.case_id)
    return QueuePage(tuple(value_of(row) for row in rows[:limit]), following)


def _bound(after: Cursor) -> tuple[Any, ...]:
    """Values with their columns' types, which a comparison of tuples does not give them by itself."""
    return tuple(literal(value, column.type) for value, column in zip(after, _ORDER, strict=True))


def _of(view: View) -> Select[Any]:
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


def counts(connection: Connection) -> tuple[QueueCount, ...]:
    """How many cases there are for each reason, and since when the first waits."""
    columns = (waiting.c.why, waiting.c.escalated)
    query = select(*columns, func.count().label("cases"), func.min(waiting.c.since).label("oldest")).group_by(*columns)
    return tuple(
        QueueCount(WaitReason(row.why), row.escalated, row.cases, row.oldest) for row in connection.execute(query)
    )


def hold(connection: Connection, submission_id: str, account: str, *, seconds: float, now: datetime) -> Waiting:
    """Take a case in hand; raises HeldError or NotWaitingError."""
    row = row_of(connection, submission_id)
    if row is None:
        raise NotWaitingError(submission_id)
    found = value_of(row)
    refuse_if_held(found, account, now)
    until = now + timedelta(seconds=seconds)
    mine = waiting.c.submission_id == submission_id
    connection.execute(update(waiting).where(mine).values(owner=account, held_until=until))
    return found._replace(owner=account, held_until=until)


def refuse_if_held(found: Waiting, account: str, now: datetime) -> None:
    """Raise HeldError where somebody else has a case in hand."""
    if found.held_by_another(account, now):
        raise HeldError(found.submission_id, found.owner or "", found.held_until or now)


def release(connection: Connection, submission_id: str, account: str) -> bool:
    """Let go of a case, if it is this person's."""
    mine = (waiting.c.submission_id == submission_id, waiting.c.owner == account)
    return bool(connection.execute(update(waiting).where(*mine).values(owner=None, held_until=None)).rowcount)


def prioritise(connection: Connection, submission_id: str, priority: Priority) -> None:
    """Put a case before others, or back; raises NotWaitingError."""
    mine = waiting.c.submission_id == submission_id
    if not connection.execute(update(waiting).where(mine).values(priority=priority)).rowcount:
        raise NotWaitingError(submission_id)
