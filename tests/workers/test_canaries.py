"""Text of one page never appears in another's result, however many submissions are read at once."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image, ImageDraw

from fixtures.printing.fonts import Face, font
from models.errors import FileRejectedError
from models.policy import Limits
from pipeline.perceive.decode.pixels import Rgb
from pipeline.perceive.ocr.options import OcrOptions, ReaderOptions
from pipeline.workers.ocr_pool import OcrPool
from tests.support.files import encoded

pytestmark = [pytest.mark.ocr, pytest.mark.timeout(300)]

SUBMISSIONS, PAGES = 8, 3
LIMITS = Limits(seconds=240.0)  # a page of noise is read for long, and here nobody waits
_HAN = "金木水火土春夏秋冬山石田禾竹梅兰菊松柏云雨风雪"


def canary(submission: int, page: int) -> str:
    """What stands on a page and on no other: who and which page first, then what chance gives."""
    chance = random.Random(f"{submission}/{page}")
    han = "".join(chance.choice(_HAN) for _ in range(4))
    return f"{submission}{page}{chance.randrange(10**8):08}{han}"


def sheet(words: str) -> bytes:
    page = Image.new("RGB", (900, 500), (244, 244, 240))
    for row in range(5):
        ImageDraw.Draw(page).text((60, 40 + 90 * row), words, font=font(Face.HEI, 44), fill=(20, 20, 20))
    return encoded(page, "PNG")


def test_eight_submissions_at_once_never_see_each_others_text() -> None:
    known = {(s, p): canary(s, p) for s in range(SUBMISSIONS) for p in range(PAGES)}
    with OcrPool(OcrOptions(), ReaderOptions(processes=2)) as readers:

        def submission(number: int) -> list[str]:
            begun = [readers.start(sheet(known[number, page]), 1, LIMITS) for page in range(PAGES)]
            return ["".join(line.text for line in pending.result()[0].lines) for pending in begun]

        with ThreadPoolExecutor(SUBMISSIONS) as callers:
            told = list(callers.map(submission, range(SUBMISSIONS)))
    for (number, page), own in known.items():
        text = told[number][page]
        assert own in text
        assert not [other for key, other in known.items() if key != (number, page) and other[:10] in text]


def noise(seed: int) -> Rgb:
    return np.random.default_rng(seed).integers(0, 256, (600, 800, 3)).astype(np.uint8)


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(np.full((900, 700, 3), 255, np.uint8), id="white"),
        pytest.param(np.zeros((900, 700, 3), np.uint8), id="black"),
        pytest.param(noise(1), id="noise"),
        pytest.param(np.tile(np.linspace(0, 255, 900).astype(np.uint8)[None, :, None], (500, 1, 3)), id="a gradient"),
        pytest.param(np.full((40, 40, 3), 120, np.uint8), id="a stamp's size"),
        pytest.param(np.full((10, 20000, 3), 200, np.uint8), id="a strip"),
    ],
)
def test_pages_without_text_crash_nothing(page: Rgb, readers: OcrPool) -> None:
    (reading,) = readers.start(encoded(Image.fromarray(page), "PNG"), 1, LIMITS).result()
    assert not [line for line in reading.lines if line.confidence > 0.9 and len(line.text) > 3]


def test_a_single_pixel_is_no_page(readers: OcrPool) -> None:
    with pytest.raises(FileRejectedError):
        readers.start(encoded(Image.new("RGB", (1, 1)), "PNG"), 1, LIMITS).result()


@pytest.fixture(scope="module")
def readers() -> Iterator[OcrPool]:
    with OcrPool(OcrOptions(), ReaderOptions(processes=1)) as held:
        yield held
