"""Why a place does not read: one row for each look that it may have."""

from collections.abc import Mapping
from typing import Any

import pytest

from models.documents import DocumentKind
from models.findings import Code, Reason
from models.geometry import Box, Quad
from models.policy import Policy
from models.reading import Line, PageReading, Tile
from pipeline.judge.rules.legibility import illegible
from tests.support.cards import member, portrait
from tests.support.dossiers import Sent, dossier
from tests.support.lines import Ink, page, rows, seen

POLICY = Policy()
REGISTER, CARD = DocumentKind.HOUSEHOLD_REGISTER, DocumentKind.ID_CARD
NAME_PLACE = [(column, row) for column in range(3, 9) for row in (1, 2)]  # tiles beside 姓名
BURNT, SKIN, PAPER, SHADE = Tile(255, 252, 2), Tile(170, 160, 8), Tile(220, 215, 2), Tile(12, 4, 6)
CLOTH, SPILT, PALE, SMEARED = Tile(245, 228, 9), Tile(230, 2, 99), Tile(220, 212, 3), Tile(225, 165, 30)
VEILED, COAT, BLACK = Tile(254, 220, 9), Tile(90, 60, 8), Tile(20, 3, 4)


def faint() -> Ink:
    return Ink("欧阳靖萱", sure=0.02)


def moved(reading: PageReading, width: int) -> PageReading:
    """The same page in a picture that ends further left."""
    return reading.model_copy(update={"width": width})


def at_the_rim(reading: PageReading, count: int) -> PageReading:
    """The page with the first lines ending where the picture does."""
    return reading.model_copy(update={"lines": tuple(map(_cut, reading.lines[:count])) + reading.lines[count:]})


def strip(reading: PageReading) -> PageReading:
    """The page cut off below its upper fifth."""
    return reading.model_copy(update={"quad": Quad.of_box(Box(0, 0, reading.width, reading.width // 5))})


def _cut(line: Line) -> Line:
    box = Box(0, line.upright.top, line.upright.right, line.upright.bottom)
    return line.model_copy(update={"quad": Quad.of_box(box)})


def place(tile: Tile) -> Mapping[str, Any]:
    return {"tiles": dict.fromkeys(NAME_PLACE, tile)}


@pytest.mark.parametrize(
    ("reading", "told"),
    [
        pytest.param(
            moved(member({"姓名": None}), 200), (Code.REGISTER_ILLEGIBLE, Reason.CUT_OFF), id="beyond the picture"
        ),
        pytest.param(
            moved(portrait({"姓名": None}), 200), (Code.ILLEGIBLE, Reason.CUT_OFF), id="a card that was cut through"
        ),
        pytest.param(
            member({"姓名": None}, **place(SKIN)),
            (Code.REGISTER_ILLEGIBLE, Reason.OCCLUDED),
            id="a finger in good light",
        ),
        pytest.param(
            member({"姓名": None}, **place(SHADE)), (Code.REGISTER_ILLEGIBLE, Reason.TOO_DARK), id="a deep shadow"
        ),
        pytest.param(
            member({"姓名": None}, **place(BURNT)), (Code.REGISTER_ILLEGIBLE, Reason.GLARE), id="a reflection"
        ),
        pytest.param(
            member({"姓名": None}, **place(VEILED)),
            (Code.REGISTER_ILLEGIBLE, Reason.GLARE),
            id="a place that is whiter than the page, with a trace of print",
        ),
        pytest.param(
            member({"姓名": None}, tiles={(3, 1): COAT}),
            (Code.REGISTER_ILLEGIBLE, Reason.OCCLUDED),
            id="the corner of something dark",
        ),
        pytest.param(
            member({"姓名": None}, tiles={(3, 1): BLACK}),
            (Code.REGISTER_ILLEGIBLE, Reason.TOO_DARK),
            id="the corner of a deep shadow",
        ),
        pytest.param(
            member({"姓名": None}, **place(PAPER)), (Code.REGISTER_ILLEGIBLE, Reason.LOW_CONTRAST), id="bare paper"
        ),
        pytest.param(
            seen(member({"姓名": faint()}, paper=Tile(255, 200, 9)), contrast=0.1),
            (Code.REGISTER_ILLEGIBLE, Reason.TOO_BRIGHT),
            id="pale print on paper that is all white",
        ),
        pytest.param(
            seen(portrait({"姓名": Ink("欧阳明", sure=0.02)}, paper=Tile(255, 200, 9)), contrast=0.1),
            (Code.ILLEGIBLE, Reason.TOO_BRIGHT),
            id="a card in too much light",
        ),
        pytest.param(
            member({"姓名": Ink("欧阳靖萱", sure=0.02, measures={"contrast": 0.1})}),
            (Code.REGISTER_ILLEGIBLE, Reason.LOW_CONTRAST),
            id="pale print on paper as it is",
        ),
        pytest.param(member({"姓名": None}, **place(CLOTH)), (Code.REGISTER_ILLEGIBLE, Reason.OCCLUDED), id="a sleeve"),
        pytest.param(
            member({"姓名": None}, **place(SPILT)), (Code.REGISTER_ILLEGIBLE, Reason.OCCLUDED), id="ink over the name"
        ),
    ],
)
def test_a_value_that_does_not_read(reading: PageReading, told: tuple[Code, Reason]) -> None:
    held = dossier(reading)
    assert [(finding.code, finding.reason) for finding in illegible(held, held.pages, POLICY)] == [told]


@pytest.mark.parametrize(
    ("file", "told"),
    [
        pytest.param(
            Sent((at_the_rim(seen(page(rows(dict.fromkeys("甲乙丙丁", faint()))), height=20.0), 8),), REGISTER),
            [(Code.REGISTER_ILLEGIBLE, Reason.CUT_OFF)],
            id="lines that end where the picture does",
        ),
        pytest.param(
            Sent((page((), paper=BURNT),), REGISTER),
            [(Code.REGISTER_ILLEGIBLE, Reason.TOO_BRIGHT)],
            id="said to be of the register, and all light",
        ),
        pytest.param(
            Sent((page((), paper=PAPER),), CARD),
            [(Code.ILLEGIBLE, Reason.LOW_CONTRAST)],
            id="said to be a card, and bare",
        ),
        pytest.param(Sent((page((), paper=PAPER),)), [], id="bare, and nobody says what it is"),
        pytest.param(
            Sent((page((), paper=CLOTH),), CARD), [(Code.ILLEGIBLE, Reason.OCCLUDED)], id="covered by a sheet of paper"
        ),
        pytest.param(
            Sent((page((), paper=PALE),), CARD), [(Code.ILLEGIBLE, Reason.LOW_CONTRAST)], id="print that hardly shows"
        ),
        pytest.param(
            Sent((page((), paper=SMEARED),), CARD), [(Code.ILLEGIBLE, Reason.BLUR)], id="print that ran together"
        ),
        pytest.param(
            Sent((page((), paper=SHADE, brightness=0.03),), CARD), [(Code.ILLEGIBLE, Reason.TOO_DARK)], id="no light"
        ),
        pytest.param(
            Sent((page((), paper=SPILT, brightness=0.03),), CARD), [(Code.ILLEGIBLE, Reason.OCCLUDED)], id="all inked"
        ),
        pytest.param(
            Sent((strip(page((), paper=PAPER)),), CARD), [(Code.ILLEGIBLE, Reason.CUT_OFF)], id="a strip of a card"
        ),
    ],
)
def test_a_page_of_which_nothing_reads(file: Sent, told: list[tuple[Code, Reason]]) -> None:
    held = dossier(file)
    assert [(finding.code, finding.reason) for finding in illegible(held, held.pages, POLICY)] == told
