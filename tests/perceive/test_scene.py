from collections.abc import Callable

import cv2
import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from models.geometry import Box, Point, Quad
from pipeline.perceive.decode.pixels import Rgb
from pipeline.perceive.page import read_barcodes
from pipeline.perceive.scene.document_detection import find_documents
from pipeline.perceive.scene.ink_separation import separate_ink
from pipeline.perceive.scene.orientation import readability
from pipeline.perceive.scene.rectify import Turn, cut_line, is_tall, reading_order, rectify
from tests.support.lines import Ink, lattice
from tests.support.pictures import CARD, DARK_DESK, TINTED, WHITE_BED, Colour, picture, tilted, upright

SIZE = (1200, 900)
TURNS: tuple[Turn, ...] = (0, 90, 180, 270)


def off_by(found: Quad, true: Quad) -> float:
    """The largest distance of a corner from its own, whichever corner comes first."""
    ways = (np.roll(np.asarray(found), shift, axis=0) for shift in range(4))
    return min(float(np.linalg.norm(way - np.asarray(true), axis=1).max()) for way in ways)


@pytest.mark.parametrize(
    ("bed", "paper", "sheet"),
    [
        pytest.param(
            WHITE_BED, TINTED, upright(60, 60, 540, 400), id="a tinted sheet on a white bed, four fifths of it empty"
        ),
        pytest.param(WHITE_BED, TINTED, upright(100, 80, 1000, 700), id="a tinted sheet that fills most of the bed"),
        pytest.param(WHITE_BED, TINTED, tilted(upright(300, 250, 600, 400), 4), id="a sheet that was laid down askew"),
        pytest.param(DARK_DESK, CARD, upright(250, 200, 700, 450), id="a card on a dark desk"),
        pytest.param(DARK_DESK, CARD, tilted(upright(300, 250, 600, 400), 20), id="a card on a dark desk, turned"),
        pytest.param(
            DARK_DESK,
            CARD,
            Quad(Point(300, 220), Point(930, 260), Point(1000, 700), Point(220, 640)),
            id="a card seen from aside",
        ),
        pytest.param((8, 8, 8), TINTED, upright(60, 60, 540, 400), id="a sheet under a lid that was left open"),
    ],
)
def test_a_document_is_found(bed: Colour, paper: Colour, sheet: Quad) -> None:
    (found,) = find_documents(picture(SIZE, bed, [(sheet, paper)]))
    assert off_by(found, sheet) < 12


def test_two_cards_on_one_bed_are_two_documents() -> None:
    cards = (upright(150, 60, 600, 375), upright(150, 520, 600, 375))
    found = find_documents(picture((900, 1000), WHITE_BED, [(card, TINTED) for card in cards]))
    assert len(found) == 2
    assert all(min(off_by(quad, card) for quad in found) < 12 for card in cards)


def test_two_cards_on_a_desk_are_two_documents_and_not_what_is_around_both() -> None:
    cards = (upright(200, 100, 800, 300), upright(200, 460, 800, 300))
    found = find_documents(picture(SIZE, DARK_DESK, [(card, CARD) for card in cards]))
    assert len(found) == 2
    assert all(min(off_by(quad, card) for quad in found) < 12 for card in cards)


def test_documents_come_largest_first() -> None:
    sheets = (upright(80, 80, 380, 240), upright(80, 420, 800, 420))
    found = find_documents(picture(SIZE, DARK_DESK, [(sheet, CARD) for sheet in sheets]))
    assert [off_by(quad, sheet) < 12 for quad, sheet in zip(found, reversed(sheets), strict=True)] == [True, True]


@pytest.mark.parametrize(
    "drawn",
    [
        pytest.param(lambda page: cv2.rectangle(page, (250, 250), (950, 650), (30, 30, 30), 3), id="a table's frame"),
        pytest.param(lambda page: cv2.rectangle(page, (700, 250), (900, 500), (150, 160, 170), -1), id="a photo"),
        pytest.param(lambda page: cv2.line(page, (600, 150), (600, 750), (200, 200, 205), 4), id="a fold"),
        pytest.param(lambda page: cv2.line(page, (0, 40), (500, 420), (20, 20, 90), 14), id="a pen that lies over it"),
        pytest.param(lambda page: cv2.circle(page, (600, 750), 50, (120, 90, 80), -1), id="a finger"),
    ],
)
def test_what_is_printed_or_lies_on_a_sheet_does_not_cut_it(drawn: Callable[[Rgb], Rgb]) -> None:
    sheet = upright(150, 150, 900, 600)
    (found,) = find_documents(drawn(picture(SIZE, DARK_DESK, [(sheet, CARD)])))
    assert off_by(found, sheet) < 12


def test_another_sheet_under_a_corner_neither_joins_nor_hides_the_document() -> None:
    sheet, note = upright(200, 200, 700, 450), tilted(upright(780, 520, 300, 200), 30)
    (found,) = find_documents(picture(SIZE, DARK_DESK, [(note, (250, 250, 250)), (sheet, CARD)]))
    assert off_by(found, sheet) < 12


def test_a_document_that_the_picture_cuts_off_ends_with_the_picture() -> None:
    (found,) = find_documents(picture(SIZE, DARK_DESK, [(upright(-50, 150, 800, 600), CARD)]))
    assert off_by(found, upright(0, 150, 750, 600)) < 12


def test_a_stamp_beside_a_document_is_no_document() -> None:
    sheets = [(upright(100, 100, 700, 500), CARD), (upright(900, 700, 120, 100), CARD)]
    assert len(find_documents(picture(SIZE, DARK_DESK, sheets))) == 1


def _framed() -> Rgb:
    page = picture(SIZE, CARD, [])
    cv2.rectangle(page, (200, 300), (1000, 700), (40, 90, 60), 10)
    return page


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(_framed(), id="a frame that is printed on the paper"),
        pytest.param(picture(SIZE, WHITE_BED, []), id="an empty bed"),
        pytest.param(np.zeros((300, 400, 3), np.uint8), id="black"),
        pytest.param(np.full((300, 400, 3), 255, np.uint8), id="white"),
        pytest.param(np.random.default_rng(7).integers(0, 255, (300, 400, 3), np.uint8), id="noise"),
        pytest.param(np.full((1, 1, 3), 128, np.uint8), id="a single pixel"),
        pytest.param(np.full((3, 2000, 3), 128, np.uint8), id="a stripe"),
        pytest.param(picture(SIZE, DARK_DESK, [(upright(-5, -5, 1210, 910), CARD)]), id="a document without a rim"),
    ],
)
def test_where_no_outline_stands_out_the_whole_picture_is_the_document(page: Rgb) -> None:
    height, width = page.shape[:2]
    assert find_documents(page) == (Quad.of_box(Box(0, 0, width, height)),)


@settings(deadline=None, max_examples=8)
@given(st.integers(50, 150), st.integers(50, 100), st.integers(225, 375), st.integers(160, 260), st.floats(-20, 20))
def test_outlines_are_found_wherever_they_lie(left: int, top: int, width: int, height: int, degrees: float) -> None:
    """To a twentieth of the longer side: less than what is kept around an outline."""
    sheet = tilted(upright(left, top, width, height), degrees)
    if all(5 < point.x < 595 and 5 < point.y < 445 for point in sheet):
        (found,) = find_documents(picture((600, 450), DARK_DESK, [(sheet, CARD)]))
        assert off_by(found, sheet) < max(width, height) / 20


def _quads() -> st.SearchStrategy[Quad]:
    """Four corners of a page, each somewhere near its own."""
    near = st.floats(-60, 60)
    corners = [(200.0, 150.0), (900.0, 150.0), (900.0, 650.0), (200.0, 650.0)]
    return st.builds(
        lambda moves: Quad(*(Point(x + dx, y + dy) for (x, y), (dx, dy) in zip(corners, moves, strict=True))),
        st.lists(st.tuples(near, near), min_size=4, max_size=4),
    )


@settings(deadline=None, max_examples=30)
@given(_quads(), st.sampled_from(TURNS))
def test_corners_of_a_straightened_document_lead_back_to_the_page(quad: Quad, turn: Turn) -> None:
    scene = rectify(np.zeros((900, 1200, 3), np.uint8), quad, turn)
    inverse = np.linalg.inv(scene.to_page)
    there = cv2.perspectiveTransform(np.asarray([quad], np.float64), inverse)[0]
    back = scene.on_page(Quad(*(Point(float(x), float(y)) for x, y in there)))
    assert max(abs(a - b) for one, other in zip(back, quad, strict=True) for a, b in zip(one, other, strict=True)) < 0.2


@pytest.mark.parametrize("turn", TURNS)
def test_a_turned_scene_shows_the_document_turned_clockwise(turn: Turn) -> None:
    page = np.full((900, 1200, 3), 255, np.uint8)
    page[:450, :600] = (200, 0, 0)
    scene = rectify(page, Quad.of_box(Box(0, 0, 1200, 900)), turn)
    expected = np.rot90(page, -(turn // 90))
    assert scene.picture.shape == expected.shape
    assert np.abs(scene.picture.astype(int) - expected).mean() < 2
    assert scene.rotation == turn


def test_an_outline_keeps_some_of_what_surrounds_it_and_a_whole_page_has_nothing_around() -> None:
    page = np.zeros((900, 1200, 3), np.uint8)
    inside = rectify(page, Quad.of_box(Box(100, 100, 1100, 800)))
    whole = rectify(page, Quad.of_box(Box(0, 0, 1200, 900)))
    assert inside.picture.shape == (700 + 2 * 85, 1000 + 2 * 85, 3)
    assert whole.picture.shape == page.shape
    corner = inside.on_page(Quad.of_box(Box(85, 85, 1085, 785)))
    assert corner.box == Box(100, 100, 1100, 800)


@pytest.mark.parametrize(
    ("size", "longest"),
    [
        pytest.param((300, 200), 900, id="a small picture is made larger"),
        pytest.param((1500, 1000), 1500, id="a usual one stays"),
        pytest.param((5200, 3000), 2000, id="a large one is made smaller"),
    ],
)
def test_a_scene_has_a_size_that_the_engine_reads_well(size: tuple[int, int], longest: int) -> None:
    width, height = size
    scene = rectify(np.zeros((height, width, 3), np.uint8), Quad.of_box(Box(0, 0, width, height)))
    assert max(scene.picture.shape[:2]) == longest


def test_readability_is_the_mean_over_characters() -> None:
    assert readability([]) == 0
    assert readability([lattice(Ink("登记卡", 0.9)), lattice(Ink("卡", 0.5))]) == pytest.approx((3 * 0.9 + 0.5) / 4)


def test_a_standing_line_is_cut_lying() -> None:
    page = np.full((400, 200, 3), 220, np.uint8)
    page[40:60, 80:110] = 30  # the top of a line that runs downwards is where reading starts
    standing = upright(80, 40, 30, 300)
    cut = cut_line(page, standing)
    assert is_tall(standing)
    assert cut.shape[:2] == (30, 300)
    assert cut[:, :15].mean() < 60
    assert cut[:, 30:].mean() > 200
    assert reading_order(standing)[0] == standing.top_right


def _sealed() -> Rgb:
    """Print, a seal beside it, and print below a seal, on paper of a warm tint."""
    page = np.full((1200, 1600, 3), (236, 230, 214), np.uint8)
    page[40:80, 20:60] = (40, 38, 36)
    page[40:80, 160:200] = (205, 70, 66)
    page[40:80, 300:340] = (36, 12, 10)
    return page


def test_a_seal_vanishes_and_print_below_it_stays() -> None:
    shown = separate_ink(_sealed()).printed.astype(int)
    assert shown[50:70, 30:50].max() < 60
    assert shown[50:70, 170:190].min() > 200
    assert shown[50:70, 310:330].max() < 80
    assert (shown[:30] == _sealed()[:30]).all()


def test_a_seal_vanishes_from_a_page_on_a_red_table_and_the_table_stays() -> None:
    page = np.full((600, 900, 3), (150, 60, 50), np.uint8)
    page[100:500, 150:750] = (236, 230, 214)
    page[250:260, 200:700] = (205, 70, 66)
    shown = separate_ink(page).printed
    assert shown[252:258, 220:680].min() > 200
    assert (shown[:80] == page[:80]).all()


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(np.full((60, 90, 3), (120, 30, 28), np.uint8), id="a red cover"),
        pytest.param(np.full((60, 90, 3), 128, np.uint8), id="a grey page"),
    ],
)
def test_a_page_of_one_colour_stays_as_it_is(page: Rgb) -> None:
    assert (separate_ink(page).printed == page).all()


def _with_barcode(text: str, kind: zxingcpp.BarcodeFormat) -> Rgb:
    bars = np.array(zxingcpp.create_barcode(text, kind).to_image(scale=3))
    page = np.full((700, 1100), 255, np.uint8)
    page[100 : 100 + bars.shape[0], 200 : 200 + bars.shape[1]] = bars
    return cv2.cvtColor(page, cv2.COLOR_GRAY2RGB)


def test_a_barcode_is_read_where_it_stands_on_the_page() -> None:
    page = _with_barcode("T110000000", zxingcpp.BarcodeFormat.Code128)
    (barcode,) = read_barcodes(rectify(page, Quad.of_box(Box(0, 0, 1100, 700))))
    assert (barcode.text, barcode.symbology) == ("T110000000", "Code128")
    assert Box(180, 80, 700, 300).overlap(barcode.quad.box) == barcode.quad.box.width * barcode.quad.box.height > 0


def test_the_code_of_an_app_is_read() -> None:
    page = _with_barcode("https://example.invalid/1", zxingcpp.BarcodeFormat.QRCode)
    (code,) = read_barcodes(rectify(page, Quad.of_box(Box(0, 0, 1100, 700))))
    assert (code.text, code.symbology) == ("https://example.invalid/1", "QRCode")


def test_a_page_without_a_barcode_has_none() -> None:
    assert read_barcodes(rectify(np.full((500, 900, 3), 255, np.uint8), Quad.of_box(Box(0, 0, 900, 500)))) == ()
