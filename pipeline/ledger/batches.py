"""Batches: which cases are run again, how, and who is at it."""

import secrets
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import Connection, Row, Update, func, insert, or_, select, update

from models.errors import LostLeaseError, UnknownBatchError
from pipeline.ledger.batch_values import Batch, BatchLease, BatchOptions, ItemState
from pipeline.ledger.inbox import is_over
from pipeline.ledger.tables_of_people import batch_items, batches

_PAGE: Final = 5000


class Beginning(NamedTuple):
    """Who began a batch, with which version of the program, and when."""

    account: str
    version: str
    made_at: datetime


def begin(connection: Connection, submission_ids: Sequence[str], options: BatchOptions, noted: Beginning) -> Batch:
    """Note a batch and its items."""
    batch_id = f"{noted.made_at:%Y%m%d}-{secrets.token_hex(4)}"
    chosen = sorted(set(submission_ids))
    values = {
        "batch_id": batch_id,
        **noted._asdict(),
        "options": options.model_dump_json(),
        "total": len(chosen),
        "token": 0,
    }
    connection.execute(insert(batches).values(**values))
    for at in range(0, len(chosen), _PAGE):
        page = enumerate(chosen[at : at + _PAGE], start=at + 1)
        rows = [
            {"batch_id": batch_id, "number": number, "submission_id": name, "state": ItemState.PENDING}
            for number, name in page
        ]
        connection.execute(insert(batch_items), rows)
    return one(connection, batch_id)


def one(connection: Connection, batch_id: str) -> Batch:
    """A batch as it stands; raises UnknownBatchError."""
    row = connection.execute(select(batches).where(batches.c.batch_id == batch_id)).first()
    if row is None:
        raise _unknown(batch_id)
    return _batch(row, counts(connection, batch_id))


def every(connection: Connection) -> tuple[Batch, ...]:
    """All of them, the newest first."""
    rows = connection.execute(select(batches).order_by(batches.c.made_at.desc(), batches.c.batch_id)).all()
    columns = (batch_items.c.batch_id, batch_items.c.state, func.count().label("count"))
    told: dict[str, dict[ItemState, int]] = defaultdict(dict)
    for found in connection.execute(select(*columns).group_by(batch_items.c.batch_id, batch_items.c.state)):
        told[found.batch_id][ItemState(found.state)] = int(found[2])
    return tuple(_batch(row, told[row.batch_id]) for row in rows)


def counts(connection: Connection, batch_id: str) -> dict[ItemState, int]:
    """How many items of a batch are in each state."""
    query = select(batch_items.c.state, func.count()).where(batch_items.c.batch_id == batch_id)
    rows = connection.execute(query.group_by(batch_items.c.state))
    return {ItemState(state): count for state, count in rows}


def hold(
    connection: Connection, batch_id: str, owner: str, *, seconds: float, instead_of: int, now: datetime
) -> BatchLease | None:
    """Take a batch, with the next token; None if it is held."""
    free = or_(batches.c.leased_until.is_(None), is_over(batches.c.leased_until, now), batches.c.token == instead_of)
    taken = connection.execute(
        update(batches)
        .where(batches.c.batch_id == batch_id, free)
        .values(owner=owner, token=batches.c.token + 1, leased_until=now + timedelta(seconds=seconds))
        .returning(batches.c.token)
    ).first()
    if taken is None:
        one(connection, batch_id)
        return None
    return BatchLease(batch_id, owner, taken.token)


def renew(connection: Connection, lease: BatchLease, *, seconds: float, now: datetime) -> None:
    """Hold on; raises LostLeaseError."""
    until = now + timedelta(seconds=seconds)
    if connection.execute(_held(lease).values(leased_until=until)).rowcount == 0:
        raise _lost(lease)


def let_go(connection: Connection, lease: BatchLease) -> bool:
    """Hold it no longer; False if somebody else holds it now."""
    return connection.execute(_held(lease).values(leased_until=None, owner=None)).rowcount == 1


def fenced(connection: Connection, lease: BatchLease) -> BatchOptions:
    """The options of a batch that nobody takes over before this transaction ends; raises LostLeaseError."""
    held = (batches.c.batch_id == lease.batch_id, batches.c.token == lease.token)
    options = connection.scalar(select(batches.c.options).where(*held).with_for_update(read=True))
    if options is None:
        raise _lost(lease)
    return BatchOptions.model_validate_json(options)


def _held(lease: BatchLease) -> Update:
    return update(batches).where(batches.c.batch_id == lease.batch_id, batches.c.token == lease.token)


def _batch(row: Row[tuple[object, ...]], told: dict[ItemState, int]) -> Batch:
    options = BatchOptions.model_validate_json(row.options)
    made = (row.batch_id, row.made_at, row.account, options, row.version, row.total)
    return Batch(*made, told, row.owner, row.token)


def _unknown(batch_id: str) -> UnknownBatchError:
    return UnknownBatchError(f"There is no batch {batch_id}: `intake reprocess list` shows all of them.")


def _lost(lease: BatchLease) -> LostLeaseError:
    return LostLeaseError(f"Batch {lease.batch_id} is another process's now: stop, and leave it alone.")
