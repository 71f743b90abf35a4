"""What a PDF page's streams may lack and be whole all the same, as viewers show it; and what fills a page unseen."""

import zlib
from typing import Final

import numpy as np
import pytest
from PIL import Image

from bench.codings import page_of, written
from models.errors import FileRejectedError
from models.findings import Reason
from models.policy import Limits
from pipeline.perceive.decode.inline import count_inline_pictures
from pipeline.perceive.decode.pages import decode_page
from tests.support.files import encoded

SIZE: Final = (400, 300)
BOX: Final = (300, 225)
PIXELS: Final = np.random.default_rng(5).integers(150, 255, (SIZE[1], SIZE[0], 3), np.uint8).tobytes()
PACKED: Final = zlib.compress(PIXELS)
UNENDED: Final = (packer := zlib.compressobj()).compress(PIXELS) + packer.flush(zlib.Z_SYNC_FLUSH)
FLATE: Final = "/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/FlateDecode"
JPEG: Final = encoded(Image.frombytes("RGB", SIZE, PIXELS), "JPEG")
PICTURE: Final = ("/Type/XObject/Subtype/Image/Width 400/Height 300/ColorSpace/DeviceRGB/BitsPerComponent 8"
                  "/Filter/DCTDecode", JPEG)  # fmt: skip
UNSUMMED_PROFILE: Final = ("/N 3/Filter/FlateDecode", zlib.compress(bytes(3000))[:-4])
DRAW: Final = b"q 300 0 0 225 0 0 cm /P Do Q\n" * 40
DRAWN: Final = zlib.compress(DRAW)
FONT: Final = "/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"
WORDS: Final = b"BT /F 24 Tf 20 100 Td (No. 7) Tj ET"
FORM: Final = ("/Type/XObject/Subtype/Form/BBox[0 0 1 1]/Resources<</XObject<</P 5 0 R>>>>", b"/P Do")
PATTERN: Final = ("/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 300 225]/XStep 300/YStep 225"
                  "/Resources<</XObject<</P 5 0 R>>>>", b"q 300 0 0 225 0 0 cm /P Do Q")  # fmt: skip


def why(data: bytes) -> Reason | None:
    try:
        decode_page(data, page_no=1, limits=Limits())
    except FileRejectedError as error:
        return error.reason
    return None


def paged(
    instructions: bytes,
    entries: str = "",
    *,
    contents: str = "4 0 R",
    page: str = "",
    last: tuple[str, bytes] = UNSUMMED_PROFILE,
) -> bytes:
    """A page of these instructions, a JPEG named /P, a colour profile without its sum or another last object."""
    resources = f"/Resources<</XObject<</P 5 0 R>>/ColorSpace<</C[/ICCBased 6 0 R]>>{FONT}/Pattern<</X 6 0 R>>>>"
    return written(
        [
            ("/Type/Catalog/Pages 2 0 R", None),
            ("/Type/Pages/Kids[3 0 R]/Count 1", None),
            (f"/Type/Page/Parent 2 0 R/MediaBox[0 0 300 225]/Contents {contents}{resources}{page}", None),
            (entries, instructions),
            PICTURE,
            last,
        ]
    )


@pytest.mark.parametrize(
    ("stream", "reason"),
    [
        pytest.param(PACKED[:-4], None, id="no sum"),
        pytest.param(PACKED[:-1], None, id="a part of it"),
        pytest.param(PACKED[:-4] + bytes(4), None, id="noughts for it"),
        pytest.param(PACKED[:-4] + b"\r\n", None, id="a line end for it"),
        pytest.param(UNENDED, None, id="no end"),
        pytest.param(PACKED[:-4] + b"abcd", Reason.DAMAGED, id="another sum"),
        pytest.param(b"ab" + PACKED[2:], Reason.DAMAGED, id="no header"),
        pytest.param(PACKED[: len(PACKED) // 2], Reason.TRUNCATED, id="half of it"),
    ],
)
def test_pixels_are_whole_if_they_are_as_many_as_needed(stream: bytes, reason: Reason | None) -> None:
    assert why(page_of(FLATE, stream, SIZE, box=BOX)) is reason
    assert why(page_of(FLATE, stream, SIZE, box=BOX, within="form")) is reason


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(paged(DRAWN, "/Filter/FlateDecode"), None, id="whole"),
        pytest.param(paged(DRAWN[:-4], "/Filter/FlateDecode"), None, id="no sum"),
        pytest.param(paged(DRAWN[:-4] + b"abcd", "/Filter/FlateDecode"), None, id="another sum"),
        pytest.param(paged(DRAWN[: len(DRAWN) // 2], "/Filter/FlateDecode"), Reason.TRUNCATED, id="cut off"),
        pytest.param(paged(DRAWN, "/Filter/Foo"), Reason.DAMAGED, id="packed in a way that nobody knows"),
        pytest.param(paged(b"\xff\xff\x12" * 9, "/Filter/LZWDecode"), Reason.DAMAGED, id="no LZW"),
        pytest.param(paged(zlib.compress(DRAW + b" " * 90_000_000), "/Filter/FlateDecode"), None, id="90 MB of blanks"),
        pytest.param(paged(DRAW, contents="[null 4 0 R]"), None, id="null before them"),
        pytest.param(paged(DRAW, contents="[4 0 R null]"), None, id="null behind them"),
        pytest.param(paged(DRAW, contents="99 0 R"), Reason.DAMAGED, id="not there"),
    ],
)
def test_instructions_are_whole_if_they_unpack(data: bytes, reason: Reason | None) -> None:
    assert why(data) is reason


@pytest.mark.parametrize(
    ("instructions", "count"),
    [
        (b"BI /W 4 /H 4 /BPC 8 /CS /G ID 0123456789abcdef\nEI Q BI\n/W 4\n/H 4\n\nID 01234567\nEI", 2),
        (b"BI /CS [/I /RGB 1 <000000ffffff>]ID 01(234\nEI Q BI /W 4 ID cut", 2),
        (b"BT (x BI /W ID y) Tj (a \\) (BI /W 4 ID b\nEI) ) Tj ET % BI /W ID \nEI\n/BI Do", 0),
    ],
)
def test_inline_pictures_are_told_from_words(instructions: bytes, count: int) -> None:
    assert count_inline_pictures(instructions) == count


@pytest.mark.parametrize(
    ("data", "typeset"),
    [
        pytest.param(paged(WORDS), True, id="words"),
        pytest.param(
            paged(WORDS, last=FORM, page="/Annots[<</Subtype/Stamp/Rect[0 0 300 225]/AP<</N 6 0 R>>>>]"),
            False,
            id="below a picture as large as the page, in an annotation",
        ),
        pytest.param(
            paged(WORDS, last=FORM, page="/Annots[<</Subtype/Stamp/Rect[9 9 60 60]/AP<</N 6 0 R>>>>]"),
            True,
            id="a seal",
        ),
        pytest.param(paged(b"/Pattern cs /X scn 0 0 300 225 re f " + WORDS, last=PATTERN), False, id="a pattern"),
    ],
)
def test_a_page_below_a_picture_is_not_typeset(data: bytes, typeset: bool) -> None:
    assert decode_page(data, page_no=1, limits=Limits()).typeset is typeset
