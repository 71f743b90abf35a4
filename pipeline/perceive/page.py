"""Read one page: decode, find documents, turn and straighten them, find lines, read, measure."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import zxingcpp

from models.geometry import Box, Point, Quad
from models.policy import Limits
from models.reading import Barcode, Lattice, Line, PageReading
from pipeline.perceive.decode.pages import decode
from pipeline.perceive.decode.pixels import Grey, Rgb
from pipeline.perceive.ocr.base import OcrEngine, TextLine
from pipeline.perceive.ocr.lattice import glyphs
from pipeline.perceive.quality import grey_of, measure_line, measure_page, moire
from pipeline.perceive.rereading import read_lines
from pipeline.perceive.scene.document_detection import find_documents
from pipeline.perceive.scene.ink_separation import InkLayers, separate_ink
from pipeline.perceive.scene.orientation import AS_IT_LIES, detect_orientation
from pipeline.perceive.scene.rectify import Scene, reading_order, rectify
from pipeline.perceive.stamps import read_stamps

PERCEIVE_VERSION: Final = 3  # grows with every change of what is found, turned, measured or cut: old readings stay old
_FEW_LINES: Final = 4  # an outline that holds fewer may be a frame inside the document, or no document


class _Sheet(NamedTuple):
    """A document in the picture, upright: as photographed, its layers, and where the lines of its print stand.

    `read` is what was read of some lines already, while the way up was looked for.
    """

    scene: Scene
    layers: InkLayers
    places: tuple[Quad, ...]
    read: Mapping[Quad, Lattice]


def made_by(engine: str) -> str:
    """The name under which readings are kept: the engine's, and the version of what is done around it."""
    return f"{engine}/perceive-{PERCEIVE_VERSION}"


def perceive(data: bytes, page_no: int, *, engine: OcrEngine, limits: Limits) -> tuple[PageReading, ...]:
    """Read one page of a file: everything that pixels can tell, and no opinion.

    Returns:
        One reading for every document on the page, at least one; a page without text is a reading without lines.

    Raises:
        FileRejectedError: The page cannot be decoded within the limits.
        EngineError: The engine gave no usable answer.
    """
    page = decode(data, page_no=page_no, limits=limits)
    return tuple(_read(sheet, page, page_no, engine) for sheet in _sheets(page, engine))


def _sheets(page: Rgb, engine: OcrEngine) -> Sequence[_Sheet]:
    """The documents in the picture; the picture as a whole where no outline holds text."""
    seen = [_upright(page, quad, engine) for quad in find_documents(page)]
    full = [sheet for sheet in seen if len(sheet.places) >= _FEW_LINES]
    return full or [max([_upright(page, _border(page), engine), *seen], key=lambda sheet: len(sheet.places))]


def _upright(page: Rgb, quad: Quad, engine: OcrEngine) -> _Sheet:
    sheet = _lying(rectify(page, quad), engine)
    way, read = detect_orientation(sheet.layers.printed, sheet.places, engine)
    if way == AS_IT_LIES:
        return sheet._replace(read=read)
    return _lying(rectify(page, quad, way.turn, mirrored=way.mirrored), engine)


def _lying(scene: Scene, engine: OcrEngine) -> _Sheet:
    apart = separate_ink(scene.picture)
    return _Sheet(scene, apart, engine.find(apart.printed), {})


def _read(sheet: _Sheet, page: Rgb, page_no: int, engine: OcrEngine) -> PageReading:
    scene, (printed, stamps) = sheet.scene, sheet.layers
    print_lines = read_lines(printed, sheet.places, sheet.read, engine)
    print_grey = grey_of(printed)
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
            *(_line(line, scene, print_grey) for line in print_lines),
            *(_line(line, scene, stamps, stamped=True) for line in read_stamps(stamps, engine)),
        ),
        barcodes=read_barcodes(scene),
        measures=measure_page(scene.picture, grey_of(scene.picture), moire(grey_of(page), scene.quad)),
    )


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


def _border(page: Rgb) -> Quad:
    height, width = page.shape[:2]
    return Quad.of_box(Box(0, 0, width, height))


def read_barcodes(scene: Scene) -> tuple[Barcode, ...]:
    """Every barcode whose own checksum is right, in page pixels."""
    found = zxingcpp.read_barcodes(scene.picture, formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.Code128]))
    return tuple(
        Barcode(text=code.text, symbology=code.format.name, quad=_quad(code.position, scene)) for code in found
    )


def _quad(position: zxingcpp.Position, scene: Scene) -> Quad:
    corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    return scene.on_page(Quad(*(Point(corner.x, corner.y) for corner in corners)))
