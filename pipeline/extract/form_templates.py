"""Forms whose cells are known, and how to lay them over a page by the labels and values that were found.

首页 and 常住人口登记卡 (143 x 105 mm), 人像面 of an ID card (85.6 x 54 mm). Positions are millimetres from the top left
corner. The order of cells follows docs/reference/documents.md; the millimetres are those our specimens are drawn with.
Printers' stock differs by some millimetres, and no real form was measured: the templates say where to look and what to
outline for a reviewer. Nothing is accepted or accused because of them. What was found near a place tells where the
place is, so that a curl or a slanting view does little harm.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

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
_FIRST_ROW, _ROW_HEIGHT = 14.0, 7.7  # mm: top of the card's first row, and height of each row


class Cell(NamedTuple):
    """A field on the form: its label's middle and width, where its value starts, and how wide that usually is.

    `rows` is the height of its value in lines: between one and two for one that takes either, around the same middle.
    """

    x: float
    y: float
    wide: float
    value: float
    usual: float
    rows: float = 1.0


class FormTemplate(NamedTuple):
    """A form: its cells, and the heights of its labels and values."""

    cells: Mapping[Field, Cell]
    label: float
    value: float


class Pin(NamedTuple):
    """A place of the form, and where it was found."""

    form: Point
    found: Point


def label_pins(layout: FormTemplate, labels: Mapping[Field, Any], middle: Callable[[Any], Point]) -> tuple[Pin, ...]:
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
    kept = [corner for corner in corners if corner is not None]
    return Quad(*kept) if len(kept) == len(corners) else None


def _spread(pins: Sequence[Pin]) -> bool:
    xs, ys = [pin.form.x for pin in pins], [pin.form.y for pin in pins]
    return len(pins) >= _LEAST and max(xs) - min(xs) > _FLAT and max(ys) - min(ys) > _FLAT


def agreeing(pins: tuple[Pin, ...]) -> tuple[Pin, ...]:
    """Pins without those far from where the rest lays them, the furthest first; none if they lay no such form."""
    kept = pins
    while _spread(kept):
        source = np.asarray([(1.0, pin.form.x, pin.form.y) for pin in kept])
        target = np.asarray([pin.found for pin in kept])
        found = np.linalg.lstsq(source, target, rcond=None)[0]
        across, down = np.hypot(*found[1]), np.hypot(*found[2])
        missed = np.hypot(*(source @ found - target).T)
        worst = int(np.argmax(missed))
        if missed[worst] <= _OFF * max(across, down):
            square = abs(float(found[1] @ found[2])) < _ASLANT * across * down
            return kept if square and 1 / _SQUASHED < across / max(down, _FLOOR) < _SQUASHED else ()
        kept = kept[:worst] + kept[worst + 1 :]
    return ()


def stands_upright(pins: Sequence[Pin]) -> bool:
    """Whether the form lies on the pins as it is read: neither turned nor mirrored."""
    source = np.asarray([(1.0, pin.form.x, pin.form.y) for pin in pins])
    found = np.linalg.lstsq(source, np.asarray([pin.found for pin in pins]), rcond=None)[0]
    (_, across, down) = found
    return bool(across[0] > abs(across[1]) and down[1] > abs(down[0]))


def _card(row: int, start: float, middle: float, usual: float, wide: float = 12.0) -> Cell:
    """A cell of the card's grid: its label stands between `start` and `middle`."""
    return Cell((start + middle) / 2, _FIRST_ROW + _ROW_HEIGHT * (row + 0.5), wide, middle + 1.5, usual)


MEMBER: Final = FormTemplate(
    {
        Field.NAME: _card(0, 6, 25, 11.1),
        Field.RELATION: _card(0, 73, 95, 7.4),
        Field.SEX: _card(1, 73, 95, 3.7),
        Field.BIRTH_PLACE: _card(2, 6, 25, 33),
        Field.ETHNICITY: _card(2, 73, 95, 7.4),
        Field.NATIVE_PLACE: _card(3, 6, 25, 22),
        Field.BIRTH_DATE: _card(3, 73, 95, 26),
        Field.RELIGION: _card(4, 73, 95, 7.4),
        Field.ID_NUMBER: _card(5, 6, 25, 34),
        Field.HEIGHT: _card(5, 73, 86, 13, wide=9),
        Field.BLOOD_TYPE: _card(5, 104, 117, 3, wide=9),
        Field.EDUCATION: _card(6, 6, 25, 14.8),
        Field.MARITAL_STATUS: _card(6, 52, 69, 7.4),
        Field.MILITARY_SERVICE: _card(6, 94, 111, 14.8),
        Field.EMPLOYER: _card(7, 6, 25, 18.5),
        Field.OCCUPATION: _card(7, 73, 95, 7.4),
        Field.MOVED_TO_CITY: _card(8, 6, 36, 7.4, wide=18),
        Field.MOVED_TO_ADDRESS: _card(9, 6, 36, 70, wide=15),
        Field.REGISTRATION_DATE: Cell(84, 97.5, 12, 95, 26),
    },
    label=4.0,
    value=4.2,
)
HOME: Final = FormTemplate(
    {
        Field.HOUSEHOLD_TYPE: Cell(16, 14.5, 12, 28, 20),
        Field.HEAD_NAME: Cell(65, 14.5, 12, 75, 11.1),
        Field.HOUSEHOLD_NUMBER: Cell(16, 25.5, 12, 28, 17),
        Field.ADDRESS: Cell(65, 25.5, 12, 75, 56, rows=1.55),
        Field.ISSUE_DATE: Cell(94, 63.2, 12, 104.5, 26),
    },
    label=4.0,
    value=4.2,
)
PORTRAIT: Final = FormTemplate(
    {
        Field.NAME: Cell(9.2, 9.7, 8, 16, 11.6),
        Field.SEX: Cell(9.2, 16.6, 8, 16, 3.2),
        Field.ETHNICITY: Cell(30.4, 16.6, 8, 36, 3.2),
        Field.BIRTH_DATE: Cell(9.2, 23, 8, 16, 32),
        Field.ADDRESS: Cell(9.2, 29.4, 8, 16, 35),
        Field.ID_NUMBER: Cell(13.2, 45.9, 16, 29.6, 45),
    },
    label=3.2,
    value=3.8,
)
