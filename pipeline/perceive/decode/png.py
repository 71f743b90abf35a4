"""The pieces of a PNG: whether they have the sums that they state, and what is left of one that was cut off."""

import struct
import zlib
from collections.abc import Iterator, Mapping
from itertools import takewhile
from types import MappingProxyType
from typing import Final, NamedTuple

from pipeline.perceive.decode.rest import Rest

_SIGNATURE: Final = 8  # bytes before the first piece
_FRAME: Final = 12  # bytes of a piece that its length does not count
_HEADER: Final = struct.Struct(">IIBBBBB")
_ASIDE: Final = (b"iCCP", b"iTXt", b"zTXt")  # what a PNG packs beside its pixels
_SAMPLES: Final[Mapping[int, int]] = MappingProxyType({0: 1, 2: 3, 3: 1, 4: 2, 6: 4})  # by the kind of colour
_QUICK: Final = 1  # of zlib's levels
_MOST: Final = 1 << 27  # bytes that are unpacked: a sheet of A4 in colour at 600 dots an inch


class _Piece(NamedTuple):
    """A chunk as stored, with its length, its kind and its sum."""

    stored: bytes

    @property
    def kind(self) -> bytes:
        return self.stored[4:8]

    @property
    def agrees(self) -> bool:
        """Whether it has the sum that it states."""
        return zlib.crc32(self.stored[4:-4]) == int.from_bytes(self.stored[-4:])


def agrees_with_its_sums(png: bytes) -> bool:
    """Whether the pieces that hold the pixels have the sums that they state; Pillow passes over them."""
    return all(piece.agrees for piece in _pieces(png) if piece.kind == b"IDAT")


def without_asides(png: bytes) -> bytes:
    """A PNG without its colour profile and packed texts: unused here, and Pillow refuses those that expand far."""
    return png[:_SIGNATURE] + b"".join(piece.stored for piece in _pieces(png) if piece.kind not in _ASIDE)


def rest_of(png: bytes, most_pixels: int) -> Rest | None:
    """What is left of a PNG up to the first piece that has another sum, or to the last whole piece of one cut off.

    None for rows in several passes, for more pixels than `most_pixels`, and where no piece shows the harm: one that is
    missing within moves all that follows it.
    """
    whole = list(takewhile(lambda piece: piece.agrees, _pieces(png)))
    if not whole or whole[0].kind != b"IHDR" or any(piece.kind == b"IEND" for piece in whole):
        return None
    width, height, depth, colour, _, _, passes = _HEADER.unpack(whole[0].stored[8:-4])
    if passes or colour not in _SAMPLES or not 0 < width * height <= most_pixels:
        return None
    row = 1 + -(-width * depth * _SAMPLES[colour] // 8)
    if row * height > _MOST:
        return None
    pixels = _unpacked(b"".join(piece.stored[8:-4] for piece in whole if piece.kind == b"IDAT"), row * height)
    rows = len(pixels) // row
    if not 0 < rows < height:
        return None
    packer = zlib.compressobj(_QUICK)
    packed = packer.compress(memoryview(pixels)[: rows * row]) + packer.compress(bytes(row * (height - rows)))
    before = [piece.stored for piece in takewhile(lambda piece: piece.kind != b"IDAT", whole)]
    data = [*before, _piece(b"IDAT", packed + packer.flush()), _piece(b"IEND", b"")]
    return Rest(png[:_SIGNATURE] + b"".join(data), rows / height)


def _pieces(png: bytes) -> Iterator[_Piece]:
    """The pieces in their order; the last is all that follows where none begins."""
    at = _SIGNATURE
    while at < len(png):
        is_one = png[at + 4 : at + 8].isalpha()
        end = at + int.from_bytes(png[at : at + 4]) + _FRAME if is_one else len(png)
        yield _Piece(png[at:end])
        at = end


def _unpacked(data: bytes, most: int) -> bytes:
    inflater = zlib.decompressobj()
    try:
        return inflater.decompress(data, most)
    except zlib.error:
        return b""


def _piece(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
