"""Wrong passwords in a row, counted for each account and each address that tried: who guesses locks out themselves.

Source:
    OWASP, Authentication Cheat Sheet, "Account Lockout": a lock by name alone lets anybody keep anybody out.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, delete, func, select, update

from models.backoff import backoff
from pipeline.ledger.database import LONGEST_LEASE, insert_new
from pipeline.ledger.system_tables import sign_in_failures

_FAILURES: Final = 5  # in a row, after which an account is locked for an address for a while
_FIRST_LOCK_SECONDS: Final = 60.0
_LONGEST_LOCK_SECONDS: Final = 3600.0
_KEPT: Final = timedelta(days=7)  # after the last failure
_LONGEST_ADDRESS: Final = 64


def lock_of(connection: Connection, name: str, address: str, now: datetime) -> datetime | None:
    """Until when an account is locked for an address; None if it is not. What a wrong clock set does not count."""
    until = connection.scalar(select(sign_in_failures.c.locked_until).where(_row(name, address)))
    return until if until is not None and now < until <= now + LONGEST_LEASE else None


def locks(connection: Connection) -> dict[str, datetime]:
    """For each account that is or was locked for an address: until when for the last one."""
    latest = select(sign_in_failures.c.account, func.max(sign_in_failures.c.locked_until)).group_by(
        sign_in_failures.c.account
    )
    return {name: until for name, until in connection.execute(latest) if until is not None}


def count_failure(connection: Connection, name: str, address: str, now: datetime) -> datetime | None:
    """Count a wrong password; returns until when the account is locked for this address now, if it is."""
    values = {"account": name, "address": _cut(address), "failures": 0, "failed_at": now}
    insert_new(connection, sign_in_failures, values)
    counted = update(sign_in_failures).where(_row(name, address))
    failures = connection.execute(
        counted.values(failures=sign_in_failures.c.failures + 1, failed_at=now).returning(sign_in_failures.c.failures)
    ).scalar_one()
    if failures < _FAILURES:
        return None
    lock = backoff(failures - _FAILURES + 1, first=_FIRST_LOCK_SECONDS, longest=_LONGEST_LOCK_SECONDS)
    until = now + timedelta(seconds=lock)
    connection.execute(counted.values(locked_until=until))
    return until


def forget_failures(connection: Connection, name: str, address: str, now: datetime) -> None:
    """Begin to count anew for an account and an address, and forget what is long ago."""
    old = sign_in_failures.c.failed_at < now - _KEPT
    connection.execute(delete(sign_in_failures).where(_row(name, address) | old))


def unlock(connection: Connection, name: str) -> None:
    """End every lock of an account."""
    connection.execute(delete(sign_in_failures).where(sign_in_failures.c.account == name))


def _row(name: str, address: str) -> ColumnElement[bool]:
    return and_(sign_in_failures.c.account == name, sign_in_failures.c.address == _cut(address))


def _cut(address: str) -> str:
    return address[:_LONGEST_ADDRESS]
