"""What pages say, as the rules ask it: plain values, small enough to be kept for every case.

A reading holds what the engine saw of every character. Once its fields are taken out of it, only names are asked of
the lattice again, so only their part of it stays.
"""

import math
from collections.abc import Mapping
from typing import Final, NamedTuple

from models.case import FailedPage
from models.codes import Code, Reason
from models.documents import Field, PageKind, Person
from models.geometry import Box, Quad
from models.reading import Alternative, Glyph, Tile

_TILE: Final = 3  # bytes


class Slot(NamedTuple):
    """What a label announces; a card's holder is nobody in particular until the case is known."""

    field: Field
    person: Person | None = None


class LineContent(NamedTuple):
    """A line without its lattice: where it stands on the page and in the straightened document, and its looks.

    `height`, `contrast` and `edge_width` are those of `models.reading.LineMeasures`.
    """

    text: str
    confidence: float
    quad: Quad
    upright: Box
    height: float
    contrast: float
    edge_width: float

    @property
    def box(self) -> Box:
        """The upright box around the line, in pixels of the page as decoded."""
        return self.quad.box

    @property
    def height_on_page(self) -> float:
        """In pixels of the page: a small picture may have been drawn larger before it was read."""
        return min(self.height, math.dist(self.quad.top_left, self.quad.bottom_left))


class Resemblance(NamedTuple):
    """How much the picture of a character that the engine does not know is like the one that was entered.

    `alike` is from 0 to 1, like `rival_alike` of the other character that it is most like.
    """

    character: str
    alike: float
    rival: str
    rival_alike: float

    @property
    def margin(self) -> float:
        """By how much it is more like the character than like any other."""
        return self.alike - self.rival_alike


class Piece(NamedTuple):
    """What the engine saw where a name stands, or a part of it.

    Attributes:
        steps: Of the lattice, as in `models.reading.Lattice`.
        glyphs: The best reading without spaces; steps count from the start of the piece.
        quads: Where each glyph stands on the page.
    """

    steps: tuple[tuple[Alternative, ...], ...]
    glyphs: tuple[Glyph, ...]
    quads: tuple[Quad, ...]


class FieldContent(NamedTuple):
    """A field: its normalised value (None if the text is no such value), where it stands, and how it was read.

    Attributes:
        text: The best reading, whatever the value was decoded to.
        confidence: Probability that it was read right.
        legible: The same, or of a text that is no such value how well it reads.
        box: On the page as decoded; may reach beyond its rim.
        lines: Indices of the page's lines that it stands in; none for what a barcode says.
        repaired: Whether a check digit chose the value, which is then no evidence of its own.
        pieces: Of a name, what the engine saw.
        resemblances: Of the child's name, what comparing pictures told of characters that the engine does not read.
    """

    field: Field
    value: str | None
    text: str
    confidence: float
    legible: float
    box: Box
    lines: tuple[int, ...]
    repaired: bool = False
    pieces: tuple[Piece, ...] = ()
    resemblances: tuple[Resemblance, ...] = ()

    def glyph_box(self, at: int) -> Box | None:
        """Where character `at` of a name stands on the page; None past its end."""
        quads = [quad for piece in self.pieces for quad in piece.quads]
        return quads[at].box if at < len(quads) else None


class PageContent(NamedTuple):
    """One document on one page. Sizes, `quad` and `rotation` are those of `models.reading.PageReading`.

    Attributes:
        engine: That read it.
        brightness: As in `models.reading.PageMeasures`, like `vividness` and `raster`.
        columns: Of the surface.
        packed: The surface's tiles, row by row: paper, ink and energy of each in a byte.
        barcodes: What they say.
        amended: Whether it is a 变更和更正记载 page that holds an entry.
        labels: Where each label stands on the page, or must stand.
        places: Where the value of a field would stand that was not found, as far as the form tells.
    """

    engine: str
    page_no: int
    width: int
    height: int
    upright_width: int
    upright_height: int
    rotation: int
    quad: Quad
    mirrored: bool
    brightness: float
    vividness: float | None
    raster: float | None
    columns: int
    packed: bytes
    kind: PageKind
    lines: tuple[LineContent, ...]
    barcodes: tuple[str, ...]
    amended: bool
    fields: Mapping[Slot, FieldContent]
    labels: Mapping[Slot, Quad]
    places: Mapping[Slot, Box]

    @property
    def tiles(self) -> tuple[Tile, ...]:
        """The surface, row by row."""
        return tuple(Tile(*self.packed[at : at + _TILE]) for at in range(0, len(self.packed), _TILE))

    def lines_of(self, field: FieldContent) -> tuple[LineContent, ...]:
        """The lines that a field stands in."""
        return tuple(self.lines[at] for at in field.lines)


class FileContent(NamedTuple):
    """What the pages of a file say; those that could not be read, or why the file as a whole did not open."""

    pages: tuple[PageContent, ...] = ()
    failed: tuple[FailedPage, ...] = ()
    failure: tuple[Code, Reason] | None = None


class Content(NamedTuple):
    """What the files of a case say.

    Attributes:
        engine: That read them.
        version: `CONTENT_VERSION` of the program that took it out of the readings.
    """

    engine: str
    version: int
    files: tuple[FileContent, ...]
