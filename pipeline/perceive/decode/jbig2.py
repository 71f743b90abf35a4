"""Whether the segments of a JBIG2 picture in a PDF are whole: its arithmetic codes have no checksum."""

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

from models.findings import Reason
from pipeline.perceive.decode import strips
from pipeline.perceive.decode.strips import Strip

_GENERIC: Final = frozenset({36, 38, 39})  # regions of pixels
_KINDS: Final = frozenset({0, 4, 6, 7, 16, 20, 22, 23, 36, 38, 39, 40, 42, 43, 48, 49, 50, 51, 52, 53, 62})
_REGION: Final = struct.Struct(">IIIIBB")  # width, height, place, how it is combined, and how it is coded
_FAX: Final = 1  # bit of the last one: coded as lines of a fax
_UNKNOWN: Final = 0xFFFFFFFF
_SPARE: Final = 4  # bytes behind the last segment
_REFINED: Final = frozenset({40, 42, 43})
_NOUGHTS: Final = bytes(48)  # to the MQ decoder 384 times what it least expects; other codes may hold them


class _Segment(NamedTuple):
    kind: int
    data: bytes
    size: int  # as it says


def what_is_missing(data: bytes) -> Reason | None:
    """TRUNCATED if a segment is shorter than it says, DAMAGED if its codes are out of order; None for a whole picture.

    Source:
        ITU-T T.88, 7.2 and 7.4.6.
    """
    try:
        for segment in _segments(data):
            if segment.kind not in _KINDS:
                return Reason.DAMAGED
            if len(segment.data) < segment.size != _UNKNOWN:
                return Reason.TRUNCATED
            if (segment.kind in _GENERIC and _is_harmed(segment.data)) or (
                segment.kind in _REFINED and _NOUGHTS in segment.data
            ):
                return Reason.DAMAGED
    except (struct.error, IndexError):
        return Reason.TRUNCATED
    return None


def _segments(data: bytes) -> Iterator[_Segment]:
    at = 0
    while at + _SPARE < len(data) and data[at:].strip(strips.PADDING):
        number, flags, referred = struct.unpack_from(">IBB", data, at)
        count, at = referred >> 5, at + 6
        if count == 7:  # the long form
            count = struct.unpack_from(">I", data, at - 1)[0] & 0x1FFFFFFF
            at += 3 + (count + 8) // 8
        at += count * (1 if number <= 256 else 2 if number <= 65536 else 4) + (4 if flags & 0x40 else 1)
        (size,) = struct.unpack_from(">I", data, at)
        at += 4
        yield _Segment(flags & 0x3F, data[at : at + size], size)
        at += min(size, len(data))


def _is_harmed(region: bytes) -> bool:
    width, height, *_, coding = _REGION.unpack_from(region)
    if not coding & _FAX:
        return _NOUGHTS in region
    strip = Strip(region[_REGION.size :], width, height)
    return strips.fax_harm(strip, strips.grey_tags(1, strips.GROUP4)) is not None
