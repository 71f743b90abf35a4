"""What is left of files that lost a part, in place of the whole page."""

import re
import zlib
from collections.abc import Callable
from io import BytesIO
from random import Random
from typing import Final

import numpy as np
import pytest
from PIL import Image
from pypdf import PdfWriter

from bench.codings import CODINGS
from models.errors import FileRejectedError
from models.findings import Reason
from models.geometry import Box
from models.policy import Limits
from pipeline.perceive.decode import png, strips
from pipeline.perceive.decode.pages import decode_page
from pipeline.perceive.decode.pixels import DecodedPage
from tests.perceive.test_damage import JPEG, PICTURE, SIZE
from tests.support.files import ORIENTATION_TAG, encoded, picture_pdf

GREY: Final = 128
BACK: Final = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}


def page_of(data: bytes) -> DecodedPage:
    return decode_page(data, page_no=1, limits=Limits())


def cut(data: bytes) -> bytes:
    return data[: len(data) * 6 // 10]


def zeroed(data: bytes) -> bytes:
    return cut(data).ljust(len(data), b"\0")


def nought(data: bytes) -> bytes:
    """The file with noughts in place of a block in the first half."""
    at = len(data) // 3
    return data[:at] + bytes(512) + data[at + 512 :]


def short_of(data: bytes, count: int) -> bytes:
    """The file without some bytes in the first half."""
    at = len(data) // 3
    return data[:at] + data[at + count :]


def without_piece(png: bytes, number: int) -> bytes:
    """The PNG without one of the pieces of its pixels, from 0."""
    start = [one.start() - 4 for one in re.finditer(b"IDAT", png)][number]
    return png[:start] + png[start + 12 + int.from_bytes(png[start : start + 4]) :]


def holed(data: bytes) -> bytes:
    at = len(cut(data))
    return data[:at] + Random(1).randbytes(2000) + data[at + 2000 :]


@pytest.mark.parametrize(
    ("coding", "harm"),
    [
        *[(coding, harm) for coding in ("JPEG", "JPEG, 4:4:4", "JPEG, grey", "JPEG, restart markers")
          for harm in (cut, zeroed)],
        *[("PNG", harm) for harm in (cut, zeroed, holed)],
        *[(coding, holed) for coding in ("TIFF, LZW", "TIFF, deflate", "TIFF, PackBits", "TIFF, JPEG")],
        ("TIFF", zeroed),
        ("TIFF, tiles", lambda data: data[:-3000]),
    ],
)  # fmt: skip
def test_rows_before_the_harm_are_as_they_were_and_the_others_are_said_to_be_lost(
    coding: str, harm: Callable[[bytes], bytes]
) -> None:
    whole = page_of(CODINGS[coding](PICTURE))
    page = page_of(harm(CODINGS[coding](PICTURE)))
    assert whole.loss is None
    assert page.loss is not None
    top = page.loss.box.top
    assert page.loss.box == Box(0, top, *SIZE)
    assert page.loss.share == pytest.approx(1 - top / SIZE[1], abs=0.001)
    assert 0.1 < page.loss.share < 0.9
    assert np.array_equal(page.pixels[:top], whole.pixels[:top])
    assert (page.pixels[top:] == GREY).all()


@pytest.mark.parametrize(
    ("coding", "harm"),
    [
        ("JPEG", holed),
        ("JPEG", lambda data: cut(data) + b"\xff\xd9"),  # a piece may be missing anywhere
        ("JPEG", lambda data: cut(data) + data[len(cut(data)) + 3000 :]),
        ("JPEG", lambda data: cut(nought(data))),
        ("JPEG, restart markers", lambda data: cut(nought(data))),
        ("JPEG, restart markers", lambda data: cut(short_of(data, 300))),  # within an interval
        ("JPEG, progressive", cut),
        ("PNG, palette", cut),  # in the only piece, whose sum is lost
        ("PNG", lambda data: without_piece(data, 1)),  # every piece has its sum
        ("PNG, interlaced", cut),
        ("WebP", cut),
        ("TIFF", cut),  # all that follows a missing piece may have moved
        ("TIFF, Group 3", lambda data: data[:3000] + bytes(600) + data[3600:]),  # in one strip
    ],
)
def test_where_nobody_can_tell_which_rows_are_right_the_page_is_refused(
    coding: str, harm: Callable[[bytes], bytes]
) -> None:
    with pytest.raises(FileRejectedError) as caught:
        page_of(harm(CODINGS[coding](PICTURE)))
    assert caught.value.reason in (Reason.TRUNCATED, Reason.DAMAGED)


def test_rows_are_kept_up_to_the_last_restart_marker_in_order() -> None:
    data = CODINGS["JPEG, restart markers"](PICTURE)
    marks = [one.start() for one in re.finditer(rb"\xff[\xd0-\xd7]", data[data.index(b"\xff\xda") :])]
    first = data.index(b"\xff\xda")
    hole = data[: first + marks[2] + 5] + data[first + marks[4] + 5 :]
    whole, page = page_of(data), page_of(cut(hole))
    assert page.loss is not None
    top = page.loss.box.top
    assert 0 < top < SIZE[1] // 2
    assert np.array_equal(page.pixels[:top], whole.pixels[:top])


def sized(png: bytes, side: int) -> bytes:
    """The PNG with another size in its header, cut."""
    header = b"IHDR" + side.to_bytes(4) * 2 + png[24:29]
    return cut(png[:12] + header + zlib.crc32(header).to_bytes(4) + png[33:])


@pytest.mark.parametrize("side", [12_000, 2**31 - 1])
def test_nothing_is_unpacked_of_a_picture_with_too_many_pixels(side: int) -> None:
    data = sized(CODINGS["PNG"](PICTURE), side)
    assert png.rest_of(data, Limits().pixels) is None
    with pytest.raises(FileRejectedError):
        page_of(data)


def test_noughts_behind_a_picture_are_one_piece_and_tiles_without_a_size_are_none() -> None:
    data = CODINGS["PNG"](PICTURE) + bytes(1 << 22)
    assert png.without_asides(data) == data
    tags = {strips.TILE_OFFSETS: (8,), strips.TILE_SIZES: (4,), strips.TILE_WIDTH: 0, strips.TILE_LENGTH: 16}
    assert list(strips.placed(bytes(16), {**tags, strips.WIDTH: 16, strips.LENGTH: 16})) == []


@pytest.mark.parametrize(("orientation", "side"), [(1, "bottom"), (3, "top"), (6, "left"), (8, "right")])
def test_a_part_is_lost_where_it_is_seen(orientation: int, side: str) -> None:
    stored = PICTURE.transpose(BACK[orientation]) if orientation in BACK else PICTURE
    exif = Image.Exif()
    exif[ORIENTATION_TAG] = orientation
    page = page_of(cut(encoded(stored, "JPEG", quality=90, exif=exif)))
    assert page.loss is not None
    left, top, right, bottom = page.loss.box
    edges = {"left": left == 0, "top": top == 0, "right": right == SIZE[0], "bottom": bottom == SIZE[1]}
    assert [name for name, reached in edges.items() if not reached] == [
        {"bottom": "top", "top": "bottom", "left": "right", "right": "left"}[side]
    ]
    assert (page.pixels[top:bottom, left:right] == GREY).all()


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_page_shows_its_picture_up_to_where_that_was_cut(turned: int) -> None:
    whole, page = (page_of(turned_pdf(data, turned)) for data in (JPEG, cut(JPEG)))
    assert page.loss is not None
    left, top, right, bottom = page.loss.box
    assert 0.2 < page.loss.share < 0.7
    assert (page.pixels[top:bottom, left:right] == GREY).all()
    kept = np.ones(page.pixels.shape[:2], bool)
    kept[top:bottom, left:right] = False
    assert np.array_equal(page.pixels[kept], whole.pixels[kept])


def turned_pdf(data: bytes, degrees: int) -> bytes:
    writer = PdfWriter(BytesIO(picture_pdf(data, SIZE, (446.4, 340.2))))
    writer.pages[0].rotate(degrees)
    buffer = BytesIO()
    writer.write(buffer)
    return buffer.getvalue()
