"""The pieces of a PNG: whether they have the sums that they state, and what is left of one that was cut off."""

import struct
import zlib
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from pipeline.perceive.decode.rest import Rest

_SIGNATURE: Final = 8  # bytes before the first piece
_FRAME: Final = 12  # bytes of a piece that its length does not count
_HEADER: Final = struct.Struct(">IIBBBBB")
_ASIDE: Final = (b"iCCP", b"iTXt", b"zTXt")  # what a PNG packs beside its pixels
_SAMPLES: Final[Mapping[int, int]] = MappingProxyType({0: 1, 2: 3, 3: 1, 4: 2, 6: 4})  # by the kind of colour
_END: Final = b"IEND\xaeB`\x82"
_QUICK: Final = 1  # of zlib's levels


class _Piece(NamedTuple):
    """A chunk as stored, with its length, its kind and its sum."""

    stored: bytes

    @property
    def kind(self) -> bytes:
        return self.stored[4:8]

    @property
    def is_cut(self) -> bool:
        return len(self.stored) < int.from_bytes(self.stored[:4]) + _FRAME

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


def rest_of(png: bytes) -> Rest | None:
    """What is left of a PNG up to the first piece that has another sum, or within the piece that was cut off.

    None for rows in several passes.
    """
    pieces = list(_pieces(png))
    is_ended = png.rstrip(b"\0").endswith(_END)  # so a piece is missing within
    if not pieces or pieces[0].kind != b"IHDR" or not pieces[0].agrees:
        return None
    width, height, depth, colour, _, _, passes = _HEADER.unpack(pieces[0].stored[8:-4])
    if passes or colour not in _SAMPLES or not width or not height:
        return None
    row = 1 + -(-width * depth * _SAMPLES[colour] // 8)
    pixels = _unpacked(b"".join(_whole_data(pieces, cut=not is_ended)), row * height)
    rows = len(pixels) // row
    if not 0 < rows < height:
        return None
    packed = zlib.compress(pixels[: rows * row] + bytes(row * (height - rows)), _QUICK)
    before = [piece.stored for piece in _before_pixels(pieces)]
    data = png[:_SIGNATURE] + b"".join([*before, _piece(b"IDAT", packed), _piece(b"IEND", b"")])
    return Rest(data, rows / height)


def _pieces(png: bytes) -> Iterator[_Piece]:
    at = _SIGNATURE
    while at < len(png):
        end = at + int.from_bytes(png[at : at + 4]) + _FRAME
        yield _Piece(png[at:end])
        at = end


def _before_pixels(pieces: list[_Piece]) -> Iterator[_Piece]:
    for piece in pieces:
        if piece.kind == b"IDAT":
            return
        yield piece


def _whole_data(pieces: list[_Piece], *, cut: bool) -> Iterator[bytes]:
    """The codes of the pixels as far as they are right: by their sums, and of a file that was cut up to its end."""
    for piece in pieces:
        if piece.kind == b"IDAT":
            if cut and piece.is_cut:
                yield piece.stored[8:]
                return
            if not piece.agrees:
                return
            yield piece.stored[8:-4]


def _unpacked(data: bytes, most: int) -> bytes:
    inflater = zlib.decompressobj()
    try:
        return inflater.decompress(data, most)
    except zlib.error:
        return b""


def _piece(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
