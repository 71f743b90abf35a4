"""Crops of printed names, slightly harmed and read by the real engine: realistic reading noise at low cost."""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final, NamedTuple

import cv2
import numpy as np

from fixtures.people.names import NameKind, Rng, child_name, surname
from fixtures.people.printers import register_print
from fixtures.pictures.captured_image import Pixels
from fixtures.pictures.exposure import faded
from fixtures.pictures.light import noisy
from fixtures.pictures.optics import Text, compressed, defocused, shaken, shrunk
from fixtures.printing.paper import Colour, Sheet, pixels_of, values
from fixtures.truth import Harm, Split
from models.content import FieldContent, LineContent
from models.documents import Field, PageKind
from models.geometry import Box, Point, Quad
from models.reading import Line
from pipeline.extract.deskew import deskew
from pipeline.extract.extraction import field_content, line_content
from pipeline.extract.fields import read_field
from pipeline.extract.runs import whole
from pipeline.extract.simplified_script import prefer_simplified
from pipeline.perceive.ocr.base import OcrEngine
from pipeline.perceive.ocr.lattice import glyphs
from pipeline.perceive.quality import grey_of, measure_line
from pipeline.perceive.rereading import read_lines

LEGIBLE: Final = 4  # the highest level of harm at which a person still reads without effort (docs/specimens.md)
_POINTS: Final = (9.0, 10.5)  # of values on cards and in registers
_PAPER: Final[Colour] = (244, 242, 236)
_MARGIN: Final = 4.0  # mm around the name
_SMALLEST: Final = 24.0  # pixels of the em, as photographed; a flatbed at 300 dots per inch shows 44
HARMS: Final[Mapping[Harm, Callable[[Pixels, Text, int, Rng], Pixels]]] = MappingProxyType(
    {
        Harm.DEFOCUS: defocused,
        Harm.MOTION: shaken,
        Harm.DOWNSCALE: shrunk,
        Harm.JPEG: compressed,
        Harm.LOW_CONTRAST: faded,
    }
)
# How often each kind of name is drawn: mostly common names, and enough hard ones.
_KINDS: Final = (
    *(NameKind.PLAIN,) * 9, *(NameKind.CONFUSABLE,) * 3, NameKind.COMPOUND, *(NameKind.SHORT,) * 2, NameKind.MINORITY,
    NameKind.LONG, NameKind.RARE_LISTED, NameKind.RARE_A, NameKind.RARE_B,
)  # fmt: skip


class NameCrop(NamedTuple):
    """A photographed name, and the frame that a text detector would draw around it."""

    picture: Pixels
    place: Quad


class NameReading(NamedTuple):
    """A name as read, in the form that the rules take; None where the engine read nothing."""

    field: FieldContent
    lines: tuple[LineContent, ...]


class Drawn(NamedTuple):
    """The name that was drawn, and its harm."""

    name: str
    kind: NameKind
    harm: Harm | None
    level: int


def plan(split: Split, seed: int, number: int) -> tuple[Drawn, Rng]:
    """Plan the name of this number and its random choices."""
    rng = np.random.default_rng((seed, number))
    kind = _KINDS[number % len(_KINDS)]
    name = child_name(surname(kind, rng), kind, split, rng)
    level_ = int(rng.integers(0, LEGIBLE + 1))
    harm = list(HARMS)[int(rng.integers(len(HARMS)))] if level_ else None
    return Drawn(name, kind, harm, level_), rng


def draw(one: Drawn, split: Split, rng: Rng) -> NameCrop:
    """Draw the name in an office's print, photograph and harm it."""
    points = float(rng.choice(_POINTS))
    style = values(register_print(split, _some_day(rng), rng), points)
    width = (len(one.name) + 1) * points * 25.4 / 72 + 2 * _MARGIN
    sheet = Sheet(PageKind.HUKOU_MEMBER, (width, 2 * _MARGIN + points * 25.4 / 72), _PAPER)
    ink = Box.around(sheet.characters((_MARGIN, sheet.size[1] / 2), one.name, style))
    em = pixels_of(points * 25.4 / 72)
    scale = float(rng.uniform(_SMALLEST / em, 1.0))
    picture = np.asarray(sheet.page().image, np.uint8)
    size = round(picture.shape[1] * scale), round(picture.shape[0] * scale)
    small = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    text = Text(em * scale, float(np.percentile(small.mean(axis=2), 3)))
    harmed = HARMS[one.harm](small, text, one.level, rng) if one.harm else small
    return NameCrop(noisy(harmed, float(rng.uniform(0.5, 2.5)), rng), _framed(ink, scale, em * scale, rng))


def read(crop: NameCrop, engine: OcrEngine) -> NameReading | None:
    """Read a crop as the lines of a page are read, and extract the name as from a page."""
    found = read_lines(crop.picture, [crop.place], {}, engine)
    if not found:
        return None
    (one,) = found
    span = one.lattice.span
    middles = [(glyph.first + glyph.end) / 2 * span for glyph in glyphs(one.lattice)]
    line = Line(
        text=one.text,
        confidence=round(min(1.0, one.confidence), 5),
        quad=one.quad,
        upright=one.quad.box,
        lattice=one.lattice,
        measures=measure_line(crop.picture, grey_of(crop.picture), one.quad.box, middles),
    )
    (line,) = prefer_simplified(deskew([line]))
    field = read_field(Field.NAME, [whole(line)])
    return NameReading(field_content(field, {id(line): 0}), (line_content(line),)) if field else None


def _framed(ink: Box, scale: float, em: float, rng: Rng) -> Quad:
    """A detector's frame: a little wider than the ink, with random error."""
    left, top, right, bottom = (edge * scale for edge in ink)
    out = em * rng.uniform(0.05, 0.3, 4)
    slant = em * float(rng.normal(0, 0.02))
    left, top, right, bottom = left - out[0], top - out[1], right + out[2], bottom + out[3]
    corners = ((left, top), (right, top + slant), (right, bottom + slant), (left, bottom))
    return Quad(*(Point(round(float(x), 1), round(float(y), 1)) for x, y in corners))


def _some_day(rng: Rng) -> date:
    return date(int(rng.integers(2005, 2026)), 6, 1)
