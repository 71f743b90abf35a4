"""Pictures with documents in them, drawn as plain as can be."""

from collections.abc import Sequence

import cv2
import numpy as np

from models.geometry import Point, Quad
from pipeline.perceive.decode.pixels import Rgb

Colour = tuple[int, int, int]
WHITE_BED: Colour = (250, 250, 250)
DARK_DESK: Colour = (60, 45, 35)
TINTED: Colour = (226, 240, 222)
CARD: Colour = (235, 235, 240)


def upright(left: float, top: float, width: float, height: float) -> Quad:
    """A rectangle that lies straight."""
    right, bottom = left + width, top + height
    return Quad(Point(left, top), Point(right, top), Point(right, bottom), Point(left, bottom))


def tilted(quad: Quad, degrees: float) -> Quad:
    """The same, turned clockwise about its middle."""
    middle = np.mean(quad, axis=0)
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return Quad(*(Point(float(x), float(y)) for x, y in (np.asarray(quad) - middle) @ turn + middle))


def picture(size: tuple[int, int], bed: Colour, sheets: Sequence[tuple[Quad, Colour]]) -> Rgb:
    """Sheets of paper on a bed, with a little noise as every sensor has."""
    width, height = size
    page = np.full((height, width, 3), bed, np.uint8)
    for quad, colour in sheets:
        cv2.fillConvexPoly(page, np.asarray(quad).round().astype(np.int32), colour)
    noise = np.random.default_rng(7).normal(0, 1.0, page.shape)
    return np.clip(page + noise, 0, 255).astype(np.uint8)


def text_like(size: tuple[int, int] = (400, 60), *, ink: int = 30, paper: int = 220) -> Rgb:
    """Dark strokes on paper, as sharp as they can be."""
    width, height = size
    page = np.full((height, width, 3), paper, np.uint8)
    for x in range(10, width - 10, 12):
        page[10:-10, x : x + 4] = ink
    return page
