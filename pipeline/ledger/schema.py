"""The schema of a ledger: looked at on opening, and brought up to date by alembic."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, select, text

from models.errors import LedgerError
from pipeline.ledger.database import Database, insert_new
from pipeline.ledger.errors import damaged
from pipeline.ledger.tables import register_check
from pipeline.ledger.value_encryption import Kind, Seal

VERSION_TABLE = "ledger_version"
_CHECKED_WHOLE = 256 * 1024 * 1024  # bytes: a tenth of a second; damage in a larger file shows where it is read
_LOCK = 4005_3002  # PostgreSQL's advisory locks have numbers for names; this one means opening a ledger


def bring_up_to_date(database: Database, seal: Seal) -> None:
    """Make or upgrade the schema, in one transaction; whoever opens the ledger meanwhile waits.

    Raises:
        LedgerError: The database is damaged, foreign, newer than this program, or sealed under another secret; nothing
            was written to it.
    """
    scripts = ScriptDirectory.from_config(alembic_config())
    with database.reading() as connection:
        refuse_damaged(connection, database.place)
        if revision_of(connection) == scripts.get_current_head():
            refuse_another_secret(connection, seal, database.place)
            return
    with _opening(database) as connection:
        refuse_unknown(connection, scripts, database.place)
        command.upgrade(alembic_config(connection, seal), "head")
        insert_new(connection, register_check, {"key": seal.key(Kind.CHECK, "")})
        refuse_another_secret(connection, seal, database.place)


@contextmanager
def _opening(database: Database) -> Iterator[Connection]:
    with database.writing() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:name)"), {"name": _LOCK})
        yield connection


def alembic_config(connection: Connection | None = None, seal: Seal | None = None) -> Config:
    """What alembic works by; with a connection and a seal where migrations are to run."""
    config = Config()
    config.set_main_option("script_location", "pipeline.ledger:migrations")
    config.attributes |= {"connection": connection, "seal": seal}
    return config


def revision_of(connection: Connection) -> str | None:
    """The revision of the schema that is there; None where there is none."""
    return MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_revision()


def refuse_damaged(connection: Connection, place: str) -> None:
    """Raise LedgerError for a file that is damaged."""
    small = connection.dialect.name == "sqlite" and Path(place).stat().st_size <= _CHECKED_WHOLE
    if small and connection.scalar(text("PRAGMA quick_check(1)")) != "ok":
        raise damaged(place)


def refuse_another_secret(connection: Connection, seal: Seal, place: str) -> None:
    """Raise LedgerError where the ledger was made with another secret."""
    if set(connection.scalars(select(register_check.c.key))) != {seal.key(Kind.CHECK, "")}:
        raise LedgerError(
            f"The ledger {place} was made with another secret: with this one nobody in its register would be found. "
            "Set INTAKE_REGISTER_SECRET, or put back the file register.secret, as it was."
        )


def refuse_unknown(connection: Connection, scripts: ScriptDirectory, place: str) -> None:
    """Raise LedgerError for a database that is no ledger, or one of a newer version."""
    revision = revision_of(connection)
    if revision is None and inspect(connection).get_table_names():
        raise LedgerError(f"The database {place} holds something else: give the ledger a database of its own.")
    if revision not in {None, *(script.revision for script in scripts.walk_revisions())}:
        raise LedgerError(
            f"The ledger {place} was written by a newer version of this program (schema {revision}): "
            "install that version, or restore a backup from before it."
        )
