"""The schema of a ledger: alembic brings it up to date on opening, and the doctor checks it without changing it."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, delete, func, inspect, select, text

from models.errors import LedgerError
from pipeline.ledger.database import Database, damaged, insert_new, parsed_url, utc_now
from pipeline.ledger.postgresql import refuse_unfit
from pipeline.ledger.system_tables import accounts, inbox, workers
from pipeline.ledger.tables import register_check
from pipeline.ledger.value_encryption import Kind, Seal

VERSION_TABLE = "ledger_version"
_PROBE: Final = "intake doctor"
_LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)  # so that the probe does not look like a working process
_LATELY: Final = timedelta(days=1)
_CHECKED_WHOLE = 256 * 1024 * 1024  # bytes: a tenth of a second; damage in a larger file shows where it is read
_LOCK = 4005_3002  # PostgreSQL's advisory locks have numbers for names; this one means opening a ledger


def bring_up_to_date(database: Database, seal: Seal) -> None:
    """Make or upgrade the schema in one transaction; other processes that open the ledger wait for it.

    Raises:
        LedgerError: The database is damaged, foreign, newer than this program, or made with another secret; nothing
            was written to it.
    """
    scripts = ScriptDirectory.from_config(alembic_config())
    with database.reading() as connection:
        _refuse_unusable(connection, database.place)
        if _revision_of(connection) == scripts.get_current_head():
            _refuse_another_secret(connection, seal, database.place)
            return
    with _opening(database) as connection:
        _refuse_unknown(connection, scripts, database.place)
        command.upgrade(alembic_config(connection, seal), "head")
        insert_new(connection, register_check, {"key": seal.key(Kind.CHECK, "")})
        _refuse_another_secret(connection, seal, database.place)


@contextmanager
def _opening(database: Database) -> Iterator[Connection]:
    with database.writing() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:name)"), {"name": _LOCK})
        yield connection


def alembic_config(connection: Connection | None = None, seal: Seal | None = None) -> Config:
    """The configuration of alembic; with a connection and a seal where migrations are to run."""
    config = Config()
    config.set_main_option("script_location", "pipeline.ledger:migrations")
    config.attributes |= {"connection": connection, "seal": seal}
    return config


def _revision_of(connection: Connection) -> str | None:
    """The revision of the schema; None where there is none."""
    return MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_revision()


def _refuse_unusable(connection: Connection, place: str) -> None:
    """Raise LedgerError for a file that is damaged, or a database that cannot hold a ledger."""
    if connection.dialect.name == "postgresql":
        refuse_unfit(connection, place)
    elif Path(place).stat().st_size <= _CHECKED_WHOLE and connection.scalar(text("PRAGMA quick_check(1)")) != "ok":
        raise damaged(place)


def _refuse_another_secret(connection: Connection, seal: Seal, place: str) -> None:
    """Raise LedgerError where the ledger was made with another secret."""
    if set(connection.scalars(select(register_check.c.key))) != {seal.key(Kind.CHECK, "")}:
        raise LedgerError(
            f"The ledger {place} was made with another secret",
            hint="with this one no child in its register would be found. "
            "Set INTAKE_REGISTER_SECRET, or put back the file register.secret, as it was.",
        )


def _refuse_unknown(connection: Connection, scripts: ScriptDirectory, place: str) -> None:
    """Raise LedgerError for a database that is not a ledger, or is one of a newer version."""
    revision = _revision_of(connection)
    if revision is None and inspect(connection).get_table_names():
        raise LedgerError(f"The database {place} holds something else", hint="give the ledger a database of its own.")
    if revision not in {None, *(script.revision for script in scripts.walk_revisions())}:
        raise LedgerError(
            f"The ledger {place} was written by a newer version of this program (schema {revision})",
            hint="install that version, or restore a backup from before it.",
        )


class OldestItem(StrEnum):
    """The age of a ledger's schema, compared with this program's."""

    ABSENT = "absent"
    OLDER = "older"
    TODAYS = "todays"


class LedgerCheck(NamedTuple):
    """The state of a ledger.

    Attributes:
        age: Of its schema.
        commit_seconds: Duration of a durable commit; None where nothing was written.
        people: Accounts that are not disabled; None where they were not counted.
        heard: Uploads of the last day by how the inbox learnt of them; empty where they were not counted.
    """

    age: OldestItem
    commit_seconds: float | None = None
    people: int | None = None
    heard: Mapping[str, int] = MappingProxyType({})


def check_ledger(url: str, secret: bytes | None, *, patience: float = 5.0) -> LedgerCheck:
    """Check the schema, the secret, and how long a durable commit takes; creates and upgrades nothing.

    Args:
        url: As for opening.
        secret: None where there is none yet, which only an absent ledger allows.
        patience: Seconds to wait for a lock.

    Raises:
        LedgerError: It is damaged, foreign, newer than this program, made with another secret, or cannot be written.
    """
    if _is_absent(url):
        return LedgerCheck(OldestItem.ABSENT)
    database = Database(url, patience=patience)
    try:
        age = _age(database, Seal(secret or bytes(32)))
        return (
            LedgerCheck(age, _commit_seconds(database), _people(database), _heard(database))
            if age is OldestItem.TODAYS
            else LedgerCheck(age)
        )
    finally:
        database.close()


def _is_absent(url: str) -> bool:
    parsed = parsed_url(url)
    return parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").exists()


def _age(database: Database, seal: Seal) -> OldestItem:
    scripts = ScriptDirectory.from_config(alembic_config())
    with database.reading() as connection:
        _refuse_unusable(connection, database.place)
        _refuse_unknown(connection, scripts, database.place)
        revision = _revision_of(connection)
        if revision is None:
            return OldestItem.ABSENT
        if revision != scripts.get_current_head():
            return OldestItem.OLDER
        _refuse_another_secret(connection, seal, database.place)
        return OldestItem.TODAYS


def _commit_seconds(database: Database) -> float:
    started = time.perf_counter()
    with database.writing() as connection:
        insert_new(connection, workers, {"identity": _PROBE, "seen_at": _LONG_AGO, "engine_restarts": 0})
    seconds = time.perf_counter() - started
    with database.writing() as connection:
        connection.execute(delete(workers).where(workers.c.identity == _PROBE))
    return seconds


def _people(database: Database) -> int:
    with database.reading() as connection:
        return connection.execute(select(func.count()).where(accounts.c.disabled_at.is_(None))).scalar_one()


def _heard(database: Database) -> dict[str, int]:
    lately = select(inbox.c.via, func.count()).where(inbox.c.heard_at > utc_now() - _LATELY).group_by(inbox.c.via)
    with database.reading() as connection:
        return {via: count for via, count in connection.execute(lately)}
