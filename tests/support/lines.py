"""Pages made of text and positions, read as from a clean scan unless `Ink` says otherwise."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from models.geometry import Box, Quad
from models.reading import (
    BLANK,
    Alternative,
    Barcode,
    Lattice,
    Line,
    LineMeasures,
    PageMeasures,
    PageReading,
    Surface,
    Tile,
)
from pipeline.extract.calibration import calibration

ENGINE: Final = f"scripted-1/none/{calibration().weights_digest}/0"
BOX_OF_PAGE: Final = Box(0, 0, 1400, 1400)
_COLUMNS = _ROWS = 28
ROW: Final = 60
_LABEL_LEFT: Final = 100
PAPER: Final = Tile(220, 60, 40)
SHARP: Final = LineMeasures(height=30.0, contrast=0.6, edge_width=0.05, brightness=0.85, saturated=0.0, redness=0.0)


class Ink(NamedTuple):
    """Text and how it was read.

    Attributes:
        text: The best reading.
        sure: Probability of each character; `weak` has those of single characters, by index.
        others: Alternative characters with their probabilities, by index.
        measures: Measures of its pixels, if not those of a clean scan.
    """

    text: str
    sure: float = 0.999
    weak: Mapping[int, float] = {}
    others: Mapping[int, Mapping[str, float]] = {}
    measures: Mapping[str, float] = {}


Words = str | Ink
Cells = Mapping[str, Words | None]


def _ink(words: Words) -> Ink:
    return Ink(words) if isinstance(words, str) else words


def lattice(ink: Words) -> Lattice:
    """Three steps a character, the middle one its own; doubled characters stay two."""
    held = _ink(ink)
    steps: list[tuple[Alternative, ...]] = []
    for at, char in enumerate(held.text):
        seen = [Alternative(char, held.weak.get(at, held.sure))]
        seen += [Alternative(*other) for other in held.others.get(at, {}).items()]
        ranked = tuple(sorted(seen, key=lambda alternative: -alternative.probability))
        steps += [(Alternative(BLANK, 1.0),), ranked, (Alternative(BLANK, 1.0),)]
    return Lattice(steps=tuple(steps), span=1 / max(1, len(steps)))


def line(ink: Words, x: int, y: int) -> Line:
    """A line of characters as wide as they are high, its top left corner at x, y."""
    held = _ink(ink)
    measures = SHARP.model_copy(update=dict(held.measures))
    height = round(measures.height)
    box = Box(x, y, x + height * len(held.text), y + height)
    sure = min((held.weak.get(at, held.sure) for at in range(len(held.text))), default=0.0)
    return Line(
        text=held.text,
        confidence=sure,
        quad=Quad.of_box(box),
        upright=box,
        lattice=lattice(held),
        measures=measures,
    )


def rows(cells: Cells, *, title: str = "") -> tuple[Line, ...]:
    """A form: the title, and below it a row for each label with its value; None leaves the place empty."""
    lines = [line(title, _LABEL_LEFT, 20)] if title else []
    for at, (label, value) in enumerate(cells.items(), start=1):
        lines.append(line(label, _LABEL_LEFT, 20 + at * ROW))
        if value is not None:
            lines.append(line(value, _LABEL_LEFT + 30 * len(label) + 30, 20 + at * ROW))
    return tuple(lines)


def page(
    lines: Sequence[Line],
    *,
    barcodes: Sequence[str] = (),
    brightness: float = 0.85,
    tiles: Mapping[tuple[int, int], Tile] | None = None,
    paper: Tile = PAPER,
) -> PageReading:
    """A page that holds these lines; `tiles` by (column, row), each 50 pixels wide and high, all others `paper`."""
    surface = [[paper] * _COLUMNS for _ in range(_ROWS)]
    for (column, row), tile in (tiles or {}).items():
        surface[row][column] = tile
    return PageReading(
        engine=ENGINE,
        page_no=1,
        width=BOX_OF_PAGE.width,
        height=BOX_OF_PAGE.height,
        upright_width=BOX_OF_PAGE.width,
        upright_height=BOX_OF_PAGE.height,
        rotation=0,
        quad=Quad.of_box(BOX_OF_PAGE),
        lines=tuple(lines),
        barcodes=tuple(Barcode(text=text, symbology="Code128", quad=Quad.of_box(BOX_OF_PAGE)) for text in barcodes),
        measures=PageMeasures(
            brightness=brightness,
            sharpness=300.0,
            colourfulness=0.1,
            surface=Surface(columns=_COLUMNS, rows=_ROWS, tiles=tuple(tile for row in surface for tile in row)),
        ),
    )


def seen(reading: PageReading, **measures: float) -> PageReading:
    """The page with these measures of every line."""
    lines = (one.model_copy(update={"measures": one.measures.model_copy(update=measures)}) for one in reading.lines)
    return reading.model_copy(update={"lines": tuple(lines)})


def moved(lines: Sequence[Line], down: int) -> tuple[Line, ...]:
    """Lines that stand so many pixels further down."""
    return tuple(_down(held, down) for held in lines)


def _down(held: Line, by: int) -> Line:
    box = Box(held.upright.left, held.upright.top + by, held.upright.right, held.upright.bottom + by)
    return held.model_copy(update={"upright": box, "quad": Quad.of_box(box)})
