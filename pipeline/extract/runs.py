"""Runs: neighbouring characters of one line and their positions. Labels and values consist of runs."""

from collections.abc import Sequence
from typing import NamedTuple

from models.geometry import Box, Quad
from models.reading import Alternative, Glyph, Line
from pipeline.perceive.ocr.lattice import glyphs, stretch

SPACES = " \u3000\u00a0"


class Run(NamedTuple):
    """Characters `first` to `end` (exclusive) of a line's reading, spaces at the ends left out."""

    line: Line
    read: tuple[Glyph, ...]  # of the whole line
    first: int
    end: int

    @property
    def text(self) -> str:
        """What was read, without spaces."""
        return "".join(glyph.char for glyph in self.glyphs if glyph.char not in SPACES)

    @property
    def glyphs(self) -> tuple[Glyph, ...]:
        """The characters with their steps and probabilities."""
        return self.read[self.first : self.end]

    @property
    def confidence(self) -> float:
        """Of the least sure character; 0 for none."""
        return min((glyph.probability for glyph in self.glyphs if glyph.char not in SPACES), default=0.0)

    @property
    def stretch(self) -> tuple[int, int]:
        """The steps of the line's lattice, end exclusive, that these characters come from."""
        return stretch(self.read, self.first, self.end, len(self.line.lattice.steps))

    @property
    def steps(self) -> tuple[tuple[Alternative, ...], ...]:
        """The part of the line's lattice that these characters come from."""
        return self.line.lattice.steps[slice(*self.stretch)]

    @property
    def upright(self) -> Box:
        """Where it stands in the straightened document."""
        start, stop = self._ends
        box = self.line.upright
        return Box(round(box.left + start * box.width), box.top, round(box.left + stop * box.width), box.bottom)

    @property
    def on_page(self) -> Quad:
        """Where it stands on the page as decoded."""
        return self.line.quad.part(*self._ends)

    def glyph_quad(self, at: int) -> Quad:
        """Where one character of the run stands on the page; counts from 0."""
        span = self.line.lattice.span
        glyph = self.glyphs[at]
        middle, half = (glyph.first + glyph.end) / 2 * span, self._half_glyph
        return self.line.quad.part(max(0.0, middle - half), min(1.0, middle + half))

    @property
    def _half_glyph(self) -> float:
        box = self.line.upright
        return 0.5 * box.height / max(box.width, 1)

    @property
    def _ends(self) -> tuple[float, float]:
        """Start and stop as shares of the line's width; the middle of a glyph is sure, its rim is half a height off."""
        span, half = self.line.lattice.span, self._half_glyph
        start = 0.0 if self.first == 0 else (self.glyphs[0].first + self.glyphs[0].end) / 2 * span - half
        stop = 1.0 if self.end == len(self.read) else (self.glyphs[-1].first + self.glyphs[-1].end) / 2 * span + half
        return max(0.0, start), min(1.0, stop)


def whole(line: Line) -> Run:
    """A line as one run."""
    read = glyphs(line.lattice)
    return Run(line, read, 0, len(read))


def cut(run: Run, taken: Sequence[tuple[int, int]]) -> tuple[Run, ...]:
    """What is left of a run after stretches (first, end) of its line were taken; runs of spaces are nothing."""
    edges = [run.first, *(edge for stretch in sorted(taken) for edge in stretch), run.end]
    pieces = [run._replace(first=first, end=end) for first, end in zip(edges[::2], edges[1::2], strict=True)]
    return tuple(trimmed for piece in pieces if (trimmed := _trimmed(piece)) is not None)


def _trimmed(run: Run) -> Run | None:
    """Without spaces and separators at the ends, which are the form's."""
    first, end = run.first, run.end
    while first < end and run.read[first].char in SPACES + "：:;；":
        first += 1
    while first < end and run.read[end - 1].char in SPACES + "：:":
        end -= 1
    return run._replace(first=first, end=end) if first < end else None
