"""Batches and their items: the state of each case, and, encrypted, what puts it in force or back."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Update, bindparam, delete, func, or_, select, update

from models.errors import LostLeaseError, UnknownBatchError
from models.register import ChildNumbers
from models.review import Priority, WaitReason
from pipeline.ledger import cases
from pipeline.ledger.batch_values import (
    Batch,
    BatchItem,
    BatchLease,
    BatchOptions,
    ItemState,
    Noted,
    QueuePosition,
    Registered,
)
from pipeline.ledger.cases import Standing
from pipeline.ledger.database import stored_value
from pipeline.ledger.repositories import children
from pipeline.ledger.repositories.base import AuditEntry
from pipeline.ledger.system_tables import batch_items, batches
from pipeline.ledger.tables import waiting
from pipeline.ledger.value_encryption import AssociatedData, Seal


class LockedItems(NamedTuple):
    """Items of a batch and their cases, locked until the transaction ends, and the audit entries of its end."""

    connection: Connection
    batch_id: str
    options: BatchOptions
    items: Mapping[int, BatchItem]
    standings: Mapping[str, Standing]
    records: Mapping[str, Registered]
    rows: Mapping[str, Mapping[int, int]]
    keys: Mapping[int, set[str]]
    positions: Mapping[str, QueuePosition]
    entries: list[AuditEntry]

    def may_replace(self, item: BatchItem, run: int) -> ItemState:
        """DONE where this run is still the one in force, and the machine's; else why not."""
        standing = self.standings.get(item.submission_id)
        if standing is None or (standing.revision, standing.run) != (item.revision, run):
            return ItemState.STALE
        return ItemState.KEPT if standing.author is not None else ItemState.DONE


def update_leased(lease: BatchLease) -> Update:
    """An UPDATE of a batch that changes nothing if another process holds it."""
    return update(batches).where(batches.c.batch_id == lease.batch_id, batches.c.token == lease.token)


def batch_of(connection: Connection, batch_id: str) -> Batch:
    """A batch as it is now; raises UnknownBatchError."""
    row = connection.execute(select(batches).where(batches.c.batch_id == batch_id)).first()
    if row is None:
        raise UnknownBatchError(f"There is no batch {batch_id}", hint="`intake reprocess list` shows all of them.")
    return batch_of_row(row, count_items(connection, batch_id))


def batch_of_row(row: Row[tuple[object, ...]], counts: dict[ItemState, int]) -> Batch:
    """The batch in a row of its table, with how many items are in each state."""
    options = BatchOptions.model_validate_json(row.options)
    begun = (row.batch_id, row.made_at, row.account, options, row.version, row.total)
    return Batch(*begun, counts, row.owner, row.token)


def lock_all(connection: Connection, seal: Seal, lease: BatchLease, numbers: Sequence[int]) -> LockedItems:
    """Lock items and then their cases, in the order of erasing; one SELECT for each thing that is needed of them."""
    options = lock_batch(connection, lease)
    items = lock_items(connection, seal, lease.batch_id, numbers)
    names = [item.submission_id for item in items.values()]
    rows = cases.lock(connection, names)
    standings, records = cases.standings(connection, names), children.records_of(connection, seal, names)
    keys = cases.keys_of(connection, (row for revisions in rows.values() for row in revisions.values()))
    positions = _positions(connection, names)
    return LockedItems(
        connection, lease.batch_id, options, items, standings, records, rows, keys, positions, entries=[]
    )


def lock_batch(connection: Connection, lease: BatchLease) -> BatchOptions:
    """The options of a batch, which no other process leases before this transaction ends; raises LostLeaseError."""
    leased = (batches.c.batch_id == lease.batch_id, batches.c.token == lease.token)
    options = connection.scalar(select(batches.c.options).where(*leased).with_for_update(read=True))
    if options is None:
        raise lost_batch(lease)
    return BatchOptions.model_validate_json(options)


def lost_batch(lease: BatchLease) -> LostLeaseError:
    """The error where another process has taken a batch over."""
    return LostLeaseError(f"Batch {lease.batch_id} is another process's now", hint="stop, and leave it alone.")


def lock_items(connection: Connection, seal: Seal, batch_id: str, numbers: Sequence[int]) -> dict[int, BatchItem]:
    """Lock items until this transaction ends; returns them by number, without those of erased children."""
    query = select(batch_items).where(batch_items.c.batch_id == batch_id, batch_items.c.number.in_(numbers))
    rows = connection.execute(query.order_by(batch_items.c.number).with_for_update())
    return {row.number: item_of_row(seal, row) for row in rows}


def count_items(connection: Connection, batch_id: str) -> dict[ItemState, int]:
    """How many items of a batch are in each state."""
    query = select(batch_items.c.state, func.count()).where(batch_items.c.batch_id == batch_id)
    rows = connection.execute(query.group_by(batch_items.c.state))
    return {ItemState(state): count for state, count in rows}


def _positions(connection: Connection, submission_ids: Sequence[str]) -> dict[str, QueuePosition]:
    """The positions of those cases that are in the queue."""
    rows = connection.execute(select(waiting).where(waiting.c.submission_id.in_(submission_ids)))
    return {
        row.submission_id: QueuePosition(
            why=WaitReason(row.why), priority=Priority(row.priority), escalated=row.escalated, since=row.since
        )
        for row in rows
    }


def put_back(connection: Connection, submission_id: str, position: QueuePosition) -> None:
    """Put a case that waits for the same reason as before back into its old position."""
    theirs = (waiting.c.submission_id == submission_id, waiting.c.why == position.why.value)
    values = {"priority": position.priority, "escalated": position.escalated, "since": position.since}
    connection.execute(update(waiting).where(*theirs).values(**values))


def write_items(connection: Connection, seal: Seal, batch_id: str, items: Iterable[BatchItem]) -> None:
    """Store items as they are now."""
    rows = [_values(seal, batch_id, item) for item in items]
    if rows:
        one = (batch_items.c.batch_id == batch_id, batch_items.c.number == bindparam("of"))
        named: dict[str, Any] = {name: bindparam(name) for name in rows[0] if name != "of"}
        connection.execute(update(batch_items).where(*one).values(**named), rows)


def erase_items(connection: Connection, submission_ids: Iterable[str], keys: Iterable[str]) -> None:
    """Erase the items of cases, in every batch, and those that would register a child with one of these keys again."""
    of_cases = batch_items.c.submission_id.in_(sorted(submission_ids))
    of_keys = (batch_items.c.found_by.contains(key, autoescape=True) for key in sorted(keys))
    connection.execute(delete(batch_items).where(or_(of_cases, *of_keys)))


def item_of_row(seal: Seal, row: Row[tuple[object, ...]]) -> BatchItem:
    """The item in a row of its table; raises LedgerError if it was damaged."""
    about = AssociatedData.of_batch_item(row.batch_id, row.number, row.submission_id)
    with stored_value(f"item {row.number} of batch {row.batch_id}"):
        noted = Noted() if row.payload is None else Noted.model_validate_json(seal.decrypt(row.payload, about))
    plain = (row.number, row.submission_id, ItemState(row.state), row.revision, row.before, row.after, row.failure)
    return BatchItem(*plain, noted)


def _values(seal: Seal, batch_id: str, item: BatchItem) -> dict[str, Any]:
    payload = None
    if item.noted != Noted():
        about = AssociatedData.of_batch_item(batch_id, item.number, item.submission_id)
        payload = seal.encrypt(item.noted.model_dump_json(by_alias=True).encode(), about)
    values = {name: value for name, value in item._asdict().items() if name not in {"number", "submission_id", "noted"}}
    return values | {"of": item.number, "payload": payload, "found_by": " ".join(sorted(_keys(seal, item.noted)))}


def _keys(seal: Seal, noted: Noted) -> frozenset[str]:
    """The keys of every child that putting the item in force or rolling it back would register."""
    candidate, undo = noted.candidate, noted.undo
    registered = undo.record.child if undo and undo.record else None
    numbers = [candidate.numbers] if candidate else []
    for child in filter(None, (candidate.child if candidate else None, registered)):
        of_child = (child.id_number, child.birth_certificate_number)
        numbers.append(ChildNumbers(*(tuple(filter(None, [number])) for number in of_child)))
    return frozenset(undo.found_by if undo else ()).union(*(children.number_keys(seal, one) for one in numbers))
