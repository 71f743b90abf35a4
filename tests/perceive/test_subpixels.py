import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.geometry import Box, Quad
from models.policy import CopyLimits
from pipeline.perceive.decode.pixels import Rgb
from pipeline.perceive.paper_tiles import paper_tiles
from pipeline.perceive.quality import grey_of
from pipeline.perceive.subpixels import measure_subpixels

LIMIT = CopyLimits().subpixels
HEIGHT, WIDTH = 640, 900
WHOLE = Box(0, 0, WIDTH, HEIGHT)
THIRDS = (0.0, 1 / 3, 2 / 3)


def measured(page: Rgb, document: Box = WHOLE) -> float:
    return measure_subpixels(page, paper_tiles(grey_of(page), Quad.of_box(document)))


def striped(cycles: float, phases: tuple[float, float, float], depths: tuple[float, float, float], tilt: float) -> Rgb:
    """Grainy paper whose red, green and blue waver with these phases (in periods) and depths (in grey levels)."""
    grain = np.random.default_rng(3).normal(215, 2, (HEIGHT, WIDTH, 1))
    down, across = np.mgrid[:HEIGHT, :WIDTH]
    way = cycles * (across * np.cos(tilt) + down * np.sin(tilt))
    waves = [depth * np.sin(2 * np.pi * (way + phase)) for phase, depth in zip(phases, depths, strict=True)]
    return np.asarray(np.clip(grain + np.stack(waves, axis=-1), 0, 255), np.uint8)


def printed(page: Rgb) -> Rgb:
    """The same under lines of print."""
    for top in range(40, HEIGHT - 40, 160):
        for left in range(30, WIDTH - 60, 34):
            cv2.putText(page, "R8", (left, top), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (40, 40, 44), 2)
    return page


@pytest.mark.parametrize("cycles", [0.1, 0.21, 0.34])
@pytest.mark.parametrize("tilt", [0.0, 0.3, 1.5])
@pytest.mark.parametrize(
    ("phases", "depths", "screen"),
    [
        pytest.param(THIRDS, (6, 6, 6), True, id="red, green, blue"),
        pytest.param(THIRDS[::-1], (6, 6, 6), True, id="blue, green, red"),
        pytest.param(THIRDS, (9, 7, 4), True, id="a warm screen"),
        pytest.param((0.0, 0.0, 0.0), (6, 6, 6), False, id="grey lines"),
        pytest.param((0.0, 0.0, 0.0), (2, 5, 8), False, id="lines in colour"),
        pytest.param((0.0, 0.05, 0.1), (5, 6, 7), False, id="lines with a fringe of colour"),
        pytest.param((0.0, 0.5, 0.5), (6, 3, 3), False, id="red lines between green ones"),
        pytest.param(THIRDS, (0.2, 0.2, 0.2), False, id="stripes that nobody could see"),
    ],
)
def test_colours_turn_on_a_screen_and_not_in_ink(
    cycles: float,
    tilt: float,
    phases: tuple[float, float, float],
    depths: tuple[float, float, float],
    screen: bool,
) -> None:
    blank = striped(cycles, phases, depths, tilt)
    assert (measured(blank) > LIMIT) is screen
    assert (measured(printed(blank)) > LIMIT) is screen


def test_two_inks_with_lines_of_their_own_are_no_screen() -> None:
    one = striped(0.15, (0.0, 0.0, 0.0), (1, 5, 7), 0.2).astype(int)
    other = striped(0.23, (0.0, 0.0, 0.0), (7, 2, 1), 1.1).astype(int)
    assert measured(np.clip(one + other - 215, 0, 255).astype(np.uint8)) < LIMIT


def test_only_the_document_counts_and_a_small_one_tells_nothing() -> None:
    page = striped(0.2, THIRDS, (6, 6, 6), 0.0)
    page[150:500, 200:700] = striped(0.2, (0.0, 0.0, 0.0), (6, 6, 6), 0.0)[150:500, 200:700]
    assert measured(page, Box(200, 150, 700, 500)) < LIMIT < measured(page)
    assert measured(page, Box(10, 10, 60, 50)) == 0


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**32 - 1), st.integers(1, 300), st.integers(1, 300))
def test_any_picture_has_a_share(seed: int, width: int, height: int) -> None:
    page = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    assert 0 <= measured(page, Box(0, 0, width, height)) <= 1
