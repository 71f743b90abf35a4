"""The lines of a document: with its ground and without it, as print of either kind vanishes in one of the pictures."""

from collections.abc import Iterable, Sequence
from typing import Final

from models.geometry import Box, Quad
from pipeline.perceive.decode.pixels import Rgb
from pipeline.perceive.ocr.base import OcrEngine
from pipeline.perceive.scene.orientation import readability
from pipeline.perceive.scene.rectify import cut_line

READS: Final = 0.8  # mean confidence of lines that are text; less is the pattern of a tablecloth or of a ground
_HIDDEN: Final = 0.5  # of a line that no other line covers, above which it is a line of its own. By judgement
_IN_ROW: Final = 0.4  # of the height of the lower of two lines that they share where they stand in a row. By judgement


def find_lines(printed: Rgb, bare: Rgb | None, engine: OcrEngine) -> tuple[Quad, ...]:
    """The lines of a document, top to bottom.

    Where the document has a ground, these are the lines found in the picture without it. A line, or a part of one, that
    shows only with the ground, since print as pale as the ground vanishes along with it, counts if it reads, and takes
    the place of the lines that it covers.

    Args:
        printed: The document without its stamps.
        bare: The same without its ground; None if it has none.
        engine: Finds the lines, and reads those that show only with the ground.
    """
    found = engine.find(printed)
    if bare is None:
        return found
    shown = engine.find(bare)
    whole = _readable([place for place in found if _hidden_share(place, shown) > _HIDDEN], (printed,), engine)
    parts = [part for place in found if place not in whole and (part := _hidden_part(place, shown)) is not None]
    pale = (*whole, *_readable(parts, (printed, bare), engine))
    lines = (*pale, *(place for place in shown if _hidden_share(place, pale) > _HIDDEN))
    return tuple(sorted(lines, key=lambda place: (place.box.top, place.box.left)))


def _hidden_part(place: Quad, shown: Sequence[Quad]) -> Quad | None:
    """The longest part beside others in a line's row, from a character's width; None for less."""
    box = place.box
    edge, part = box.left, (0, 0)
    for left, right in (*sorted(_taken(box, shown)), (box.right, box.right)):
        part = max(part, (edge, left), key=lambda stretch: stretch[1] - stretch[0])
        edge = max(edge, right)
    if not box.height <= part[1] - part[0] < box.width:
        return None
    return place.part(*((at - box.left) / box.width for at in part))


def _taken(box: Box, shown: Sequence[Quad]) -> Iterable[tuple[int, int]]:
    """From where to where other lines stand in the row of a line."""
    for other in (place.box for place in shown):
        rows = min(box.bottom, other.bottom) - max(box.top, other.top)
        if rows > _IN_ROW * min(box.height, other.height) and box.overlap(other):
            yield other.left, other.right


def _readable(places: Sequence[Quad], pictures: Iterable[Rgb], engine: OcrEngine) -> tuple[Quad, ...]:
    """The places where text stands in any of the pictures."""
    read = [engine.read([cut_line(picture, place) for place in places]) for picture in pictures]
    looks = zip(places, zip(*read, strict=True), strict=True)
    return tuple(place for place, lattices in looks if max(readability([one]) for one in lattices) >= READS)


def _hidden_share(place: Quad, others: Sequence[Quad]) -> float:
    """The share of a line's box that no other line covers, at most 1; where two others overlap they count twice."""
    box = place.box
    return 1 - sum(box.overlap(other.box) for other in others) / max(1, box.width * box.height)
