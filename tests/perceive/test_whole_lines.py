"""Lines whose beginning or end the finder missed are read whole, by the real networks."""

from collections.abc import Sequence

import numpy as np
import pytest
from PIL import Image, ImageDraw

from fixtures.printing.fonts import Face, font
from models.geometry import Box, Quad
from pipeline.perceive.column_edges import from_their_columns
from pipeline.perceive.decode.pixels import Rgb
from pipeline.perceive.line_finding import find_lines
from pipeline.perceive.rereading import line_of
from pipeline.perceive.scene.rectify import cut_line
from tests.support.real_engine import real_engine

PAPER, INK = (240, 240, 236), (60, 60, 64)
EM, LEFT, ROW = 34, 300, 70
COLUMN = ("向仪亚", "广东省广州市", "汉族", "高中")

pytestmark = pytest.mark.ocr


def printed(*words: tuple[int, int, str]) -> Rgb:
    """Words on paper, each with its left and top edge."""
    sheet = Image.new("RGB", (1200, 400), PAPER)
    for left, top, text in words:
        ImageDraw.Draw(sheet).text((left, top), text, font=font(Face.SONG, EM), fill=INK)
    return np.asarray(sheet)


def of_column(first: str) -> Rgb:
    return printed(*((LEFT, 20 + ROW * row, text) for row, text in enumerate((first, *COLUMN[1:]))))


def row_at(row: int, left: int, width: int) -> Quad:
    return Quad.of_box(Box(left, 16 + ROW * row, left + width, 26 + EM + ROW * row))


@pytest.mark.parametrize(
    ("first", "missed", "beside", "read"),
    [
        pytest.param("向仪亚", EM, (), "向仪亚", id="the first character was missed"),
        pytest.param("　仪亚", EM, (), "仪亚", id="nothing stands before the line"),
        pytest.param("欧阳仪亚", 2 * EM, (), "欧阳仪亚", id="two characters were missed"),
        pytest.param("向仪亚", EM, (row_at(0, LEFT, EM - 4),), "仪亚", id="a line of its own stands there"),
        pytest.param("向仪亚", 0, (), "向仪亚", id="nothing was missed"),
    ],
)
def test_a_line_that_begins_after_its_column(first: str, missed: int, beside: Sequence[Quad], read: str) -> None:
    engine, page = real_engine(), of_column(first)
    width = EM * max(map(len, (first, *COLUMN)))
    places = (row_at(0, LEFT + missed, EM * len(first) - missed), *(row_at(row, LEFT, width) for row in (1, 2, 3)))
    lattices = engine.read([cut_line(page, place) for place in places])
    lines = [line_of(*found) for found in zip(places, lattices, strict=True)]
    others = [line_of(place, lattices[1]) for place in beside]
    assert from_their_columns((page,), (*lines, *others), engine)[0].text == read


@pytest.mark.parametrize(
    ("bare", "told"),
    [
        pytest.param(((100, 150, "出生日期"),), {"出生日期", "六月"}, id="the ground's removal took the value"),
        pytest.param(((100, 150, "出生日期"), (246, 150, "六月")), {"出生日期六月"}, id="it took nothing"),
        pytest.param((), {"出生日期六月"}, id="it took the whole line"),
    ],
)
def test_the_part_of_a_line_that_shows_only_with_its_ground(
    bare: tuple[tuple[int, int, str], ...], told: set[str]
) -> None:
    engine, page = real_engine(), printed((100, 150, "出生日期"), (246, 150, "六月"))
    places = find_lines(page, printed(*bare), engine)
    assert {line_of(place, *engine.read([cut_line(page, place)])).text.replace(" ", "") for place in places} == told
