"""Connections, transactions and their errors: SQLite in one file by default, PostgreSQL by URL.

No text of an error of ours quotes a value: values are names and numbers of children.
"""

import os
import re
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy import URL, Column, ColumnElement, Connection, Engine, Table, create_engine, event, exc, make_url, or_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError

from models.errors import LedgerBusyError, LedgerError
from pipeline.ledger.postgresql import place_of, postgres_engine, refuse_ambiguous
from pipeline.ledger.postgresql_faults import named_error
from pipeline.ledger.value_encryption import DecryptionError

LONGEST_LEASE: Final = timedelta(hours=2)  # also the longest pause before something is tried again
_PASSING = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL})
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_FILE_URL = re.compile(r"sqlite(\+pysqlite)?:///(?P<path>.*)", re.DOTALL)

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The time, in UTC."""
    return datetime.now(tz=UTC)


class Database:
    """An SQLAlchemy engine, and transactions on it that raise LedgerError and its subclasses only."""

    def __init__(self, url: str, *, patience: float) -> None:
        """Make the engine; the first transaction connects.

        Args:
            url: `sqlite:///FILE` or `postgresql://USER@HOST/NAME`.
            patience: Seconds to wait for a lock before the ledger counts as busy.
        """
        parsed = parsed_url(url)
        self.place = parsed.database or "" if _is_sqlite(parsed) else place_of(parsed)
        self._engine = _sqlite(parsed, patience) if _is_sqlite(parsed) else postgres_engine(parsed, patience)
        self._process = os.getpid()
        # PostgreSQL shows each statement what was committed until then, unless it is asked for one state.
        self._one_state: dict[str, Any] = {} if _is_sqlite(parsed) else {"isolation_level": "REPEATABLE READ"}

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A read-only transaction that sees one state."""
        with translate_errors(self.place), self._connection() as any_connection:
            connection = any_connection.execution_options(**self._one_state)
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is committed at its end, or rolled back on an error."""
        with translate_errors(self.place), self._connection() as any_connection:
            connection = any_connection.execution_options(writes=True)
            with connection.begin():
                yield connection

    def checkpoint_wal(self) -> None:
        """Take erased values out of SQLite's write-ahead log too; PostgreSQL keeps its own as its operator configured.

        A transaction that reads at this moment keeps them there until the log is next truncated.
        """
        if self._engine.dialect.name != "sqlite":
            return
        with translate_errors(self.place), closing(self._engine.raw_connection()) as connection:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").close()

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def _connection(self) -> Connection:
        if self._process != os.getpid():
            self._engine.dispose(close=False)  # the parent process owns these connections
            self._process = os.getpid()
        return self._engine.connect()


def insert_new(connection: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row unless a unique constraint has one already; True if it was inserted."""
    key = table.primary_key.columns.values()
    if connection.dialect.name == "postgresql":
        new = postgresql.insert(table).values(**values).on_conflict_do_nothing().returning(*key)
    else:
        new = sqlite.insert(table).values(**values).on_conflict_do_nothing().returning(*key)
    return connection.execute(new).first() is not None


def is_over(until: Column[datetime], now: datetime) -> ColumnElement[bool]:
    """The condition that a time has passed, or is so far ahead that only a wrong clock can have set it."""
    return or_(until <= now, until > now + LONGEST_LEASE)


@contextmanager
def translate_errors(place: str) -> Iterator[None]:
    """Turn errors of the database at `place` into LedgerError, or into LedgerBusyError where trying again helps."""
    try:
        yield
    except exc.TimeoutError as error:
        raise LedgerBusyError(f"The ledger {place} is busy", hint="trying again helps.") from error
    except (exc.IntegrityError, exc.DataError):
        # The driver's text quotes the values, and values are children's numbers.
        raise LedgerError(f"The ledger {place} refused a value that breaks one of its constraints.") from None
    except exc.DBAPIError as error:
        raise _named(place, error) from error


@contextmanager
def stored_value(what: str) -> Iterator[None]:
    """Turn errors of decoding a stored value into LedgerError; `what` names the value by ids alone."""
    try:
        yield
    except (ValidationError, zlib.error, DecryptionError):
        # The text of a ValidationError quotes the value.
        raise LedgerError(
            f"The {what} is damaged in the ledger", hint="restore a backup, or process it again."
        ) from None


def _named(place: str, error: exc.DBAPIError) -> LedgerError:
    if isinstance(error.orig, sqlite3.Error):
        return _named_sqlite(place, error.orig)
    return named_error(place, error)


def _named_sqlite(place: str, error: sqlite3.Error) -> LedgerError:
    primary = getattr(error, "sqlite_errorcode", 0) & 0xFF
    name = getattr(error, "sqlite_errorname", "unknown")
    if primary in _PASSING:
        return LedgerBusyError(
            f"The ledger {place} is locked, or its disk is full ({name})", hint="trying again helps."
        )
    if primary in _DAMAGED:
        return damaged(place)
    return LedgerError(
        f"The ledger {place} could not be used ({name})", hint="check the file, its folder and its disk."
    )


def damaged(place: str) -> LedgerError:
    """The error for a file that is damaged or not a ledger."""
    return LedgerError(
        f"The ledger {place} is damaged or not a ledger, and nothing was written to it",
        hint="put it aside with its -wal and -shm files, and restore a backup.",
    )


def parsed_url(url: str) -> URL:
    """The parts of a ledger's URL; of a file's, everything behind `sqlite:///` is its path, as it is written.

    Raises:
        LedgerError: It is no URL of a ledger, or has parameters that nobody obeys; the text quotes nothing of it.
    """
    file = _FILE_URL.fullmatch(url)
    if file is not None:
        return _file_url(file["path"])
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # the latter: a port that is no number, and may be part of a password
        raise _no_url() from None
    if not parsed.database or parsed.get_backend_name() != "postgresql":
        raise _no_url()
    refuse_ambiguous(url, parsed)
    return parsed


def _file_url(path: str) -> URL:
    if not path or path == ":memory:":
        raise _no_url()
    if "?" in path.rpartition("/")[2]:
        raise LedgerError("The URL of a ledger in a file has no parameters", hint="remove ? and what follows.")
    return URL.create("sqlite", database=path)


def _no_url() -> LedgerError:
    return LedgerError("The ledger's URL must be sqlite:///FILE or postgresql://USER@HOST/NAME.")


def _is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def _sqlite(url: URL, patience: float) -> Engine:
    _make_private(Path(url.database or ""))
    engine = create_engine(
        url.set(drivername="sqlite+pysqlite"),
        connect_args={"timeout": patience},
        pool_timeout=patience,
        hide_parameters=True,
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _make_private(path: Path) -> None:
    """Create the file for its owner alone; SQLite gives the -wal and -shm files the same mode.

    It gets its name when it is in WAL mode already: of two connections that change a file to WAL at once SQLite refuses
    one without waiting. An existing file is not opened, since closing it would release every lock that this process
    has on it.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.exists():
            return
        with TemporaryDirectory(dir=path.parent, prefix=".ledger-") as folder:
            new = Path(folder) / path.name
            os.close(os.open(new, os.O_RDWR | os.O_CREAT, 0o600))
            with closing(sqlite3.connect(new)) as connection:
                connection.execute("PRAGMA journal_mode=WAL")
            with suppress(FileExistsError):  # another process was first
                os.link(new, path)
    except (OSError, sqlite3.Error) as error:
        raise LedgerError(f"The ledger {path} cannot be opened or created", hint="check its folder.") from error


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver would begin transactions by itself, and too late
    # Keys of the register fall anywhere in their indexes: with SQLite's 2 MB of cache an import read 40 GB.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", "cache_size=-65536"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    # A reader that becomes a writer can fail at once whatever the timeout, so a writer begins as one.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
