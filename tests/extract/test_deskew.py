import math
from collections.abc import Mapping

import pytest

from models.documents import Field
from models.geometry import Box, Point, Quad
from models.reading import Line
from pipeline.extract.deskew import deskew
from pipeline.extract.form import read_form
from tests.support.lines import line

LABELS: Mapping[Field | None, tuple[str, ...]] = {
    Field.NAME: ("姓名",), Field.SEX: ("性别",), Field.BIRTH_PLACE: ("出生地",), Field.NATIVE_PLACE: ("籍贯",),
    Field.RELIGION: ("宗教信仰",), Field.EMPLOYER: ("服务处所",),
}  # fmt: skip
CELLS = {
    "姓名": "欧阳靖萱", "性别": "女", "出生地": "北京市样本区梧桐路", "籍贯": "北京市样本区", "宗教信仰": "不信教",
    "服务处所": "北京市样本中学",
}  # fmt: skip


def _turned(held: Line, degrees: float) -> Line:
    """The line as found on a page that lies aslant: its quad turns, its box grows around the quad."""
    turn = math.radians(degrees)
    quad = Quad(*(Point(x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn))
                  for x, y in held.quad))  # fmt: skip
    return held.model_copy(update={"quad": quad, "upright": quad.box})


def _form(degrees: float) -> tuple[Line, ...]:
    lines = [line(label, 600, 600 + 55 * at) for at, label in enumerate(CELLS)]
    lines += [line(value, 760, 600 + 55 * at) for at, value in enumerate(CELLS.values())]
    return tuple(_turned(one, degrees) for one in lines)


@pytest.mark.parametrize("degrees", [-14.0, -5.0, 0.0, 5.0, 14.0])
def test_rows_of_a_tilted_page_keep_their_values(degrees: float) -> None:
    fields = read_form(deskew(_form(degrees)), LABELS).fields
    assert [field.text for field in fields.values()] == list(CELLS.values())


def test_boxes_of_a_tilted_page_are_as_high_as_its_lines() -> None:
    tilted = _form(10)
    assert max(one.upright.height for one in tilted) > 60
    assert {29, 30, 31} >= {one.upright.height for one in deskew(tilted)}


def test_a_level_page_is_left_as_it_is() -> None:
    lines = _form(0.5)
    assert all(one is other for one, other in zip(deskew(lines), lines, strict=True))


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param((), id="no lines"),
        pytest.param(_form(10)[:4], id="too few lines"),
        pytest.param(tuple(_turned(line("一", 40 * at, 60 * at), 10) for at in range(8)), id="no long lines"),
        pytest.param(
            tuple(one.model_copy(update={"upright": Box(0, 0, 10, 10)}) for one in _form(10)),
            id="boxes that tell nothing of where lines stand",
        ),
    ],
)
def test_lines_that_tell_no_slope_are_left_as_they_are(lines: tuple[Line, ...]) -> None:
    assert deskew(lines) == lines
