"""Read lines, and look again at those that are not sure, before a person is asked."""

from collections.abc import Sequence
from statistics import fmean

from models.geometry import Quad
from models.reading import Lattice
from pipeline.decode.pixels import Rgb
from pipeline.ocr.base import OcrEngine, TextLine
from pipeline.ocr.lattice import glyphs
from pipeline.scene.lines import cut_line


def read_lines(printed: Rgb, places: Sequence[Quad], engine: OcrEngine) -> tuple[TextLine, ...]:
    """Every line that says something, in the order of `places`."""
    cut = [cut_line(printed, place) for place in places]
    told = zip(places, engine.read(cut), strict=True)
    return tuple(line for place, lattice in told if (line := _line(place, lattice)).text)


def _line(place: Quad, lattice: Lattice) -> TextLine:
    read = glyphs(lattice)
    sure = fmean(glyph.probability for glyph in read) if read else 0.0
    return TextLine("".join(glyph.char for glyph in read), sure, place, lattice)
