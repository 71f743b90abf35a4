"""The documents of a picture: every text in it belongs to one of them, and each stands the right way up.

A collage is taken apart first. In each of its panels outlines with text are documents; text beside them forms documents
of its own. A part of a sheet that reads only another way round is a document as well.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

import cv2
import numpy as np

from models.geometry import Box, Point, Quad
from models.reading import Lattice
from pipeline.perceive.decode.pixels import Grey, Rgb
from pipeline.perceive.line_finding import READS, find_lines
from pipeline.perceive.ocr.base import OcrEngine, TextLine
from pipeline.perceive.ocr.lattice import glyphs
from pipeline.perceive.scene.document_detection import find_documents, whole_page
from pipeline.perceive.scene.grounds import without_ground
from pipeline.perceive.scene.ink_separation import InkLayers, separate_ink
from pipeline.perceive.scene.line_groups import FEW_LINES, groups_of
from pipeline.perceive.scene.orientation import UNCHANGED, detect_orientation, readability
from pipeline.perceive.scene.panels import find_panels
from pipeline.perceive.scene.reading_parts import cut_where_it_reads
from pipeline.perceive.scene.rectify import SURROUND, Scene, cut_line, rectify
from pipeline.perceive.watermarks import begins_with_purpose

_NOTHING: Final = Lattice(steps=(), span=1.0)  # of a line that gives no text
_NOTE: Final = 2  # lines beside documents that are one themselves, if they read: the words of an app's frame, a note
_HEADING: Final = 4  # characters of a single line that is one, if it reads clearly: the title in an app's frame
_CLEAR: Final = 0.95  # confidence of such a line. By judgement
_DEEPEST: Final = 2  # how often the rest of a picture is looked at anew
_LEAST_REST: Final = 0.12  # of the picture beside its documents; less has no room for another
_SIDE: Final = 640  # pixels of the longer side while looking for ink beside documents
_INK: Final = 24  # grey levels by which a stroke is darker than what is around it
_STROKE: Final = 9  # pixels; a stroke is narrower
_INKED: Final = 0.004  # of the rest that strokes cover where it holds text


class Sheet(NamedTuple):
    """A document in the picture, upright.

    Attributes:
        scene: As photographed.
        layers: Its print and its stamps.
        bare: Its print without the ground below it, in grey; None if there is none.
        places: The quads of its printed lines.
        read: The lattices of lines that detecting the orientation has read already.
    """

    scene: Scene
    layers: InkLayers
    bare: Rgb | None
    places: tuple[Quad, ...]
    read: Mapping[Quad, Lattice]


def find_sheets(page: Rgb, engine: OcrEngine) -> tuple[Sheet, ...]:
    """The documents in a picture, at least one; a picture without text is one document without lines."""
    panels = find_panels(page)
    if len(panels) == 1:
        return _in_picture(page, engine, _DEEPEST)
    found = [sheet for panel in panels for sheet in _moved(_in_panel(_cut(page, panel), engine), panel)]
    with_text = tuple(sheet for sheet in found if len(sheet.places) >= FEW_LINES or _is_note(sheet, engine))
    return with_text or (_upright(page, whole_page(page), engine),)


def parted(sheet: Sheet, page: Rgb, lines: Sequence[TextLine], engine: OcrEngine) -> tuple[Sheet, ...]:
    """The two documents that a sheet holds if a part of it stands another way round; else none.

    Args:
        sheet: Upright, as most of its lines are.
        page: The picture it lies in.
        lines: The sheet's lines as they were read; a note 仅供…使用 stands upright wherever it was written.
        engine: Reads the lines of each part.
    """
    read = {line.quad for line in lines}
    # A line on its head may give no text at all.
    unread = [TextLine("", 0.0, place, _NOTHING) for place in sheet.places if place not in read]
    cut = cut_where_it_reads([*unread, *(line for line in lines if not begins_with_purpose(line))])
    if cut is None:
        return ()
    astray, upright = (_part(page, _on_page(box, sheet.scene, page), engine) for box in cut)
    turned = (astray.scene.rotation, astray.scene.mirrored) != (sheet.scene.rotation, sheet.scene.mirrored)
    return (upright, astray) if turned and readability(_longest(astray, engine)) >= READS else ()


def _in_panel(panel: Rgb, engine: OcrEngine) -> tuple[Sheet, ...]:
    """The documents in a panel of a collage; a single one with text beside its outline is a frame printed on a page."""
    outlined = _outlined(panel, engine)
    beside = tuple(_beside(panel, outlined, engine, _DEEPEST))
    if beside and len(outlined) == 1:
        return (_upright(panel, whole_page(panel), engine),)
    return (*outlined, *beside)


def _in_picture(picture: Rgb, engine: OcrEngine, deep: int) -> tuple[Sheet, ...]:
    outlined = _outlined(picture, engine)
    return (*outlined, *_beside(picture, outlined, engine, deep))


def _outlined(picture: Rgb, engine: OcrEngine) -> tuple[Sheet, ...]:
    """The documents in outlines with text; where there are none, the whole picture or what has most lines in it."""
    outlined = [_upright(picture, quad, engine) for quad in find_documents(picture)]
    with_text = tuple(sheet for sheet in outlined if len(sheet.places) >= FEW_LINES)
    return with_text or (
        max([_upright(picture, whole_page(picture), engine), *outlined], key=lambda sheet: len(sheet.places)),
    )


def _beside(picture: Rgb, sheets: Sequence[Sheet], engine: OcrEngine, deep: int) -> Iterable[Sheet]:
    """Documents of the text that no sheet holds."""
    quads = [sheet.scene.quad for sheet in sheets]
    if deep and _may_hold_text(picture, quads):
        rest = _rest(picture.shape[:2], quads)
        painted = _painted(picture, rest)
        lines = [line for line in engine.find(painted) if rest[_pixel(line.middle, rest)]]
        for box in groups_of(lines, picture.shape[:2]):
            for sheet in _moved(_in_picture(_cut(painted, box), engine, deep - 1), box):
                if _is_note(sheet, engine):
                    yield sheet


def _upright(page: Rgb, quad: Quad, engine: OcrEngine) -> Sheet:
    sheet = _with_lines(rectify(page, quad), engine)
    change, read = detect_orientation(sheet.layers.printed, sheet.places, engine)
    if change == UNCHANGED:
        return sheet._replace(read=read)
    return _with_lines(rectify(page, quad, change.turn, mirrored=change.mirrored), engine)


def _with_lines(scene: Scene, engine: OcrEngine) -> Sheet:
    layers = separate_ink(scene.picture)
    bare = without_ground(layers.printed)
    return Sheet(scene, layers, bare, find_lines(layers.printed, bare, engine), {})


def _is_note(sheet: Sheet, engine: OcrEngine) -> bool:
    """Whether the lines, few as they may be, are text and not the pattern of a tablecloth, or a single clear line."""
    read = _longest(sheet, engine)
    heading = any(len(glyphs(line)) >= _HEADING and readability([line]) >= _CLEAR for line in read)
    return heading or (len(read) >= _NOTE and readability(read) >= READS)


def _longest(sheet: Sheet, engine: OcrEngine) -> tuple[Lattice, ...]:
    """The longest lines of a sheet, as read."""
    longest = sorted(sheet.places, key=lambda place: place.box.width, reverse=True)[: 2 * FEW_LINES]
    return tuple(engine.read([cut_line(sheet.layers.printed, place) for place in longest]))


def _moved(sheets: Iterable[Sheet], box: Box) -> Iterable[Sheet]:
    """Sheets that were found in a part of the page, as sheets of the page."""
    return (sheet._replace(scene=sheet.scene.moved(box.left, box.top)) for sheet in sheets)


def _cut(page: Rgb, box: Box) -> Rgb:
    return np.ascontiguousarray(page[box.top : box.bottom, box.left : box.right])


def _rest(size: tuple[int, int], quads: Sequence[Quad]) -> Grey:
    """255 where no document lies, nor the surroundings that are read along with one; shape `size`."""
    rest = np.full(size, 255, np.uint8)
    for quad in quads:
        corners = np.array(quad, np.float32)
        around = 2 * round(SURROUND * max(quad.box.width, quad.box.height)) + 1
        held = np.zeros(size, np.uint8)
        cv2.fillConvexPoly(held, corners.round().astype(np.int32), 255)
        left, top, right, bottom = quad.box.grown(around).within(size[1], size[0])
        grown = cv2.dilate(held[top:bottom, left:right], np.ones((around, 1), np.uint8))
        rest[top:bottom, left:right][cv2.dilate(grown, np.ones((1, around), np.uint8)) > 0] = 0
    return rest


def _may_hold_text(picture: Rgb, quads: Sequence[Quad]) -> bool:
    """Whether the picture beside its documents is large enough for another, and strokes are on it."""
    height, width = picture.shape[:2]
    scale = min(1.0, _SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    smaller = [Quad(*(Point(x * scale, y * scale) for x, y in quad)) for quad in quads]
    there = _rest(size[::-1], smaller) > 0
    if there.mean() < _LEAST_REST:
        return False
    small = cv2.cvtColor(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    strokes = cv2.morphologyEx(small, cv2.MORPH_BLACKHAT, np.ones((_STROKE, _STROKE), np.uint8)) > _INK
    return float(strokes[there].mean()) >= _INKED


def _painted(picture: Rgb, rest: Grey) -> Rgb:
    """The picture with its documents painted over in the usual colour of the rest."""
    painted = picture.copy()
    painted[rest == 0] = np.median(picture[::8, ::8][rest[::8, ::8] > 0], axis=0)
    return painted


def _pixel(point: Point, rest: Grey) -> tuple[int, int]:
    return min(max(0, int(point.y)), rest.shape[0] - 1), min(max(0, int(point.x)), rest.shape[1] - 1)


def _part(page: Rgb, box: Box, engine: OcrEngine) -> Sheet:
    cut = _cut(page, box)
    sheet = _upright(cut, whole_page(cut), engine)
    return sheet._replace(scene=sheet.scene.moved(box.left, box.top))


def _on_page(box: Box, scene: Scene, page: Rgb) -> Box:
    """The part of the page that a box in an upright picture takes up."""
    inside = box.within(scene.picture.shape[1], scene.picture.shape[0])
    return scene.on_page(Quad.of_box(inside)).box.within(page.shape[1], page.shape[0])
