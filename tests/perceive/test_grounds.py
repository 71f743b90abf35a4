"""Print on grounds of dense lines, read by the real networks."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from fixtures.printing.fonts import Face, font
from models.policy import Limits
from pipeline.perceive.decode.pixels import Rgb
from pipeline.perceive.page import perceive
from pipeline.perceive.scene.grounds import without_ground
from tests.support.files import encoded
from tests.support.pictures import WHITE_BED, picture, text_like, upright
from tests.support.real_engine import real_engine

ROWS = (
    "常住人口登记卡",
    "姓名欧阳靖萱",
    "婚姻状况未婚",
    "民族汉族",
    "出生日期2019年11月23日",
    "籍贯浙江省杭州市",
    "文化程度小学",
)


def _weave(sheet: Image.Image) -> None:
    """Bundles of short strokes, by turns across and down: to the detector a page full of characters."""
    pen = ImageDraw.Draw(sheet)
    for row, top in enumerate(range(0, sheet.height, 20)):
        for column, left in enumerate(range(0, sheet.width, 20)):
            for line in range(3, 20, 7):
                across = (left + 1, top + line, left + 18, top + line)
                down = (left + line, top + 1, left + line, top + 18)
                pen.line(across if (row + column) % 2 else down, fill=(222, 190, 188), width=2)


@pytest.mark.ocr
@pytest.mark.timeout(120)
def test_print_on_weave_is_read() -> None:
    sheet = Image.new("RGB", (1200, 900), (247, 244, 242))
    _weave(sheet)
    for row, text in enumerate(ROWS):
        ImageDraw.Draw(sheet).text((120, 90 + 100 * row), text, font=font(Face.SONG, 34), fill=(40, 40, 44))
    (reading,) = perceive(encoded(sheet, "PNG"), 1, engine=real_engine(), limits=Limits())
    assert [line.text for line in reading.lines] == list(ROWS)


def _striped(page: Rgb, levels: int) -> Rgb:
    waves = page.copy()
    waves[::4] = np.clip(waves[::4].astype(np.int16) - levels, 0, 255).astype(np.uint8)
    return waves


@pytest.mark.parametrize("levels", [20, 40])
def test_a_ground_vanishes_and_print_stays(levels: int) -> None:
    page = np.vstack([text_like((800, 300)), picture((800, 500), WHITE_BED, [(upright(0, 0, 800, 500), WHITE_BED)])])
    bare = without_ground(_striped(page, levels))
    assert bare is not None
    strokes, blank = bare[20:280, 10:782:12, 0], bare[400:, :, 0]
    assert (strokes < 180).all()
    assert (blank > 230).all()


def test_without_a_ground_nothing_is_taken() -> None:
    assert without_ground(text_like((800, 300))) is None
    assert without_ground(picture((400, 300), WHITE_BED, [(upright(0, 0, 400, 300), WHITE_BED)])) is None
    assert without_ground(picture((30, 20), WHITE_BED, [(upright(0, 0, 30, 20), WHITE_BED)])) is None
