import numpy as np
import pytest
from PIL import Image

from models.errors import FileRejectedError
from models.findings import Reason
from models.policy import Limits
from pipeline.perceive.decode.pages import count_pages, decode
from pipeline.perceive.decode.pixels import Rgb
from pipeline.perceive.decode.sniff import FileType, sniff
from tests.support.files import (
    HEIGHT,
    WIDTH,
    encoded,
    locked_pdf,
    oriented,
    pdf,
    sheet,
    tiff,
    unmarked_cmyk,
)

JPEG, PNG = encoded(sheet(), "JPEG", quality=95), encoded(sheet(), "PNG")

LIMITS = Limits()


def decoded(data: bytes, page_no: int = 1) -> Rgb:
    return decode(data, page_no=page_no, limits=LIMITS)


def why_refused(data: bytes, limits: Limits = LIMITS) -> Reason:
    """Why the file, or its first page, is refused."""
    with pytest.raises(FileRejectedError) as caught:
        first_page(data, limits)
    return caught.value.reason


def first_page(data: bytes, limits: Limits = LIMITS) -> Rgb:
    count_pages(data, limits)
    return decode(data, page_no=1, limits=limits)


def shows_the_sheet(page: Rgb, *, colours: bool = True) -> bool:
    """Whether the black block is top left and black, the other bottom right and red, and the paper white."""
    black, other, paper = page[20, 30].astype(int), page[62, 92].astype(int), page[40, 110].astype(int)
    red = other[0] > 150 and other[1:].max() < 60
    return bool(black.max() < 60 and paper.min() > 220 and (red or not colours) and other[1] < 128)


@pytest.mark.parametrize(
    ("data", "colours"),
    [
        pytest.param(JPEG, True, id="a JPEG"),
        pytest.param(encoded(sheet(), "JPEG", quality=95, progressive=True), True, id="a progressive JPEG"),
        pytest.param(encoded(sheet("L"), "JPEG", quality=95), False, id="a grey JPEG"),
        pytest.param(
            encoded(sheet("CMYK"), "JPEG", quality=95), True, id="a JPEG of four inks, inverted as Adobe does"
        ),
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
        pytest.param(
            b"\0" * 1019 + b"%PDF-", FileType.PDF, id="a PDF whose header is the last of the first 1024 bytes"
        ),
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
    data = pdf((360, 720), (720, 360))
    assert count_pages(data, LIMITS) == 2
    assert [decoded(data, page_no).shape for page_no in (1, 2)] == [(2000, 1000, 3), (1000, 2000, 3)]
    fine = decode(data, page_no=1, limits=Limits(pdf_dpi=300))
    assert fine.shape == (3000, 1500, 3)


def test_a_pdf_page_is_turned_as_it_says() -> None:
    upright, turned = decoded(pdf((360, 720))), decoded(pdf((360, 720), rotate=90))
    assert turned.shape == (1000, 2000, 3)
    assert upright[5, 5].max() == 0
    assert turned[5, 1995].max() == 0


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
