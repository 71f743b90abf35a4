"""Accounts and sessions; of passwords and session secrets the ledger keeps only hashes.

Source:
    OWASP, Password Storage Cheat Sheet: Argon2id with 19 MiB, two passes and one lane, which two cores can stand.
"""

import hashlib
import secrets
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final, NamedTuple

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from sqlalchemy import Connection, Row, delete, insert, select, update

from models.accounts import Account, checked_name, checked_password, tidied_name, tidied_password
from models.errors import AccountError, LedgerBusyError
from models.review import Role
from pipeline.ledger.database import insert_new
from pipeline.ledger.repositories.base import AuditEntry, Details, Repository
from pipeline.ledger.repositories.sign_in_locks import count_failure, forget_failures, lock_of, locks, unlock
from pipeline.ledger.system_tables import accounts, sessions
from pipeline.ledger.values import AuditKind

_SECRET_BYTES: Final = 32
_SALT_BYTES: Final = 16
_HASH_BYTES: Final = 32
_MEMORY_KB: Final = 19 * 1024
_UNLOCKING: Final = frozenset({"password", "enabled"})  # changes that end every lock
_LONGEST_SESSION: Final = timedelta(days=30)  # older rows are deleted
_SEEN_INTERVAL: Final = timedelta(seconds=30)  # a session is noted as seen at most this often,
_SEEN_SHARE: Final = 10  # and at least every tenth of the time after which an idle session ends


class _StoredAccount(NamedTuple):
    account: Account
    password_hash: str


class AccountRepository(Repository):
    """Accounts and sessions. `by` names who changed an account, for the audit chain; no secret stands in it.

    Every change of an account ends all of its sessions.
    """

    def make(self, name: str, role: Role, password: str, *, by: str) -> None:
        """Make an account; raises AccountError if the name is taken, or name or password break the rules."""
        account = Account(name=checked_name(name), role=role, made_at=self._clock())
        password_hash = hashed(checked_password(name, password))  # slow: before the transaction
        values = {"name": account.name, "role": role.value, "made_at": account.made_at}
        with self._database.writing() as connection:
            if not insert_new(connection, accounts, values | {"password": password_hash}):
                raise AccountError(
                    f"There is an account {account.name} already", hint="change it, or choose another name."
                )
            details: Details = {"account": name, "change": "made", "role": role.value, "by": by}
            self._record(connection, AuditEntry(AuditKind.ACCOUNT, details))

    def list(self) -> tuple[Account, ...]:
        """All accounts, by name; each with the last of its locks, for whichever address that is."""
        with self._database.reading() as connection:
            until = locks(connection)
            rows = connection.execute(select(accounts).order_by(accounts.c.name))
            return tuple(_account(row).model_copy(update={"locked_until": until.get(row.name)}) for row in rows)

    def change_role(self, name: str, role: Role, *, by: str) -> None:
        """Give an account another role; raises AccountError if there is no such account."""
        self._change(name, {"change": "role", "role": role.value, "by": by}, role=role.value)

    def change_password(self, name: str, password: str, *, by: str) -> None:
        """Give an account another password, and end a lock; raises AccountError as `make` does."""
        password_hash = hashed(checked_password(name, password))
        self._change(name, {"change": "password", "by": by}, password=password_hash)

    def disable(self, name: str, *, by: str) -> None:
        """Disable an account, which then cannot sign in; raises AccountError if there is no such account."""
        self._change(name, {"change": "disabled", "by": by}, disabled_at=self._clock())

    def enable(self, name: str, *, by: str) -> None:
        """Enable an account again, and end a lock; raises AccountError if there is no such account."""
        self._change(name, {"change": "enabled", "by": by}, disabled_at=None)

    def _change(self, name: str, details: Details, **values: Any) -> None:
        with self._database.writing() as connection:
            if not connection.execute(update(accounts).where(accounts.c.name == name).values(**values)).rowcount:
                raise AccountError(f"There is no account {name}", hint="intake people list shows those that are there.")
            if details["change"] in _UNLOCKING:
                unlock(connection, name)
            ended = connection.execute(delete(sessions).where(sessions.c.account == name)).rowcount
            self._record(
                connection, AuditEntry(AuditKind.ACCOUNT, {"account": name, "sessions_ended": ended, **details})
            )

    def sign_in(self, name: str, password: str, *, address: str = "") -> str | None:
        """Begin a session; returns its secret, which the ledger does not keep.

        None, after the same time, whatever was wrong: name, password, an account that is disabled or locked. Five
        wrong passwords in a row from an address lock the account for this address, for a minute at first and for an
        hour at most.
        """
        tidied = tidied_name(name)
        with self._database.reading() as connection:
            before = _stored(connection, tidied)
        # Slow: between the transactions.
        matches = is_password(tidied_password(password), before.password_hash if before else None)
        with self._database.writing() as connection:
            now, found = self._clock(), _stored(connection, tidied, for_update=True)
            locked = lock_of(connection, tidied, address, now) is not None
            refusal = _refusal(found, before, locked=locked, matches=matches)
            if refusal is None:
                forget_failures(connection, tidied, address, now)
                secret = _begin_session(connection, tidied, now)
                self._record(connection, AuditEntry(AuditKind.SIGNED_IN, {"account": tidied}))
                return secret
            # A password typed into the field of the name must not get into the audit chain.
            details: Details = {"account": tidied if found else None, "why": refusal}
            if address:
                details["address"] = address
            until = count_failure(connection, tidied, address, now) if refusal == "password" else None
            if until is not None:
                details["locked_until"] = until.isoformat()
            self._record(connection, AuditEntry(AuditKind.SIGN_IN_REFUSED, details))
            return None

    def session(self, secret: str, *, idle: float, longest: float) -> Account | None:
        """The account of a session; None if there is no such session, or it is over.

        Args:
            secret: As `sign_in` returned it.
            idle: Seconds without a user's action after which the session is over.
            longest: Seconds after which it is over in any case.
        """
        both = select(accounts, sessions.c.began_at, sessions.c.seen_at).join_from(accounts, sessions)
        with self._database.reading() as connection:
            row = connection.execute(both.where(sessions.c.key == _key(secret))).first()
        if row is None or row.disabled_at is not None:
            return None
        now = self._clock()
        silent, lasted = abs(now - row.seen_at), abs(now - row.began_at)  # a clock that went back ends it too
        if silent >= timedelta(seconds=idle) or lasted >= timedelta(seconds=longest):
            with suppress(LedgerBusyError):  # it is over all the same
                self._end(secret, "idle" if silent >= timedelta(seconds=idle) else "longest")
            return None
        if silent > min(_SEEN_INTERVAL, timedelta(seconds=idle) / _SEEN_SHARE):
            seen = update(sessions).where(sessions.c.key == _key(secret)).values(seen_at=now)
            with suppress(LedgerBusyError), self._database.writing() as connection:  # the next request notes it
                connection.execute(seen)
        return _account(row)

    def sign_out(self, secret: str) -> None:
        """End a session; repeating it is no error."""
        self._end(secret, "asked")

    def _end(self, secret: str, why: str) -> None:
        ended = delete(sessions).where(sessions.c.key == _key(secret)).returning(sessions.c.account)
        with self._database.writing() as connection:
            name = connection.scalar(ended)
            if name is not None:
                self._record(connection, AuditEntry(AuditKind.SIGNED_OUT, {"account": name, "why": why}))


def _refusal(found: _StoredAccount | None, before: _StoredAccount | None, *, locked: bool, matches: bool) -> str | None:
    """Why a sign-in is refused, for the audit chain alone; a lock may have come while the password was checked."""
    if found is None:
        return "unknown"
    if found.account.disabled_at is not None:
        return "disabled"
    if locked:
        return "locked"
    same = before is not None and before.password_hash == found.password_hash
    return None if matches and same else "password"


def _stored(connection: Connection, name: str, *, for_update: bool = False) -> _StoredAccount | None:
    query = select(accounts).where(accounts.c.name == name)
    row = connection.execute(query.with_for_update() if for_update else query).first()
    return None if row is None else _StoredAccount(_account(row), row.password)


def _begin_session(connection: Connection, name: str, now: datetime) -> str:
    """Begin a session; returns its secret."""
    connection.execute(delete(sessions).where(sessions.c.began_at < now - _LONGEST_SESSION))
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    connection.execute(insert(sessions).values(key=_key(secret), account=name, began_at=now, seen_at=now))
    return secret


def _key(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _account(row: Row[Any]) -> Account:
    return Account(
        name=row.name,
        role=Role(row.role),
        made_at=row.made_at,
        disabled_at=row.disabled_at,
    )


def hashed(password: str) -> str:
    """The Argon2id hash of a password, in PHC form."""
    argon = Argon2id(
        salt=secrets.token_bytes(_SALT_BYTES), length=_HASH_BYTES, iterations=2, lanes=1, memory_cost=_MEMORY_KB
    )
    return argon.derive_phc_encoded(password.encode("utf-8", "surrogatepass"))


def is_password(password: str, password_hash: str | None) -> bool:
    """Whether a hash is of this password; without a hash the answer takes as long."""
    try:
        Argon2id.verify_phc_encoded(password.encode("utf-8", "surrogatepass"), password_hash or _unknown_hash())
    except (InvalidKey, ValueError):
        return False
    return password_hash is not None


@cache
def _unknown_hash() -> str:
    return hashed(secrets.token_hex(_HASH_BYTES))
