import numpy as np
import pytest

from models.geometry import Box
from pipeline.perceive.decode.pixels import Rgb
from pipeline.perceive.scene.panels import find_panels
from tests.support.pictures import CARD, DARK_DESK, TINTED, WHITE_BED, picture, text_like, tilted, upright

SIZE = (600, 450)


def _desk(bed: tuple[int, int, int], size: tuple[int, int] = SIZE) -> Rgb:
    width, height = size
    return picture(size, bed, [(tilted(upright(0.15 * width, 0.15 * height, 0.7 * width, 0.6 * height), 3), CARD)])


def _gutter(height: int, width: int) -> Rgb:
    return np.full((height, width, 3), 255, np.uint8)


def _grid(rows: int, columns: int, gutter: int) -> Rgb:
    beds = (DARK_DESK, (120, 90, 60), (60, 80, 110), (140, 60, 50))
    lines = []
    for row in range(rows):
        cells = [_desk(beds[(row * columns + column) % len(beds)]) for column in range(columns)]
        spaced = [part for cell in cells for part in (_gutter(SIZE[1], gutter), cell)][1:]
        lines.append(np.hstack(spaced))
    stacked = [part for line in lines for part in (_gutter(gutter, line.shape[1]), line)][1:]
    return np.ascontiguousarray(np.vstack(stacked))


@pytest.mark.parametrize("gutter", [pytest.param(0, id="no gutter"), pytest.param(20, id="white gutters")])
@pytest.mark.parametrize(("rows", "columns"), [(1, 2), (2, 1), (3, 2), (6, 1)])
def test_each_picture_of_a_collage_is_a_panel(rows: int, columns: int, gutter: int) -> None:
    panels = find_panels(_grid(rows, columns, gutter))
    assert len(panels) == rows * columns
    for row in range(rows):
        for column in range(columns):
            left, top = column * (SIZE[0] + gutter), row * (SIZE[1] + gutter)
            own = Box(left, top, left + SIZE[0], top + SIZE[1])
            assert sum(panel.overlap(own) > 0.97 * SIZE[0] * SIZE[1] for panel in panels) == 1


def _ground(seed: int, size: tuple[int, int] = SIZE) -> Rgb:
    """Paper that crossing lines cover."""
    down, across = np.mgrid[: size[1], : size[0]]
    tilt = 0.4 + 0.15 * seed
    lines = (np.sin(across * tilt + down * 0.5) > 0.7) | (np.sin(across * tilt - down * 0.5) > 0.7)
    return np.where(lines[..., None], (190, 180, 205), (240, 244, 238)).astype(np.uint8)


def _copied() -> Rgb:
    """A grey copy: two lines close to each other on white paper."""
    page = np.full((1200, 900, 3), 255, np.uint8)
    for top in (300, 318):
        page[top : top + 14, 200:560] = text_like((360, 14))
    return page


def _tilted_rules() -> Rgb:
    """A form photographed at a slant: there is one blank row between rules that run from end to end."""
    page = np.full((900, 1200, 3), 243, np.uint8)
    for left in range(0, 1200, 40):
        page[440 - left // 150 : 443 - left // 150, left : left + 40] = 120
        page[449 + left // 150 : 452 + left // 150, left : left + 40] = 120
    return page


def _banded() -> Rgb:
    """A page whose ground leaves blank rows between its bands."""
    page = _ground(1, (1200, 900))
    for top in range(30, 900, 60):
        page[top : top + 3] = 255
    return page


def _checkered() -> Rgb:
    """A page whose ground consists of columns in two colours."""
    page = _ground(1, (1200, 900))
    for left in range(20, 1180, 60):
        page[:, left : left + 12] = (150, 170, 205)
    return page


@pytest.mark.parametrize("gutter", [3, 5])
def test_pages_on_grounds_are_parted_at_gutters_as_thin_as_a_rule(gutter: int) -> None:
    pages = [_ground(seed) for seed in range(5)]
    stitched = np.vstack([part for page in pages for part in (_gutter(gutter, SIZE[0]), page)][1:])
    panels = sorted(find_panels(stitched), key=lambda panel: panel.top)
    tops = [row * (SIZE[1] + gutter) for row in range(5)]
    assert [panel.top for panel in panels] == pytest.approx(tops, abs=gutter + 2)


def _form() -> Rgb:
    """A form whose rules run from one end of the picture to the other."""
    page = np.full((900, 1200, 3), 250, np.uint8)
    page[100::120] = page[101::120] = 40
    page[:, 300:302] = 40
    return page


def _cloth() -> Rgb:
    """A card on a cloth whose checks run along the picture, one of them where the tint of the card changes."""
    page = np.full((900, 1200, 3), (90, 96, 150), np.uint8)
    page[:, 600:] = (120, 126, 190)
    page[200:700, 300:900] = (235, 232, 238)
    page[200:700, 604:900] = (226, 208, 240)
    return page


def _header() -> Rgb:
    page = _desk(WHITE_BED, (900, 1200))
    page[:80] = (40, 120, 90)
    return page


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(_desk(DARK_DESK), id="a card on a desk"),
        pytest.param(np.vstack([text_like((1200, 60))] * 15), id="a page of print"),
        pytest.param(_form(), id="rules across a form"),
        pytest.param(_header(), id="the bar of an app"),
        pytest.param(_copied(), id="two lines on a copy"),
        pytest.param(_tilted_rules(), id="a blank row between slanted rules"),
        pytest.param(_banded(), id="a ground in bands with blank rows between them"),
        pytest.param(_checkered(), id="a ground of columns in two colours"),
        pytest.param(np.random.default_rng(1).integers(0, 256, (600, 800, 3)).astype(np.uint8), id="noise"),
        pytest.param(_cloth(), id="a card on a checked cloth"),
        pytest.param(picture((1200, 900), WHITE_BED, [(upright(0, 0, 1130, 840), TINTED)]), id="a sheet in a corner"),
        pytest.param(np.full((900, 1200, 3), 255, np.uint8), id="nothing"),
        pytest.param(np.full((4, 4, 3), 255, np.uint8), id="hardly a picture"),
    ],
)
def test_one_picture_is_one_panel(page: Rgb) -> None:
    assert find_panels(page) == (Box(0, 0, page.shape[1], page.shape[0]),)
