"""A look at a ledger that changes nothing: unlike opening, it makes no ledger and brings none up to date."""

import time
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final, NamedTuple

from alembic.script import ScriptDirectory
from sqlalchemy import delete, func, make_url, select

from pipeline.ledger.database import Database, insert_new
from pipeline.ledger.schema import alembic_config, refuse_another_secret, refuse_damaged, refuse_unknown, revision_of
from pipeline.ledger.tables import workers
from pipeline.ledger.tables_of_people import accounts
from pipeline.ledger.value_encryption import Seal

_PROBE: Final = "intake doctor"
_LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)  # so that nobody takes the probe for a worker that lives


class OldestItem(StrEnum):
    """A ledger's schema beside this program's."""

    ABSENT = "absent"
    OLDER = "older"
    TODAYS = "todays"


class LedgerCheck(NamedTuple):
    """What was seen.

    Attributes:
        age: Of its schema.
        commit_seconds: Of a durable commit; None where nothing was written.
        people: Accounts that are not disabled; None where they were not looked for.
    """

    age: OldestItem
    commit_seconds: float | None = None
    people: int | None = None


def check_ledger(url: str, secret: bytes | None, *, patience: float = 5.0) -> LedgerCheck:
    """Look at the schema, the secret, and how long a durable commit takes.

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
            LedgerCheck(age, _commit_seconds(database), _people(database))
            if age is OldestItem.TODAYS
            else LedgerCheck(age)
        )
    finally:
        database.close()


def _is_absent(url: str) -> bool:
    scheme, _, place = url.partition(":///")
    return scheme.startswith("sqlite") and bool(place) and not Path(make_url(url).database or "").exists()


def _age(database: Database, seal: Seal) -> OldestItem:
    scripts = ScriptDirectory.from_config(alembic_config())
    with database.reading() as connection:
        refuse_damaged(connection, database.place)
        refuse_unknown(connection, scripts, database.place)
        revision = revision_of(connection)
        if revision is None:
            return OldestItem.ABSENT
        if revision != scripts.get_current_head():
            return OldestItem.OLDER
        refuse_another_secret(connection, seal, database.place)
        return OldestItem.TODAYS


def _commit_seconds(database: Database) -> float:
    begun = time.perf_counter()
    with database.writing() as connection:
        insert_new(connection, workers, {"identity": _PROBE, "seen_at": _LONG_AGO, "engine_restarts": 0})
    seconds = time.perf_counter() - begun
    with database.writing() as connection:
        connection.execute(delete(workers).where(workers.c.identity == _PROBE))
    return seconds


def _people(database: Database) -> int:
    with database.reading() as connection:
        return connection.execute(select(func.count()).where(accounts.c.disabled_at.is_(None))).scalar_one()
