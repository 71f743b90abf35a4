"""The strips and tiles of a TIFF, each decoded alone; codes of a PDF that TIFF knows as well are checked as a strip.

libtiff goes on where it can: fax lines that do not add up are warnings, and what a strip holds beyond its rows is not
looked at. Codes that fell out of step hardly ever end with the last byte of their strip.
"""

import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any, Final, NamedTuple

import cv2
import numpy as np
from PIL import Image
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from models.findings import Reason
from pipeline.perceive.decode.complaints import complaints
from pipeline.perceive.decode.inflation import inflation
from pipeline.perceive.decode.jpeg import what_is_missing
from pipeline.perceive.decode.pixels import Grey

# Tags and values of TIFF 6.0 and its supplements.
WIDTH, LENGTH, BITS, COMPRESSION, PHOTOMETRIC, FILL_ORDER = 256, 257, 258, 259, 262, 266
OFFSETS, SAMPLES, ROWS, SIZES, PLANAR = 273, 277, 278, 279, 284
FAX_OPTIONS, PREDICTOR, TILE_WIDTH, TILE_LENGTH, TILE_OFFSETS, TILE_SIZES = 292, 317, 322, 323, 324, 325
JPEG_TABLES, SUBSAMPLING = 347, 530
RAW, GROUP3, GROUP4, LZW, JPEG, DEFLATE, OLD_DEFLATE, PACKBITS = 1, 3, 4, 5, 7, 8, 32946, 32773
_HUFFMAN: Final = 2
_APART: Final = 2  # each sample in a plane of its own
FAX: Final = frozenset({_HUFFMAN, GROUP3, GROUP4})
_LONG: Final = frozenset({OFFSETS, SIZES, WIDTH, LENGTH, ROWS})
_COPIED: Final = (BITS, COMPRESSION, PHOTOMETRIC, FILL_ORDER, SAMPLES, FAX_OPTIONS, PREDICTOR, SUBSAMPLING)
_SPARE: Final = 16  # bytes of a strip that its last code, its end and padding behind it may take up
PADDING: Final = b"\0\r\n"  # what writers leave behind codes
_FLAWS: Final = (b"Bad code word", b"LZW", b"Corrupt", b"premature")
_CODE: Final = 8  # bytes; the longest code begins with 11 bits of noughts
_FILL: Final = 64
_FAULTY: Final = re.compile(rb"Bad code word|Line length mismatch|Premature EO[FL]|Uncompressed data")
_LAST_LINES: Final = 32  # bytes: more than the marks of an end
_FAULTY_SHARE: Final = 0.01  # of the lines of a fax, which a bad connection spoils and nobody misses
# The end of a line, and lines of a few black pixels: they are shown only where lines are missing.
_MORE_LINES: Final = b"\0\x01" + int("0000000000010011010110" * 40, 2).to_bytes(110)
_MOST: Final = 1 << 27  # bytes of a strip that are unpacked
CEILING: Final = 4096  # strips and tiles that are looked at


class Strip(NamedTuple):
    """A strip or tile as it is stored, and what its picture is."""

    data: bytes
    width: int
    rows: int


def harm_of(data: bytes, tags: Mapping[int, Any], said: bytes) -> Reason | None:
    """What a page of a TIFF that libtiff decoded has lost; None for nothing.

    Args:
        data: The file.
        tags: The page's directory.
        said: What libtiff said while it decoded the page.
    """
    compression = tags.get(COMPRESSION, RAW)
    if compression not in FAX and any(flaw in said for flaw in _FLAWS):
        return Reason.DAMAGED
    if compression == RAW:
        return None
    return next((reason for one in placed(data, tags) if (reason := harm(one.strip, tags))), None)


class Placed(NamedTuple):
    """A strip or tile with its place.

    Attributes:
        number: From 0, in the lists of the directory.
        start: Where its data begin in the file.
        size: Bytes of its data as the directory says.
        first: Its first row on the page.
    """

    strip: Strip
    number: int
    start: int
    size: int
    first: int


def number_of(tags: Mapping[int, Any]) -> int:
    """How many strips or tiles a page has."""
    return len(_all(tags, TILE_OFFSETS if TILE_OFFSETS in tags else OFFSETS))


def placed(data: bytes, tags: Mapping[int, Any]) -> Iterator[Placed]:
    """The strips or tiles of a page; an empty one is a hole, which shows nothing."""
    tiled = TILE_OFFSETS in tags
    lists = (TILE_OFFSETS, TILE_SIZES) if tiled else (OFFSETS, SIZES)
    starts, sizes = (_all(tags, tag) for tag in lists)
    planes = tags.get(SAMPLES, 1) if tags.get(PLANAR) == _APART else 1
    a_plane = -(-len(starts) // planes)
    for number, (start, size) in enumerate(zip(starts[:CEILING], sizes, strict=False)):
        if tiled:
            width, rows = tags[TILE_WIDTH], tags[TILE_LENGTH]
            if min(width, rows) < 1:
                return
            first = number % a_plane // -(-tags[WIDTH] // width) * rows
        else:
            width, a_strip = tags[WIDTH], tags.get(ROWS, tags[LENGTH])
            first = number % a_plane * a_strip
            rows = min(a_strip, tags[LENGTH] - first)
        if size:
            yield Placed(Strip(data[start : start + size], width, rows), number, start, size, first)


def _all(tags: Mapping[int, Any], tag: int) -> tuple[int, ...]:
    value = tags.get(tag, ())
    return value if isinstance(value, tuple) else (value,)


def harm(strip: Strip, tags: Mapping[int, Any], *, alone: bool = False) -> Reason | None:
    """What a strip of a page has lost; None for nothing, and for pixels that are stored as they are.

    Args:
        strip: As it is stored.
        tags: The page's directory.
        alone: Whether to ask, too, for what libtiff says anyhow when it decodes the page.
    """
    compression = tags.get(COMPRESSION, RAW)
    if compression in (DEFLATE, OLD_DEFLATE):
        return inflation(strip.data, needed=(size_of(strip, tags),)).reason
    if compression == JPEG:
        return what_is_missing(_whole_jpeg(strip.data, tags.get(JPEG_TABLES, b"")))
    if compression in FAX:
        return fax_harm(strip, _own(tags), faulty=0.0 if compression == GROUP4 else _FAULTY_SHARE)
    if compression in (LZW, PACKBITS):
        return code_harm(strip, _own(tags)) if alone else _leftover(strip, _own(tags))
    return None


def size_of(strip: Strip, tags: Mapping[int, Any]) -> int:
    """Bytes of a strip's pixels."""
    bits = _all(tags, BITS) or (1,)
    a_pixel = bits[0] if tags.get(PLANAR) == _APART else bits[0] * int(tags.get(SAMPLES, 1))
    return int(strip.rows * -(-strip.width * a_pixel // 8))


def _own(tags: Mapping[int, Any]) -> dict[int, Any]:
    return {tag: tags[tag] for tag in _COPIED if tag in tags}


def _whole_jpeg(strip: bytes, tables: bytes) -> bytes:
    """A strip with the tables that all strips share, between its first mark and its header."""
    return strip[:2] + tables[2:-2] + strip[2:]


def has_noughts(fax: bytes, compression: int) -> bool:
    """Whether lines of a fax hold more noughts than any code, and than what fills up a line of Group 3.

    Those at the end are padding, or lines that are missing, which other checks tell.
    """
    return bytes(_FILL if compression == GROUP3 else _CODE) in fax.rstrip(PADDING)


def fax_harm(strip: Strip, tags: Mapping[int, Any], *, faulty: float = 0.0) -> Reason | None:
    """Whether lines of a fax do not add up, or end too early.

    Args:
        strip: The lines.
        tags: How they are coded.
        faulty: The share of wrong lines that does no harm, where the decoder finds its way again.

    Source:
        The warnings of libtiff, which OpenCV passes on and Pillow drops.
    """
    if has_noughts(strip.data, tags[COMPRESSION]):
        return Reason.DAMAGED
    strip = strip._replace(data=strip.data.rstrip(b"\0"))  # no code ends with eight of them
    said, picture = _fax(strip, tags)
    if picture is None or len(_FAULTY.findall(said)) > faulty * strip.rows:
        return Reason.DAMAGED
    _, longer = _fax(strip._replace(data=strip.data + _MORE_LINES), tags)
    if longer is None or not np.array_equal(picture, longer):
        return Reason.TRUNCATED
    if tags[COMPRESSION] != GROUP4:
        return None
    short, _ = _fax(strip._replace(data=strip.data[: -min(_LAST_LINES, len(strip.data) // 2)]), tags)
    return None if _FAULTY.search(short) else Reason.DAMAGED  # lines behind a mark of the end that is none


def _fax(strip: Strip, tags: Mapping[int, Any]) -> tuple[bytes, Grey | None]:
    with complaints() as heard:
        picture = cv2.imdecode(np.frombuffer(_tiff(strip, tags), np.uint8), cv2.IMREAD_GRAYSCALE)
    return heard.said, picture


def code_harm(strip: Strip, tags: Mapping[int, Any]) -> Reason | None:
    """Whether codes decode to fewer rows than the strip has, or are more than its rows need."""
    if strip.width * strip.rows > _MOST:
        return None  # it costs more than it can tell
    if not _decodes(strip, tags):
        return Reason.DAMAGED
    return _leftover(strip, tags)


def _leftover(strip: Strip, tags: Mapping[int, Any]) -> Reason | None:
    """Whether a strip that decodes holds more than its rows need."""
    short = strip._replace(data=strip.data.rstrip(PADDING)[: -_SPARE - 1])
    return Reason.DAMAGED if _decodes(short, tags) else None


def _decodes(strip: Strip, tags: Mapping[int, Any]) -> bool:
    """Whether libtiff decodes the strip without a complaint."""
    try:
        with complaints() as heard, Image.open(BytesIO(_tiff(strip, tags)), formats=("TIFF",)) as image:
            image.load()
    except (OSError, SyntaxError, ValueError, KeyError, TypeError, Image.DecompressionBombError):
        return False
    return not any(flaw in heard.said for flaw in _FLAWS)


def _tiff(strip: Strip, tags: Mapping[int, Any]) -> bytes:
    """A TIFF of this strip alone."""
    held = {**tags, WIDTH: strip.width, LENGTH: strip.rows, ROWS: strip.rows, SIZES: len(strip.data), OFFSETS: 0}
    directory = ImageFileDirectory_v2()
    for tag, value in held.items():
        if tag in _LONG:
            directory.tagtype[tag] = 4
        directory[tag] = value
    return b"II*\0\x08\0\0\0" + directory.tobytes(8) + strip.data  # which counts the offset from its own end


def grey_tags(bits: int, compression: int) -> Mapping[int, Any]:
    """The tags of a strip of grey pixels, of so many bits each."""
    return {BITS: bits, SAMPLES: 1, PHOTOMETRIC: 1, COMPRESSION: compression}
