"""Batches of cases that are run again: each operation is one transaction."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from pydantic import JsonValue
from sqlalchemy import Connection

from models.conclusion import Conclusion
from pipeline.ledger import batch_items, batches, cases, children, runs, telling
from pipeline.ledger import erasure as forgetting
from pipeline.ledger import review_queue as waiting
from pipeline.ledger.audit import AuditEntry
from pipeline.ledger.batch_values import (
    Batch,
    BatchItem,
    BatchLease,
    BatchOptions,
    BatchStep,
    Candidate,
    ItemState,
    Judged,
    Noted,
    QueuePosition,
    Registered,
    Undo,
)
from pipeline.ledger.records import AuditKind
from pipeline.ledger.repositories.recording import RecordingRepository


class BatchRepository(RecordingRepository):
    """Batches. Runs are only ever added, whatever is put in force or rolled back; each step is in the audit chain.

    What is done under a lease raises LostLeaseError where somebody else took the batch over; nothing was done then.
    """

    def begin(self, submission_ids: Sequence[str], options: BatchOptions, account: str, version: str) -> Batch:
        """Note which cases are to be run again, each once, in the order of the ids."""
        with self._database.writing() as connection:
            noted = batches.Beginning(account, version, self._clock())
            batch = batches.begin(connection, submission_ids, options, noted)
            self._record(connection, _step(connection, batch.batch_id, BatchStep.BEGUN, account))
            return batch

    def get(self, batch_id: str) -> Batch:
        """A batch as it stands; raises UnknownBatchError."""
        with self._database.reading() as connection:
            return batches.one(connection, batch_id)

    def list(self) -> tuple[Batch, ...]:
        """All of them, the newest first."""
        with self._database.reading() as connection:
            return batches.every(connection)

    def items(
        self, batch_id: str, states: Collection[ItemState] = (), *, after: int = 0, limit: int = 1000
    ) -> tuple[BatchItem, ...]:
        """The next items behind a number, of any state or of these."""
        with self._database.reading() as connection:
            return batch_items.page(connection, self._seal, batch_id, states, after=after, limit=limit)

    def hold(
        self, batch_id: str, owner: str, seconds: float, step: BatchStep, account: str, *, instead_of: int = 0
    ) -> BatchLease | None:
        """Take a batch for so long; None if somebody holds it, but for the holder with the token `instead_of`.

        Raises:
            UnknownBatchError: There is none.
        """
        with self._database.writing() as connection:
            now = self._clock()
            lease = batches.hold(connection, batch_id, owner, seconds=seconds, instead_of=instead_of, now=now)
            if lease is not None and (step is not BatchStep.RESUMED or lease.token > 1):  # the first time it was begun
                self._record(connection, _step(connection, batch_id, step, account))
            return lease

    def renew(self, lease: BatchLease, seconds: float) -> None:
        """Hold on for so long from now."""
        with self._database.writing() as connection:
            batches.renew(connection, lease, seconds=seconds, now=self._clock())

    def release(self, lease: BatchLease, step: BatchStep, account: str) -> None:
        """Say that the work ended so; nothing happens if somebody else holds the batch now."""
        with self._database.writing() as connection:
            if batches.let_go(connection, lease):
                self._record(connection, _step(connection, lease.batch_id, step, account))

    def record_items(self, lease: BatchLease, judged: Sequence[Judged]) -> tuple[ItemState, ...]:
        """Record what came of pending items, all of it or nothing, and hand on what each of them is now.

        Put in force unless the batch is a dry run, a person decided the case, or anything came in between.

        Raises:
            ChildExistsError: Another case registered a child with one of its numbers.
        """
        with self._database.writing() as connection:
            hand = self._hand(connection, lease, [one.number for one in judged])
            return self._all(hand, [partial(self._recorded, hand, one) for one in judged])

    def note_item(self, lease: BatchLease, number: int, state: ItemState, failure: str | None = None) -> None:
        """Note in which state an item is, and the name of the error if there was one."""
        with self._database.writing() as connection:
            batches.fenced(connection, lease)
            items = batch_items.locked(connection, self._seal, lease.batch_id, [number]).values()
            changed = (item._replace(state=_after(item.state, state), failure=failure) for item in items)
            batch_items.write(connection, self._seal, lease.batch_id, changed)

    def promote(self, lease: BatchLease, numbers: Sequence[int], *, tell: bool) -> tuple[ItemState, ...]:
        """Put in force what was kept of items, all of them or none, but for those where anything came in between.

        Raises:
            ChildExistsError: Another case registered a child with one of their numbers.
        """
        return self._moved(lease, numbers, self._promoted, tell=tell)

    def roll_back(self, lease: BatchLease, numbers: Sequence[int], *, tell: bool) -> tuple[ItemState, ...]:
        """Put in force again what was before, all of it or nothing, but for those where anything came since.

        The register's record of each case is what it was, or gone if there was none.

        Raises:
            ChildExistsError: Another case registered a child with a number that is to be restored.
        """
        return self._moved(lease, numbers, self._rolled_back, tell=tell)

    def _moved(self, lease: BatchLease, numbers: Sequence[int], move: "_Move", *, tell: bool) -> tuple[ItemState, ...]:
        with self._database.writing() as connection:
            hand = self._hand(connection, lease, numbers)
            hand = hand._replace(options=hand.options.model_copy(update={"tell": tell}))
            return self._all(hand, [partial(move, hand, number) for number in numbers])

    def _hand(self, connection: Connection, lease: BatchLease, numbers: Sequence[int]) -> "_Hand":
        """Everything that is asked of the cases, asked at once: items first and then cases, as whoever forgets them."""
        options, seal = batches.fenced(connection, lease), self._seal
        items = batch_items.locked(connection, seal, lease.batch_id, numbers)
        names = [item.submission_id for item in items.values()]
        rows = cases.lock(connection, names)
        stands, records = runs.standing(connection, names), children.records_of(connection, seal, names)
        keys = forgetting.keys_of(connection, (row for revisions in rows.values() for row in revisions.values()))
        places = waiting.places(connection, names)
        return _Hand(connection, lease.batch_id, options, items, stands, records, rows, keys, places, [])

    def _all(self, hand: "_Hand", works: Sequence[Callable[[], BatchItem | None]]) -> tuple[ItemState, ...]:
        items = [work() for work in works]
        changed = (item for item in items if item is not None and item is not hand.items[item.number])
        batch_items.write(hand.connection, self._seal, hand.batch_id, changed)
        self._record(hand.connection, *hand.entries)
        return tuple(ItemState.STALE if item is None else item.state for item in items)

    def _recorded(self, hand: "_Hand", judged: Judged) -> BatchItem | None:
        item, one = hand.items.get(judged.number), judged.conclusion
        if item is None or item.state is not ItemState.PENDING:
            return item
        seen = item._replace(revision=one.case.revision, before=judged.run, noted=Noted(changes=judged.changes))
        state = hand.may_replace(seen, judged.run)
        if state is not ItemState.DONE:
            return seen._replace(state=state)
        if hand.options.dry_run:
            candidate = Candidate(result=one.result, child=one.child, numbers=one.numbers, looks=one.looks)
            return seen._replace(state=state, noted=Noted(changes=judged.changes, candidate=candidate))
        return self._put_in_force(hand, seen, one)

    def _promoted(self, hand: "_Hand", number: int) -> BatchItem | None:
        item = hand.items.get(number)
        if item is None or item.state is not ItemState.DONE or item.noted.candidate is None or item.before is None:
            return item
        state = hand.may_replace(item, item.before)
        if state is not ItemState.DONE:
            return item._replace(state=state, noted=Noted(changes=item.noted.changes))
        held = item.noted.candidate
        case = cases.case_of(hand.connection, self._seal, item.submission_id, item.revision)
        return self._put_in_force(hand, item, Conclusion(case, held.result, held.child, held.numbers, looks=held.looks))

    def _rolled_back(self, hand: "_Hand", number: int) -> BatchItem | None:
        item = hand.items.get(number)
        if item is None or item.state is not ItemState.PROMOTED or item.noted.undo is None or item.after is None:
            return item
        left = item._replace(noted=Noted(changes=item.noted.changes))
        if hand.may_replace(item, item.after) is not ItemState.DONE:
            return left._replace(state=ItemState.STALE)
        connection, name, undo = hand.connection, item.submission_id, item.noted.undo
        case = cases.case_of(connection, self._seal, name, item.revision)
        before = runs.one(connection, self._seal, name, case.revision, item.before or 0)
        self._concluded(connection, Conclusion(case, before), hand.entries)
        if undo.place is not None:
            waiting.put_back(connection, name, undo.place)
        children.restore(connection, self._seal, name, undo.record)
        forgetting.put_keys(connection, hand.rows[name][case.revision], frozenset(undo.found_by))
        self._told(hand, name)
        return left._replace(state=ItemState.ROLLED_BACK, failure=None)

    def _put_in_force(self, hand: "_Hand", item: BatchItem, one: Conclusion) -> BatchItem:
        name = item.submission_id
        found_by = tuple(sorted(hand.keys[hand.rows[name][one.case.revision]]))
        undo = Undo(record=hand.records.get(name), found_by=found_by, place=hand.places.get(name))
        ordinal = self._concluded(hand.connection, one, hand.entries)
        self._told(hand, name)
        noted = Noted(changes=item.noted.changes, undo=undo)
        return item._replace(state=ItemState.PROMOTED, after=ordinal, failure=None, noted=noted)

    def _told(self, hand: "_Hand", submission_id: str) -> None:
        if hand.options.tell:
            telling.tell(hand.connection, self._seal, submission_id, now=self._clock())


class _Hand(NamedTuple):
    """A transaction over items of a batch: what there is of their cases, and what is to be recorded at its end."""

    connection: Connection
    batch_id: str
    options: BatchOptions
    items: Mapping[int, BatchItem]
    stands: Mapping[str, runs.Standing]
    records: Mapping[str, Registered]
    rows: Mapping[str, Mapping[int, int]]
    keys: Mapping[int, set[str]]
    places: Mapping[str, QueuePosition]
    entries: list[AuditEntry]

    def may_replace(self, item: BatchItem, run: int) -> ItemState:
        """DONE where this run is the one in force still, and no person's; else why not."""
        stands = self.stands.get(item.submission_id)
        if stands is None or (stands.revision, stands.run) != (item.revision, run):
            return ItemState.STALE
        return ItemState.KEPT if stands.author is not None else ItemState.DONE


_Move = Callable[[_Hand, int], BatchItem | None]


def _after(before: ItemState, noted: ItemState) -> ItemState:
    """What is in force stays known as such, whatever broke afterwards: else nobody could undo it."""
    return before if before is ItemState.PROMOTED else noted


def _step(connection: Connection, batch_id: str, step: BatchStep, account: str) -> AuditEntry:
    counts: dict[str, JsonValue] = {str(state): count for state, count in batches.counts(connection, batch_id).items()}
    return AuditEntry(AuditKind.BATCH, {"batch": batch_id, "step": step.value, "account": account, "cases": counts})
