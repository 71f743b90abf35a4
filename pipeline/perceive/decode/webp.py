"""Whether a WebP holds all of its picture: neither of its codes has a checksum, and libwebp shows what it gets."""

from collections.abc import Iterator
from io import BytesIO
from typing import Final, NamedTuple

from PIL import Image

from models.findings import Reason

_HEADER: Final = 12  # bytes before the first piece
_PIECE: Final = 8  # bytes of a piece before its data
_PIXELS: Final = (b"VP8 ", b"VP8L")
_LAST: Final = 4  # bytes that the decoder reads of every whole picture


class _Piece(NamedTuple):
    kind: bytes
    data: bytes


def what_is_missing(webp: bytes) -> Reason | None:
    """DAMAGED if the codes do not end where their data do; None for a whole picture.

    Source:
        RFC 9649 and 6386. Codes that fell out of step take as many bytes as they ought to by chance only, so a picture
        that decodes without its last bytes is not the one that was coded. Noughts say nothing: a flat ground is coded
        as thousands of them.
    """
    pixels = [piece for piece in _pieces(webp) if piece.kind in _PIXELS]
    if not pixels:
        return Reason.DAMAGED
    return Reason.DAMAGED if any(_decodes(_alone(piece, len(piece.data) - _LAST)) for piece in pixels) else None


def _pieces(webp: bytes) -> Iterator[_Piece]:
    at = _HEADER
    while at + _PIECE <= len(webp):
        size = int.from_bytes(webp[at + 4 : at + 8], "little")
        yield _Piece(webp[at : at + 4], webp[at + _PIECE : at + _PIECE + size])
        at += _PIECE + size + size % 2


def _alone(piece: _Piece, size: int) -> bytes:
    """A file of the first bytes of a picture, and nothing else."""
    size -= size % 2
    body = b"WEBP" + piece.kind + size.to_bytes(4, "little") + piece.data[:size]
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def _decodes(webp: bytes) -> bool:
    try:
        with Image.open(BytesIO(webp), formats=("WEBP",)) as image:
            image.load()
    except (OSError, SyntaxError, ValueError):
        return False
    return True
