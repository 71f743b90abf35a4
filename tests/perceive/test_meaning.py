"""What containers say of their pixels, and what becomes of it: every row of the table in docs/reference/files.md."""

import re
import struct
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from PIL import Image, ImageCms

from bench.codings import tiled_tiff
from models.errors import FileRejectedError
from models.policy import Limits
from pipeline.perceive.decode.pages import count_pages, decode, decode_page
from pipeline.perceive.decode.pixels import Rgb
from tests.support.files import HEIGHT, WIDTH, animation, encoded, oriented, sheet, unmarked_cmyk
from tests.support.hostile_images import motion_photo

TABLE: Final = Path("docs/reference/files.md")
ROW: Final = re.compile(r"^\| (JPEG|PNG|WebP|TIFF) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
LEVELS: Final = np.tile(np.linspace(0, 1, WIDTH), (HEIGHT, 1))


def shows_the_sheet(page: Rgb) -> bool:
    """The black block top left, the red one bottom right, white paper."""
    black, red, paper = (page[y, x].astype(int) for y, x in ((20, 30), (62, 92), (40, 110)))
    return bool(black.max() < 70 and paper.min() > 215 and red[0] > 150 and red[1:].max() < 80)


def shows_grey(page: Rgb) -> bool:
    """The block top left dark, the paper light, whatever the colours."""
    return bool(page[20, 30].max() < 70 and page[40, 110].min() > 215)


def shows_levels(page: Rgb) -> bool:
    """From black on the left to white on the right."""
    return bool(np.abs(page[0, :, 0].astype(int) - (LEVELS[0] * 255).astype(int)).max() <= 2)


def retagged(data: bytes, tag: int, value: int) -> bytes:
    """A little-endian TIFF with another value in a SHORT tag of its first directory."""
    start = struct.unpack_from("<I", data, 4)[0]
    changed = bytearray(data)
    for number in range(struct.unpack_from("<H", data, start)[0]):
        at = start + 2 + 12 * number
        if struct.unpack_from("<H", data, at)[0] == tag:
            struct.pack_into("<H", changed, at + 8, value)
    return bytes(changed)


def sixteen_bits(kind: str) -> bytes:
    return encoded(Image.fromarray((LEVELS * 65535).astype(np.uint16)), kind)


def rises(page: Rgb) -> bool:
    """From black on the left to at least a middle grey, and never darker."""
    levels = page[0, :, 0].astype(int)
    return bool(levels[0] == 0 and levels[-1] >= 127 and (np.diff(levels) >= 0).all())


def is_white(page: Rgb) -> bool:
    return bool(page.min() == 255)


def in_lab() -> bytes:
    lab = ImageCms.profileToProfile(
        sheet(), ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
    )
    assert lab is not None
    return encoded(lab, "TIFF")


def inverted_sixteen_bits() -> bytes:
    return retagged(encoded(Image.fromarray((65535 - LEVELS * 65535).astype(np.uint16)), "TIFF"), 262, 0)


def with_thumbnail() -> bytes:
    """A page, and a second directory that shows it smaller."""
    buffer = BytesIO()
    small = sheet().resize((30, 20))
    small.encoderinfo = {"tiffinfo": {254: 1}}  # Pillow keeps it of each picture
    sheet().save(buffer, "TIFF", save_all=True, append_images=[small])
    return buffer.getvalue()


def fax() -> bytes:
    """204 dots across and 98 down, as faxes of normal resolution are."""
    return encoded(sheet("1").resize((WIDTH, HEIGHT // 2)), "TIFF", compression="group4", dpi=(204, 98))


def of_twelve_bits() -> bytes:
    data = encoded(sheet(), "JPEG")
    at = data.index(b"\xff\xc0") + 4
    return data[:at] + b"\x0c" + data[at + 1 :]


def lossless() -> bytes:
    return encoded(sheet(), "JPEG").replace(b"\xff\xc0", b"\xff\xc3", 1)


Check = Callable[[Rgb], bool]
CASES: Final[dict[tuple[str, str], tuple[Callable[[], bytes], Check | None]]] = {
    ("JPEG", "baseline, colours at half size"): (lambda: encoded(sheet(), "JPEG", quality=95), shows_the_sheet),
    ("JPEG", "progressive"): (lambda: encoded(sheet(), "JPEG", quality=95, progressive=True), shows_the_sheet),
    ("JPEG", "grey"): (lambda: encoded(sheet("L"), "JPEG"), shows_grey),
    ("JPEG", "CMYK and YCCK, inverted or not marked"): (unmarked_cmyk, shows_the_sheet),
    ("JPEG", "EXIF orientation"): (lambda: oriented(6), shows_the_sheet),
    ("JPEG", "several pictures (MPO, gain maps, a film behind)"): (motion_photo, lambda page: page.ndim == 3),
    ("JPEG", "12 bits"): (of_twelve_bits, None),
    ("JPEG", "lossless, or in layers"): (lossless, None),
    ("PNG", "grey, colour, palette"): (lambda: encoded(sheet("P"), "PNG"), shows_the_sheet),
    ("PNG", "1, 2 and 4 bits"): (lambda: encoded(sheet("1"), "PNG"), shows_grey),
    ("PNG", "16 bits"): (lambda: sixteen_bits("PNG"), shows_levels),
    ("PNG", "alpha, a transparent colour"): (lambda: encoded(Image.new("RGBA", (9, 9)), "PNG"), is_white),
    ("PNG", "several pictures (APNG)"): (lambda: animation("PNG"), None),
    ("WebP", "lossy and lossless"): (lambda: encoded(sheet(), "WEBP", quality=95), shows_the_sheet),
    ("WebP", "alpha"): (lambda: encoded(Image.new("RGBA", (9, 9)), "WEBP", lossless=True), is_white),
    ("WebP", "several pictures (animation)"): (lambda: animation("WEBP"), None),
    ("TIFF", "1 bit"): (lambda: encoded(sheet("1"), "TIFF", compression="group4"), shows_grey),
    ("TIFF", "16 bits of grey"): (lambda: sixteen_bits("TIFF"), shows_levels),
    ("TIFF", "16 bits of grey, white is nought"): (inverted_sixteen_bits, shows_levels),
    ("TIFF", "32 bits of grey"): (
        lambda: encoded(Image.fromarray((LEVELS * (2**31 - 1)).astype(np.int32) ), "TIFF"),
        rises,
    ),
    ("TIFF", "floating point"): (lambda: encoded(Image.fromarray(LEVELS.astype(np.float32)), "TIFF"), shows_levels),
    ("TIFF", "CMYK"): (lambda: encoded(sheet("CMYK"), "TIFF"), shows_the_sheet),
    ("TIFF", "L*a*b*"): (in_lab, shows_the_sheet),
    ("TIFF", "tiles"): (lambda: tiled_tiff(sheet(), 16), shows_the_sheet),
    ("TIFF", "pixels that are not square"): (fax, lambda p: p.shape[1] == WIDTH and abs(p.shape[0] - HEIGHT) <= 4),
    ("TIFF", "a smaller picture or a mask beside the page"): (with_thumbnail, shows_the_sheet),
}  # fmt: skip


def only_page(data: bytes) -> Rgb:
    assert count_pages(data, Limits()) == 1
    return decode(data, page_no=1, limits=Limits())


@pytest.mark.parametrize("case", CASES, ids=": ".join)
def test_pixels_are_as_their_container_means_them(case: tuple[str, str]) -> None:
    made, shows = CASES[case]
    data = made()
    if shows is None:
        with pytest.raises(FileRejectedError):
            only_page(data)
    else:
        assert shows(only_page(data))


def test_the_table_says_what_happens() -> None:
    rows = ROW.findall(TABLE.read_text("utf-8"))
    assert {(kind, what): outcome.startswith("refused") for kind, what, outcome in rows} == {
        case: shows is None for case, (_, shows) in CASES.items()
    }


def test_a_picture_larger_than_needed_is_decoded_smaller() -> None:
    data = encoded(Image.new("L", (16_000, 12_500), 230), "JPEG")  # 200 million pixels, as telephones take
    assert count_pages(data, Limits()) == 1
    page = decode_page(data, page_no=1, limits=Limits())
    assert page.pixels.shape == (3125, 4000, 3)
    assert page.unit == 4
