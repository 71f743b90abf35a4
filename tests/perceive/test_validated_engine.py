import math
from collections.abc import Sequence

import numpy as np
import pytest

from models.errors import EngineError
from models.geometry import Box, Point, Quad
from models.reading import Alternative, Lattice
from pipeline.perceive.decode.pixels import Rgb
from pipeline.perceive.ocr.base import MOST_LINES, ValidatedEngine
from tests.support.lines import lattice

PICTURE = np.full((200, 400, 3), 255, np.uint8)  # a line may stand out by 100 pixels
LINE = Quad.of_box(Box(10, 10, 200, 40))


class Saying:
    """An engine that says what it was told to."""

    name = "saying-1/none/0000/0"

    def __init__(self, *places: Quad, lattices: tuple[Lattice, ...] = ()) -> None:
        self.places = places
        self.lattices = lattices

    def find(self, picture: Rgb, /) -> tuple[Quad, ...]:
        return self.places

    def read(self, lines: Sequence[Rgb], /) -> tuple[Lattice, ...]:
        return self.lattices


def seen(char: str = "1", probability: float = 0.9, span: float = 1.0) -> Lattice:
    """One step, whose second guess is the question."""
    return Lattice(steps=((Alternative("7", 0.95), Alternative(char, probability)),), span=span)


@pytest.mark.parametrize(
    "places",
    [
        pytest.param((), id="none"),
        pytest.param((LINE,) * MOST_LINES, id="as many as may be"),
        pytest.param((Quad.of_box(Box(-100, -100, 500, 300)),), id="out of the picture as far as may be"),
    ],
)
def test_lines_may_be(places: tuple[Quad, ...]) -> None:
    assert ValidatedEngine(Saying(*places)).find(PICTURE) == places


@pytest.mark.parametrize(
    "places",
    [
        pytest.param((LINE,) * (MOST_LINES + 1), id="one too many"),
        pytest.param((LINE, Quad.of_box(Box(0, 0, 501, 40))), id="too far out of the picture"),
        pytest.param((LINE._replace(top_left=Point(math.nan, 0)),), id="at no number"),
        pytest.param((LINE._replace(bottom_right=Point(0, math.inf)),), id="at infinity"),
    ],
)
def test_lines_cannot_be(places: tuple[Quad, ...]) -> None:
    with pytest.raises(EngineError):
        ValidatedEngine(Saying(*places)).find(PICTURE)


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(lattice("欧阳靖萱"), id="Han"),
        pytest.param(lattice("𠮷"), id="outside the basic plane"),
        pytest.param(lattice(""), id="nothing"),
        pytest.param(seen(probability=1.001), id="certain, rounded up"),
        pytest.param(seen(probability=0.0), id="impossible"),
    ],
)
def test_what_is_read_may_be(said: Lattice) -> None:
    assert ValidatedEngine(Saying(lattices=(said,))).read([PICTURE]) == (said,)


@pytest.mark.parametrize(
    "said",
    [
        pytest.param((), id="no answer"),
        pytest.param((seen(), seen()), id="two answers for one line"),
        pytest.param((seen(probability=math.nan),), id="a second guess of no probability"),
        pytest.param((seen(probability=1.01),), id="more than certain"),
        pytest.param((seen(probability=-0.1),), id="less than impossible"),
        pytest.param((seen("\ud83d"),), id="half a character"),
        pytest.param((seen(span=math.nan),), id="steps of no width"),
        pytest.param((seen(span=0.0),), id="steps of width zero"),
    ],
)
def test_what_is_read_cannot_be(said: tuple[Lattice, ...]) -> None:
    with pytest.raises(EngineError):
        ValidatedEngine(Saying(lattices=said)).read([PICTURE])
