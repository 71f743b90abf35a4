import math

import numpy as np
import pytest
from PIL import Image

from models.errors import EngineError, FileRejectedError
from models.geometry import Box, Point, Quad
from models.policy import Limits
from pipeline.decode.pixels import Rgb
from pipeline.ocr.base import TextLine
from pipeline.perceive import made_by, perceive
from tests.support.files import encoded, tiff
from tests.support.lines import lattice
from tests.support.pictures import DARK_DESK, TINTED, WHITE_BED, picture, upright

LIMITS = Limits()
RED, BLUE = (200, 0, 0), (0, 0, 200)


class RowsEngine:
    """Reads lines of one text, which read well only where the mark of red is top left."""

    name = "rows-1/none/0000/0"

    def __init__(self, rows: int = 6, confidence: float = 0.99) -> None:
        self._rows = rows
        self._confidence = confidence

    def read(self, picture: Rgb, /) -> tuple[TextLine, ...]:
        """As many lines as it was told to."""
        height, width = picture.shape[:2]
        upright_ = bool(_is_red(picture[: height // 2, : width // 2]))
        confidence = self._confidence if upright_ else 0.4
        boxes = (Box(50, 50 + 50 * row, 350, 80 + 50 * row) for row in range(self._rows))
        return tuple(
            TextLine("常住人口登记卡", confidence, Quad.of_box(box), lattice("常住人口登记卡")) for box in boxes
        )


def _is_red(part: Rgb) -> bool:
    return bool((part[:, :, 0].astype(int) - part[:, :, 1] > 100).any())


def _marked(page: Rgb, at: tuple[int, int]) -> Rgb:
    """With a mark of red at x, y."""
    x, y = at
    marked = page.copy()
    marked[y : y + 40, x : x + 40] = RED
    return marked


def _png(page: Rgb) -> bytes:
    return encoded(Image.fromarray(page), "PNG")


SHEET = _marked(picture((1200, 900), DARK_DESK, [(upright(200, 150, 800, 550), TINTED)]), (250, 200))


def test_a_document_is_found_straightened_and_read() -> None:
    (reading,) = perceive(_png(SHEET), 1, engine=RowsEngine(), limits=LIMITS)
    assert (reading.width, reading.height, reading.rotation, len(reading.lines)) == (1200, 900, 0, 6)
    assert reading.engine == made_by(RowsEngine.name)
    assert (
        Quad.of_box(Box(190, 140, 1010, 710)).box.overlap(reading.quad.box)
        == reading.quad.box.width * reading.quad.box.height
    )
    assert reading.upright_width == pytest.approx(900 + 2 * 0.085 * 900, abs=30)


def test_lines_are_placed_on_the_page_as_decoded() -> None:
    (reading,) = perceive(_png(SHEET), 1, engine=RowsEngine(), limits=LIMITS)
    line = reading.lines[0]
    assert line.upright == Box(50, 50, 350, 80)
    assert line.box.left == pytest.approx(reading.quad.top_left.x - 0.085 * 800 + 50 * 800 / 900, abs=25)
    assert line.measures.height == 30


@pytest.mark.parametrize(
    ("mark", "rotation"),
    [pytest.param((250, 200), 0, id="upright"), pytest.param((900, 600), 180, id="on its head")],
)
def test_a_document_is_read_the_right_way_up(mark: tuple[int, int], rotation: int) -> None:
    page = _marked(picture((1200, 900), DARK_DESK, [(upright(200, 150, 800, 550), TINTED)]), mark)
    (reading,) = perceive(_png(page), 1, engine=RowsEngine(), limits=LIMITS)
    assert reading.rotation == rotation
    first = reading.quad.top_left
    corner = Point(200, 150) if rotation == 0 else Point(1000, 700)
    assert math.dist(first, corner) < 12


def test_a_document_that_reads_poorly_either_way_stays_as_it_lies() -> None:
    (reading,) = perceive(_png(SHEET), 1, engine=RowsEngine(confidence=0.4), limits=LIMITS)
    assert reading.rotation == 0


def test_two_documents_on_a_page_are_two_readings() -> None:
    page = picture(
        (900, 1000), WHITE_BED, [(upright(150, 60, 600, 375), TINTED), (upright(150, 520, 600, 375), TINTED)]
    )
    page = _marked(_marked(page, (180, 90)), (180, 550))
    readings = perceive(_png(page), 1, engine=RowsEngine(), limits=LIMITS)
    assert len(readings) == 2
    assert readings[0].quad.box.overlap(readings[1].quad.box) == 0


def test_an_outline_that_holds_little_text_is_given_up_for_the_whole_page() -> None:
    (reading,) = perceive(_png(SHEET), 1, engine=RowsEngine(rows=3), limits=LIMITS)
    assert reading.quad.box == Box(0, 0, 1200, 900)


def test_a_page_without_text_is_a_reading_without_lines() -> None:
    (reading,) = perceive(_png(np.full((300, 400, 3), 255, np.uint8)), 1, engine=RowsEngine(rows=0), limits=LIMITS)
    assert reading.lines == ()
    assert reading.quad.box == Box(0, 0, 400, 300)


@pytest.mark.parametrize("confidence", [math.nan, math.inf, -0.1, 1.01])
def test_a_confidence_outside_its_range_is_no_answer(confidence: float) -> None:
    with pytest.raises(EngineError, match="outside 0 to 1"):
        perceive(_png(SHEET), 1, engine=RowsEngine(confidence=confidence), limits=LIMITS)


def test_a_confidence_a_rounding_error_above_one_is_one() -> None:
    (reading,) = perceive(_png(SHEET), 1, engine=RowsEngine(confidence=1.0005), limits=LIMITS)
    assert {line.confidence for line in reading.lines} == {1.0}


def test_a_reading_carries_the_number_of_its_page() -> None:
    (reading,) = perceive(tiff(3), 3, engine=RowsEngine(rows=0), limits=LIMITS)
    assert (reading.page_no, reading.width) == (3, 10)


def test_a_file_that_cannot_be_decoded_is_refused() -> None:
    with pytest.raises(FileRejectedError):
        perceive(b"text", 1, engine=RowsEngine(), limits=LIMITS)


def test_the_same_page_gives_the_same_reading() -> None:
    readings = {perceive(_png(SHEET), 1, engine=RowsEngine(), limits=LIMITS) for _ in range(2)}
    assert len(readings) == 1
