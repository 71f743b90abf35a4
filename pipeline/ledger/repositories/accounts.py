"""Accounts and sessions: each operation is one transaction."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from models.accounts import Account, checked_name, checked_password, tidied_name, tidied_password
from models.errors import LedgerBusyError
from models.review import Role
from pipeline.ledger import (
    people,
)
from pipeline.ledger.audit import AuditEntry
from pipeline.ledger.passwords import hashed, is_password
from pipeline.ledger.records import AuditKind
from pipeline.ledger.repositories.base import Details, Repository

_SPARED: Final = timedelta(seconds=30)  # for which a session is not noted as seen again, and no more than
_SHARE: Final = 10  # a tenth of what may pass without anything: it ends earlier by as much
_UNLOCKED: Final = {"failures": 0, "locked_until": None}


class AccountRepository(Repository):
    """Accounts and sessions. `by` says in the audit chain who changed an account; no secret stands in it.

    Whatever changes an account ends all of its sessions.
    """

    def make(self, name: str, role: Role, password: str, *, by: str) -> None:
        """Let somebody sign in; raises AccountError if there is one of the name, or name or password are none."""
        account = Account(name=checked_name(name), role=role, made_at=self._clock())
        kept = hashed(checked_password(name, password))  # before the transaction: nobody waits meanwhile
        with self._database.writing() as connection:
            people.make(connection, account, kept)
            details: Details = {"account": name, "change": "made", "role": role.value, "by": by}
            self._record(connection, AuditEntry(AuditKind.ACCOUNT, details))

    def list(self) -> tuple[Account, ...]:
        """Everybody, by name."""
        with self._database.reading() as connection:
            return people.everybody(connection)

    def change_role(self, name: str, role: Role, *, by: str) -> None:
        """Let somebody do something else; raises AccountError if there is no such account."""
        self._change(name, {"change": "role", "role": role.value, "by": by}, role=role.value)

    def change_password(self, name: str, password: str, *, by: str) -> None:
        """Give somebody another password, and let go of a lock; raises AccountError as `make_account` does."""
        kept = hashed(checked_password(name, password))
        self._change(name, {"change": "password", "by": by}, password=kept, **_UNLOCKED)

    def disable(self, name: str, *, by: str) -> None:
        """Let somebody sign in no more; raises AccountError if there is no such account."""
        self._change(name, {"change": "disabled", "by": by}, disabled_at=self._clock())

    def enable(self, name: str, *, by: str) -> None:
        """Let somebody sign in again, and let go of a lock; raises AccountError if there is no such account."""
        self._change(name, {"change": "enabled", "by": by}, disabled_at=None, **_UNLOCKED)

    def _change(self, name: str, details: Details, **values: Any) -> None:
        with self._database.writing() as connection:
            ended = people.change(connection, name, **values)
            self._record(
                connection, AuditEntry(AuditKind.ACCOUNT, {"account": name, "sessions_ended": ended, **details})
            )

    def sign_in(self, name: str, password: str) -> str | None:
        """Begin a session; hands on its secret, which is told once.

        None, after the same time, whatever was wrong: name, password, an account that is disabled or locked. Five
        wrong passwords in a row lock an account, for a minute at first and for an hour at most.
        """
        tidied = tidied_name(name)
        with self._database.reading() as connection:
            before = people.kept(connection, tidied)
        matches = is_password(tidied_password(password), before.password if before else None)  # nobody waits meanwhile
        with self._database.writing() as connection:
            now, found = self._clock(), people.kept(connection, tidied, for_update=True)
            why_not = _refusal(found, before, now, matches=matches)
            if why_not is None:
                secret = people.begin(connection, tidied, now=now)
                self._record(connection, AuditEntry(AuditKind.SIGNED_IN, {"account": tidied}))
                return secret
            # Whoever types a password into the field of the name must not find it in the audit chain.
            details: Details = {"account": tidied if found else None, "why": why_not}
            self._record(
                connection, AuditEntry(AuditKind.SIGN_IN_REFUSED, details | _counted(connection, tidied, why_not, now))
            )
            return None

    def session(self, secret: str, *, idle: float, longest: float) -> Account | None:
        """Whose session it is; None if there is none, or it is over.

        Args:
            secret: As `sign_in` handed it on.
            idle: Seconds without anything that somebody did, after which it is over.
            longest: Seconds after which it is over in any case.
        """
        with self._database.reading() as connection:
            found = people.session(connection, secret)
        if found is None or found.account.disabled_at is not None:
            return None
        now = self._clock()
        silent, lasted = abs(now - found.seen_at), abs(now - found.began_at)  # a clock that went back ends it too
        if silent >= timedelta(seconds=idle) or lasted >= timedelta(seconds=longest):
            with suppress(LedgerBusyError):  # it is over all the same
                self._end(secret, "idle" if silent >= timedelta(seconds=idle) else "longest")
            return None
        if silent > min(_SPARED, timedelta(seconds=idle) / _SHARE):
            with suppress(LedgerBusyError), self._database.writing() as connection:  # the next one is noted
                people.touch(connection, secret, now=now)
        return found.account

    def sign_out(self, secret: str) -> None:
        """End a session; once more is no error."""
        self._end(secret, "asked")

    def _end(self, secret: str, why: str) -> None:
        with self._database.writing() as connection:
            name = people.end(connection, secret)
            if name is not None:
                self._record(connection, AuditEntry(AuditKind.SIGNED_OUT, {"account": name, "why": why}))


def _refusal(found: people.Kept | None, before: people.Kept | None, now: datetime, *, matches: bool) -> str | None:
    """Why somebody is not let in, for the audit chain alone; a lock may have come while the password was looked at."""
    if found is None:
        return "unknown"
    if found.account.disabled_at is not None:
        return "disabled"
    if people.is_locked(found.account, now):
        return "locked"
    same = before is not None and before.password == found.password
    return None if matches and same else "password"


def _counted(connection: Connection, name: str, why_not: str, now: datetime) -> Details:
    until = people.failed(connection, name, now=now) if why_not == "password" else None
    return {} if until is None else {"locked_until": until.isoformat()}
