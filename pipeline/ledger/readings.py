"""Readings: large, written once, found by content."""

import zlib
from datetime import datetime

from sqlalchemy import Connection, select

from models.case import ReadPage
from pipeline.ledger import purposes
from pipeline.ledger.database import insert_new
from pipeline.ledger.errors import stored_value
from pipeline.ledger.tables import readings
from pipeline.ledger.value_encryption import Seal


def sealed(seal: Seal, key: str, page: ReadPage) -> bytes:
    """A page as it is stored: JSON, compressed (lattices shrink to a tenth), and sealed."""
    return seal.sealed(zlib.compress(page.model_dump_json().encode()), purposes.of_reading(key))


def opened(seal: Seal, key: str, payload: bytes) -> ReadPage:
    """A page as it was kept; raises LedgerError if it was damaged."""
    with stored_value(f"reading {key}"):
        return ReadPage.model_validate_json(zlib.decompress(seal.opened(payload, purposes.of_reading(key))))


def keep(connection: Connection, key: str, payload: bytes, *, now: datetime) -> None:
    """Keep a payload under a key, unless one is there."""
    insert_new(connection, readings, {"key": key, "payload": payload, "kept_at": now})


def payload_of(connection: Connection, key: str) -> bytes | None:
    """The payload under a key, if any."""
    return connection.scalar(select(readings.c.payload).where(readings.c.key == key))


def reading_key(digest: str, page_no: int, engine: str) -> str:
    """The name of a reading: the same bytes, page and engine version give the same reading."""
    return f"{digest}/{page_no}/{engine}"
