"""Where a sheet parts into a side that reads as it stands and one on its head."""

from collections.abc import Sequence

import pytest

from models.geometry import Box, Quad
from pipeline.perceive.ocr.base import TextLine
from pipeline.perceive.scene.reading_parts import cut_where_it_reads
from tests.support.lines import lattice

Row = tuple[int, float]  # where it begins along the sheet, and how surely it reads; 0 for a line that gives no text
READS: Sequence[Row] = [(100, 0.99), (150, 0.98), (200, 1.0), (250, 0.97), (300, 0.99)]
ASTRAY: Sequence[Row] = [(800, 0.5), (850, 0.4), (900, 0.3), (950, 0.6)]


def _lines(rows: Sequence[Row], *, beside: bool = False) -> list[TextLine]:
    boxes = [Box(at, 100, at + 40, 300) if beside else Box(100, at, 400, at + 30) for at, _ in rows]
    return [
        TextLine("样本" if sure else "", sure, Quad.of_box(box), lattice("样本"))
        for box, (_, sure) in zip(boxes, rows, strict=True)
    ]


@pytest.mark.parametrize(
    ("rows", "cut"),
    [
        pytest.param([*READS, *ASTRAY], 565, id="below a side that reads"),
        pytest.param(
            [*READS, (800, 0.95), *((at + 50, sure) for at, sure in ASTRAY)], 565, id="its date reads as well"
        ),
        pytest.param([*READS, (800, 0.5), (850, 0.0), (900, 0.0), (950, 0.6)], 565, id="half of it gives no text"),
        pytest.param(READS, None, id="everything reads"),
        pytest.param(ASTRAY, None, id="nothing reads"),
        pytest.param([*READS, *ASTRAY[:2]], None, id="two lines are no side"),
    ],
)
def test_the_cut_lies_in_the_widest_gap(rows: Sequence[Row], cut: int | None) -> None:
    found = cut_where_it_reads(_lines(rows))
    assert (found and (found[0].top, found[1].bottom)) == (cut and (cut, cut))


def test_lines_that_stand_on_end_do_not_read_as_they_stand() -> None:
    sides = [*_lines([(at, 0.99) for at, _ in ASTRAY], beside=True), *_lines(READS)]
    found = cut_where_it_reads(sides)
    assert found is not None
    assert found[0].left > found[1].right - 1
