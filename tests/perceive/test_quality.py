import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.geometry import Box
from models.policy import CopyLimits, LegibilityLimits
from models.reading import LineMeasures
from pipeline.perceive.decode.pixels import Rgb
from pipeline.perceive.quality import grey_of, measure_line, measure_page, sharpness
from pipeline.perceive.scene.ink_separation import separate_ink
from tests.support.pictures import text_like

LIMITS = LegibilityLimits()


def measured(page: Rgb, box: Box | None = None) -> LineMeasures:
    height, width = page.shape[:2]
    return measure_line(page, grey_of(page), box or Box(0, 0, width, height))


def blurred(page: Rgb, sigma: float) -> Rgb:
    return cv2.GaussianBlur(page, (0, 0), sigma) if sigma else page


def test_crisp_text_is_measured_as_crisp_and_blurred_text_as_blurred() -> None:
    assert measured(text_like()).edge_width < LIMITS.blurred_edge < measured(blurred(text_like(), 4.0)).edge_width


def test_more_blur_never_measures_crisper() -> None:
    widths = [measured(blurred(text_like(), sigma)).edge_width for sigma in (0.0, 0.5, 1.0, 2.0, 3.0, 4.0)]
    assert widths == sorted(widths)


def test_more_blur_never_measures_sharper() -> None:
    levels = [sharpness(grey_of(blurred(text_like((1000, 400)), sigma))) for sigma in (0.0, 0.5, 1.0, 2.0, 4.0)]
    assert levels == sorted(levels, reverse=True)


@pytest.mark.parametrize(
    ("ink", "paper", "contrast", "brightness"),
    [
        pytest.param(0, 255, 1.0, 1.0, id="black on white"),
        pytest.param(128, 128, 0.0, 0.502, id="nothing at all"),
        pytest.param(180, 220, 0.1569, 0.8627, id="faint print"),
    ],
)
def test_contrast_and_paper(ink: int, paper: int, contrast: float, brightness: float) -> None:
    line = measured(text_like(ink=ink, paper=paper))
    assert line.contrast == pytest.approx(contrast, abs=0.01)
    assert line.brightness == pytest.approx(brightness, abs=0.01)


def test_a_line_is_as_high_as_its_box() -> None:
    assert measured(text_like(), Box(0, 10, 400, 45)).height == 35


def test_saturation_is_the_share_of_burnt_out_pixels() -> None:
    page = np.full((40, 100, 3), 200, np.uint8)
    page[:, :25] = 255
    assert measured(page).saturated == 0.25


@pytest.mark.parametrize(
    ("ink", "red"),
    [
        pytest.param((30, 30, 30), False, id="black print"),
        pytest.param((30, 30, 120), False, id="blue ink"),
        pytest.param((200, 40, 40), True, id="a red stamp"),
    ],
)
def test_stamp_ink_is_red_and_print_is_not(ink: tuple[int, int, int], red: bool) -> None:
    page = text_like()
    page[page[:, :, 0] < 100] = ink
    assert (measured(page).redness >= 0.08) is red


@pytest.mark.parametrize(
    "tint",
    [
        pytest.param((1.0, 1.0, 1.0), id="white light"),
        pytest.param((1.0, 0.8, 0.7), id="a warm lamp"),
        pytest.param((0.8, 0.95, 1.0), id="a shadow under the sky"),
    ],
)
def test_print_below_a_seal_is_no_stamp_in_any_light(tint: tuple[float, float, float]) -> None:
    page = text_like()
    print_ = page[:, :, 0] < 100
    sealed = page.copy()
    sealed[~print_] = (214, 90, 86)
    sealed[print_] = (70, 30, 28)
    sealed[:, ::5] = page[:, ::5]
    lit = np.asarray(sealed * np.array(tint), np.uint8)
    line = measure_line(lit, separate_ink(lit).printed[:, :, 0].copy(), Box(0, 0, lit.shape[1], lit.shape[0]))
    assert line.redness < 0.078


@pytest.mark.parametrize(
    "box",
    [
        pytest.param(Box(500, 0, 600, 50), id="right of it"),
        pytest.param(Box(-100, -100, -10, -10), id="above it"),
        pytest.param(Box(10, 10, 10, 40), id="without width"),
    ],
)
def test_a_box_outside_the_picture_measures_as_nothing(box: Box) -> None:
    nothing = measured(text_like(), box)
    assert (nothing.height, nothing.contrast, nothing.edge_width) == (0, 0, 1)


def test_a_box_that_leaves_the_picture_is_clipped() -> None:
    assert measured(text_like(), Box(-50, -50, 5000, 5000)) == measured(text_like())


@settings(deadline=None, max_examples=15)
@given(st.integers(1, 200), st.integers(1, 200), st.integers(0, 255))
def test_a_page_of_any_size_is_covered_by_tiles_of_levels(width: int, height: int, level: int) -> None:
    page = np.full((height, width, 3), level, np.uint8)
    measures = measure_page(page, grey_of(page))
    surface = measures.surface
    assert len(surface.tiles) == surface.columns * surface.rows
    assert surface.columns <= 65
    assert {(tile.paper, tile.ink, tile.energy) for tile in surface.tiles} == {(level, level, 0)}
    assert measures.brightness == pytest.approx(level / 255, abs=1e-3)
    assert measures.sharpness == 0


def test_a_bright_spot_shows_in_its_tiles_only() -> None:
    page = np.full((640, 640, 3), 180, np.uint8)
    page[100:200, 300:400] = 255
    surface = measure_page(page, grey_of(page)).surface
    bright = {at for at, tile in enumerate(surface.tiles) if tile.ink >= 250}
    columns, rows = {at % surface.columns for at in bright}, {at // surface.columns for at in bright}
    assert (min(columns), max(columns), min(rows), max(rows)) == (30, 39, 10, 19)


def test_a_photocopy_has_no_colour() -> None:
    grey, tinted = text_like(), text_like()
    tinted[:, :, 2] = tinted[:, :, 2] // 2
    assert measure_page(grey, grey_of(grey)).colourfulness < 0.02 < measure_page(tinted, grey_of(tinted)).colourfulness


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**32 - 1))
def test_measures_stay_within_their_ranges(seed: int) -> None:
    page = np.random.default_rng(seed).integers(0, 256, (40, 120, 3), dtype=np.uint8)
    line = measured(page)
    shares = (line.contrast, line.edge_width, line.brightness, line.saturated)
    assert all(0 <= share <= 1 for share in shares)
    assert -1 <= line.redness <= 1


@pytest.mark.parametrize(
    "tint",
    [
        pytest.param((1.0, 1.0, 1.0), id="white light"),
        pytest.param((1.0, 0.94, 0.84), id="a warm lamp"),
        pytest.param((0.8, 0.92, 1.0), id="a shadow under the sky"),
    ],
)
def test_colour_is_what_differs_from_the_paper_and_not_the_lamps(tint: tuple[float, float, float]) -> None:
    grey = text_like((1000, 700))
    sealed = cv2.circle(grey.copy(), (700, 450), 80, (200, 40, 40), 8)
    plain, red = (np.asarray(page * np.array(tint), np.uint8) for page in (grey, sealed))
    assert vividness(plain) < vividness(red) / 3
    assert vividness(red) > 2 * CopyLimits().colourless


def test_a_grey_page_in_white_light_is_below_the_limit_of_a_photocopy() -> None:
    assert vividness(text_like((1000, 700))) < CopyLimits().colourless


@pytest.mark.parametrize(
    ("colour", "tinted"),
    [
        pytest.param(None, False, id="nothing in colour"),
        pytest.param((30, 40, 180), False, id="a note in blue"),
        pytest.param((200, 40, 40), False, id="a stamp"),
    ],
)
def test_a_copy_stays_without_tint_whatever_is_written_on_it(colour: tuple[int, int, int] | None, tinted: bool) -> None:
    page = text_like((1000, 700))
    if colour:
        cv2.putText(page, "2026", (600, 300), cv2.FONT_HERSHEY_SIMPLEX, 3, colour, 8)
    tint = measure_page(page, grey_of(page)).tint
    assert tint is not None
    assert (tint >= CopyLimits().untinted) is tinted


def test_waves_in_colour_all_over_are_a_tint() -> None:
    page = text_like((1000, 700))
    page[::6] = (190, 220, 215)
    tint = measure_page(page, grey_of(page)).tint
    assert tint is not None
    assert tint >= CopyLimits().untinted


def vividness(page: Rgb) -> float:
    value = measure_page(page, grey_of(page)).vividness
    assert value is not None
    return value
