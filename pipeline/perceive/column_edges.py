"""Lines that begin after their column: a first character that a ground or a mark hid is read from the column's edge.

Values of a form stand one below the other. Where the finder missed the first character of one, 广东省 is read as 东省
with every certainty, and 向仪亚 as 仪亚, which is another person's name.
"""

from collections.abc import Sequence
from typing import Final

from models.geometry import Box
from pipeline.perceive.decode.pixels import Rgb
from pipeline.perceive.ocr.base import OcrEngine, TextLine
from pipeline.perceive.ocr.lattice import glyphs
from pipeline.perceive.rereading import combined, line_of
from pipeline.perceive.scene.rectify import cut_line

# In heights of the line. By judgement.
_EDGE: Final = 0.35  # lines of one column begin so near to one another
_MISSING: Final = (0.6, 2.6)  # one or two characters
_SIZES: Final = (0.6, 1.6)  # of the column's lines
_COLUMN: Final = 3  # lines that make a column
_ALONE: Final = 1  # other lines that begin where this one does; more are a column of their own
_SURE: Final = 0.75  # of each new character; chosen on the training watermarks: a piece of a ground had 0.71
_FORM: Final = 200  # lines of a document; more are noise, and each is compared with all. By judgement


def from_their_columns(pictures: Sequence[Rgb], lines: Sequence[TextLine], engine: OcrEngine) -> tuple[TextLine, ...]:
    """The lines, each from the edge of its column if more characters are read there.

    Args:
        pictures: Of the same print, such as one without its ground; what is added must show in their mean.
        lines: As they were found and read.
        engine: Reads the few lines that begin after their column.
    """
    boxes = [line.quad.box for line in lines]
    if len(boxes) > _FORM:
        return tuple(lines)
    return tuple(_longer(line, boxes, pictures, engine) for line in lines)


def _longer(line: TextLine, boxes: Sequence[Box], pictures: Sequence[Rgb], engine: OcrEngine) -> TextLine:
    edge = _edge(line.quad.box, boxes)
    if edge is None:
        return line
    box = line.quad.box
    place = line.quad.part((edge - box.left) / box.width, 1.0)
    longer = line_of(place, combined(engine.read([cut_line(picture, place) for picture in pictures])))
    more = len(longer.text) - len(line.text)
    goes_on = longer.text[more + 1 :] == line.text[1:]  # the first character found may be half a character
    new = glyphs(longer.lattice)[: more + 1]
    return longer if more > 0 and goes_on and min(glyph.probability for glyph in new) >= _SURE else line


def _edge(box: Box, boxes: Sequence[Box]) -> int | None:
    """Where the column of a line begins, if the line begins after it and nothing lies between."""
    least, most = (size * box.height for size in _MISSING)
    if len(_column(box.left, box, boxes)) > _ALONE:
        return None
    for left in sorted(other.left for other in boxes if least < box.left - other.left < most):
        free = Box(left, box.top, box.left, box.bottom)
        if len(_column(left, box, boxes)) >= _COLUMN and not any(free.overlap(other) for other in boxes):
            return left
    return None


def _column(left: int, box: Box, boxes: Sequence[Box]) -> list[Box]:
    """The other lines of about the size of `box` that begin at `left`."""
    least, most = (size * box.height for size in _SIZES)
    return [
        other for other in boxes
        if other is not box and abs(other.left - left) < _EDGE * box.height and least < other.height < most
    ]  # fmt: skip
