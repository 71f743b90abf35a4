"""The way of a page as one reads it: decode, find the documents, straighten, measure, read."""

import math
from typing import Final

from models.errors import EngineError
from models.geometry import Box, Quad
from models.policy import Limits
from models.reading import Line, PageReading
from pipeline.decode.pages import decode
from pipeline.decode.pixels import Grey, Rgb
from pipeline.ocr.base import OcrEngine, TextLine
from pipeline.quality.measure import grey_of, measure_line, measure_page
from pipeline.scene.barcodes import read_barcodes
from pipeline.scene.find import find_documents
from pipeline.scene.orient import merit, next_turn
from pipeline.scene.straighten import Scene, Turn, straighten

PERCEIVE_VERSION: Final = 1  # grows with every change of what is found, turned, measured or cut: old readings stay old
_FEW_LINES = 4  # an outline that holds fewer may be a frame inside the document, or no document


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
    seen = [_read_upright(page, quad, engine) for quad in find_documents(page)]
    full = [(scene, lines) for scene, lines in seen if len(lines) >= _FEW_LINES]
    if not full:
        whole = _read_upright(page, _border(page), engine)
        full = [max([whole, *seen], key=lambda read: merit(read[1]))]
    return tuple(_reading(page, page_no, scene, lines, engine) for scene, lines in full)


def _read_upright(page: Rgb, quad: Quad, engine: OcrEngine) -> tuple[Scene, tuple[TextLine, ...]]:
    """Read the document in the turn in which it reads best."""
    best = _read_turned(page, quad, 0, engine)
    tried: list[Turn] = [0]
    while (turn := next_turn(best[1], tried)) is not None:
        candidate = _read_turned(page, quad, turn, engine)
        tried.append(turn)
        if merit(candidate[1]) > merit(best[1]):
            best = candidate
    return best


def _read_turned(page: Rgb, quad: Quad, turn: Turn, engine: OcrEngine) -> tuple[Scene, tuple[TextLine, ...]]:
    scene = straighten(page, quad, turn)
    lines = engine.read(scene.picture)
    if not all(math.isfinite(line.confidence) and 0 <= line.confidence <= 1.001 for line in lines):
        raise EngineError("the OCR engine gave a confidence outside 0 to 1")
    return scene, lines


def _reading(page: Rgb, page_no: int, scene: Scene, lines: tuple[TextLine, ...], engine: OcrEngine) -> PageReading:
    grey = grey_of(scene.picture)
    return PageReading(
        engine=made_by(engine.name),
        page_no=page_no,
        width=page.shape[1],
        height=page.shape[0],
        upright_width=scene.picture.shape[1],
        upright_height=scene.picture.shape[0],
        rotation=scene.rotation,
        quad=scene.quad,
        lines=tuple(_line(line, scene, grey) for line in lines),
        barcodes=read_barcodes(scene),
        measures=measure_page(scene.picture, grey),
    )


def _line(line: TextLine, scene: Scene, grey: Grey) -> Line:
    upright = line.quad.box
    return Line(
        text=line.text,
        confidence=round(min(1.0, line.confidence), 5),
        quad=scene.on_page(line.quad),
        upright=upright,
        lattice=line.lattice,
        measures=measure_line(scene.picture, grey, upright),
    )


def _border(page: Rgb) -> Quad:
    height, width = page.shape[:2]
    return Quad.of_box(Box(0, 0, width, height))
