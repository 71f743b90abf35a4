"""The items of batches: what became of each case, and what is kept of it, sealed."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, or_, select, update

from models.register import ChildNumbers
from pipeline.ledger import children, purposes
from pipeline.ledger.batch_values import BatchItem, ItemState, Noted
from pipeline.ledger.errors import stored_value
from pipeline.ledger.tables_of_people import batch_items
from pipeline.ledger.value_encryption import Seal


def page(
    connection: Connection, seal: Seal, batch_id: str, states: Collection[ItemState], *, after: int, limit: int
) -> tuple[BatchItem, ...]:
    """The next items behind a number, of any state or of these."""
    query = select(batch_items).where(batch_items.c.batch_id == batch_id, batch_items.c.number > after)
    if states:
        query = query.where(batch_items.c.state.in_(sorted(states)))
    rows = connection.execute(query.order_by(batch_items.c.number).limit(limit))
    return tuple(_item(seal, row) for row in rows)


def locked(connection: Connection, seal: Seal, batch_id: str, numbers: Sequence[int]) -> dict[int, BatchItem]:
    """Items that nobody changes before this transaction ends, by their numbers; not those of forgotten children."""
    query = select(batch_items).where(batch_items.c.batch_id == batch_id, batch_items.c.number.in_(numbers))
    rows = connection.execute(query.order_by(batch_items.c.number).with_for_update())
    return {row.number: _item(seal, row) for row in rows}


def write(connection: Connection, seal: Seal, batch_id: str, items: Iterable[BatchItem]) -> None:
    """Store items as they are now."""
    rows = [_values(seal, batch_id, item) for item in items]
    if rows:
        one = (batch_items.c.batch_id == batch_id, batch_items.c.number == bindparam("of"))
        named: dict[str, Any] = {name: bindparam(name) for name in rows[0] if name != "of"}
        connection.execute(update(batch_items).where(*one).values(**named), rows)


def erase(connection: Connection, submission_ids: Iterable[str], keys: Iterable[str]) -> None:
    """Erase the items of cases, in every batch, and those by which a child with one of these keys would come back."""
    theirs = batch_items.c.submission_id.in_(sorted(submission_ids))
    named = (batch_items.c.found_by.contains(key, autoescape=True) for key in sorted(keys))
    connection.execute(delete(batch_items).where(or_(theirs, *named)))


def _values(seal: Seal, batch_id: str, item: BatchItem) -> dict[str, Any]:
    sealed = None
    if item.noted != Noted():
        about = purposes.of_batch_item(batch_id, item.number, item.submission_id)
        sealed = seal.sealed(item.noted.model_dump_json(by_alias=True).encode(), about)
    values = {name: value for name, value in item._asdict().items() if name not in {"number", "submission_id", "noted"}}
    return values | {"of": item.number, "payload": sealed, "found_by": " ".join(sorted(_found_by(seal, item.noted)))}


def _found_by(seal: Seal, noted: Noted) -> frozenset[str]:
    """The keys of whomever it would put into the register, or have found again, if it were put in force or undone."""
    candidate, undo = noted.candidate, noted.undo
    registered = undo.record.child if undo and undo.record else None
    told = [candidate.numbers] if candidate else []
    for child in filter(None, (candidate.child if candidate else None, registered)):
        numbers = (child.id_number, child.birth_certificate_number)
        told.append(ChildNumbers(*(tuple(filter(None, [number])) for number in numbers)))
    return frozenset(undo.found_by if undo else ()).union(*(children.number_keys(seal, one) for one in told))


def _item(seal: Seal, row: Row[tuple[object, ...]]) -> BatchItem:
    about = purposes.of_batch_item(row.batch_id, row.number, row.submission_id)
    with stored_value(f"item {row.number} of batch {row.batch_id}"):
        noted = Noted() if row.payload is None else Noted.model_validate_json(seal.opened(row.payload, about))
    told = (row.number, row.submission_id, ItemState(row.state), row.revision, row.before, row.after, row.failure)
    return BatchItem(*told, noted)
