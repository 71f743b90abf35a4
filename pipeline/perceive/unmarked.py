"""The text of a page without its watermark: the mark's lines are set apart, and print is read again without its ink."""

from collections.abc import Callable, Sequence
from statistics import median
from typing import Final, NamedTuple

import numpy as np

from models.geometry import Quad
from models.reading import Watermark
from pipeline.perceive.column_edges import from_their_columns
from pipeline.perceive.decode.pixels import Rgb
from pipeline.perceive.line_finding import find_lines
from pipeline.perceive.ocr.base import OcrEngine, TextLine
from pipeline.perceive.rereading import read_beneath
from pipeline.perceive.scene.colour_projection import Ink, ink_of, without_ink
from pipeline.perceive.scene.grounds import without_ground
from pipeline.perceive.scene.rectify import cut_line
from pipeline.perceive.sheets import Sheet
from pipeline.perceive.watermarks import find_watermark

_OTHER_INK: Final = 0.12  # of the paper's level in any colour, by which inks differ; chosen as in watermarks.py
_PRINT: Final = 0.9  # mean confidence of lines that show the ink of print
_LEFT: Final = 0.3  # of print's usual contrast without the mark's ink, below which a line was the mark's
_FULL: Final = 255


class Text(NamedTuple):
    """What a page says apart from its watermark, if it has one, and the picture that its print was read in."""

    picture: Rgb
    printed: tuple[TextLine, ...]
    stamped: tuple[TextLine, ...]
    watermark: Watermark | None


def unmarked(sheet: Sheet, printed: Sequence[TextLine], stamped: Sequence[TextLine], engine: OcrEngine) -> Text:
    """The lines of a document without those of a watermark.

    Args:
        sheet: The document.
        printed: Its lines of print.
        stamped: Its lines of stamps.
        engine: Reads print again where there is a mark; a page without one costs nothing.
    """
    picture = sheet.scene.picture
    stamps = {line.quad for line in stamped}
    print_ = [line.quad for line in printed if line.confidence >= _PRINT]

    def differs(place: Quad) -> bool:
        others = [other for other in print_ if other != place]
        return place in stamps or not others or _differ(ink_of(picture, [place]), ink_of(picture, others))

    mark = find_watermark(printed, stamped, differs)
    if mark is None:
        return Text(sheet.layers.printed, tuple(printed), tuple(stamped), None)
    ink = ink_of(picture, mark.places)

    def its_ink(place: Quad) -> bool:
        return not _differ(ink_of(picture, [place]), ink)

    def is_marks(line: TextLine) -> bool:
        return mark.says(line, its_ink)

    places = [line.quad for line in (*printed, *stamped) if is_marks(line)]
    print_lines = tuple(line for line in printed if not is_marks(line))
    left = [place for place in mark.places if place not in stamps]  # a red mark went with the stamps
    shown, print_lines = _read_again(sheet, print_lines, left, is_marks, engine)
    print_lines = tuple(mark.without_words(line, its_ink) for line in print_lines)
    colour = tuple(round(float(share) * _FULL) for share in ink)
    return Text(
        picture=shown,
        printed=print_lines,
        stamped=tuple(line for line in stamped if not is_marks(line)),
        watermark=Watermark(
            text=mark.text,
            colour=(colour[0], colour[1], colour[2]),
            angle=mark.angle,
            places=tuple(map(sheet.scene.on_page, places)),
        ),
    )


def _read_again(
    sheet: Sheet,
    lines: tuple[TextLine, ...],
    left: Sequence[Quad],
    is_marks: Callable[[TextLine], bool],
    engine: OcrEngine,
) -> tuple[Rgb, tuple[TextLine, ...]]:
    """The print without the ink of the words at `left`, and its lines; as it was if print has the same ink."""
    printed = sheet.layers.printed
    cleaned = without_ink(printed, ink_of(printed, left)) if left else None
    if cleaned is None:
        return printed, lines
    found = find_lines(cleaned, without_ground(cleaned), engine)
    beneath, beside = read_beneath(printed, lines, cleaned, found, engine)
    still = [line for line in beside if _contrast(cleaned, line) > _LEFT * _usual_contrast(cleaned, beneath)]
    own = tuple(line for line in (*beneath, *still) if not is_marks(line))
    return cleaned, from_their_columns((cleaned,), own, engine)


def _usual_contrast(picture: Rgb, lines: Sequence[TextLine]) -> float:
    return median(_contrast(picture, line) for line in lines) if lines else 0.0


def _contrast(picture: Rgb, line: TextLine) -> float:
    """Ink against paper in levels, of a picture in grey."""
    ink, paper = np.percentile(cut_line(picture, line.quad)[:, :, 0], (5, 95))
    return float(paper - ink)


def _differ(one: Ink, other: Ink) -> bool:
    return float(np.abs(one - other).max()) > _OTHER_INK
