"""What is left of a page of a TIFF: the rows above the first strip or tile that is harmed.

A piece that is missing from the file moves all that follows it, so whatever lies behind the first harm is given up.
"""

import struct
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from pipeline.perceive.decode import strips
from pipeline.perceive.decode.rest import Rest
from pipeline.perceive.decode.strips import Placed

_CLASSIC: Final = 42  # of TIFF 6.0; directories of BigTIFF have another form
# A missing piece of bare pixels moves the others and leaves no trace, and lines of Group 3 may be in error.
_TOLD_APART: Final = frozenset(
    {strips.GROUP4, strips.LZW, strips.JPEG, strips.DEFLATE, strips.OLD_DEFLATE, strips.PACKBITS}
)
_BEFORE: Final = 1  # pieces before the first harm that are given up, too: its last lines may be wrong
_WIDTHS: Final = {3: "H", 4: "I"}  # of the numbers in a directory


class _Entry(NamedTuple):
    """Where the numbers of a tag stand in the file."""

    at: int
    form: str
    numbers: int


def rest_of(data: bytes, page: int, tags: Mapping[int, Any]) -> Rest | None:
    """What is left of a page; None if its first piece is lost, if that is unknown, or if it has more than CEILING.

    Args:
        data: The file.
        page: The page's directory in the file, counted from 0.
        tags: What that directory says.
    """
    if tags.get(strips.COMPRESSION, strips.RAW) not in _TOLD_APART or strips.number_of(tags) > strips.CEILING:
        return None
    pieces = tuple(sorted(strips.placed(data, tags), key=lambda one: one.start))
    harmed = next((at for at, one in enumerate(pieces) if strips.harm(one.strip, tags, alone=True)), 0)
    lost = pieces[max(0, harmed - _BEFORE) :]
    kept = min((one.first for one in lost), default=0)
    mended = (
        _pointing(data, page, {one.number for one in lost}, pieces[0], tiled=strips.TILE_OFFSETS in tags)
        if 0 < kept < tags[strips.LENGTH]
        else None
    )
    return Rest(mended, kept / tags[strips.LENGTH]) if mended else None


def _pointing(data: bytes, page: int, lost: Iterable[int], first: Placed, *, tiled: bool) -> bytes | None:
    """The file with the first piece in place of the lost ones."""
    lists = (strips.TILE_OFFSETS, strips.TILE_SIZES) if tiled else (strips.OFFSETS, strips.SIZES)
    try:
        entries = _entries(data, page)
        mended = bytearray(data)
        for number in lost:
            for tag, value in zip(lists, (first.start, first.size), strict=True):
                entry = entries[tag]
                if number < entry.numbers:
                    struct.pack_into(entry.form, mended, entry.at + number * struct.calcsize(entry.form), value)
    except (struct.error, KeyError):
        return None
    return bytes(mended)


def _entries(data: bytes, page: int) -> Mapping[int, _Entry]:
    """The entries of a directory that hold whole numbers.

    Source:
        TIFF 6.0, section 2.
    """
    order = "<" if data[:2] == b"II" else ">"
    version, at = struct.unpack_from(f"{order}HI", data, 2)
    if version != _CLASSIC:
        return {}
    for _ in range(page):
        (count,) = struct.unpack_from(f"{order}H", data, at)
        (at,) = struct.unpack_from(f"{order}I", data, at + 2 + 12 * count)
    found = {}
    (count,) = struct.unpack_from(f"{order}H", data, at)
    for place in range(at + 2, at + 2 + 12 * count, 12):
        tag, kind, many = struct.unpack_from(f"{order}HHI", data, place)
        if kind in _WIDTHS:
            form = order + _WIDTHS[kind]
            inline = struct.calcsize(form) * many <= 4
            start = place + 8 if inline else struct.unpack_from(f"{order}I", data, place + 8)[0]
            found[tag] = _Entry(start, form, many)
    return found
