"""Watermarks: which lines tell of one, whose lines are its own, and how its ink is projected out."""

import math

import cv2
import numpy as np
import pytest

from fixtures.pictures.files import content
from fixtures.specimens.real import of_kind
from fixtures.truth import Split
from models.geometry import Box, Point, Quad
from models.policy import Limits
from pipeline.extract.extraction import extract_page
from pipeline.perceive.decode.pixels import Rgb
from pipeline.perceive.ocr.base import TextLine
from pipeline.perceive.page import perceive
from pipeline.perceive.scene.colour_projection import ink_of, without_ink
from pipeline.perceive.watermarks import find_watermark
from tests.support.lines import lattice
from tests.support.real_engine import real_engine

Said = tuple[str, float]  # words, and the degrees by which they slant
WORDS = "仅供样本儿童医院建档使用"


def line(said: Said, row: int = 0, confidence: float = 0.99) -> TextLine:
    """Words of 30 pixels' height that slant by some degrees, in rows below one another."""
    text, angle = said
    turn = math.radians(angle)
    along = Point(30 * len(text) * math.cos(turn), 30 * len(text) * math.sin(turn))
    down = Point(-30 * math.sin(turn), 30 * math.cos(turn))
    x, y = 400.0, 200.0 + 90 * row
    quad = Quad(
        Point(x, y),
        Point(x + along.x, y + along.y),
        Point(x + along.x + down.x, y + along.y + down.y),
        Point(x + down.x, y + down.y),
    )
    return TextLine(text, confidence, quad, lattice(text))


def lines(said: tuple[Said, ...], confidence: float = 0.99) -> list[TextLine]:
    return [line(one, row, confidence) for row, one in enumerate(said)]


@pytest.mark.parametrize(
    ("printed", "stamped", "text"),
    [
        pytest.param(((WORDS, -30), ("姓名", 0)), (), WORDS, id="a slanted line that says what it is for"),
        pytest.param((("姓名", 0),), ((WORDS, -30),), WORDS, id="the same in red, among the stamps"),
        pytest.param(
            (("儿童医院建", 28), ("医院建档", 28), ("童医院", -28)), (), "儿童医院建档", id="words that repeat, crossed"
        ),
        pytest.param(
            (("仅供样本儿童", 25), ("样本儿童医院建", 24), ("院建档使用", 26)), (), WORDS, id="pieces are put together"
        ),
        pytest.param((("限望江儿童医院", -15),), (), "限望江儿童医院", id="the first word cut off"),
        pytest.param(
            (("幼保健院登", -24), ("供梧桐妇幼", -23)), (), "幼保健院登", id="two steep pieces in another ink"
        ),
        pytest.param(((WORDS, -3), ("姓名欧阳靖萱", 0)), (), WORDS, id="a note by hand, level and in another ink"),
        pytest.param(
            (("仅限医院使用", 0), ("仅限医院使用", 0), ("仅限医院使用", 0)), (), "仅限医院使用", id="level rows"
        ),
        pytest.param((("姓名欧阳靖萱", 0), ("住址浙江省杭州市", 1)), (), None, id="print"),
        pytest.param(
            (("姓名欧阳靖萱", 10), ("住址浙江省杭州市", 10), ("公民身份号码", 11)),
            (),
            None,
            id="a page that lies askew",
        ),
        pytest.param((("常住人口登记卡", 0),), (("专用章", 60), ("户口专用", 62)), None, id="two seals"),
        pytest.param((("派出所户口", -35), ("专用章", 55), ("省户口", -30)), (), None, id="a seal on a grey copy"),
        pytest.param((("样本", 20), ("样本", 20), ("样本", 20)), (), None, id="样本 of the specimens"),
    ],
)
def test_what_tells_of_a_watermark(printed: tuple[Said, ...], stamped: tuple[Said, ...], text: str | None) -> None:
    found = find_watermark(lines(printed), lines(stamped), lambda _: True)
    assert (found and found.text) == text


@pytest.mark.parametrize("angle", [0, -3])
def test_a_level_line_in_the_prints_own_ink_is_print(angle: float) -> None:
    assert find_watermark(lines(((WORDS, angle),)), [], lambda _: False) is None


def test_a_line_that_hardly_reads_tells_nothing() -> None:
    assert find_watermark(lines(((WORDS, -30),), confidence=0.4), [], lambda _: True) is None


@pytest.mark.parametrize(
    ("said", "marks"),
    [
        pytest.param(("儿童医院建", -30), True, id="a piece"),
        pytest.param(("兀龙竹", -27), True, id="misread, along the mark"),
        pytest.param(("医院建档", -12), True, id="a piece that sways"),
        pytest.param(("复印无效", 50), True, id="words of any mark"),
        pytest.param(("仅供样本儿", 0), True, id="level, and says what it is for"),
        pytest.param(("样本儿童医院", 0), False, id="the hospital in a cell"),
        pytest.param(("汉族", 0), False, id="print"),
        pytest.param(("专用章", 60), False, id="a seal"),
        pytest.param(("无效", 0), True, id="a scrap too short to tell its slant"),
        pytest.param(("系使用", 0), True, id="the same, and a misread character"),
    ],
)
def test_whose_line_it_is(said: Said, marks: bool) -> None:
    found = find_watermark(lines(((WORDS, -30), (WORDS, -31))), [], lambda _: True)
    assert found is not None
    assert found.says(line(said), lambda _: False) is marks


@pytest.mark.parametrize(
    ("said", "inked", "left"),
    [
        pytest.param("曹悦立无效", 0, "曹悦立", id="words of any mark"),
        pytest.param("卢薇系建档使用", 0, "卢薇系", id="words of this mark"),
        pytest.param("使用仅供曹悦立", 0, "曹悦立", id="before the value, where the mark begins again"),
        pytest.param("毛苏景儿童医院", 530, "毛苏景", id="words that print may say as well, in the mark's ink"),
        pytest.param("梁禾薇供样本儿童", 0, "梁禾薇", id="the beginning of the mark"),
        pytest.param("样本儿童医院", 0, "样本儿童医院", id="the same in the print's ink: an employer"),
        pytest.param("样本儿童医院", 1, "样本儿童医院", id="the same, and all of the line in the mark's ink"),
        pytest.param("11010519900307661X使用", 0, "11010519900307661X", id="behind a number"),
        pytest.param("使用2014.03.02-2034.03.02", 0, "2014.03.02-2034.03.02", id="before a range of dates"),
        pytest.param("欧阳靖萱", 0, "欧阳靖萱", id="print"),
        pytest.param("女", 0, "女", id="a single character"),
    ],
)
def test_words_of_a_mark_leave_the_print_of_a_line(said: str, inked: int, left: str) -> None:
    found = find_watermark(lines(((WORDS, -30), (WORDS, -31))), [], lambda _: True)
    assert found is not None
    row = line((said, 0))
    rest = found.without_words(row, lambda place: 0 < inked <= place.box.right and place.box.left >= inked - 150)
    assert rest.text == left
    assert rest.quad.box.width == pytest.approx(30 * len(left), abs=31)
    assert (rest is row) == (left == said)


PAPER, PRINT = (240, 238, 230), (60, 60, 62)
PLACE = Quad.of_box(Box(100, 40, 500, 90))


def _page(ink: tuple[int, int, int]) -> Rgb:
    """Bars of print, and across them bars of a mark's ink, which mix with what lies below."""
    page = np.full((400, 600, 3), PAPER, np.uint8)
    for x in range(100, 500, 40):
        page[150:200, x : x + 8] = PRINT
    marked = page.copy()
    for x in range(110, 500, 30):
        marked[40:90, x : x + 9] = ink
        marked[160:180, x : x + 9] = ink
    return np.asarray(cv2.addWeighted(marked, 0.4, page, 0.6, 0), np.uint8)


@pytest.mark.parametrize(
    "ink",
    [
        pytest.param((40, 84, 200), id="blue"),
        pytest.param((214, 48, 48), id="red"),
        pytest.param((30, 140, 80), id="green"),
        pytest.param((128, 128, 128), id="grey"),
    ],
)
def test_ink_vanishes_and_print_stays(ink: tuple[int, int, int]) -> None:
    page = _page(ink)
    cleaned = without_ink(page, ink_of(page, [PLACE]))
    assert cleaned is not None
    assert cleaned[45:85, 110:500].min() > 215  # the mark beside the print
    assert cleaned[185:198, 102:106].max() < 120  # print
    assert cleaned[162:178, 112:117].min() > 215  # the mark between bars of print


def test_ink_as_dark_as_print_stays() -> None:
    assert without_ink(_page((0, 0, 0)), np.full(3, 0.3)) is None


@pytest.mark.ocr
@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    ("kind", "number", "file", "words"),
    [
        pytest.param("strong-watermark", 2, "IMG_1041.jpg", "再次复印无效", id="black"),
        pytest.param("strong-watermark", 1, "IMG_1042.jpg", "本医院", id="red"),
        pytest.param("note", 0, "IMG_1041.jpg", "仅供挂号使用", id="by hand"),
        pytest.param("grounds", 0, "IMG_1041.jpg", None, id="none"),
    ],
)
def test_a_page_is_read_beneath_its_watermark(kind: str, number: int, file: str, words: str | None) -> None:
    made = of_kind(kind, Split.TRAIN, 77, number)
    drawn = next(one for one in made.files if one.path == file)
    (reading,) = perceive(content(drawn), 1, engine=real_engine(), limits=Limits())
    found = reading.watermark
    assert (found is not None and words in found.text) if words else found is None
    assert not any(part in one.text for part in ("仅供", "仅限", "复印", "使用") for one in reading.lines)
    assert all(field.value is not None for field in extract_page(reading).fields.values())
