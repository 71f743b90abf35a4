"""The content of pages for the rules: plain values, small enough to keep for every case.

A reading has the lattice of every line. Once its fields are extracted, only names need the lattice again, so content
keeps only their part of it.
"""

import math
from collections.abc import Mapping
from typing import Final, NamedTuple

from models.case import FailedPage
from models.codes import Code, Reason
from models.documents import Edition, Field, OtherDocument, PageKind, Person
from models.geometry import Box, Quad
from models.reading import Alternative, Glyph, Loss, Tile

_TILE: Final = 3  # bytes


class Slot(NamedTuple):
    """A field of a person on a page; `person` is None for the page's holder, who is found later."""

    field: Field
    person: Person | None = None


class LineContent(NamedTuple):
    """A line without its lattice.

    Attributes:
        quad: In pixels of the page as decoded.
        upright: In pixels of the straightened document.
        height: As in `models.reading.LineMeasures`, like `contrast` and `edge_width`.
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
        """Height in pixels of the page as decoded: a small picture may have been enlarged before it was read."""
        return min(self.height, math.dist(self.quad.top_left, self.quad.bottom_left))


class Resemblance(NamedTuple):
    """How similar the picture of a character outside the engine's alphabet is to the entered character.

    Attributes:
        character: The entered character.
        alike: Its similarity, 0-1.
        rival: The most similar other character.
        rival_alike: That one's similarity, 0-1.
    """

    character: str
    alike: float
    rival: str
    rival_alike: float

    @property
    def margin(self) -> float:
        """By how much the entered character is more similar than any other."""
        return self.alike - self.rival_alike


class Piece(NamedTuple):
    """The lattice of a name, or of the part of it in one line.

    Attributes:
        steps: As in `models.reading.Lattice`.
        glyphs: The best reading without spaces; their steps count from the start of the piece.
        quads: The position of each glyph, in pixels of the page as decoded.
    """

    steps: tuple[tuple[Alternative, ...], ...]
    glyphs: tuple[Glyph, ...]
    quads: tuple[Quad, ...]


class FieldContent(NamedTuple):
    """A field as read.

    Attributes:
        value: In normal form; None if the text is no valid value.
        text: The best reading, whatever the value was decoded to.
        confidence: Probability that the value was read right, 0-1.
        legible: The same; for a text that is no valid value, how well the text reads.
        box: In pixels of the page as decoded; may reach beyond its edge.
        lines: Indices of the page's lines that contain the field; none for a value from a barcode.
        repaired: Whether the check digit chose the value, which is then no evidence.
        pieces: Of a name, its lattice.
        resemblances: Of the child's name, the compared pictures of characters outside the engine's alphabet.
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
        """The box of character `at` of a name, in pixels of the page as decoded; None past its end."""
        quads = [quad for piece in self.pieces for quad in piece.quads]
        return quads[at].box if at < len(quads) else None


class WatermarkContent(NamedTuple):
    """A watermark for reviewers: as in `models.reading.Watermark`, without its places."""

    text: str
    colour: tuple[int, int, int]
    angle: float


class PageContent(NamedTuple):
    """One document on one page. Sizes, `quad` and `rotation` are those of `models.reading.PageReading`.

    Attributes:
        engine: The engine that read the page.
        brightness: As in `models.reading.PageMeasures`, like all down to `subpixels`.
        columns: Columns of the surface.
        packed: The surface's tiles, row by row: paper, ink and energy of each in a byte.
        barcodes: The texts of the barcodes.
        watermark: The words over the page that are not its own; None for none.
        amended: Whether it is a 变更和更正记载 page with an entry.
        labels: The position of each label, found or expected.
        places: The expected position of each field that was not found, if the form tells it.
        edition: ELECTRONIC for an electronic certificate or its screenshot.
        document: Of a kind that does not say it, which document it is, as far as known.
        unit: As in `models.reading.PageReading`, like `typeset` and `loss`.
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
    tint: float | None
    raster: float | None
    raster_around: float | None
    subpixels: float | None
    columns: int
    packed: bytes
    kind: PageKind
    lines: tuple[LineContent, ...]
    barcodes: tuple[str, ...]
    watermark: WatermarkContent | None
    amended: bool
    fields: Mapping[Slot, FieldContent]
    labels: Mapping[Slot, Quad]
    places: Mapping[Slot, Box]
    edition: Edition | None = None
    document: OtherDocument | None = None
    unit: float = 1.0
    typeset: bool = False
    loss: Loss | None = None

    @property
    def tiles(self) -> tuple[Tile, ...]:
        """The surface, row by row."""
        return tuple(Tile(*self.packed[at : at + _TILE]) for at in range(0, len(self.packed), _TILE))

    def lines_of(self, field: FieldContent) -> tuple[LineContent, ...]:
        """The lines that contain a field."""
        return tuple(self.lines[at] for at in field.lines)


class FileContent(NamedTuple):
    """The content of a file's pages, and the pages that failed; `failure` if the file as a whole did not open."""

    pages: tuple[PageContent, ...] = ()
    failed: tuple[FailedPage, ...] = ()
    failure: tuple[Code, Reason] | None = None


class Content(NamedTuple):
    """The content of a case's files, in their order.

    Attributes:
        engine: The engine that read them.
        version: `CONTENT_VERSION` of the program that extracted it from the readings.
    """

    engine: str
    version: int
    files: tuple[FileContent, ...]
