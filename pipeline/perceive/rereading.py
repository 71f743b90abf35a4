"""Read lines, and read uncertain ones again from softened and evened pictures, to spare reviewers."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Final

import cv2
import numpy as np

from models.geometry import Quad
from models.reading import Alternative, Lattice
from pipeline.perceive.decode.pixels import Rgb
from pipeline.perceive.ocr.base import OcrEngine, TextLine
from pipeline.perceive.ocr.lattice import glyphs, stretch
from pipeline.perceive.scene.rectify import cut_line

_UNSURE: Final = 0.9  # of the least sure character, below which a line is looked at again
_HOPELESS: Final = 0.35  # mean confidence of a line that is no text: a hatching, a piece of a seal
_MOST: Final = 12  # lines of a page that are looked at again, the surest first: bounds what a page can cost
_ALTERNATIVES: Final = 8

_SMALLER: Final = 0.6  # of its size, from which a line is drawn anew: softens noise and hard edges
_INK, _PAPER = 25.0, 240.0  # grey levels that the darkest and the brightest parts of a line are given
_ENDS: Final = (2, 95)  # percentiles that count as ink and paper
_SAME: Final = 0.5  # of each of two boxes that the other covers where they show the same line
_TOUCHES: Final = 0.3  # of a line's box that another covers, which shows a part of it


def read_lines(
    printed: Rgb,
    places: Sequence[Quad],
    known: Mapping[Quad, Lattice],
    engine: OcrEngine,
    *,
    again: Sequence[Rgb] = (),
) -> tuple[TextLine, ...]:
    """Every line with text.

    Args:
        printed: The picture.
        places: The lines, in the order that the result has.
        known: Lattices of lines that were read already.
        engine: Reads them.
        again: Other pictures of the same print, such as one without its ground, in which uncertain lines are read too.
    """
    lattices = [known.get(place) or engine.read([cut_line(printed, place)])[0] for place in places]
    for at in _unsure(lattices):
        cut = cut_line(printed, places[at])
        others = [cut_line(picture, places[at]) for picture in again]
        lattices[at] = combined([lattices[at], *engine.read([_softened(cut), _evened(cut), *others])])
    read = zip(places, lattices, strict=True)
    return tuple(line for place, lattice in read if (line := line_of(place, lattice)).text)


def read_beneath(
    printed: Rgb, seen: Sequence[TextLine], cleaned: Rgb, places: Sequence[Quad], engine: OcrEngine
) -> tuple[tuple[TextLine, ...], tuple[TextLine, ...]]:
    """The lines of a picture that a mark was projected out of, and those of `seen` that it does not show.

    Args:
        printed: With the mark.
        seen: The lines of `printed`.
        cleaned: The same size, without the mark.
        places: The lines of `cleaned`.
        engine: Reads both.
    """
    found = read_lines(cleaned, places, {}, engine)
    beneath = tuple(_agreed(line, printed, seen, engine) for line in found)
    return beneath, tuple(line for line in seen if not any(_shown_by(line, other) for other in beneath))


def _shown_by(line: TextLine, other: TextLine) -> bool:
    """Whether another line shows a part of this one, or this one swallowed it."""
    return _covers(line, other, _TOUCHES) or _covers(other, line, _SAME)


def _agreed(line: TextLine, printed: Rgb, seen: Sequence[TextLine], engine: OcrEngine) -> TextLine:
    """The surer of two equal readings of a place; of different ones both, so that the surer one is in doubt."""
    before = next((other for other in seen if _covers(line, other, _SAME) and _covers(other, line, _SAME)), None)
    if before is None:
        return line
    if before.text == line.text:
        return max(before, line, key=lambda one: one.confidence)
    again = engine.read([cut_line(printed, line.quad)])
    return line_of(line.quad, combined([line.lattice, *again]))


def _covers(line: TextLine, other: TextLine, share: float) -> bool:
    """Whether `other` covers so much of `line`."""
    box = line.quad.box
    return other.quad.box.overlap(box) > share * box.width * box.height


def part_of(line: TextLine, first: int, end: int) -> TextLine:
    """Some characters of a line that runs across, `end` exclusive, as a line of their own."""
    lattice = line.lattice
    start, stop = stretch(glyphs(lattice), first, end, len(lattice.steps))
    left, right = start * lattice.span, min(1.0, stop * lattice.span)
    part = Lattice(steps=lattice.steps[start:stop], span=lattice.span / (right - left))
    return line_of(line.quad.part(left, right), part)


def combined(lattices: Sequence[Lattice]) -> Lattice:
    """Several readings of one line as one: the mean probability at each step, so that disagreement stays visible."""
    steps = zip(*(lattice.steps for lattice in lattices), strict=True)
    return Lattice(steps=tuple(_mean(readings) for readings in steps), span=lattices[0].span)


def _mean(readings: Sequence[Sequence[Alternative]]) -> tuple[Alternative, ...]:
    seen: dict[str, float] = defaultdict(float)
    for reading in readings:
        for alternative in reading:
            seen[alternative.char] += alternative.probability / len(readings)
    ranked = sorted(seen.items(), key=lambda row: (-row[1], row[0]))
    return tuple(Alternative(char, round(probability, 5)) for char, probability in ranked[:_ALTERNATIVES])


def _unsure(lattices: Sequence[Lattice]) -> list[int]:
    rows = [(at, [glyph.probability for glyph in glyphs(lattice)]) for at, lattice in enumerate(lattices)]
    unsure = [(fmean(sure), at) for at, sure in rows if sure and min(sure) < _UNSURE and fmean(sure) >= _HOPELESS]
    return [at for _, at in sorted(unsure, reverse=True)[:_MOST]]


def _softened(line: Rgb) -> Rgb:
    """The line drawn smaller and large again."""
    height, width = line.shape[:2]
    size = max(1, round(width * _SMALLER)), max(1, round(height * _SMALLER))
    small = cv2.resize(line, size, interpolation=cv2.INTER_AREA)
    return cv2.resize(small, (width, height))


def _evened(line: Rgb) -> Rgb:
    """The line in grey on paper of one level, its ink as dark as ink is."""
    grey = cv2.cvtColor(line, cv2.COLOR_RGB2GRAY).astype(np.float32)
    reach = max(3.0, line.shape[0] / 3)
    paper = cv2.GaussianBlur(cv2.dilate(grey, np.ones((9, 9), np.uint8)), (0, 0), reach)
    flat = grey / np.maximum(paper, 1.0)
    darkest, brightest = np.percentile(flat, _ENDS)
    shown = (flat - darkest) / max(float(brightest - darkest), 0.04) * (_PAPER - _INK) + _INK
    evened: Rgb = cv2.cvtColor(np.clip(shown, 0, 255).astype(np.uint8), cv2.COLOR_GRAY2RGB)
    return evened


def line_of(place: Quad, lattice: Lattice) -> TextLine:
    """A line with the greedy reading of its lattice."""
    read = glyphs(lattice)
    sure = fmean(glyph.probability for glyph in read) if read else 0.0
    return TextLine("".join(glyph.char for glyph in read), sure, place, lattice)
