import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from models.errors import FileRejectedError
from models.findings import Reason
from models.policy import Limits
from pipeline.decode.pages import count_pages, decode
from pipeline.decode.pixels import Rgb
from pipeline.decode.sniff import FileType, sniff
from tests.support.files import (
    HEIGHT,
    WIDTH,
    animation,
    claiming_png,
    encoded,
    heic,
    locked_pdf,
    looping_pdf,
    looping_tiff,
    lost_tiff,
    oriented,
    pdf,
    photo,
    sheet,
    tiff,
    unmarked_cmyk,
)

LIMITS = Limits()
PHOTO = photo()
JPEG, PNG = encoded(sheet(), "JPEG", quality=95), encoded(sheet(), "PNG")


def decoded(data: bytes, page_no: int = 1) -> Rgb:
    return decode(data, page_no=page_no, limits=LIMITS)


def why_refused(data: bytes, limits: Limits = LIMITS) -> Reason:
    """Why the file, or its first page, is refused."""
    with pytest.raises(FileRejectedError) as caught:
        count_pages(data, limits)
        decode(data, page_no=1, limits=limits)
    return caught.value.reason


def shows_the_sheet(page: Rgb, *, colours: bool = True) -> bool:
    """Whether the black block is top left and black, the other bottom right and red, and the paper white."""
    black, other, paper = page[20, 30].astype(int), page[62, 92].astype(int), page[40, 110].astype(int)
    red = other[0] > 150 and other[1:].max() < 60
    return bool(black.max() < 60 and paper.min() > 220 and (red or not colours) and other[1] < 128)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"", Reason.EMPTY, id="no bytes"),
        pytest.param(b"\xff", Reason.TYPE, id="one byte"),
        pytest.param(b"\xff\xd8\xff\xe0\x00\x10JFIF", Reason.TRUNCATED, id="ten bytes of a JPEG"),
        pytest.param(b"0123456789", Reason.TYPE, id="ten bytes of nothing"),
        pytest.param("请看附件".encode(), Reason.TYPE, id="a text"),
        pytest.param(b"<!DOCTYPE html><html></html>", Reason.TYPE, id="a web page"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", Reason.TYPE, id="a drawing"),
        pytest.param(b"MZ\x90\x00" + b"\0" * 100, Reason.TYPE, id="a program"),
        pytest.param(b"PK\x03\x04" + b"\0" * 100, Reason.TYPE, id="an archive"),
        pytest.param(b"GIF89a" + b"\0" * 100, Reason.TYPE, id="a GIF"),
        pytest.param(b"\0" * 5000, Reason.TYPE, id="noughts"),
        pytest.param(heic(), Reason.HEIC, id="a photo of an iPhone"),
        pytest.param(b"\0\0\0\x18ftypavif" + b"\0" * 64, Reason.TYPE, id="its newer sister"),
        pytest.param(PHOTO[: len(PHOTO) // 10], Reason.TRUNCATED, id="a tenth of a JPEG"),
        pytest.param(PHOTO[: len(PHOTO) // 2], Reason.TRUNCATED, id="half a JPEG"),
        pytest.param(PHOTO[: len(PHOTO) * 9 // 10], Reason.TRUNCATED, id="nine tenths of a JPEG"),
        pytest.param(PNG[: len(PNG) // 2], Reason.TRUNCATED, id="half a PNG"),
        pytest.param(encoded(sheet(), "WEBP")[:60], Reason.TRUNCATED, id="a piece of a WebP"),
        pytest.param(encoded(sheet(), "TIFF")[:2000], Reason.TRUNCATED, id="a piece of a TIFF"),
        pytest.param(b"\xff\xd8\xff" + b"\x5a" * 500, Reason.DAMAGED, id="a JPEG of junk"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + b"\x5a" * 500, Reason.TRUNCATED, id="a PNG of junk, which claims a piece that is longer"),
        pytest.param(b"RIFF\x20\0\0\0WEBPVP8 " + b"\x5a" * 500, Reason.DAMAGED, id="a WebP of junk"),
        pytest.param(b"%PDF-1.7\n" + b"\x5a" * 500, Reason.DAMAGED, id="a PDF of junk"),
        pytest.param(claiming_png(50_000, 50_000), Reason.TOO_LARGE, id="a PNG that claims 50000 by 50000 pixels"),
        pytest.param(claiming_png(0, 10), Reason.DAMAGED, id="a PNG without width"),
        pytest.param(animation("WEBP"), Reason.TYPE, id="an animated WebP"),
        pytest.param(animation("PNG"), Reason.TYPE, id="an animated PNG"),
        pytest.param(tiff(500), Reason.TOO_MANY_PAGES, id="a TIFF of 500 pages"),
        pytest.param(lost_tiff(), Reason.DAMAGED, id="a TIFF whose page lies past its end"),
        pytest.param(locked_pdf("secret"), Reason.PASSWORD, id="a PDF that wants a password"),
        pytest.param(pdf(), Reason.EMPTY, id="a PDF without pages"),
        pytest.param(pdf((14_400, 14_400)), Reason.TOO_LARGE, id="a PDF page of 200 inches"),
        pytest.param(pdf(*[(72, 72)] * 61), Reason.TOO_MANY_PAGES, id="a PDF of 61 pages"),
    ],
)
def test_a_file_is_refused_with_its_reason(data: bytes, reason: Reason) -> None:
    assert why_refused(data) is reason


@pytest.mark.parametrize(
    "data",
    [pytest.param(looping_tiff(), id="a TIFF whose pages run in a circle"),
     pytest.param(looping_pdf(), id="a PDF whose tree of pages holds itself")],
)  # fmt: skip
def test_a_file_that_runs_in_a_circle_comes_to_an_end(data: bytes) -> None:
    began = time.monotonic()
    try:
        for page_no in range(1, count_pages(data, LIMITS) + 1):
            decoded(data, page_no)
    except FileRejectedError as error:
        assert error.reason in {Reason.DAMAGED, Reason.TOO_MANY_PAGES}
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("data", "colours"),
    [
        pytest.param(JPEG, True, id="a JPEG"),
        pytest.param(encoded(sheet(), "JPEG", quality=95, progressive=True), True, id="a progressive JPEG"),
        pytest.param(encoded(sheet("L"), "JPEG", quality=95), False, id="a grey JPEG"),
        pytest.param(encoded(sheet("CMYK"), "JPEG", quality=95), True, id="a JPEG of four inks, inverted as Adobe does"),
        pytest.param(unmarked_cmyk(), True, id="the same without Adobe's mark, which browsers invert as well"),
        pytest.param(JPEG + b"\0" * 100_000, True, id="a JPEG with a film behind it"),
        pytest.param(JPEG + b"<script>", True, id="a JPEG with a web page behind it"),
        pytest.param(PNG, True, id="a PNG"),
        pytest.param(encoded(sheet("P"), "PNG"), True, id="a PNG with a palette"),
        pytest.param(encoded(sheet("L"), "PNG"), False, id="a grey PNG"),
        pytest.param(encoded(sheet("1"), "PNG"), False, id="a PNG of one bit"),
        pytest.param(encoded(sheet("RGBA"), "PNG"), True, id="a PNG with alpha"),
        pytest.param(encoded(sheet("LA"), "PNG"), False, id="a grey PNG with alpha"),
        pytest.param(encoded(sheet(), "WEBP", lossless=True), True, id="a WebP"),
        pytest.param(encoded(sheet(), "TIFF"), True, id="a TIFF"),
        pytest.param(encoded(sheet("1"), "TIFF", compression="group4"), False, id="a TIFF as fax machines write it"),
        pytest.param(encoded(sheet(), "TIFF", compression="tiff_lzw"), True, id="a compressed TIFF"),
        pytest.param(encoded(sheet("CMYK"), "TIFF"), True, id="a TIFF of four inks"),
    ],
)
def test_a_picture_is_decoded_as_it_is_seen(data: bytes, colours: bool) -> None:
    assert count_pages(data, LIMITS) == 1
    page = decoded(data)
    assert page.shape == (HEIGHT, WIDTH, 3)
    assert page.dtype == np.uint8
    assert shows_the_sheet(page, colours=colours)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_of_grey_keep_their_levels(kind: str) -> None:
    levels = np.tile(np.linspace(0, 65535, WIDTH).astype(np.uint16), (HEIGHT, 1))
    page = decoded(encoded(Image.fromarray(levels), kind))
    assert np.abs(page[0, :, 0].astype(int) - (levels[0] >> 8)).max() <= 1


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_what_is_transparent_is_paper(mode: str) -> None:
    page = decoded(encoded(Image.new(mode, (10, 10), 0), "PNG"))
    assert page.min() == 255


def test_a_transparent_colour_of_a_palette_is_paper() -> None:
    image = Image.new("P", (10, 10), 0)
    image.putpalette([0, 0, 0, 255, 255, 255])
    assert decoded(encoded(image, "PNG", transparency=0)).min() == 255


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_as_its_camera_says(orientation: int) -> None:
    page = decoded(oriented(orientation))
    assert page.shape == (HEIGHT, WIDTH, 3)
    assert shows_the_sheet(page)


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_that_does_not_exist_is_ignored(orientation: int) -> None:
    assert shows_the_sheet(decoded(oriented(orientation)))


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        pytest.param(JPEG, FileType.JPEG, id="a JPEG"),
        pytest.param(PNG, FileType.PNG, id="a PNG"),
        pytest.param(encoded(sheet(), "WEBP"), FileType.WEBP, id="a WebP"),
        pytest.param(encoded(sheet(), "TIFF"), FileType.TIFF, id="a TIFF"),
        pytest.param(b"MM\x00*" + b"\0" * 8, FileType.TIFF, id="a TIFF of the other byte order"),
        pytest.param(pdf((72, 72)), FileType.PDF, id="a PDF"),
        pytest.param(b"\xef\xbb\xbf" + pdf((72, 72)), FileType.PDF, id="a PDF behind a byte order mark"),
        pytest.param(b"\0" * 1019 + b"%PDF-", FileType.PDF, id="a PDF whose header is the last of the first 1024 bytes"),
    ],
)
def test_a_file_is_told_by_its_content(data: bytes, kind: FileType) -> None:
    assert sniff(data) is kind


def test_a_pdf_header_past_the_first_kilobyte_is_none() -> None:
    assert why_refused(b"\0" * 1020 + b"%PDF-1.7") is Reason.TYPE


def test_every_page_of_a_tiff_is_its_own() -> None:
    data = tiff(3)
    assert count_pages(data, LIMITS) == 3
    assert [decoded(data, page_no).shape[1] for page_no in (1, 2, 3)] == [8, 9, 10]


def test_every_page_of_a_pdf_is_its_own_and_drawn_at_its_resolution() -> None:
    data = pdf((72, 144), (144, 72))
    assert count_pages(data, LIMITS) == 2
    assert [decoded(data, page_no).shape for page_no in (1, 2)] == [(400, 200, 3), (200, 400, 3)]
    coarse = decode(data, page_no=1, limits=Limits(pdf_dpi=100))
    assert coarse.shape == (200, 100, 3)


def test_a_pdf_page_is_turned_as_it_says() -> None:
    upright, turned = decoded(pdf((72, 144))), decoded(pdf((72, 144), rotate=90))
    assert turned.shape == (200, 400, 3)
    assert upright[5, 5].max() == 0
    assert turned[5, 395].max() == 0


def test_a_pdf_that_only_its_owner_may_change_opens() -> None:
    assert decoded(locked_pdf("")).min() == 255


def test_a_pdf_page_lies_on_white() -> None:
    page = decoded(pdf((72, 72)))
    assert page[-1, -1].tolist() == [255, 255, 255]


@pytest.mark.parametrize("page_no", [2, 100])
@pytest.mark.parametrize("data", [pytest.param(pdf((72, 72)), id="a PDF"), pytest.param(tiff(1), id="a TIFF")])
def test_a_page_that_does_not_exist_is_refused(data: bytes, page_no: int) -> None:
    with pytest.raises(FileRejectedError):
        decoded(data, page_no)


def test_a_file_at_the_size_limit_opens_and_one_byte_more_does_not() -> None:
    assert count_pages(JPEG, Limits(bytes=len(JPEG))) == 1
    assert why_refused(JPEG, Limits(bytes=len(JPEG) - 1)) is Reason.TOO_LARGE


def test_a_file_at_the_page_limit_opens_and_one_page_more_does_not() -> None:
    assert count_pages(tiff(4), Limits(pages=4)) == 4
    assert why_refused(tiff(5), Limits(pages=4)) is Reason.TOO_MANY_PAGES


@pytest.mark.parametrize(
    ("data", "pixels"),
    [pytest.param(PNG, WIDTH * HEIGHT, id="an image"), pytest.param(pdf((36, 72)), 20_000, id="a PDF page")],
)
def test_a_page_at_the_pixel_limit_opens_and_one_pixel_less_does_not(data: bytes, pixels: int) -> None:
    assert decode(data, page_no=1, limits=Limits(pixels=pixels)).size == 3 * pixels
    assert why_refused(data, Limits(pixels=pixels - 1)) is Reason.TOO_LARGE


def test_a_pdf_without_pages_is_told_the_same_after_a_locked_one() -> None:
    assert why_refused(locked_pdf("secret")) is Reason.PASSWORD
    assert why_refused(pdf()) is Reason.EMPTY
    assert why_refused(b"%PDF-1.7" + b"\x5a" * 500) is Reason.DAMAGED


def test_a_claim_is_refused_before_anything_is_decoded() -> None:
    data = claiming_png(50_000, 50_000)
    began = time.monotonic()
    assert why_refused(data) is Reason.TOO_LARGE
    assert time.monotonic() - began < 0.5


@given(st.binary(max_size=300), st.sampled_from([JPEG, PNG, encoded(sheet(), "TIFF"), encoded(sheet(), "WEBP")]), st.data())
def test_any_damage_is_told_and_nothing_else_is_raised(junk: bytes, whole: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(whole)))
    broken = whole[:at] + junk + whole[at + len(junk) :]
    try:
        for page_no in range(1, count_pages(broken, LIMITS) + 1):
            assert decode(broken, page_no=page_no, limits=Limits(pixels=1_000_000)).ndim == 3
    except FileRejectedError as error:
        assert error.reason in Reason
