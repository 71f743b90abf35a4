"""Accounts and sessions; of a password and of a session's secret only what cannot be turned back is kept."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, delete, insert, select, update

from models.accounts import Account
from models.errors import AccountError
from models.review import Role
from pipeline.ledger.database import insert_new
from pipeline.ledger.inbox import LONGEST
from pipeline.ledger.tables_of_people import accounts, sessions

_SECRET_BYTES: Final = 32
_FAILURES: Final = 5  # in a row, after which an account is locked for a while
_FIRST_LOCK: Final = timedelta(minutes=1)
_LONGEST_LOCK: Final = timedelta(hours=1)
_DOUBLINGS: Final = 10  # more would pass the longest lock anyway
_FORGOTTEN: Final = timedelta(days=30)  # no session lasts as long


class Kept(NamedTuple):
    """An account with what is kept of its password."""

    account: Account
    password: str


class Session(NamedTuple):
    """A session as it is kept, and whose it is."""

    account: Account
    began_at: datetime
    seen_at: datetime


def make(connection: Connection, account: Account, password: str) -> None:
    """Make an account; raises AccountError if there is one of the name."""
    values = {"name": account.name, "role": account.role.value, "made_at": account.made_at, "failures": 0}
    if not insert_new(connection, accounts, values | {"password": password}):
        raise AccountError(f"There is an account {account.name} already: change it, or choose another name.")


def kept(connection: Connection, name: str, *, for_update: bool = False) -> Kept | None:
    """An account by its name, with what is kept of its password."""
    query = select(accounts).where(accounts.c.name == name)
    row = connection.execute(query.with_for_update() if for_update else query).first()
    return None if row is None else Kept(_account(row), row.password)


def everybody(connection: Connection) -> tuple[Account, ...]:
    """All accounts, by name."""
    return tuple(_account(row) for row in connection.execute(select(accounts).order_by(accounts.c.name)))


def change(connection: Connection, name: str, **values: Any) -> int:
    """Change an account and end its sessions, of which it hands on the count; raises AccountError."""
    if not connection.execute(update(accounts).where(accounts.c.name == name).values(**values)).rowcount:
        raise AccountError(f"There is no account {name}: intake people list shows those that are there.")
    return connection.execute(delete(sessions).where(sessions.c.account == name)).rowcount


def is_locked(account: Account, now: datetime) -> bool:
    """Whether too many wrong passwords came not long ago; a lock that a wrong clock set binds nobody."""
    return account.locked_until is not None and now < account.locked_until <= now + LONGEST


def failed(connection: Connection, name: str, *, now: datetime) -> datetime | None:
    """Count a wrong password; hands on until when the account is locked now, if it is."""
    counted = update(accounts).where(accounts.c.name == name).values(failures=accounts.c.failures + 1)
    failures = connection.execute(counted.returning(accounts.c.failures)).scalar_one()
    if failures < _FAILURES:
        return None
    until: datetime = now + min(_FIRST_LOCK * 2 ** min(failures - _FAILURES, _DOUBLINGS), _LONGEST_LOCK)
    connection.execute(update(accounts).where(accounts.c.name == name).values(locked_until=until))
    return until


def begin(connection: Connection, name: str, *, now: datetime) -> str:
    """Begin a session; hands on its secret, which nobody can be told again."""
    connection.execute(update(accounts).where(accounts.c.name == name).values(failures=0, locked_until=None))
    connection.execute(delete(sessions).where(sessions.c.began_at < now - _FORGOTTEN))
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    connection.execute(insert(sessions).values(key=_key(secret), account=name, began_at=now, seen_at=now))
    return secret


def session(connection: Connection, secret: str) -> Session | None:
    """The session of a secret."""
    both = select(accounts, sessions.c.began_at, sessions.c.seen_at).join_from(accounts, sessions)
    row = connection.execute(both.where(sessions.c.key == _key(secret))).first()
    return None if row is None else Session(_account(row), row.began_at, row.seen_at)


def touch(connection: Connection, secret: str, *, now: datetime) -> None:
    """Note that whoever has the session did something."""
    connection.execute(update(sessions).where(sessions.c.key == _key(secret)).values(seen_at=now))


def end(connection: Connection, secret: str) -> str | None:
    """End a session; hands on whose it was, None if there was none."""
    ended = delete(sessions).where(sessions.c.key == _key(secret)).returning(sessions.c.account)
    return connection.scalar(ended)


def _key(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _account(row: Row[Any]) -> Account:
    return Account(
        name=row.name,
        role=Role(row.role),
        made_at=row.made_at,
        locked_until=row.locked_until,
        disabled_at=row.disabled_at,
    )
