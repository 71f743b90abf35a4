"""What operators look at: heartbeats, metrics and the overview; counts, shares and ages, nothing of any one case."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import Column, Connection, Row, Table, case, delete, func, select, update

from models.codes import Code, Reason
from models.documents import PageKind
from models.overview import (
    BEIJING,
    AccountAgreement,
    AccountDecisions,
    BatchCount,
    DayCode,
    DayDecisions,
    Heartbeat,
    Metrics,
    MonthAgreement,
    Overview,
    PageFailure,
    QueueAge,
    Share,
    VersionCount,
    day_of,
)
from models.result import Decision
from models.review import ReviewOutcome, WaitReason
from pipeline.ledger.database import insert_new
from pipeline.ledger.repositories.base import Repository
from pipeline.ledger.repositories.queue import family_waits
from pipeline.ledger.system_tables import (
    batch_items,
    batches,
    erased_counts,
    inbox,
    notifications,
    outbox,
    upkeep,
    workers,
)
from pipeline.ledger.tables import findings_in_force, reviews, run_codes, runs, runs_in_force, waiting

_SILENT: Final = timedelta(days=1)
_MONTHS: Final = 6
_BATCHES: Final = 5
_CASES: Final = func.count().label("cases")
_AGREED: Final = func.sum(case((reviews.c.agreed.is_(True), 1), else_=0)).label("agreed")


class OperationRepository(Repository):
    """What operators of the system look at."""

    def heartbeat(self, identity: str, engine_restarts: int) -> None:
        """Note that a process works; processes that were silent for a day are deleted."""
        now = self._clock()
        values = {"identity": identity, "seen_at": now, "engine_restarts": engine_restarts}
        with self._database.writing() as connection:
            if not insert_new(connection, workers, values):
                connection.execute(update(workers).where(workers.c.identity == identity).values(**values))
            connection.execute(delete(workers).where(workers.c.seen_at < now - _SILENT))

    def farewell(self, identity: str) -> None:
        """Forget a process that ends in good order, so that nobody misses it."""
        with self._database.writing() as connection:
            connection.execute(delete(workers).where(workers.c.identity == identity))

    def expect(self, flow: str) -> None:
        """Miss a flow that runs by the clock from now on; one that is expected already stays as it is."""
        with self._database.writing() as connection:
            insert_new(connection, upkeep, {"flow": flow, "ended_at": self._clock()})

    def ended_well(self, flow: str) -> None:
        """Note that a flow that runs by the clock ended well."""
        values = {"flow": flow, "ended_at": self._clock()}
        with self._database.writing() as connection:
            if not insert_new(connection, upkeep, values):
                connection.execute(update(upkeep).where(upkeep.c.flow == flow).values(**values))

    def metrics(self) -> Metrics:
        """Counts and ages as of now."""
        with self._database.reading() as connection:
            uploads, oldest_upload = _queued(connection, inbox, inbox.c.heard_at, inbox.c.finished_at.is_(None))
            bodies, oldest_body = _queued(connection, notifications, notifications.c.received_at)
            messages, oldest_message = _queued(connection, outbox, outbox.c.noted_at, outbox.c.due_at.is_not(None))
            families, oldest_review = family_waits(connection)
            return Metrics(
                uploads=uploads,
                oldest_upload=oldest_upload,
                notifications=bodies,
                oldest_notification=oldest_body,
                messages=messages,
                oldest_message=oldest_message,
                reviews=families,
                oldest_review=oldest_review,
                heard=_counts(connection, inbox.c.via),
                decisions=_counts_ever(connection, "decision", runs.c.decision),
                codes=_counts_ever(connection, "code", run_codes.c.code),
                workers=tuple(
                    Heartbeat(row.identity, row.seen_at, row.engine_restarts)
                    for row in connection.execute(select(workers))
                ),
                upkeep={row.flow: row.ended_at for row in connection.execute(select(upkeep))},
            )

    def overview(self, since: date, until: date) -> Overview:
        """What was decided from one day in Beijing to another, both counted, and what there is now.

        A case counts once, on the day of its latest result and as that result says. No value is decrypted.
        """
        now, begin, end = self._clock(), _start(since), _start(until + timedelta(days=1))
        with self._database.reading() as connection:
            return Overview(
                since,
                until,
                decisions=tuple(_decisions(connection, since, until)),
                codes=tuple(_codes(connection, since, until)),
                pages=tuple(_pages(connection, since, until)),
                queue=tuple(_queue(connection, now)),
                months=tuple(_months(connection, day_of(now))),
                agreements=tuple(_agreements(connection, begin, end)),
                reviewers=_reviewers(connection, begin, end),
                versions=tuple(_versions(connection)),
                batches=_batches(connection),
            )


def _queued(
    connection: Connection, table: Table, since: Column[datetime], *conditions: Any
) -> tuple[int, datetime | None]:
    """How many rows wait, and since when the oldest does."""
    count, oldest = connection.execute(
        select(func.count(), func.min(since)).select_from(table).where(*conditions)
    ).one()
    return count, oldest


def _counts(connection: Connection, column: Column[str]) -> dict[str, int]:
    return {row[0]: row[1] for row in connection.execute(select(column, func.count()).group_by(column))}


def _counts_ever(connection: Connection, metric: str, column: Column[str]) -> dict[str, int]:
    """The counts with those of erased runs, so that they never fall."""
    kept = select(erased_counts.c.label, erased_counts.c.count).where(erased_counts.c.metric == metric)
    counts = Counter(_counts(connection, column))
    counts.update({row[0]: row[1] for row in connection.execute(kept)})
    return dict(counts)


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), BEIJING)


def _decisions(connection: Connection, since: date, until: date) -> Iterator[DayDecisions]:
    by_person = func.sum(case((runs_in_force.c.by_person.is_(True), 1), else_=0)).label("by_person")
    key = (runs_in_force.c.day, runs_in_force.c.decision)
    query = select(*key, _CASES, by_person).where(runs_in_force.c.day.between(since, until))
    for row in connection.execute(query.group_by(*key).order_by(*key)):
        yield DayDecisions(row.day, Decision(row.decision), row.cases, row.by_person)


def _codes(connection: Connection, since: date, until: date) -> Iterator[DayCode]:
    key = (runs_in_force.c.day, run_codes.c.code)
    query = select(*key, _CASES).join(run_codes, run_codes.c.run_id == runs_in_force.c.run_id)
    query = query.where(runs_in_force.c.day.between(since, until))
    for row in connection.execute(query.group_by(*key).order_by(*key)):
        yield DayCode(row.day, Code(row.code), row.cases)


def _pages(connection: Connection, since: date, until: date) -> Iterator[PageFailure]:
    table = findings_in_force.c
    key = (table.page_kind, table.code, table.reason)
    query = select(*key, _CASES).where(table.day.between(since, until)).group_by(*key)
    for row in connection.execute(query.order_by(_CASES.desc(), *key)):
        kind = PageKind(row.page_kind) if row.page_kind else None
        yield PageFailure(kind, Code(row.code), Reason(row.reason), row.cases)


def _queue(connection: Connection, now: datetime) -> Iterator[QueueAge]:
    """For each reason fetches only the rows that give the longest, the median and the 95th percentile of waiting."""
    place = func.row_number().over(partition_by=waiting.c.why, order_by=waiting.c.since).label("place")
    cases = func.count().over(partition_by=waiting.c.why).label("cases")
    ranked = select(waiting.c.why, waiting.c.since, place, cases).subquery()
    shown = ranked.c.place.in_([1, _middle(ranked.c.cases), _late(ranked.c.cases)])
    ages: dict[tuple[str, int], dict[int, timedelta]] = defaultdict(dict)
    for row in connection.execute(select(ranked).where(shown)):
        ages[row.why, row.cases][row.place] = now - row.since
    for why, count in sorted(ages, key=lambda one: list(WaitReason).index(WaitReason(one[0]))):
        age = ages[why, count]
        yield QueueAge(WaitReason(why), count, age[_middle(count)], age[_late(count)], age[1])


def _middle(cases: Any) -> Any:
    """The place of the median among so many cases, the first of which has waited longest."""
    return (cases + 1) // 2


def _late(cases: Any) -> Any:
    """The place of the 95th percentile by nearest rank."""
    return cases - (95 * cases + 99) // 100 + 1


def _months(connection: Connection, today: date) -> Iterator[MonthAgreement]:
    first = today.replace(day=1)
    for back in reversed(range(_MONTHS)):
        month, following = _earlier(first, back), _earlier(first, back - 1)
        looks = [one.looks for one in _agreements(connection, _start(month), _start(following))]
        if looks:
            yield MonthAgreement(month, Share(*map(sum, zip(*looks, strict=True))))


def _earlier(month: date, back: int) -> date:
    years, at = divmod(month.year * 12 + month.month - 1 - back, 12)
    return date(years, at + 1, 1)


def _agreements(connection: Connection, begin: datetime, end: datetime) -> Iterator[AccountAgreement]:
    within = (reviews.c.decided_at >= begin, reviews.c.decided_at < end, reviews.c.agreed.is_not(None))
    query = select(reviews.c.account, _AGREED, _CASES).where(*within).group_by(reviews.c.account)
    for row in connection.execute(query.order_by(reviews.c.account)):
        yield AccountAgreement(row.account, Share(row.agreed, row.cases))


def _reviewers(connection: Connection, begin: datetime, end: datetime) -> tuple[AccountDecisions, ...]:
    within = (reviews.c.decided_at >= begin, reviews.c.decided_at < end, reviews.c.agreed.is_(None))
    key = (reviews.c.account, reviews.c.outcome)
    made: dict[str, dict[ReviewOutcome, int]] = defaultdict(dict)
    for row in connection.execute(select(*key, _CASES).where(*within).group_by(*key).order_by(*key)):
        made[row.account][ReviewOutcome(row.outcome)] = row.cases
    return tuple(AccountDecisions(account, outcomes) for account, outcomes in made.items())


def _versions(connection: Connection) -> Iterator[VersionCount]:
    query = select(runs_in_force.c.version, _CASES).group_by(runs_in_force.c.version)
    for row in connection.execute(query.order_by(_CASES.desc(), runs_in_force.c.version)):
        yield VersionCount(row.version, row.cases)


def _batches(connection: Connection) -> tuple[BatchCount, ...]:
    columns = (batches.c.batch_id, batches.c.made_at, batches.c.version, batches.c.total)
    newest = connection.execute(select(*columns).order_by(batches.c.made_at.desc(), batches.c.batch_id).limit(_BATCHES))
    return tuple(_batch(connection, row) for row in newest)


def _batch(connection: Connection, row: Row[*tuple[Any, ...]]) -> BatchCount:
    of_batch = select(batch_items.c.state, _CASES).where(batch_items.c.batch_id == row.batch_id)
    states = connection.execute(of_batch.group_by(batch_items.c.state).order_by(batch_items.c.state))
    counts = {one.state: one.cases for one in states}
    return BatchCount(row.batch_id, row.made_at, row.version, row.total, counts)
