"""Read one page: decode, find documents, turn and straighten them, find lines, read, measure."""

from collections.abc import Sequence
from statistics import median
from typing import Final

import zxingcpp

from models.geometry import Point, Quad
from models.policy import Limits
from models.reading import Barcode, Line, PageReading
from pipeline.perceive.column_edges import from_their_columns
from pipeline.perceive.decode.pages import decode_page
from pipeline.perceive.decode.pixels import Grey, Rgb
from pipeline.perceive.moire import measure_raster
from pipeline.perceive.ocr.base import OcrEngine, TextLine
from pipeline.perceive.ocr.lattice import glyphs
from pipeline.perceive.paper_tiles import paper_tiles
from pipeline.perceive.quality import grey_of, measure_line, measure_page
from pipeline.perceive.rereading import read_lines
from pipeline.perceive.scene.rectify import Scene, reading_order
from pipeline.perceive.sheets import Sheet, find_sheets, parted
from pipeline.perceive.stamps import read_stamps
from pipeline.perceive.subpixels import measure_subpixels
from pipeline.perceive.unmarked import unmarked

PERCEIVE_VERSION: Final = 14  # raise it with every change of what is found, turned, measured or cut

_QR: Final = zxingcpp.BarcodeFormat.QRCode
_BARCODES: Final = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.Code128, _QR])
_FEW_LINES: Final = 4  # of print, fewer of which make no document of a part of another one
_WITHIN: Final = 0.5  # of a part that lies within the other one
_PALE: Final = 0.2  # contrast (0-1) of print that shines through: 0.08 on four pages that let 12 % through


def made_by(engine: str) -> str:
    """The name under which readings are kept: the engine's name and the version of everything around the engine."""
    return f"{engine}/perceive-{PERCEIVE_VERSION}"


def perceive(data: bytes, page_no: int, *, engine: OcrEngine, limits: Limits) -> tuple[PageReading, ...]:
    """Read one page of a file: everything that pixels show, without judging it.

    Returns:
        One reading for each document on the page, at least one; a page without text gives a reading without lines.

    Raises:
        FileRejectedError: The page cannot be decoded within the limits.
        EngineError: The engine gave no usable answer.
    """
    decoded = decode_page(data, page_no=page_no, limits=limits)
    page, grey = decoded.pixels, grey_of(decoded.pixels)
    origin = {"unit": decoded.unit, "typeset": decoded.typeset, "loss": decoded.loss}
    read = [
        _reading(text, page, grey, page_no, engine).model_copy(update=origin)
        for sheet in find_sheets(page, engine)
        for text in _texts(sheet, page, engine)
    ]
    return tuple(reading for reading in read if not _is_marks(reading, read))


def _texts(sheet: Sheet, page: Rgb, engine: OcrEngine) -> tuple[tuple[Sheet, Sequence[TextLine]], ...]:
    """The sheet and its lines; two parts with theirs where one of them stands another way round."""
    lines = _lines(sheet, engine)
    parts = parted(sheet, page, lines, engine)
    return tuple((part, _lines(part, engine)) for part in parts) or ((sheet, lines),)


def _lines(sheet: Sheet, engine: OcrEngine) -> tuple[TextLine, ...]:
    """The sheet's printed lines; uncertain ones are read without the ground as well."""
    printed, again = sheet.layers.printed, () if sheet.bare is None else (sheet.bare,)
    lines = read_lines(printed, sheet.places, sheet.read, engine, again=again)
    return from_their_columns((printed, *again), lines, engine)


def _reading(
    found: tuple[Sheet, Sequence[TextLine]], page: Rgb, grey: Grey, page_no: int, engine: OcrEngine
) -> PageReading:
    sheet, lines = found
    scene, stamps = sheet.scene, sheet.layers.stamps
    text = unmarked(sheet, lines, read_stamps(stamps, engine), engine)
    print_grey = grey_of(text.picture)
    print_read = tuple(_line(line, scene, print_grey) for line in text.printed)
    through = _shows_through(print_read, mirrored=scene.mirrored)
    barcodes = read_barcodes(scene)
    paper = paper_tiles(grey, scene.quad)
    return PageReading(
        engine=made_by(engine.name),
        page_no=page_no,
        width=page.shape[1],
        height=page.shape[0],
        upright_width=scene.picture.shape[1],
        upright_height=scene.picture.shape[0],
        rotation=scene.rotation,
        quad=scene.quad,
        mirrored=scene.mirrored,
        lines=(
            *(line for line in print_read if not (through or _lies_in(line, barcodes))),
            *(_line(line, scene, stamps, stamped=True) for line in text.stamped),
        ),
        barcodes=barcodes,
        watermark=text.watermark,
        measures=measure_page(
            scene.picture, grey_of(scene.picture), measure_raster(grey, paper), measure_subpixels(page, paper)
        ),
    )


def _is_marks(reading: PageReading, read: Sequence[PageReading]) -> bool:
    """Whether words of a watermark made a document of a part of another one: of the photograph on a card."""
    if reading.watermark is None or len(reading.lines) >= _FEW_LINES:
        return False
    box = reading.quad.box
    larger = (other.quad.box for other in read if len(other.lines) > len(reading.lines))
    return any(other.overlap(box) > _WITHIN * box.width * box.height for other in larger)


def _shows_through(lines: Sequence[Line], *, mirrored: bool) -> bool:
    """Whether the lines are the print of the page's other side: mirrored, and paler than any print."""
    return mirrored and bool(lines) and median(line.measures.contrast for line in lines) < _PALE


def _line(line: TextLine, scene: Scene, layer: Grey, *, stamped: bool = False) -> Line:
    upright, span = line.quad.box, line.lattice.span
    characters = [(glyph.first + glyph.end) / 2 * span for glyph in glyphs(line.lattice) if not glyph.char.isspace()]
    return Line(
        text=line.text,
        confidence=round(min(1.0, line.confidence), 5),
        quad=scene.on_page(reading_order(line.quad)),
        upright=upright,
        lattice=line.lattice,
        stamped=stamped,
        measures=measure_line(scene.picture, layer, upright, characters),
    )


def read_barcodes(scene: Scene) -> tuple[Barcode, ...]:
    """Every Code 128 barcode whose checksum is right, and every QR code, in page pixels.

    A certificate's number, without OCR; the code of an app that shows an electronic certificate.
    """
    codes = zxingcpp.read_barcodes(scene.picture, formats=_BARCODES)
    return tuple(
        Barcode(text=code.text, symbology=code.format.name, quad=_quad(code.position, scene)) for code in codes
    )


def _lies_in(line: Line, barcodes: Sequence[Barcode]) -> bool:
    """Whether a line is a piece of a QR code, which looks like characters."""
    middle = line.box.centre
    boxes = (code.quad.box for code in barcodes if code.symbology == _QR.name)
    return any(box.left <= middle.x < box.right and box.top <= middle.y < box.bottom for box in boxes)


def _quad(position: zxingcpp.Position, scene: Scene) -> Quad:
    corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    return scene.on_page(Quad(*(Point(corner.x, corner.y) for corner in corners)))
