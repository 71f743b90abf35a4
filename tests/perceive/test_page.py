from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from PIL import Image

from models.errors import FileRejectedError
from models.geometry import Box, Quad
from models.policy import Limits
from models.reading import Lattice
from pipeline.perceive.decode.pixels import Rgb
from pipeline.perceive.page import made_by, perceive
from tests.support.files import encoded, tiff
from tests.support.lines import Ink, lattice
from tests.support.pictures import DARK_DESK, TINTED, picture

LIMITS = Limits()
SHEET_AT = Box(200, 150, 1000, 700)
INK, BAR = (60, 60, 60), (150, 150, 150)


class BarsEngine:
    """Finds grey bars, and reads each well whose darkest corner is the top left one."""

    name = "bars-1/none/0000/0"

    def __init__(self, confidence: float = 0.99) -> None:
        self._confidence = confidence

    def find(self, picture: Rgb, /) -> tuple[Quad, ...]:
        """Where bars lie, top to bottom."""
        grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
        contours, _ = cv2.findContours((grey < 180).astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
        boxes = (Box(x, y, x + w, y + h) for x, y, w, h in map(cv2.boundingRect, contours))
        bars = (box for box in boxes if 3000 < box.width * box.height < 30_000)
        return tuple(Quad.of_box(box) for box in sorted(bars, key=lambda box: box.top))

    def read(self, lines: Sequence[Rgb], /) -> tuple[Lattice, ...]:
        """The same words of each."""
        return tuple(lattice(Ink("常住人口登记卡", self._confidence if _stands(line) else 0.4)) for line in lines)


def _stands(bar: Rgb) -> bool:
    height, width = bar.shape[0] // 2, bar.shape[1] // 2
    corners = [bar[y : y + height, x : x + width].mean() for y in (0, height) for x in (0, width)]
    return bool(np.argmin(corners) == 0)


def sheet(bars: int = 6, flip: int | None = None, turns: int = 0) -> Rgb:
    """A sheet on a desk with bars on it, their dark corners top left; flipped as cv2 does, turned to the left."""
    paper = picture((1200, 900), DARK_DESK, [(Quad.of_box(SHEET_AT), TINTED)])
    for row in range(bars):
        left, top = SHEET_AT.left + 50, SHEET_AT.top + 60 + 60 * row
        paper[top : top + 30, left : left + 300] = BAR
        paper[top : top + 15, left : left + 150] = INK
    flipped = paper if flip is None else cv2.flip(paper, flip)
    return np.ascontiguousarray(np.rot90(flipped, turns))


def _png(page: Rgb) -> bytes:
    return encoded(Image.fromarray(page), "PNG")


SHEET = sheet()


def test_a_document_is_found_straightened_and_read() -> None:
    (reading,) = perceive(_png(SHEET), 1, engine=BarsEngine(), limits=LIMITS)
    assert (reading.width, reading.height, reading.rotation, len(reading.lines)) == (1200, 900, 0, 6)
    assert reading.engine == made_by(BarsEngine.name)
    assert (
        Quad.of_box(Box(190, 140, 1010, 710)).box.overlap(reading.quad.box)
        == reading.quad.box.width * reading.quad.box.height
    )
    assert reading.upright_width == pytest.approx(900 + 2 * 0.085 * 900, abs=30)


def test_lines_are_placed_on_the_page_as_decoded() -> None:
    (reading,) = perceive(_png(SHEET), 1, engine=BarsEngine(), limits=LIMITS)
    line = reading.lines[0]
    assert line.box.left == pytest.approx(SHEET_AT.left + 50, abs=4)
    assert line.box.top == pytest.approx(SHEET_AT.top + 60, abs=4)
    assert line.box.right == pytest.approx(SHEET_AT.left + 350, abs=4)
    assert line.measures.height == line.upright.height


@pytest.mark.parametrize(
    ("flip", "turns", "rotation", "mirrored"),
    [
        pytest.param(None, 0, 0, False, id="upright"),
        pytest.param(None, 1, 90, False, id="turned to the left"),
        pytest.param(None, 2, 180, False, id="on its head"),
        pytest.param(None, 3, 270, False, id="turned to the right"),
        pytest.param(1, 0, 0, True, id="mirrored"),
        pytest.param(0, 0, 180, True, id="mirrored and on its head"),
    ],
)
def test_a_document_is_read_the_right_way_up(flip: int | None, turns: int, rotation: int, mirrored: bool) -> None:
    page = sheet(flip=flip, turns=turns)
    (reading,) = perceive(_png(page), 1, engine=BarsEngine(), limits=LIMITS)
    assert (reading.rotation, reading.mirrored) == (rotation, mirrored)
    assert {line.confidence for line in reading.lines} == {0.99}
    first = reading.lines[0].quad  # corners in reading order, on the page as it came
    dark = page[
        round(first.top_left.y + 3 * np.sign(first.bottom_right.y - first.top_left.y)),
        round(first.top_left.x + 3 * np.sign(first.bottom_right.x - first.top_left.x)),
    ]
    assert dark.max() < 100


def test_a_document_that_reads_poorly_either_way_stays_as_it_lies() -> None:
    (reading,) = perceive(_png(SHEET), 1, engine=BarsEngine(confidence=0.4), limits=LIMITS)
    assert reading.rotation == 0


def test_two_documents_on_a_page_are_two_readings() -> None:
    page = np.vstack([sheet(), sheet()])
    readings = perceive(_png(page), 1, engine=BarsEngine(), limits=LIMITS)
    assert len(readings) == 2
    assert readings[0].quad.box.overlap(readings[1].quad.box) == 0


def _bars(page: Rgb, left: int, top: int, *, on_head: bool = False) -> None:
    """Six bars straight onto the picture, without a sheet around them."""
    block = np.full((360, 300, 3), 255, np.uint8)
    for row in range(6):
        block[60 * row : 60 * row + 30] = BAR
        block[60 * row : 60 * row + 15, :150] = INK
    page[top : top + 360, left : left + 300] = block[::-1, ::-1] if on_head else block


def test_text_beside_an_outline_is_a_document_of_its_own() -> None:
    page = np.full((1000, 1600, 3), 235, np.uint8)
    page[100:700, 100:800] = (226, 240, 200)
    _bars(page, 200, 200)
    _bars(page, 1150, 500)
    readings = perceive(_png(page), 1, engine=BarsEngine(), limits=LIMITS)
    assert [len(reading.lines) for reading in readings] == [6, 6]
    middles = [line.box.centre for line in readings[1].lines]
    assert all(1150 < middle.x < 1450 and 500 < middle.y < 860 for middle in middles)


def test_text_that_does_not_read_beside_an_outline_is_none() -> None:
    page = np.full((1000, 1600, 3), 235, np.uint8)
    page[100:700, 100:800] = (226, 240, 200)
    _bars(page, 200, 200)
    (reading,) = perceive(_png(page), 1, engine=BarsEngine(), limits=LIMITS)
    assert len(reading.lines) == 6


@pytest.mark.parametrize(
    ("places", "axis"),
    [
        pytest.param(((100, 100), (100, 700)), "y", id="one below the other"),
        pytest.param(((100, 100), (700, 100)), "x", id="side by side"),
    ],
)
def test_a_part_on_its_head_is_a_document_of_its_own(places: tuple[tuple[int, int], ...], axis: str) -> None:
    page = np.full((1200, 1200, 3), 255, np.uint8)
    for at, (left, top) in enumerate(places):
        _bars(page, left, top, on_head=at == 1)
    readings = perceive(_png(page), 1, engine=BarsEngine(), limits=LIMITS)
    assert sorted(reading.rotation for reading in readings) == [0, 180]
    assert [len(reading.lines) for reading in readings] == [6, 6]
    for reading, (left, top) in zip(sorted(readings, key=lambda one: one.rotation), places, strict=True):
        box = Box(left - 10, top - 10, left + 310, top + 370)
        assert all(line.box.overlap(box) == line.box.width * line.box.height for line in reading.lines)
        assert all(line.confidence > 0.9 for line in reading.lines)


def test_a_collage_is_a_reading_for_each_picture() -> None:
    other = sheet(flip=-1)
    other[other.sum(axis=2) < 160] = (20, 60, 120)  # another desk
    page = np.vstack([np.hstack([sheet(), other]), np.hstack([other, sheet()])])
    readings = perceive(_png(page), 1, engine=BarsEngine(), limits=LIMITS)
    assert [len(reading.lines) for reading in readings] == [6, 6, 6, 6]
    assert sorted(reading.rotation for reading in readings) == [0, 0, 180, 180]
    assert all((reading.width, reading.height) == (2400, 1800) for reading in readings)


def test_few_words_in_a_part_of_a_screenshot_are_kept_beside_its_document() -> None:
    header = np.full((700, 1200, 3), (200, 225, 215), np.uint8)
    for row in range(2):
        header[200 + 90 * row : 230 + 90 * row, 300:600] = BAR
        header[200 + 90 * row : 215 + 90 * row, 300:450] = INK
    readings = perceive(_png(np.vstack([header, sheet()])), 1, engine=BarsEngine(), limits=LIMITS)
    assert sorted(len(reading.lines) for reading in readings) == [2, 6]


def test_an_outline_that_holds_little_text_is_given_up_for_the_whole_page() -> None:
    (reading,) = perceive(_png(sheet(bars=3)), 1, engine=BarsEngine(), limits=LIMITS)
    assert reading.quad.box == Box(0, 0, 1200, 900)


def test_a_page_without_text_is_a_reading_without_lines() -> None:
    (reading,) = perceive(_png(np.full((300, 400, 3), 255, np.uint8)), 1, engine=BarsEngine(), limits=LIMITS)
    assert reading.lines == ()
    assert reading.quad.box == Box(0, 0, 400, 300)


def test_a_confidence_a_rounding_error_above_one_is_one() -> None:
    (reading,) = perceive(_png(SHEET), 1, engine=BarsEngine(confidence=1.0005), limits=LIMITS)
    assert {line.confidence for line in reading.lines} == {1.0}


def test_a_reading_carries_the_number_of_its_page() -> None:
    (reading,) = perceive(tiff(3), 3, engine=BarsEngine(), limits=LIMITS)
    assert (reading.page_no, reading.width) == (3, 10)


def test_a_file_that_cannot_be_decoded_is_refused() -> None:
    with pytest.raises(FileRejectedError):
        perceive(b"text", 1, engine=BarsEngine(), limits=LIMITS)


def test_the_same_page_gives_the_same_reading() -> None:
    readings = {perceive(_png(SHEET), 1, engine=BarsEngine(), limits=LIMITS) for _ in range(2)}
    assert len(readings) == 1
