"""PDFs that do more than show a page, or try to take more than a page needs; each is made when it is asked for."""

import zlib
from collections.abc import Mapping
from io import BytesIO
from typing import Final

import numpy as np
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
    PdfObject,
    StreamObject,
    TextStringObject,
)

from tests.support.files import pdf

CANARY: Final = "kanarienvogel"  # stands in files and in their names, and must stand nowhere else
_SIDE: Final = 200  # points
_PIECE: Final = 1 << 24  # bytes that are packed at once


def active_pdf() -> bytes:
    """A PDF with a script, a program that it would start, and a file within it."""
    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf((72, 72)))))
    writer.add_attachment(f"{CANARY}.exe", b"MZ")
    launch = _dictionary({"/S": NameObject("/Launch"), "/F": TextStringObject(f"{CANARY}.exe")})
    javascript, alert = NameObject("/JavaScript"), TextStringObject(f"app.alert('{CANARY}');")
    script: Mapping[str, PdfObject] = {"/S": javascript, "/JS": alert, "/Next": launch}
    writer._root_object[NameObject("/OpenAction")] = _dictionary(script)
    return _written(writer)


def drawn_pdf(*, hidden: bool) -> bytes:
    """A PDF of lines and letters without any picture; hidden letters are on the page and cannot be seen."""
    mode = 3 if hidden else 0
    font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    fonts = _dictionary({"/F1": _dictionary({key: NameObject(name) for key, name in font.items()})})
    words = f"BT {mode} Tr /F1 24 Tf 20 100 Td ({CANARY}) Tj ET".encode()
    return _page(_stream(words), {"/Font": fonts})


def scanned_pdf(width: int, height: int) -> bytes:
    """An honest A4 page of so many pixels, as a JPEG."""
    noise = np.random.default_rng(7).integers(200, 255, (height // 8, width // 8, 3), np.uint8)
    buffer = BytesIO()
    Image.fromarray(noise).resize((width, height)).save(buffer, "PDF", resolution=width / 8.27)
    return buffer.getvalue()


def bomb_pdf(megabytes: int, wraps: int = 1) -> bytes:
    """A PDF whose page unfolds to so much, packed so many times."""
    data = _packed(megabytes)
    for _ in range(wraps - 1):
        data = zlib.compress(data, 9)
    filters = ArrayObject([NameObject("/FlateDecode")] * wraps)
    return _page(_stream(data, {"/Filter": filters}), {})


def vast_image_pdf(side: int, *, claimed_only: bool = False) -> bytes:
    """A small page with a picture of side by side pixels, which would be 40,000 to the inch or more."""
    data = zlib.compress(b"0" * 1000) if claimed_only else _packed(side * side // 8 >> 20)
    keys = {"/Type": "/XObject", "/Subtype": "/Image", "/ColorSpace": "/DeviceGray", "/Filter": "/FlateDecode"}
    image = _stream(data, {key: NameObject(value) for key, value in keys.items()})
    for key, value in (("/Width", side), ("/Height", side), ("/BitsPerComponent", 1)):
        image[NameObject(key)] = NumberObject(value)
    return _page(_stream(b"q 200 0 0 200 0 0 cm /X Do Q"), {}, image)


def doubling_pdf(levels: int) -> bytes:
    """A PDF with a form that draws a form twice, which draws one twice, and so on."""
    writer = PdfWriter()
    below: IndirectObject | None = None
    for _ in range(levels):
        form = _form(b"/X Do /X Do" if below else b"0 0 9 9 re f")
        if below:
            form[NameObject("/Resources")] = _resources(below)
        below = writer._add_object(form)
    return _page(_stream(b"/X Do"), {}, below, writer)


def self_drawing_pdf() -> bytes:
    """A PDF with a form that draws itself, twice."""
    writer = PdfWriter()
    form = _form(b"/X Do /X Do")
    held = writer._add_object(form)
    form[NameObject("/Resources")] = _resources(held)
    return _page(_stream(b"/X Do"), {}, held, writer)


def _dictionary(held: Mapping[str, PdfObject]) -> DictionaryObject:
    return DictionaryObject({NameObject(key): value for key, value in held.items()})


def _form(data: bytes) -> StreamObject:
    box = ArrayObject([NumberObject(value) for value in (0, 0, _SIDE, _SIDE)])
    return _stream(data, {"/Type": NameObject("/XObject"), "/Subtype": NameObject("/Form"), "/BBox": box})


def _stream(data: bytes, keys: Mapping[str, PdfObject] | None = None) -> StreamObject:
    made = StreamObject()
    made._data = data
    made.update(_dictionary(keys or {}))
    return made


def _page(
    content: StreamObject,
    resources: Mapping[str, PdfObject],
    drawn: StreamObject | IndirectObject | None = None,
    writer: PdfWriter | None = None,
) -> bytes:
    writer = writer or PdfWriter()
    page = writer.add_blank_page(_SIDE, _SIDE)
    page[NameObject("/Contents")] = writer._add_object(content)
    held = _resources(writer._add_object(drawn) if isinstance(drawn, StreamObject) else drawn)
    held.update(_dictionary(resources))
    page[NameObject("/Resources")] = held
    return _written(writer)


def _resources(drawn: IndirectObject | None) -> DictionaryObject:
    return _dictionary({"/XObject": _dictionary({"/X": drawn} if drawn else {})})


def _packed(megabytes: int) -> bytes:
    """So many megabytes of blanks; the same piece again and again, since packing ten gigabytes takes half a minute."""
    packer = zlib.compressobj(9)
    head = packer.compress(b"") or packer.flush(zlib.Z_FULL_FLUSH)
    piece = packer.compress(b" " * _PIECE) + packer.flush(zlib.Z_FULL_FLUSH)
    return head + piece * (megabytes * (1 << 20) // _PIECE) + packer.flush()


def _written(writer: PdfWriter) -> bytes:
    buffer = BytesIO()
    writer.write(buffer)
    return buffer.getvalue()
