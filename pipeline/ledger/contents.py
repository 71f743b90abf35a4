"""What pages say, kept for every case, so that rules can be asked again without readings and without bytes."""

import zlib
from collections.abc import Callable
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Connection, delete, insert

from models.case import FailedPage
from models.errors import LedgerError
from pipeline.documents.content import FileContent
from pipeline.ledger.tables import contents
from pipeline.ledger.values import Content

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
    """The files of a case as they are stored."""
    return zlib.compress(_pack(files), _FAST)


def unpacked(submission_id: str, payload: bytes) -> tuple[FileContent, ...]:
    """The files of a case as they were kept; raises LedgerError if they were damaged."""
    try:
        return _unpack(zlib.decompress(payload))
    except (zlib.error, msgspec.MsgspecError):  # whose text may quote
        raise LedgerError(
            f"The content of case {submission_id} is damaged in the ledger: restore a backup, or process it again."
        ) from None


def keep(connection: Connection, case_id: int, payload: bytes, content: Content, *, now: datetime) -> None:
    """Keep the content of a case, packed, instead of what was kept before."""
    connection.execute(delete(contents).where(contents.c.case_id == case_id))
    names = {"case_id": case_id, "engine": content.engine, "version": content.version}
    connection.execute(insert(contents).values(**names, payload=payload, kept_at=now))
