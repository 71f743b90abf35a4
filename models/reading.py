"""The reading of a page: measures and text as plain values, without any judgement."""

from typing import Literal, NamedTuple

from pydantic import Field

from models.base import Model
from models.codes import Reason
from models.geometry import Box, Quad

BLANK = ""  # the CTC blank, as a symbol of the lattice


def weights_named(engine: str) -> str:
    """The digest of the weights in an engine's name (`OcrEngine.name`); "" if it names none."""
    parts = engine.split("/")
    return parts[2] if len(parts) > 2 else ""


class Alternative(NamedTuple):
    """A possible character at a time step of the recogniser, and its probability; BLANK for no character."""

    char: str
    probability: float


class Lattice(Model):
    """The recogniser's probabilities, step by step from left to right.

    Attributes:
        steps: The likeliest characters of each step, best first, until the rest is negligible; the missing probability
            belongs to all other characters of the engine's alphabet together.
        span: The share of the line's width that one step covers.
    """

    steps: tuple[tuple[Alternative, ...], ...]
    span: float


class Glyph(NamedTuple):
    """A character of the greedy reading: its steps (end exclusive) and its probability."""

    char: str
    first: int
    end: int
    probability: float


class LineMeasures(Model):
    """Measures of one text line, relative where resolution would matter.

    Attributes:
        height: Height of the line in page pixels, across its reading direction.
        contrast: Ink against paper, 0-1 of the grey range (95th minus 5th percentile).
        edge_width: Width of the transition between ink and paper as a share of the height; larger is blurrier.
        brightness: Paper level, 0-1 (95th percentile).
        saturated: Share of pixels at the upper end of the grey range.
        redness: Red above green in the ink, times red, of the paper's own; print is near 0, stamps are far above.
    """

    height: float
    contrast: float
    edge_width: float
    brightness: float
    saturated: float
    redness: float


class Line(Model):
    """One line of text.

    Attributes:
        text: The best reading.
        confidence: Of the best reading, 0-1.
        quad: In pixels of the page as decoded, corners in reading order.
        upright: The line's box in the straightened document, where the geometry between lines is judged.
        lattice: The probabilities that the text came from.
        stamped: Whether the line was read on the layer of stamps, not of print.
    """

    text: str
    confidence: float
    quad: Quad
    upright: Box
    lattice: Lattice
    stamped: bool = Field(default=False, exclude_if=lambda value: not value)
    measures: LineMeasures

    @property
    def box(self) -> Box:
        """The upright box around the line, in pixels of the page as decoded."""
        return self.quad.box


class Barcode(Model):
    """A decoded barcode: its text, its symbology, and its position on the page as decoded."""

    text: str
    symbology: str
    quad: Quad


class Watermark(Model):
    """Words over a page that are not the document's own: 仅供…使用, printed or by hand.

    Attributes:
        text: Its words once, as read.
        colour: Red, green and blue of its ink on white paper, 0-255 each.
        angle: Degrees, clockwise, between its words and the rows of the page.
        places: Where its words were found, in pixels of the page as decoded.
    """

    text: str
    colour: tuple[int, int, int]
    angle: float
    places: tuple[Quad, ...]


class Loss(NamedTuple):
    """The part of a page that its file has lost.

    Attributes:
        reason: TRUNCATED or DAMAGED.
        box: In pixels of the page as decoded: a band along one of its sides.
        share: Of the page, 0-1.
    """

    reason: Reason
    box: Box
    share: float


class Tile(NamedTuple):
    """A tile of the surface: paper level, ink level (95th and 5th percentile of grey) and edge energy, each 0-255."""

    paper: int
    ink: int
    energy: int


class Surface(Model):
    """The straightened document as a coarse grid, so that rules can judge places without text."""

    columns: int
    rows: int
    tiles: tuple[Tile, ...]  # row by row


class PageMeasures(Model):
    """Measures of a whole document.

    Attributes:
        brightness: Median grey of the document, 0-1.
        sharpness: Variance of the Laplacian at 1000 pixels width; kept for the record, no rule uses it.
        colourfulness: Mean chroma, 0-1, including the lamp's colour cast.
        vividness: Chroma, 0-1, that one pixel in 200 exceeds against the paper around it: a seal, a label, a photo;
            near 0 for a photocopy under any lamp. None in readings from before it was measured.
        tint: Chroma, 0-1, that one pixel in 33 exceeds in half of the document's 8 by 8 parts: 0 for a photocopy, even
            one with a note or a stamp in colour. None in readings from before it was measured.
        raster: The share of blank paper's variation at a single frequency, 0-1: high for the stripes of a photographed
            screen, and for fine waves and lines. None in readings from before it was measured.
        raster_frequency: That frequency, in cycles a pixel of the page; kept for the record, no rule uses it.
        raster_around: The share at the same frequency just beside the document; None if nothing lit lies there.
        subpixels: The share of the variation in colour that turns from red over green to blue at a single frequency,
            0-1: near 0 for ink, high for a photographed screen. None in readings from before it was measured.
    """

    brightness: float
    sharpness: float
    colourfulness: float
    vividness: float | None = Field(default=None, exclude_if=lambda value: value is None)  # written as it was read
    tint: float | None = Field(default=None, exclude_if=lambda value: value is None)
    raster: float | None = Field(default=None, exclude_if=lambda value: value is None)
    raster_frequency: float | None = Field(default=None, exclude_if=lambda value: value is None)
    raster_around: float | None = Field(default=None, exclude_if=lambda value: value is None)
    subpixels: float | None = Field(default=None, exclude_if=lambda value: value is None)
    surface: Surface


class PageReading(Model):
    """One document on one page, as read.

    Attributes:
        page_no: Counts from 1 inside the file.
        width: Of the page as decoded, in pixels.
        height: Of the page as decoded, in pixels.
        upright_width: Of the straightened document, in pixels.
        upright_height: Of the straightened document, in pixels.
        rotation: Degrees, clockwise, by which the page had to be turned to stand upright: 0, 90, 180 or 270.
        quad: Corners of the document on the page, in reading order.
        mirrored: Whether the page shows the document as a mirror does.
        unit: Pixels of a result for one of the page as decoded: results give a PDF page at 200 dots an inch, however
            fine it was drawn.
        typeset: Whether the file itself sets the page, in text and lines: it has no picture.
        loss: The part that the file has lost, in which nothing was read; None for a whole page.
        lines: Without those of a watermark.
    """

    version: Literal["page-reading@1"] = "page-reading@1"
    engine: str
    page_no: int
    width: int
    height: int
    upright_width: int
    upright_height: int
    rotation: Literal[0, 90, 180, 270]
    quad: Quad
    mirrored: bool = Field(default=False, exclude_if=lambda value: not value)  # written as it was read
    unit: float = Field(default=1.0, exclude_if=lambda value: value == 1.0)
    typeset: bool = Field(default=False, exclude_if=lambda value: not value)
    loss: Loss | None = Field(default=None, exclude_if=lambda value: value is None)
    lines: tuple[Line, ...]
    barcodes: tuple[Barcode, ...] = ()
    watermark: Watermark | None = Field(default=None, exclude_if=lambda value: value is None)
    measures: PageMeasures
