"""Batches of cases that are run again: leases, and putting their results in force or rolling them back."""

import secrets
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from functools import partial
from typing import Final

from pydantic import JsonValue
from sqlalchemy import Connection, func, insert, or_, select, update

from models.case import Conclusion
from models.overview import day_of
from pipeline.ledger import batches as batch_rows
from pipeline.ledger import cases
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
    Undo,
)
from pipeline.ledger.batches import LockedItems
from pipeline.ledger.database import is_over
from pipeline.ledger.repositories import children
from pipeline.ledger.repositories.base import AuditEntry
from pipeline.ledger.repositories.recording import RecordingRepository
from pipeline.ledger.system_tables import batch_items, batches
from pipeline.ledger.values import AuditKind

_PAGE: Final = 5000


class BatchRepository(RecordingRepository):
    """Batches. Putting in force and rolling back only ever add runs; each step is in the audit chain.

    Methods with a lease raise LostLeaseError, and do nothing, where another process has taken the batch over.
    """

    def begin(self, submission_ids: Sequence[str], options: BatchOptions, account: str, version: str) -> Batch:
        """Note which cases are to be run again, each once, in the order of the ids."""
        with self._database.writing() as connection:
            now, chosen = self._clock(), sorted(set(submission_ids))
            batch_id = f"{day_of(now):%Y%m%d}-{secrets.token_hex(4)}"
            values = {"account": account, "version": version, "made_at": now, "options": options.model_dump_json()}
            values |= {"batch_id": batch_id, "total": len(chosen), "token": 0}
            connection.execute(insert(batches).values(**values))
            for at in range(0, len(chosen), _PAGE):
                page = enumerate(chosen[at : at + _PAGE], start=at + 1)
                rows = [
                    {"batch_id": batch_id, "number": number, "submission_id": name, "state": ItemState.PENDING}
                    for number, name in page
                ]
                connection.execute(insert(batch_items), rows)
            batch = batch_rows.batch_of(connection, batch_id)
            self._record(connection, _step(connection, batch_id, BatchStep.BEGUN, account))
            return batch

    def get(self, batch_id: str) -> Batch:
        """A batch as it is now; raises UnknownBatchError."""
        with self._database.reading() as connection:
            return batch_rows.batch_of(connection, batch_id)

    def list(self) -> tuple[Batch, ...]:
        """All batches, the newest first."""
        counts: defaultdict[str, dict[ItemState, int]] = defaultdict(dict)
        columns = (batch_items.c.batch_id, batch_items.c.state, func.count().label("count"))
        counted = select(*columns).group_by(batch_items.c.batch_id, batch_items.c.state)
        with self._database.reading() as connection:
            rows = connection.execute(select(batches).order_by(batches.c.made_at.desc(), batches.c.batch_id)).all()
            for found in connection.execute(counted):
                counts[found.batch_id][ItemState(found.state)] = int(found[2])
        return tuple(batch_rows.batch_of_row(row, counts[row.batch_id]) for row in rows)

    def items(
        self, batch_id: str, states: Collection[ItemState] = (), *, after: int = 0, limit: int = 1000
    ) -> tuple[BatchItem, ...]:
        """The next items behind a number, in any state or in these."""
        query = select(batch_items).where(batch_items.c.batch_id == batch_id, batch_items.c.number > after)
        if states:
            query = query.where(batch_items.c.state.in_(sorted(states)))
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(batch_items.c.number).limit(limit))
            return tuple(batch_rows.item_of_row(self._seal, row) for row in rows)

    def hold(
        self, batch_id: str, owner: str, seconds: float, step: BatchStep, account: str, *, instead_of: int = 0
    ) -> BatchLease | None:
        """Lease a batch for so long; None if another process holds it, unless under the token `instead_of`.

        Raises:
            UnknownBatchError: There is no such batch.
        """
        with self._database.writing() as connection:
            now, until = self._clock(), batches.c.leased_until
            free = or_(until.is_(None), is_over(until, now), batches.c.token == instead_of)
            taken = connection.execute(
                update(batches)
                .where(batches.c.batch_id == batch_id, free)
                .values(owner=owner, token=batches.c.token + 1, leased_until=now + timedelta(seconds=seconds))
                .returning(batches.c.token)
            ).first()
            if taken is None:
                batch_rows.batch_of(connection, batch_id)
                return None
            if step is not BatchStep.RESUMED or taken.token > 1:  # the first lease follows BEGUN
                self._record(connection, _step(connection, batch_id, step, account))
            return BatchLease(batch_id, owner, taken.token)

    def renew(self, lease: BatchLease, seconds: float) -> None:
        """Extend a lease to so long from now."""
        with self._database.writing() as connection:
            until = self._clock() + timedelta(seconds=seconds)
            if connection.execute(batch_rows.update_leased(lease).values(leased_until=until)).rowcount == 0:
                raise batch_rows.lost_batch(lease)

    def release(self, lease: BatchLease, step: BatchStep, account: str) -> None:
        """End a lease and record how the work ended; does nothing if another process holds the batch now."""
        with self._database.writing() as connection:
            if connection.execute(batch_rows.update_leased(lease).values(leased_until=None, owner=None)).rowcount == 1:
                self._record(connection, _step(connection, lease.batch_id, step, account))

    def record_items(self, lease: BatchLease, judged: Sequence[Judged]) -> tuple[ItemState, ...]:
        """Record the results of pending items, all or none; returns the state of each item.

        Results are put in force unless the batch is a dry run, a person decided the case, or it changed meanwhile.

        Raises:
            ChildExistsError: Another case registered a child with one of its numbers.
        """
        with self._database.writing() as connection:
            locked = batch_rows.lock_all(connection, self._seal, lease, [one.number for one in judged])
            return self._write(locked, [partial(self._record_item, locked, one) for one in judged])

    def note_item(self, lease: BatchLease, number: int, state: ItemState, failure: str | None = None) -> None:
        """Note the state of an item, and the name of the error if there was one; what is in force stays PROMOTED."""
        with self._database.writing() as connection:
            batch_rows.lock_batch(connection, lease)
            items = batch_rows.lock_items(connection, self._seal, lease.batch_id, [number]).values()
            in_force = ItemState.PROMOTED
            changed = (
                item._replace(state=in_force if item.state is in_force else state, failure=failure) for item in items
            )
            batch_rows.write_items(connection, self._seal, lease.batch_id, changed)

    def promote(self, lease: BatchLease, numbers: Sequence[int], *, tell: bool) -> tuple[ItemState, ...]:
        """Put kept results in force, all or none, without cases that changed meanwhile; `tell` adds messages.

        Raises:
            ChildExistsError: Another case registered a child with one of their numbers.
        """
        return self._move(lease, numbers, self._promote, tell=tell)

    def roll_back(self, lease: BatchLease, numbers: Sequence[int], *, tell: bool) -> tuple[ItemState, ...]:
        """Put the results before the batch in force again, all or none, without cases that changed since.

        The register's record of each case is what it was, or gone if there was none.

        Raises:
            ChildExistsError: Another case registered a child with a number that is to be restored.
        """
        return self._move(lease, numbers, self._roll_back, tell=tell)

    def _move(
        self,
        lease: BatchLease,
        numbers: Sequence[int],
        move: Callable[[LockedItems, int], BatchItem | None],
        *,
        tell: bool,
    ) -> tuple[ItemState, ...]:
        with self._database.writing() as connection:
            locked = batch_rows.lock_all(connection, self._seal, lease, numbers)
            locked = locked._replace(options=locked.options.model_copy(update={"tell": tell}))
            return self._write(locked, [partial(move, locked, number) for number in numbers])

    def _write(self, locked: LockedItems, works: Sequence[Callable[[], BatchItem | None]]) -> tuple[ItemState, ...]:
        items = [work() for work in works]
        changed = (item for item in items if item is not None and item is not locked.items[item.number])
        batch_rows.write_items(locked.connection, self._seal, locked.batch_id, changed)
        self._record(locked.connection, *locked.entries)
        return tuple(ItemState.STALE if item is None else item.state for item in items)

    def _record_item(self, locked: LockedItems, judged: Judged) -> BatchItem | None:
        item, one = locked.items.get(judged.number), judged.conclusion
        if item is None or item.state is not ItemState.PENDING:
            return item
        seen = item._replace(revision=one.case.revision, before=judged.run, noted=Noted(changes=judged.changes))
        state = locked.may_replace(seen, judged.run)
        if state is not ItemState.DONE:
            return seen._replace(state=state)
        if locked.options.dry_run:
            candidate = Candidate(result=one.result, child=one.child, numbers=one.numbers, looks=one.looks)
            return seen._replace(state=state, noted=Noted(changes=judged.changes, candidate=candidate))
        return self._put_in_force(locked, seen, one)

    def _promote(self, locked: LockedItems, number: int) -> BatchItem | None:
        item = locked.items.get(number)
        if item is None or item.state is not ItemState.DONE or item.noted.candidate is None or item.before is None:
            return item
        state = locked.may_replace(item, item.before)
        if state is not ItemState.DONE:
            return item._replace(state=state, noted=Noted(changes=item.noted.changes))
        kept = item.noted.candidate
        case = cases.case_of(locked.connection, self._seal, item.submission_id, item.revision)
        return self._put_in_force(
            locked, item, Conclusion(case, kept.result, kept.child, kept.numbers, looks=kept.looks)
        )

    def _roll_back(self, locked: LockedItems, number: int) -> BatchItem | None:
        item = locked.items.get(number)
        if item is None or item.state is not ItemState.PROMOTED or item.noted.undo is None or item.after is None:
            return item
        without_undo = item._replace(noted=Noted(changes=item.noted.changes))
        if locked.may_replace(item, item.after) is not ItemState.DONE:
            return without_undo._replace(state=ItemState.STALE)
        connection, name, undo = locked.connection, item.submission_id, item.noted.undo
        case = cases.case_of(connection, self._seal, name, item.revision)
        before = cases.result_of(connection, self._seal, name, case.revision, item.before or 0)
        self._conclude(connection, Conclusion(case, before), locked.entries)
        if undo.place is not None:
            batch_rows.put_back(connection, name, undo.place)
        children.restore(connection, self._seal, name, undo.record)
        cases.put_keys(connection, locked.rows[name][case.revision], frozenset(undo.found_by))
        self._add_message_if_wanted(locked, name)
        return without_undo._replace(state=ItemState.ROLLED_BACK, failure=None)

    def _put_in_force(self, locked: LockedItems, item: BatchItem, one: Conclusion) -> BatchItem:
        name = item.submission_id
        found_by = tuple(sorted(locked.keys[locked.rows[name][one.case.revision]]))
        undo = Undo(record=locked.records.get(name), found_by=found_by, place=locked.positions.get(name))
        ordinal = self._conclude(locked.connection, one, locked.entries)
        self._add_message_if_wanted(locked, name)
        noted = Noted(changes=item.noted.changes, undo=undo)
        return item._replace(state=ItemState.PROMOTED, after=ordinal, failure=None, noted=noted)

    def _add_message_if_wanted(self, locked: LockedItems, submission_id: str) -> None:
        if locked.options.tell:
            self._add_result_if_changed(locked.connection, submission_id)


def _step(connection: Connection, batch_id: str, step: BatchStep, account: str) -> AuditEntry:
    states = batch_rows.count_items(connection, batch_id)
    counts: dict[str, JsonValue] = {str(state): count for state, count in states.items()}
    return AuditEntry(AuditKind.BATCH, {"batch": batch_id, "step": step.value, "account": account, "cases": counts})
