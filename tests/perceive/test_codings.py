"""Damage in every container and coding that we decode, by the sweep of bench.damage at a few places."""

from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any, Final

import numpy as np
import pytest
from PIL import Image

from bench.codings import CODINGS
from models.findings import Reason
from pipeline.perceive.decode import raw
from tests.support.decoding import why
from tests.support.files import encoded, padded_pdf, padded_tiff

SIZE: Final = (400, 300)
GRAIN: Final = np.random.default_rng(5).normal(225, 8, (SIZE[1], SIZE[0], 3))
PIXELS: Final = np.clip(GRAIN, 0, 255).astype(np.uint8)
PIXELS[40:260:14, 30:340] = 40
PICTURE: Final = Image.fromarray(PIXELS)
LOST: Final = 4096  # bytes
HARMS: Final[dict[str, Callable[[bytes, int], bytes]]] = {
    "cut off": lambda data, at: data[:at],
    "zeroed to its end": lambda data, at: data[:at] + bytes(len(data) - at),
    "short of a piece": lambda data, at: data[:at] + data[at + LOST :],
    "with garbage in it": lambda data, at: data[:at] + Random(at).randbytes(LOST) + data[at + LOST :],
}
# Code blocks of JPEG 2000 say how long they are, so nothing runs out of step.
UNSEEN: Final = {("PDF, JPX", "with garbage in it")}


@pytest.mark.parametrize("coding", CODINGS)
def test_a_file_that_lost_a_part_is_called_damaged_in_every_coding(coding: str) -> None:
    data = CODINGS[coding](PICTURE)
    assert why(data) is None
    for harm, harmed in HARMS.items():
        told = [why(harmed(data, round(share * len(data)))) for share in (0.3, 0.7)]
        assert set(told) <= {Reason.TRUNCATED, Reason.DAMAGED} or (coding, harm) in UNSEEN, harm


PAGES: Final = {"white": 255, "black": 0}
WHOLE_PAGES: Final = ("WebP", "WebP, lossless", "TIFF", "TIFF, LZW", "TIFF, PackBits", "PDF, JPX", "PDF, CCITT Group 4")


@pytest.mark.parametrize("ground", PAGES)
def test_a_page_of_one_colour_with_a_photo_on_it_is_whole(ground: str) -> None:
    page = Image.new("RGB", (827, 1170), (PAGES[ground],) * 3)
    page.paste(PICTURE, (200, 100))
    assert {coding: why(CODINGS[coding](page)) for coding in WHOLE_PAGES} == dict.fromkeys(WHOLE_PAGES)


PADDED: Final = {
    **{name: partial(padded_pdf, CODINGS[name](PICTURE))
       for name in ("PDF, LZW", "PDF, RunLength", "PDF, CCITT Group 4", "PDF, JBIG2", "PDF, JPX", "PDF, Flate")},
    **{name: partial(padded_tiff, encoded(PICTURE.convert(mode), "TIFF", compression=name, strip_size=1 << 28))
       for name, mode in (("tiff_lzw", "RGB"), ("packbits", "RGB"), ("group3", "1"), ("group4", "1"))},
}  # fmt: skip


@pytest.mark.parametrize("coding", PADDED)
def test_padding_behind_codes_is_no_damage(coding: str) -> None:
    paddings = [b"", b"\r\n", bytes(3), bytes(8), b"\0\0\r\n"]
    paddings += [bytes(300)] if coding != "PDF, JBIG2" else []  # which PDFium takes for a segment
    assert {padding: why(PADDED[coding](padding)) for padding in paddings} == dict.fromkeys(paddings)


def card_on_a_black_bed(degrees: float, resample: Image.Resampling = Image.Resampling.NEAREST) -> np.ndarray:
    bed = Image.new("RGB", (1000, 800))
    bed.paste(PICTURE.resize((700, 500)), (150, 100))
    return np.asarray(bed.rotate(degrees, resample))


def on_white(*black: Any) -> np.ndarray:
    """A page of some grain, with a black foot and these parts black."""
    page = np.random.default_rng(1).integers(200, 256, (800, 600, 3), np.uint8)
    page[700:] = 0
    for part in black:
        page[part] = 0
    return page


def specked(share: float) -> np.ndarray:
    page = on_white()
    places = np.random.default_rng(2).random((100, 600)) < share
    page[700:][places] = 90
    return page


def torn_card(degrees: float, at: int) -> np.ndarray:
    """The card on its bed, with noughts from a sample in row 405 to the end."""
    pixels = card_on_a_black_bed(degrees).copy()
    pixels.reshape(-1)[405 * pixels.shape[1] * 3 + at :] = 0
    return pixels


@pytest.mark.parametrize(
    ("pixels", "reason"),
    [
        pytest.param(on_white(), None, id="a black foot"),
        *[pytest.param(specked(share), None, id=f"with {share:%} of noise") for share in (2e-5, 5e-4, 1e-2)],
        *[pytest.param(card_on_a_black_bed(degrees), None, id=f"a card turned by {degrees}")
          for degrees in (0, 0.03, 0.05, 0.1, -0.03, 1.0)],
        *[pytest.param(card_on_a_black_bed(degrees, Image.Resampling.BILINEAR), None, id=f"smoothly, by {degrees}")
          for degrees in (0.03, 0.1)],
        *[pytest.param(torn_card(degrees, 1201), Reason.TRUNCATED, id=f"torn within a pixel, turned by {degrees}")
          for degrees in (0, 1.0)],
        pytest.param(torn_card(0, 1200), None, id="torn between two, as where a sheet lies askew"),
        pytest.param(on_white(np.s_[300:310, :], np.s_[310, :300]), None, id="a bar whose last row is half black"),
        pytest.param(on_white(np.s_[300:310, :], np.s_[299, 300:]), None, id="one whose first row is"),
        pytest.param(on_white(np.s_[699, 250:]), Reason.TRUNCATED, id="noughts from within a row"),
        pytest.param(on_white(np.s_[500, 250:], np.s_[501:, :]), Reason.TRUNCATED, id="earlier"),
    ],
)  # fmt: skip
def test_black_that_ends_within_a_row_is_a_tear_only_where_it_can_be_nothing_else(
    pixels: np.ndarray, reason: Reason | None
) -> None:
    assert raw.what_is_missing(pixels) is reason


@pytest.mark.parametrize(("at", "lost", "reason"), [(500_001, 8192, Reason.TRUNCATED), (500_001, 8000, None)])
def test_a_hole_of_whole_blocks_is_what_a_transfer_leaves(at: int, lost: int, reason: Reason | None) -> None:
    pixels = on_white()
    pixels.reshape(-1)[at : at + lost] = 0
    assert raw.what_is_missing(pixels) is reason


def test_a_picture_within_a_black_frame_was_not_written_over() -> None:
    rows = np.full((100, 300, 1), 200, np.uint8)
    rows[:10] = rows[80:] = rows[:, :40] = rows[:, 250:] = 0
    assert raw.what_is_missing(rows) is None
    for row in range(60, 80):  # the edge of a sheet that lies askew
        rows[row, : 40 + (row - 60) * 12] = 0
    assert raw.what_is_missing(rows) is None
    rows[79, 200:] = 0
    assert raw.what_is_missing(rows) is None  # its corner
    colours = np.repeat(rows, 3, axis=2)
    colours.reshape(-1)[50 * 900 + 361 :] = 0  # within a pixel
    assert raw.what_is_missing(colours) is Reason.TRUNCATED
