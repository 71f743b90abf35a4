"""Pictures that are two things at once, end early, run in circles, or carry more than pixels."""

import struct
from io import BytesIO
from typing import Final

from PIL import Image, PngImagePlugin

from tests.support.files import encoded, pdf, photo, sheet
from tests.support.hostile_pdfs import CANARY

EICAR: Final = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"
ZIP: Final = b"PK\x03\x04" + b"\0" * 26 + b"PK\x05\x06" + b"\0" * 18
_SCAN: Final = b"\xff\xda"
_STRIP_OFFSETS: Final = 273  # the tag of where the pixels lie
_END: Final = b"\xff\xd9"


def cut(data: bytes, percent: int) -> bytes:
    """The beginning of a file."""
    return data[: len(data) * percent // 100]


def ended_early(percent: int) -> bytes:
    """A JPEG of which a part is missing, that says it ended there."""
    return cut(photo(), percent) + _END


def grey_at_the_end() -> bytes:
    """A whole JPEG whose last rows are the grey that libjpeg puts where rows are missing."""
    page = sheet().copy()
    page.paste((128, 128, 128), (0, page.height - 64, page.width, page.height))
    return encoded(page, "JPEG", quality=95)


def with_junk_between_markers() -> bytes:
    """A JPEG with bytes between its markers that belong to none."""
    data = encoded(sheet(), "JPEG", quality=95)
    at = data.index(_SCAN)
    return data[:at] + b"\x00\x5a" * 40 + data[at:]


def web_page_jpeg() -> bytes:
    """A JPEG that a careless server would show as a web page."""
    html = f"<html><script>{CANARY}</script></html>".encode()
    return encoded(sheet(), "JPEG", quality=95, comment=html) + html


def zipped_pdf() -> bytes:
    """A PDF that is an archive as well."""
    return pdf((72, 72)) + ZIP


def late_pdf() -> bytes:
    """An archive's beginning with a PDF behind it, in the first kilobyte."""
    return ZIP + pdf((72, 72))


def motion_photo() -> bytes:
    """Two pictures in a JPEG, as phones with two lenses write it."""
    buffer = BytesIO()
    sheet().save(buffer, "MPO", save_all=True, append_images=[sheet().rotate(180)])
    return buffer.getvalue()


def with_exif(entries: bytes, count: int, following: int = 0) -> bytes:
    """A JPEG with an EXIF directory of these entries."""
    directory = struct.pack("<H", count) + entries + struct.pack("<I", following)
    exif = b"Exif\0\0II*\0" + struct.pack("<I", 8) + directory
    return encoded(sheet(), "JPEG", quality=95, exif=exif)


def looping_exif() -> bytes:
    """A JPEG whose EXIF directory holds itself, and is followed by itself."""
    return with_exif(struct.pack("<HHII", 0x8769, 4, 1, 8), 1, following=8)


def located() -> bytes:
    """A JPEG that says where it was taken."""
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (31.0, 12.0, 1.0), 29: CANARY}
    return encoded(sheet(), "JPEG", quality=95, exif=exif)


def with_profile(kind: str, size: int) -> bytes:
    """A picture with a colour profile of so many bytes, nearly all of them noughts."""
    return encoded(sheet(), kind, icc_profile=b"\0" * size)


def with_unfolding_text(size: int) -> bytes:
    """A PNG with a packed text of so many letters."""
    words = PngImagePlugin.PngInfo()
    words.add_text("comment", CANARY + "x" * size, zip=True)
    return encoded(sheet(), "PNG", pnginfo=words)


def moving_webp(frames: int) -> bytes:
    """A WebP that moves, of frames of a few bytes."""
    whole = encoded(Image.new("RGB", (16, 16)), "WEBP", lossless=True)[12:]
    frame = b"\0" * 6 + b"\x0f\0\0" * 2 + b"\x32\0\0\0" + whole
    header = b"\x02\0\0\0" + b"\x0f\0\0" * 2
    body = b"WEBP" + _piece(b"VP8X", header) + _piece(b"ANIM", b"\0" * 6) + _piece(b"ANMF", frame) * frames
    return _piece(b"RIFF", body)


def tiled_tiff(width: int, height: int, tile: int) -> bytes:
    """A TIFF of tiles that lie past its end, or are larger than it."""
    tags = [(256, width), (257, height), (258, 8), (259, 1), (262, 1), (277, 1), (322, tile), (323, tile),
            (324, 4_000_000_000), (325, tile * tile)]  # fmt: skip
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value & 0xFFFFFFFF) for tag, value in tags)
    return b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", len(tags)) + entries + struct.pack("<I", 0)


def with_lost_page(data: bytes, page_no: int) -> bytes:
    """A TIFF of which the pixels of one page lie past its end."""
    made, at = bytearray(data), int.from_bytes(data[4:8], "little")
    for _ in range(page_no - 1):
        (entries,) = struct.unpack_from("<H", made, at)
        (at,) = struct.unpack_from("<I", made, at + 2 + 12 * entries)
    (entries,) = struct.unpack_from("<H", made, at)
    rows = [at + 2 + 12 * number for number in range(entries)]
    (offsets,) = (row for row in rows if struct.unpack_from("<H", made, row) == (_STRIP_OFFSETS,))
    struct.pack_into("<I", made, offsets + 8, 4_000_000_000)
    return bytes(made)


def _piece(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
