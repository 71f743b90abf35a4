"""What pages say, kept for every case, so that rules can be asked again without readings and without bytes."""

import zlib
from collections.abc import Callable
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, delete, insert

from models.case import Case, FailedPage
from models.content import Content, FileContent
from models.errors import LedgerError
from pipeline.ledger import purposes
from pipeline.ledger.errors import stored_value
from pipeline.ledger.tables import contents
from pipeline.ledger.value_encryption import Seal

_FAST: Final = 1  # of zlib's levels: half as large in a tenth of the time
_TYPE: Final = tuple[FileContent, ...]


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
    """The files of a case as they are stored, but for the seal."""
    return zlib.compress(_pack(files), _FAST)


def unpacked(submission_id: str, payload: bytes) -> tuple[FileContent, ...]:
    """The files of a case as they were kept; raises LedgerError if they were damaged."""
    try:
        return _unpack(zlib.decompress(payload))
    except (zlib.error, msgspec.MsgspecError):  # whose text may quote
        raise LedgerError(
            f"The content of case {submission_id} is damaged in the ledger: restore a backup, or process it again."
        ) from None


def sealed(seal: Seal, case: Case, content: Content) -> bytes:
    """The content of a case as it is stored."""
    return seal.sealed(packed(content.files), _about(case, content.engine, str(content.version)))


def opened(seal: Seal, case: Case, row: Row[tuple[object, ...]]) -> Content:
    """The content of a case as its row tells it; raises LedgerError if it was damaged."""
    submission_id = case.submission.submission_id
    with stored_value(f"content of case {submission_id}"):
        payload = seal.opened(row.payload, _about(case, row.engine, row.version))
    return Content(row.engine, int(row.version), unpacked(submission_id, payload))


def is_of(version: int) -> ColumnElement[bool]:
    """Whether a row is of a version."""
    return contents.c.version == str(version)


def _about(case: Case, engine: str, version: str) -> str:
    return purposes.of_content(case.submission.submission_id, case.revision, engine, version)


def keep(connection: Connection, case_id: int, payload: bytes, content: Content, *, now: datetime) -> None:
    """Keep the content of a case, sealed, instead of what was kept before."""
    connection.execute(delete(contents).where(contents.c.case_id == case_id))
    names = {"case_id": case_id, "engine": content.engine, "version": str(content.version)}
    connection.execute(insert(contents).values(**names, payload=payload, kept_at=now))
