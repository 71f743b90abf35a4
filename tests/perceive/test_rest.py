"""What is left of files that lost a part, in place of the whole page."""

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


def holed(data: bytes) -> bytes:
    at = len(cut(data))
    return data[:at] + Random(1).randbytes(2000) + data[at + 2000 :]


@pytest.mark.parametrize(
    ("coding", "harm"),
    [
        *[(coding, harm) for coding in ("JPEG", "JPEG, 4:4:4", "JPEG, grey", "JPEG, restart markers")
          for harm in (cut, zeroed)],
        *[("PNG", harm) for harm in (cut, zeroed, holed)],
        ("PNG, palette", cut),
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
        ("JPEG, progressive", cut),
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
