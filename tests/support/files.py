"""Files of every kind that parents send, made when they are asked for: whole, odd, and broken."""

import struct
import zlib
from io import BytesIO
from typing import Final

import numpy as np
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

WIDTH: Final = 120
HEIGHT: Final = 80
ORIENTATION_TAG: Final = 0x0112


def sheet(mode: str = "RGB") -> Image.Image:
    """White, with a black block top left and a red one bottom right, so that turns and colours show."""
    pixels = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    pixels[5:35, 5:55] = 0
    pixels[50:75, 70:115] = (200, 0, 0)
    return Image.fromarray(pixels).convert(mode)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    """An image as a file; a PNG is packed lightly, since packing it well takes longer than reading it."""
    buffer = BytesIO()
    image.save(buffer, kind, **({"compress_level": 1} if kind == "PNG" else {}), **options)
    return buffer.getvalue()


def photo(side: int = 600) -> bytes:
    """A JPEG large enough to be cut anywhere."""
    noise = np.random.default_rng(7).integers(0, 255, (side, side, 3), np.uint8)
    return encoded(Image.fromarray(noise), "JPEG", quality=90)


def unmarked_cmyk() -> bytes:
    """A JPEG of four inks without the marker that Adobe writes into one."""
    data = encoded(sheet("CMYK"), "JPEG", quality=95)
    at = data.index(b"\xff\xee")
    (length,) = struct.unpack_from(">H", data, at + 2)
    return data[:at] + data[at + 2 + length :]


def oriented(orientation: int) -> bytes:
    """A JPEG that lies as its EXIF orientation says; upright, all of them show the same."""
    back = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = sheet().transpose(back[orientation]) if orientation in back else sheet()
    exif = Image.Exif()
    exif[ORIENTATION_TAG] = orientation
    return encoded(stored, "JPEG", quality=95, exif=exif)


def claiming_png(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header claims a size."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def tiff(pages: int) -> bytes:
    """A TIFF of so many pages, each one pixel wider than the one before."""
    first, *rest = [Image.new("L", (8 + at, 8), 255) for at in range(pages)]
    return encoded(first, "TIFF", save_all=True, append_images=rest)


def looping_tiff() -> bytes:
    """A TIFF whose last page says that the first one follows."""
    data = bytearray(tiff(2))
    (first,) = struct.unpack_from("<I", data, 4)
    offset = first
    while True:
        (entries,) = struct.unpack_from("<H", data, offset)
        follows = offset + 2 + 12 * entries
        (following,) = struct.unpack_from("<I", data, follows)
        if following == 0:
            struct.pack_into("<I", data, follows, first)
            return bytes(data)
        offset = following


def padded_tiff(data: bytes, padding: bytes) -> bytes:
    """A TIFF of one strip, which is said to be longer, and has this behind its codes."""
    (directory,) = struct.unpack_from("<I", data, 4)
    (entries,) = struct.unpack_from("<H", data, directory)
    places = range(directory + 2, directory + 2 + 12 * entries, 12)
    values = {tag: value for tag, _, _, value in (struct.unpack_from("<HHII", data, at) for at in places)}
    (start, size), moved = (values[273], values[279]), bytearray(data)
    for at in places:
        (tag,) = struct.unpack_from("<H", data, at)
        if tag in (273, 279):
            struct.pack_into("<HHII", moved, at, tag, 4, 1, len(data) if tag == 273 else size + len(padding))
    return bytes(moved) + data[start : start + size] + padding


def padded_pdf(data: bytes, padding: bytes) -> bytes:
    """A PDF whose last stream, and the length that it states, has this behind its codes."""
    body, table, end = data.rpartition(b"xref\n0 ")
    head, mark, rest = body.rpartition(b"/Length ")
    length, _, codes = rest.partition(b">>")
    longer = head + mark + str(int(length) + len(padding)).encode() + b">>" + codes.replace(
        b"\nendstream\n", padding + b"\nendstream\n"
    )  # fmt: skip
    return longer + table + end.replace(f"\n{len(body)}\n".encode(), f"\n{len(longer)}\n".encode())


def lost_tiff() -> bytes:
    """A TIFF whose first page lies past the end of the file."""
    return b"II*\x00" + struct.pack("<I", 1_000_000)


def _written(writer: PdfWriter) -> bytes:
    buffer = BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def pdf(*sizes: tuple[float, float], rotate: int = 0) -> bytes:
    """A PDF of pages of these sizes in points, each with a black block at its top left."""
    writer = PdfWriter()
    for width, height in sizes:
        page = writer.add_blank_page(width, height)
        block = DecodedStreamObject()
        block.set_data(f"0 0 0 rg 0 {height - 30} 30 30 re f".encode())
        page[NameObject("/Contents")] = writer._add_object(block)
        if rotate:
            page.rotate(rotate)
    return _written(writer)


def picture_pdf(
    data: bytes,
    size: tuple[int, int],
    points: tuple[float, float],
    *,
    coding: str = "/DCTDecode",
    user_unit: float | None = None,
    crop: tuple[float, float, float, float] | None = None,
    drawn: str = "/P",
    depth: tuple[str, int] = ("/DeviceRGB", 8),
) -> bytes:
    """A PDF of one page that a picture fills, as scanner apps and Pillow write it.

    Args:
        data: The picture as `coding` stores it.
        size: Of the picture in pixels.
        points: The page's width and height.
        coding: The filter's name.
        user_unit: The page's /UserUnit.
        crop: The page's /CropBox.
        drawn: The name that the page draws; of the picture it is /P.
        depth: Its colours and the bits of each.
    """
    writer = PdfWriter()
    page = writer.add_blank_page(*points)
    picture = StreamObject()
    picture.set_data(data)
    picture.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Image"),
            NameObject("/Width"): NumberObject(size[0]),
            NameObject("/Height"): NumberObject(size[1]),
            NameObject("/ColorSpace"): NameObject(depth[0]),
            NameObject("/BitsPerComponent"): NumberObject(depth[1]),
            NameObject("/Filter"): NameObject(coding),
        }
    )
    held = DictionaryObject({NameObject("/P"): writer._add_object(picture)})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): held})
    content = DecodedStreamObject()
    content.set_data(f"q {points[0]} 0 0 {points[1]} 0 0 cm {drawn} Do Q".encode())
    page[NameObject("/Contents")] = writer._add_object(content)
    if user_unit is not None:
        page[NameObject("/UserUnit")] = FloatObject(user_unit)
    if crop is not None:
        page[NameObject("/CropBox")] = ArrayObject(map(FloatObject, crop))
    return _written(writer)


def field_pdf(points: tuple[float, float]) -> bytes:
    """A PDF form whose only field shows a red block all over the page."""
    writer = PdfWriter()
    page = writer.add_blank_page(*points)
    box = ArrayObject(map(FloatObject, (0, 0, *points)))
    shown = StreamObject()
    shown.set_data(f"1 0 0 rg 0 0 {points[0]} {points[1]} re f".encode())
    shown.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Form"),
            NameObject("/BBox"): box,
        }
    )
    field = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/Widget"),
            NameObject("/FT"): NameObject("/Btn"),
            NameObject("/Ff"): NumberObject(1 << 16),  # a button, whose icon an app sets
            NameObject("/T"): TextStringObject("scan"),
            NameObject("/F"): NumberObject(4),
            NameObject("/Rect"): box,
            NameObject("/AP"): DictionaryObject({NameObject("/N"): writer._add_object(shown)}),
        }
    )
    placed = writer._add_object(field)
    page[NameObject("/Annots")] = ArrayObject([placed])
    writer._root_object[NameObject("/AcroForm")] = DictionaryObject({NameObject("/Fields"): ArrayObject([placed])})
    return _written(writer)


def locked_pdf(user_password: str) -> bytes:
    """A PDF that wants this password to be opened, and another one to be changed."""
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.encrypt(user_password=user_password, owner_password="owner", algorithm="AES-256")
    return _written(writer)


def looping_pdf() -> bytes:
    """A PDF whose tree of pages holds itself."""
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    tree = writer._pages.get_object() if hasattr(writer._pages, "get_object") else writer._pages
    assert isinstance(tree, DictionaryObject)
    kids = tree["/Kids"]
    assert isinstance(kids, ArrayObject)
    kids.append(writer._root_object["/Pages"].indirect_reference)
    tree[NameObject("/Count")] = NumberObject(2)
    return _written(writer)


def heic() -> bytes:
    """The beginning of a photo as iPhones store it."""
    return struct.pack(">I", 24) + b"ftypheic" + b"\0\0\0\0" + b"mif1heic" + b"\0" * 64


def animation(kind: str, frames: int = 3) -> bytes:
    """A picture that moves."""
    first, *rest = [Image.new("RGB", (20, 20), (at * 40, 0, 0)) for at in range(frames)]
    return encoded(first, kind, save_all=True, append_images=rest, duration=50)
