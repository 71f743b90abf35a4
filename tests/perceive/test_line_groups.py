from collections.abc import Sequence

import pytest

from models.geometry import Box, Quad
from pipeline.perceive.scene.line_groups import groups_of

HIGH = 20  # pixels of a line


def _form(left: int, top: int, *, rows: int, down: int, across: int) -> list[Quad]:
    """The lines of a form: labels and values, `down` and `across` heights of a line apart."""
    places = [
        (left + column * (80 + across * HIGH), top + row * (HIGH + down * HIGH))
        for row in range(rows)
        for column in range(4)
    ]
    return [Quad.of_box(Box(x, y, x + 80, y + HIGH)) for x, y in places]


@pytest.mark.parametrize(
    ("lines", "count"),
    [
        pytest.param(_form(0, 0, rows=8, down=1, across=1), 1, id="a dense form"),
        pytest.param(_form(0, 0, rows=4, down=4, across=5), 1, id="a sparse form"),
        pytest.param(
            [*_form(0, 0, rows=8, down=1, across=1), *_form(0, 500, rows=8, down=1, across=1)], 2, id="two dense forms"
        ),
        pytest.param(
            [*_form(0, 0, rows=4, down=4, across=5), *_form(0, 900, rows=4, down=4, across=5)], 2, id="two sparse forms"
        ),
        pytest.param([Quad.of_box(Box(0, 0, 200, HIGH))], 1, id="a title alone"),
        pytest.param([Quad.of_box(Box(0, at, 200, at + HIGH)) for at in (0, 900)], 1, id="a title and a footer"),
        pytest.param([], 0, id="nothing"),
    ],
)
def test_lines_that_stand_near_one_another_are_a_group(lines: Sequence[Quad], count: int) -> None:
    boxes = groups_of(lines, (2000, 2000))
    assert len(boxes) == count
    assert all(any(box.overlap(line.box) == line.box.width * line.box.height for box in boxes) for line in lines)
