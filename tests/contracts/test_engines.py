"""What every OCR engine must do, on whichever runtime; loads the real weights."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from fixtures.printing.fonts import Face, font
from models.geometry import Box
from models.reading import BLANK, weights_named
from pipeline.perceive.decode.pixels import Rgb
from pipeline.perceive.ocr.base import OcrEngine
from pipeline.perceive.ocr.engine import engine_kind
from pipeline.perceive.ocr.lattice import log_likelihood, text_of
from pipeline.perceive.ocr.options import OcrOptions
from pipeline.perceive.scene.rectify import cut_line

pytestmark = [pytest.mark.ocr, pytest.mark.timeout(120)]

ROWS = ("常住人口登记卡", "欧阳靖萱", "110199201911230020", "2019年11月23日", "T110000000", "女")
ENGINES = {
    "openvino": OcrOptions(engine="openvino"),
    "openvino in full precision": OcrOptions(engine="openvino", precision="f32"),
    "onnxruntime": OcrOptions(engine="onnxruntime"),
    "paddleocr": OcrOptions(engine="paddleocr"),
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run every test on each engine of ours, or on the one that `--engine` names."""
    other = metafunc.config.getoption("engine")
    tested = {other: OcrOptions(engine=other)} if other else ENGINES
    if "options" in metafunc.fixturenames:
        metafunc.parametrize("options", tested.values(), ids=tested, scope="module")


@pytest.fixture(scope="module")
def engine(options: OcrOptions) -> OcrEngine:
    return engine_kind(options.engine).load(options)


def page(rows: tuple[str, ...] = ROWS) -> Rgb:
    """Rows of print, a hundred pixels apart, each beginning at 60, 50."""
    sheet = Image.new("RGB", (900, 100 + 100 * len(rows)), (240, 240, 236))
    for row, text in enumerate(rows):
        ImageDraw.Draw(sheet).text((60, 50 + 100 * row), text, font=font(Face.SONG, 40), fill=(30, 30, 30))
    return np.asarray(sheet)


def test_lines_are_found_where_they_stand_and_read_top_to_bottom(engine: OcrEngine) -> None:
    picture = page()
    places = engine.find(picture)
    assert [text_of(line) for line in engine.read([cut_line(picture, place) for place in places])] == list(ROWS)
    for row, place in enumerate(places):
        print_ = Box(62, 64 + 100 * row, 80, 95 + 100 * row)
        assert place.box.overlap(print_) == print_.width * print_.height


def test_what_a_line_says_does_not_depend_on_its_neighbours(engine: OcrEngine) -> None:
    picture = page()
    lines = [cut_line(picture, place) for place in engine.find(picture)]
    alone = [engine.read([line])[0] for line in lines]
    assert list(engine.read(lines)) == alone
    assert list(engine.read(lines[::-1])) == alone[::-1]


def test_steps_hold_probabilities_best_first(engine: OcrEngine) -> None:
    picture = page()
    for lattice in engine.read([cut_line(picture, place) for place in engine.find(picture)]):
        for step in lattice.steps:
            known = [one.probability for one in step]
            assert known == sorted(known, reverse=True)
            assert 0.9 < sum(known) <= 1.001
            assert len({one.char for one in step}) == len(step)
        assert lattice.span * len(lattice.steps) == pytest.approx(1, abs=0.3)


def test_the_lattice_knows_what_is_printed_better_than_what_is_not(engine: OcrEngine) -> None:
    picture = page(("欧阳靖萱",))
    (lattice,) = engine.read([cut_line(picture, place) for place in engine.find(picture)])
    assert log_likelihood(lattice.steps, "欧阳靖萱") > log_likelihood(lattice.steps, "欧阳靖宣") + 3


@pytest.mark.parametrize(
    "picture",
    [
        pytest.param(np.full((600, 800, 3), 255, np.uint8), id="white"),
        pytest.param(np.zeros((600, 800, 3), np.uint8), id="black"),
        pytest.param(np.full((1, 1, 3), 200, np.uint8), id="one pixel"),
        pytest.param(np.full((10, 3000, 3), 200, np.uint8), id="a strip"),
    ],
)
def test_a_picture_without_text_has_no_lines(engine: OcrEngine, picture: Rgb) -> None:
    assert engine.find(picture) == ()


def test_noise_crashes_nothing(engine: OcrEngine) -> None:
    noise = np.random.default_rng(3).integers(0, 256, (700, 900, 3), np.uint8).astype(np.uint8)
    engine.read([cut_line(noise, place) for place in engine.find(noise)])


@pytest.mark.parametrize("size", [(1, 1), (1, 400), (400, 1), (60, 9000)])
def test_a_line_of_any_size_is_read(engine: OcrEngine, size: tuple[int, int]) -> None:
    (lattice,) = engine.read([np.full((*size, 3), 220, np.uint8)])
    assert lattice.steps
    assert not [one for step in lattice.steps for one in step[:1] if one.char != BLANK and one.probability > 0.9]


def test_its_name_tells_everything_that_could_change_what_is_read(engine: OcrEngine, options: OcrOptions) -> None:
    kind = engine_kind(options.engine)
    assert engine.name == kind.name(options)
    others = {engine_kind(other.engine).name(other) for other in ENGINES.values() if other.engine != options.engine}
    assert engine.name not in others
    assert engine.name != kind.name(options.model_copy(update={"detection_side": 640}))
    assert len(weights_named(engine.name)) == 16


def test_the_alphabet_holds_everything_that_is_read(engine: OcrEngine, options: OcrOptions) -> None:
    known = engine_kind(options.engine).alphabet(options)
    picture = page()
    for lattice in engine.read([cut_line(picture, place) for place in engine.find(picture)]):
        assert {one.char for step in lattice.steps for one in step} <= known | {BLANK, " "}
