"""Foreign errors become ours, and keep what children are called to themselves."""

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import ValidationError
from sqlalchemy import exc

from models.errors import LedgerBusyError, LedgerError
from pipeline.ledger.value_encryption import BrokenSealError

_PASSING = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL})
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


@contextmanager
def translate_errors(place: str) -> Iterator[None]:
    """Turn errors of the database at `place` into LedgerError, and into LedgerBusyError where trying again helps."""
    try:
        yield
    except exc.TimeoutError as error:
        raise LedgerBusyError(f"The ledger {place} is busy: trying again helps.") from error
    except (exc.IntegrityError, exc.DataError):
        # The driver's text quotes the values, and values are children's numbers.
        raise LedgerError(f"The ledger {place} refused a value that breaks one of its constraints.") from None
    except exc.DBAPIError as error:
        raise _named(place, error) from error


@contextmanager
def stored_value(what: str) -> Iterator[None]:
    """Turn what cannot be understood of a stored value into LedgerError; `what` names it by ids alone."""
    try:
        yield
    except (ValidationError, zlib.error, BrokenSealError):
        # The text of a ValidationError quotes the value.
        raise LedgerError(f"The {what} is damaged in the ledger: restore a backup, or process it again.") from None


def _named(place: str, error: exc.DBAPIError) -> LedgerError:
    if isinstance(error.orig, sqlite3.Error):
        return _named_sqlite(place, error.orig)
    if isinstance(error, exc.OperationalError | exc.InterfaceError):
        return LedgerBusyError(f"The ledger {place} is locked or does not answer: trying again helps.")
    return LedgerError(f"The ledger {place} refused a statement ({type(error.orig).__name__}).")


def _named_sqlite(place: str, error: sqlite3.Error) -> LedgerError:
    primary = getattr(error, "sqlite_errorcode", 0) & 0xFF
    name = getattr(error, "sqlite_errorname", "unknown")
    if primary in _PASSING:
        return LedgerBusyError(f"The ledger {place} is locked, or its disk is full ({name}): trying again helps.")
    if primary in _DAMAGED:
        return damaged(place)
    return LedgerError(f"The ledger {place} could not be used ({name}): check the file, its folder and its disk.")


def damaged(place: str) -> LedgerError:
    """The error for a file that is not, or no longer, a ledger."""
    return LedgerError(
        f"The ledger {place} is damaged or not a ledger, and nothing was written to it: put it aside with its -wal "
        "and -shm files, and restore a backup."
    )
