import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.geometry import Box, Point, Quad
from models.policy import CopyLimits
from pipeline.perceive.decode.pixels import Grey
from pipeline.perceive.moire import Raster, measure_raster
from pipeline.perceive.paper_tiles import paper_tiles

WHOLE = Quad.of_box(Box(0, 0, 900, 640))


def _paper(rng: np.random.Generator, noise: float) -> Grey:
    return np.clip(rng.normal(220, noise, (640, 900)), 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("noise", "stripes", "seen"),
    [
        pytest.param(2.0, 0.0, False, id="grainy paper"),
        pytest.param(0.0, 0.0, False, id="paper without any grain"),
        pytest.param(2.0, 6.0, True, id="stripes"),
        pytest.param(2.0, 0.5, False, id="stripes that drown in the grain"),
        pytest.param(0.0, 0.3, False, id="stripes that nobody could see"),
    ],
)
def test_stripes_on_blank_paper_are_a_raster(noise: float, stripes: float, seen: bool) -> None:
    paper = _paper(np.random.default_rng(4), noise)
    wave = stripes * np.sin(2 * np.pi * 0.21 * np.arange(paper.shape[1]))
    page = np.clip(paper + wave, 0, 255).astype(np.uint8)
    assert (share(page, WHOLE) > CopyLimits().striped) is seen


def test_print_is_no_raster_and_a_small_document_has_none() -> None:
    page = _paper(np.random.default_rng(5), 2.0)
    page[100:400:40, 50:800] = 40
    page[100:400, 50:800:16] = 40
    assert share(page, WHOLE) < CopyLimits().striped
    assert share(page, Quad.of_box(Box(10, 10, 60, 50))) == 0
    assert share(np.zeros((640, 900), np.uint8), WHOLE) == 0


def share(page: Grey, document: Quad) -> float:
    return raster_of(page, document).share


def raster_of(page: Grey, document: Quad) -> Raster:
    return measure_raster(page, paper_tiles(page, document))


@pytest.mark.parametrize("mirrored", [False, True])
def test_what_lies_around_the_document_has_no_say(mirrored: bool) -> None:
    wave = 6 * np.sin(2 * np.pi * 0.21 * np.arange(900))
    lozenge = np.array([(450, 10), (890, 320), (450, 630), (10, 320)], np.int32)
    table = cv2.fillPoly(np.ones((640, 900), np.uint8), [lozenge], 0)
    printed, woven = _paper(np.random.default_rng(6), 25.0), _paper(np.random.default_rng(7), 1.0) + wave
    page = np.where(table, woven, printed).astype(np.uint8)
    corners = tuple(Point(float(x), float(y)) for x, y in (lozenge[::-1] if mirrored else lozenge))
    assert share(page, Quad(*corners)) < CopyLimits().striped < share(page, WHOLE)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**32 - 1), st.integers(1, 200), st.integers(1, 200))
def test_a_raster_is_a_share(seed: int, width: int, height: int) -> None:
    page = np.random.default_rng(seed).integers(0, 256, (height, width), dtype=np.uint8)
    raster = raster_of(page, Quad.of_box(Box(0, 0, width // 2, height // 2)))
    assert 0 <= raster.share <= 1
    assert raster.around is None or 0 <= raster.around <= 1


def _striped(shape: tuple[int, int], cycles: float) -> Grey:
    wave = 8 * np.sin(2 * np.pi * cycles * np.arange(shape[1]))
    return np.asarray(np.clip(_paper(np.random.default_rng(8), 2.0) + wave, 0, 255), np.uint8)


DOCUMENT = Box(260, 190, 640, 450)


@pytest.mark.parametrize(
    ("inside", "around", "goes_on"),
    [
        pytest.param(0.31, 0.31, True, id="a screen with the viewer's ground around the page"),
        pytest.param(0.31, None, False, id="fine waves on paper that lies on a plain table"),
        pytest.param(0.31, 0.12, False, id="waves on a woven table"),
    ],
)
def test_a_screens_raster_goes_on_beside_the_document(inside: float, around: float | None, goes_on: bool) -> None:
    page = _paper(np.random.default_rng(9), 2.0) if around is None else _striped((640, 900), around)
    left, top, right, bottom = DOCUMENT
    page[top:bottom, left:right] = _striped((640, 900), inside)[top:bottom, left:right]
    raster = raster_of(page, Quad.of_box(DOCUMENT))
    assert raster.share > CopyLimits().striped
    assert raster.frequency == pytest.approx(inside, abs=0.02)
    assert raster.around is not None
    assert (raster.around > CopyLimits().beyond) is goes_on


@pytest.mark.parametrize("dark", [pytest.param(30, id="a dark room"), pytest.param(0, id="nothing at all")])
def test_nothing_lit_beside_the_document_tells_nothing(dark: int) -> None:
    page = np.full((640, 900), dark, np.uint8)
    left, top, right, bottom = DOCUMENT
    page[top:bottom, left:right] = _striped((640, 900), 0.31)[top:bottom, left:right]
    assert raster_of(page, Quad.of_box(DOCUMENT)).around is None
    assert raster_of(_striped((640, 900), 0.31), WHOLE).around is None
