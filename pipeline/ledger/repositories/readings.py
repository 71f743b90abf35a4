"""Readings of pages, found by content, and the content of cases: what their pages say.

Content is kept for every case, so that rules can judge it again without readings and without files.
"""

import zlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Connection, Row, delete, insert, select

from models.case import Case, FailedPage, ReadPage
from models.content import Content, FileContent
from models.errors import LedgerError
from models.result import Result
from pipeline.ledger.database import insert_new, stored_value
from pipeline.ledger.repositories.base import Repository
from pipeline.ledger.tables import contents, readings
from pipeline.ledger.value_encryption import AssociatedData, Seal

_FAST: Final = 1  # of zlib's levels: half as large in a tenth of the time
_TYPE: Final = tuple[FileContent, ...]


class ReadingRepository(Repository):
    """Readings of pages: the same bytes, page and engine version give the same reading."""

    def keep(self, key: str, page: ReadPage) -> None:
        """Keep a reading; the first one under a key stays."""
        payload = zlib.compress(page.model_dump_json().encode())  # slow: before the transaction
        encrypted = self._seal.encrypt(payload, AssociatedData.of_reading(key))
        with self._database.writing() as connection:
            insert_new(connection, readings, {"key": key, "payload": encrypted, "kept_at": self._clock()})

    def get(self, key: str) -> ReadPage | None:
        """The reading under a key, None if there is none; raises LedgerError if it was damaged."""
        with self._database.reading() as connection:
            payload = connection.scalar(select(readings.c.payload).where(readings.c.key == key))
        if payload is None:
            return None
        with stored_value(f"reading {key}"):
            text = zlib.decompress(self._seal.decrypt(payload, AssociatedData.of_reading(key)))
            return ReadPage.model_validate_json(text)


def reading_key(digest: str, page_no: int, engine: str) -> str:
    """The key of a reading: digest of the file, page from 1, engine with its version."""
    return f"{digest}/{page_no}/{engine}"


def _plain(value: object) -> object:
    if isinstance(value, FailedPage):
        return value.model_dump(mode="json")
    raise NotImplementedError


def _of_plain(kind: type, value: object) -> object:
    if kind is FailedPage:
        return FailedPage.model_validate(value)
    raise NotImplementedError


_pack: Final = msgspec.msgpack.Encoder(enc_hook=_plain).encode
_unpack: Final[Callable[[bytes], tuple[FileContent, ...]]] = msgspec.msgpack.Decoder(_TYPE, dec_hook=_of_plain).decode


def packed(files: tuple[FileContent, ...]) -> bytes:
    """The content of a case's files as it is stored, before encryption."""
    return zlib.compress(_pack(files), _FAST)


def unpacked(submission_id: str, payload: bytes) -> tuple[FileContent, ...]:
    """The content of a case's files from what `packed` made of it; raises LedgerError if it was damaged."""
    try:
        return _unpack(zlib.decompress(payload))
    except (zlib.error, msgspec.MsgspecError):  # whose text may quote values
        raise LedgerError(
            f"The content of case {submission_id} is damaged in the ledger",
            hint="restore a backup, or process it again.",
        ) from None


def encrypted_content(seal: Seal, case: Case, content: Content) -> bytes:
    """The content of a case as it is stored."""
    return seal.encrypt(packed(content.files), _about(case, content.engine, str(content.version)))


def put_content(connection: Connection, case_id: int, payload: bytes, content: Content, *, now: datetime) -> None:
    """Store the encrypted content of a case instead of what was stored before."""
    connection.execute(delete(contents).where(contents.c.case_id == case_id))
    names = {"case_id": case_id, "engine": content.engine, "version": str(content.version)}
    connection.execute(insert(contents).values(**names, payload=payload, kept_at=now))


def content_rows(
    connection: Connection, case_ids: Sequence[int], version: int | None
) -> Mapping[int, Row[tuple[object, ...]]]:
    """The rows with content of this version, by case; none where `version` is None."""
    if version is None:
        return {}
    wanted = (contents.c.case_id.in_(case_ids), contents.c.version == str(version))
    return {row.case_id: row for row in connection.execute(select(contents).where(*wanted))}


def content_of_row(seal: Seal, case: Case, result: Result, row: Row[tuple[object, ...]] | None) -> Content | None:
    """The content of a case that its result was judged from; raises LedgerError if it was damaged.

    None without a row, for a revision that is still being processed, and where the result is of another engine.
    """
    if row is None or result.revision != case.revision or row.engine != result.provenance.engine:
        return None
    submission_id = case.submission.submission_id
    with stored_value(f"content of case {submission_id}"):
        payload = seal.decrypt(row.payload, _about(case, row.engine, row.version))
    return Content(row.engine, int(row.version), unpacked(submission_id, payload))


def _about(case: Case, engine: str, version: str) -> str:
    return AssociatedData.of_content(case.submission.submission_id, case.revision, engine, version)
