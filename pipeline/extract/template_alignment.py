"""Where a printed form has its labels and values, laid over the page by the labels and values that were found.

Forms of different printers differ by some millimetres; what was found near a place tells where the place is, so that
a curl or a slanting view does little harm. Positions are in millimetres of the form, from its top left corner.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from models.documents import Field
from models.geometry import Point, Quad

_LEAST = 4  # labels or values that lie in more than a row; fewer fix no form
_NEAR = 20.0  # mm within which what was found counts most
_OFF = 3.0  # mm that the found labels may lie beside where the others say
_SQUASHED = 2.0  # times as wide for its height as it is, or as high: a view from the side; more is another form
_ASLANT = 0.5  # cosine between its edges, likewise
_FLOOR = 1e-6
_FLAT = 4.0  # mm that they must spread, across and down


class Cell(NamedTuple):
    """A field on the form: its label's middle and width, where its value starts, and how wide that usually is."""

    x: float
    y: float
    wide: float
    value: float
    usual: float


class AlignedTemplate(NamedTuple):
    """A form: its cells, and the heights of its labels and values."""

    cells: Mapping[Field, Cell]
    label: float
    value: float


class Pin(NamedTuple):
    """A place of the form, and where it was found."""

    form: Point
    found: Point


def label_pins(layout: AlignedTemplate, labels: Mapping[Field, Any], middle: Callable[[Any], Point]) -> tuple[Pin, ...]:
    """Pins at the middles of labels, without those that the others contradict."""
    pins = tuple(
        Pin(Point(cell.x, cell.y), middle(labels[field])) for field, cell in layout.cells.items() if field in labels
    )
    return agreeing(pins)


def align(place: Point, pins: Sequence[Pin]) -> Point | None:
    """Where a place of the form lies, by an affine map for which near pins count most; None where pins tell nothing."""
    if not _spread(pins):
        return None
    source = np.asarray([(1.0, pin.form.x - place.x, pin.form.y - place.y) for pin in pins])
    root = 1 / (1 + (source[:, 1:] ** 2).sum(axis=1) / _NEAR**2) ** 0.5
    target = np.asarray([pin.found for pin in pins])
    found = np.linalg.lstsq(source * root[:, None], target * root[:, None], rcond=None)[0]
    return Point(float(found[0, 0]), float(found[0, 1]))


def laid_box(centre: Point, size: tuple[float, float], pins: Sequence[Pin]) -> Quad | None:
    """Corners of a rectangle of the form, laid over the page."""
    across, down = size[0] / 2, size[1] / 2
    corners = [
        align(Point(centre.x + aside, centre.y + below), pins)
        for aside, below in ((-across, -down), (across, -down), (across, down), (-across, down))
    ]
    held = [corner for corner in corners if corner is not None]
    return Quad(*held) if len(held) == len(corners) else None


def _spread(pins: Sequence[Pin]) -> bool:
    xs, ys = [pin.form.x for pin in pins], [pin.form.y for pin in pins]
    return len(pins) >= _LEAST and max(xs) - min(xs) > _FLAT and max(ys) - min(ys) > _FLAT


def agreeing(pins: tuple[Pin, ...]) -> tuple[Pin, ...]:
    """Pins without those far from where the rest lays them, the furthest first; none if they lay no such form."""
    held = pins
    while _spread(held):
        source = np.asarray([(1.0, pin.form.x, pin.form.y) for pin in held])
        target = np.asarray([pin.found for pin in held])
        found = np.linalg.lstsq(source, target, rcond=None)[0]
        across, down = np.hypot(*found[1]), np.hypot(*found[2])
        missed = np.hypot(*(source @ found - target).T)
        worst = int(np.argmax(missed))
        if missed[worst] <= _OFF * max(across, down):
            square = abs(float(found[1] @ found[2])) < _ASLANT * across * down
            return held if square and 1 / _SQUASHED < across / max(down, _FLOOR) < _SQUASHED else ()
        held = held[:worst] + held[worst + 1 :]
    return ()
