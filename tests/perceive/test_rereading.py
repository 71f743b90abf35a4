"""Lines that are not sure are read again: how often, and what becomes of several looks."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.geometry import Box, Quad
from models.reading import Lattice
from pipeline.perceive.decode.pixels import Rgb
from pipeline.perceive.ocr.lattice import text_of
from pipeline.perceive.rereading import combined, read_lines
from tests.support.lines import Ink, lattice

PAGE = np.full((2000, 400, 3), 230, np.uint8)


class HesitantEngine:
    """Says the next thing that it was told to say, of whatever line it is shown."""

    name = "hesitant-1/none/0000/0"

    def __init__(self, *says: Ink) -> None:
        self._says = list(says)
        self.asked = 0

    def find(self, picture: Rgb, /) -> tuple[Quad, ...]:
        return ()

    def read(self, lines: Sequence[Rgb], /) -> tuple[Lattice, ...]:
        self.asked += len(lines)
        return tuple(lattice(self._says.pop(0) if len(self._says) > 1 else self._says[0]) for _ in lines)


def places(count: int) -> list[Quad]:
    return [Quad.of_box(Box(10, 20 + 40 * row, 300, 50 + 40 * row)) for row in range(count)]


@pytest.mark.parametrize(
    ("said", "looks"),
    [
        pytest.param(Ink("欧阳靖萱"), 1, id="a sure line is read once"),
        pytest.param(Ink("欧阳靖萱", weak={3: 0.89}), 3, id="one unsure character, two more looks"),
        pytest.param(Ink("欧阳靖萱", weak={3: 0.9}), 1, id="just sure enough"),
        pytest.param(Ink("欧阳靖萱", sure=0.3), 1, id="what is no text is given up"),
        pytest.param(Ink(""), 1, id="nothing"),
    ],
)
def test_how_often_a_line_is_looked_at(said: Ink, looks: int) -> None:
    engine = HesitantEngine(said)
    read_lines(PAGE, places(1), {}, engine)
    assert engine.asked == looks


def test_what_a_page_costs_is_bounded() -> None:
    engine = HesitantEngine(Ink("欧阳靖萱", weak={0: 0.6}))
    assert len(read_lines(PAGE, places(40), {}, engine)) == 40
    assert engine.asked == 40 + 2 * 12


def test_lines_that_are_known_are_not_read_again() -> None:
    engine = HesitantEngine(Ink("女"))
    there = places(2)
    read = read_lines(PAGE, there, {there[0]: lattice("男")}, engine)
    assert [line.text for line in read] == ["男", "女"]
    assert engine.asked == 1


def test_two_looks_that_agree_outvote_one() -> None:
    first, again = (
        Ink("瑤", weak={0: 0.55}, others={0: {"瑶": 0.4}}),
        Ink("瑶", weak={0: 0.9}, others={0: {"瑤": 0.05}}),
    )
    (line,) = read_lines(PAGE, places(1), {}, HesitantEngine(first, again, again))
    assert line.text == "瑶"
    assert line.confidence == pytest.approx((0.4 + 0.9 + 0.9) / 3, abs=1e-4)


def test_looks_that_disagree_stay_unsure() -> None:
    told = combined([lattice(Ink("宇", sure=0.99)), lattice(Ink("字", sure=0.99)), lattice(Ink("宇", sure=0.99))])
    assert text_of(told) == "宇"
    assert max(one.probability for step in told.steps for one in step if one.char == "宇") == pytest.approx(0.66)


@given(st.lists(st.floats(0.01, 1.0), min_size=1, max_size=4))
def test_the_mean_of_looks_lies_between_them(sure: list[float]) -> None:
    (step,) = (step for step in combined([lattice(Ink("萱", sure=one)) for one in sure]).steps if step[0].char == "萱")
    assert min(sure) - 1e-4 <= step[0].probability <= max(sure) + 1e-4
