import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import FileRejectedError
from models.findings import Reason
from models.policy import Limits
from pipeline.perceive.decode.pages import count_pages, decode, decode_page
from pipeline.perceive.decode.pixels import Rgb
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
    pdf,
    photo,
    sheet,
    tiff,
)

JPEG, PNG = encoded(sheet(), "JPEG", quality=95), encoded(sheet(), "PNG")

LIMITS = Limits()
PHOTO = photo()


def why_refused(data: bytes, limits: Limits = LIMITS) -> Reason:
    """Why the file, its first page, or a part of that page is refused."""
    try:
        count_pages(data, limits)
        loss = decode_page(data, page_no=1, limits=limits).loss
    except FileRejectedError as error:
        return error.reason
    assert loss is not None
    return loss.reason


def first_page(data: bytes, limits: Limits = LIMITS) -> Rgb:
    count_pages(data, limits)
    return decode(data, page_no=1, limits=limits)


def endings(data: bytes, limits: Limits = LIMITS) -> list[Rgb | Reason]:
    """What becomes of each page, up to the first that is refused."""
    ended: list[Rgb | Reason] = []
    try:
        for page_no in range(1, count_pages(data, limits) + 1):
            ended.append(decode(data, page_no=page_no, limits=limits))
    except FileRejectedError as error:
        ended.append(error.reason)
    return ended


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
        pytest.param(b"\0\0\0\x18ftypavif" + b"\0" * 64, Reason.AVIF, id="its newer sister"),
        pytest.param(PHOTO[: len(PHOTO) // 10], Reason.TRUNCATED, id="a tenth of a JPEG"),
        pytest.param(PHOTO[: len(PHOTO) // 2], Reason.TRUNCATED, id="half a JPEG"),
        pytest.param(PHOTO[: len(PHOTO) * 9 // 10], Reason.TRUNCATED, id="nine tenths of a JPEG"),
        pytest.param(PNG[: len(PNG) // 2], Reason.TRUNCATED, id="half a PNG"),
        pytest.param(encoded(sheet(), "WEBP")[:60], Reason.TRUNCATED, id="a piece of a WebP"),
        pytest.param(encoded(sheet(), "TIFF")[:2000], Reason.TRUNCATED, id="a piece of a TIFF"),
        pytest.param(b"\xff\xd8\xff" + b"\x5a" * 500, Reason.DAMAGED, id="a JPEG of junk"),
        pytest.param(
            b"\x89PNG\r\n\x1a\n" + b"\x5a" * 500,
            Reason.TRUNCATED,
            id="a PNG of junk, which claims a piece that is longer",
        ),
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
    refusals = [ending for ending in endings(data) if isinstance(ending, Reason)]
    assert set(refusals) <= {Reason.DAMAGED, Reason.TOO_MANY_PAGES}
    assert time.monotonic() - began < 5


def test_a_file_at_the_size_limit_opens_and_one_byte_more_does_not() -> None:
    assert count_pages(JPEG, Limits(bytes=len(JPEG))) == 1
    assert why_refused(JPEG, Limits(bytes=len(JPEG) - 1)) is Reason.TOO_LARGE


def test_a_file_at_the_page_limit_opens_and_one_page_more_does_not() -> None:
    assert count_pages(tiff(4), Limits(pages=4)) == 4
    assert why_refused(tiff(5), Limits(pages=4)) is Reason.TOO_MANY_PAGES


@pytest.mark.parametrize(
    ("data", "pixels"),
    [pytest.param(PNG, WIDTH * HEIGHT, id="an image")],
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


@given(
    st.binary(max_size=300), st.sampled_from([JPEG, PNG, encoded(sheet(), "TIFF"), encoded(sheet(), "WEBP")]), st.data()
)
def test_any_damage_is_told_and_nothing_else_is_raised(junk: bytes, whole: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(whole)))
    broken = whole[:at] + junk + whole[at + len(junk) :]
    for ending in endings(broken, Limits(pixels=1_000_000)):
        assert isinstance(ending, Reason) or (ending.ndim, ending.shape[2]) == (3, 3)
