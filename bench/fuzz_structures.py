"""Mutations that keep a file's structure: objects of a PDF and segments of a JPEG, changed one by one.

Bytes at random hardly ever leave a list of objects or a table of codes that a decoder reads on from; these do.
"""

import random
import re
import struct
from collections.abc import Callable, Sequence
from typing import Final

from PIL import Image

from bench.codings import CODINGS
from bench.fuzz_mutations import LONGEST, mutated
from tests.support.files import sheet

_OBJECT: Final = re.compile(rb"\d+ 0 obj\n<<(.*?)>>\n(?:stream\n(.*?)\nendstream\n)?endobj\n", re.DOTALL)
_ENTRY: Final = re.compile(rb"/[A-Za-z0-9]+(?: ?(?:-?\d+(?: 0 R)?|true|false|/[A-Za-z0-9]+|\[[^\]]*\]))")
_NUMBER: Final = re.compile(rb"-?\d+")
_NUMBERS: Final = (b"0", b"-1", b"1", b"2", b"3", b"8", b"16", b"255", b"65536", b"2147483647", b"4294967296", b"1e9")
_NAMES: Final = tuple(
    b"/FlateDecode /LZWDecode /RunLengthDecode /ASCII85Decode /ASCIIHexDecode /CCITTFaxDecode /DCTDecode /JPXDecode"
    b" /JBIG2Decode /DeviceGray /DeviceRGB /DeviceCMYK /Indexed /Pattern /Image /Form /P /SMask".split()
)
_EXTRA: Final = tuple(
    b"/Decode[1 0] /ImageMask true /SMask 5 0 R /Mask[0 255] /UserUnit 0 /UserUnit -1 /UserUnit 75000 /Rotate 91"
    b" /Predictor 15 /Columns 0 /DecodeParms<</K 4/EncodedByteAlign true>> /Parent 3 0 R /Resources 3 0 R"
    b" /CropBox[0 0 0 0] /MediaBox[9 9 1 1] /Matrix[0 0 0 0 0 0]".replace(b" /", b"\n/").split(b"\n")
)
_NO_PARAMETERS: Final = frozenset({0x00, 0x01, *range(0xD0, 0xDA), 0xFF})
_SCAN: Final = 0xDA


def pdf_pictures() -> Sequence[bytes]:
    """A small page in every coding of a PDF."""
    return [code(_small()) for name, code in CODINGS.items() if name.startswith("PDF")]


def jpegs() -> Sequence[bytes]:
    """A small picture in every coding of a JPEG."""
    return [code(_small()) for name, code in CODINGS.items() if name.startswith("JPEG")]


def _small() -> Image.Image:
    return sheet().convert("RGB")


def mutated_objects(corpus: Sequence[bytes], chance: random.Random) -> bytes:
    """A PDF with one to four changed objects, its list of objects written anew half of the time."""
    data = corpus[int(len(corpus) * chance.random() ** 2)]
    objects: list[tuple[bytes, bytes | None]] = [(one[1], one[2]) for one in _OBJECT.finditer(data)]
    if not objects or chance.random() < 0.1:
        return mutated(corpus, chance)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(objects))
        entries, stream = objects[at]
        change = chance.random()
        if change < 0.15 and stream is not None:
            objects[at] = (entries, mutated([stream], chance))
        elif change < 0.22:
            objects[at] = objects[chance.randrange(len(objects))]
        elif change < 0.26:
            objects[at] = (b"", None)
        else:
            objects[at] = (_changed(entries, chance), stream)
    return _written(objects, chance)[:LONGEST]


def _changed(entries: bytes, chance: random.Random) -> bytes:
    found = list(_ENTRY.finditer(entries))
    change = chance.random()
    if change < 0.25 or not found:
        return entries + chance.choice(_EXTRA)
    one = chance.choice(found)
    if change < 0.35:
        entry = b""
    elif change < 0.75:
        entry = _NUMBER.sub(lambda _: chance.choice(_NUMBERS), one.group(), count=1)
    else:
        entry = one.group().split(b"/")[1]
        entry = b"/" + entry.split(b" ")[0] + chance.choice(_NAMES)
    return entries[: one.start()] + entry + entries[one.end() :]


def _written(objects: Sequence[tuple[bytes, bytes | None]], chance: random.Random) -> bytes:
    made, places = b"%PDF-1.7\n", []
    for number, (entries, stream) in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n<<%s>>\n" % (number, entries)
        made += b"" if stream is None else b"stream\n" + stream + b"\nendstream\n"
        made += b"endobj\n"
    if chance.random() < 0.5:  # PDFium looks for the objects itself
        return made + b"trailer\n<</Size %d/Root 1 0 R>>\n" % (len(objects) + 1)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(made))
    return made + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + start


def mutated_segments(corpus: Sequence[bytes], chance: random.Random) -> bytes:
    """A JPEG with one to four segments dropped, repeated, moved, or with other parameters."""
    data = corpus[int(len(corpus) * chance.random() ** 2)]
    segments, scan = _segments(data)
    if len(segments) < 2 or chance.random() < 0.1:
        return mutated(corpus, chance)
    for _ in range(chance.randint(1, 4)):
        change: Callable[[list[bytes], random.Random], None] = chance.choice(
            (_drop, _repeat, _swap, _fill, _resize, _fill)
        )
        change(segments, chance)
    if chance.random() < 0.3:
        scan = mutated([scan], chance)
    return (data[:2] + b"".join(segments) + scan)[:LONGEST]


def _segments(jpeg: bytes) -> tuple[list[bytes], bytes]:
    """The segments up to the first scan's header, and the rest."""
    segments, at = [], 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF and jpeg[at + 1] not in _NO_PARAMETERS:
        end = at + 2 + max(2, int.from_bytes(jpeg[at + 2 : at + 4]))
        segments.append(jpeg[at:end])
        at = end
        if segments[-1][1] == _SCAN:
            break
    return segments, jpeg[at:]


def _drop(segments: list[bytes], chance: random.Random) -> None:
    if len(segments) > 1:
        del segments[chance.randrange(len(segments))]


def _repeat(segments: list[bytes], chance: random.Random) -> None:
    at = chance.randrange(len(segments))
    segments[at:at] = [segments[at]] * chance.randint(1, 20)


def _swap(segments: list[bytes], chance: random.Random) -> None:
    first, second = chance.randrange(len(segments)), chance.randrange(len(segments))
    segments[first], segments[second] = segments[second], segments[first]


def _fill(segments: list[bytes], chance: random.Random) -> None:
    """Change a parameter: a size, a sampling factor, a table's number, a code's length."""
    at = chance.randrange(len(segments))
    body = bytearray(segments[at])
    if len(body) > 4:
        body[chance.randrange(4, len(body))] = chance.choice((0, 1, 2, 3, 4, 0x11, 0x22, 0x44, 0x7F, 0x80, 0xFF))
    segments[at] = bytes(body)


def _resize(segments: list[bytes], chance: random.Random) -> None:
    """Let a segment say another length, with or without the bytes for it."""
    at = chance.randrange(len(segments))
    body = segments[at][4:] + (chance.randbytes(chance.randint(0, 64)) if chance.random() < 0.5 else b"")
    segments[at] = segments[at][:2] + struct.pack(">H", chance.choice((2, 3, len(body) + 2, 65535))) + body
