"""What is left of a file whose end was lost: its first rows are as they were, and nothing may be read in the others.

A file may have lost its end and nothing else, so that its codes are right up to there; or pieces of it are coded apart,
and the first ones are whole. Where neither is known, any pixel may be wrong, and nothing is left.

One harm is assumed where codes run through the whole page: a JPEG without restart markers that lost its end, and a
piece further up as well, shows moved rows above its end that look like right ones.
"""

import math
from typing import Final, NamedTuple

import numpy as np

from models.codes import Reason
from models.geometry import Box
from models.reading import Loss
from pipeline.perceive.decode.pixels import Grey, Rgb

_TOP, _RIGHT, _BOTTOM, _LEFT = range(4)
# Where the last row lies, by the EXIF orientation.
_LAST_ROW: Final = {1: _BOTTOM, 2: _BOTTOM, 3: _TOP, 4: _TOP, 5: _RIGHT, 6: _LEFT, 7: _LEFT, 8: _RIGHT}
_NEITHER: Final = 128  # grey level of what is lost: neither paper nor ink


class Rest(NamedTuple):
    """A file that decodes in place of a damaged one.

    Attributes:
        data: Of the same kind, size and orientation.
        kept: The share of its rows, from the first, that are as they were; above 0.
    """

    data: bytes
    kept: float


def lost_part(reason: Reason, kept: float, size: tuple[int, int], orientation: int = 1) -> Loss:
    """The part of a page beyond the rows that were kept.

    Args:
        reason: Why it is lost.
        kept: The share of the rows as stored that are left.
        size: Width and height of the page as it is seen.
        orientation: By which it was turned, of EXIF.
    """
    width, height = size
    side = _LAST_ROW.get(orientation, _BOTTOM)
    length = height if side in (_TOP, _BOTTOM) else width
    depth = min(length, math.ceil(length * (1 - kept)))
    box = {
        _TOP: Box(0, 0, width, depth),
        _BOTTOM: Box(0, height - depth, width, height),
        _LEFT: Box(0, 0, depth, height),
        _RIGHT: Box(width - depth, 0, width, height),
    }[side]
    return Loss(reason, box, round(depth / length, 3))


def without(page: Rgb, loss: Loss) -> Rgb:
    """The page with nothing in the lost part."""
    left, top, right, bottom = loss.box
    cleared = page.copy()
    cleared[top:bottom, left:right] = _NEITHER
    return cleared


def first_difference(one: Grey, other: Grey) -> int | None:
    """The first row in which two pictures of one size differ; None if none does."""
    rows = (one != other).reshape(len(one), -1).any(axis=1)
    return int(np.argmax(rows)) if rows.any() else None
