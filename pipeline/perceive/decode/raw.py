"""Whether pixels that are stored as they are were written over: what a broken transfer leaves is noughts, or noise."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.findings import Reason

_TORN: Final = 0.02  # of a row, by which a black part is wider than in the row beside it
_STEADY: Final = 0.25  # of that, by which it may widen one row before: slanted edges widen from row to row
_PIECE: Final = 1024  # bytes that are looked at together
_RANDOM_STEP: Final = (72.0, 98.0)  # mean step between random bytes is 85
_UNEVEN: Final = 360.0  # chi-square of 255 degrees of freedom: 255 on average, 360 once in 70,000 pieces


def what_is_missing(rows: NDArray[np.uint8]) -> Reason | None:
    """TRUNCATED for pixels that turn to noughts within a row, DAMAGED for noise; None for a whole picture.

    Args:
        rows: Bytes of the picture as stored, shape (rows, bytes of a row).
    """
    if _is_torn(rows):
        return Reason.TRUNCATED
    return Reason.DAMAGED if _has_noise(rows.reshape(-1)) else None


def _is_torn(rows: NDArray[np.uint8]) -> bool:
    """Whether whole rows of noughts begin or end within a row: a black part has the same edge in the row beside it."""
    dark = np.concatenate(([False], ~rows.any(axis=1), [False]))
    turns = np.flatnonzero(dark[1:] != dark[:-1])
    for first, end in zip(turns[::2], turns[1::2], strict=True):
        above, below = rows[max(0, first - 3) : first, ::-1][::-1], rows[end : end + 3]
        if any(_tears(beside) for beside in (above, below)):
            return True
    return False


def _tears(beside: NDArray[np.uint8]) -> bool:
    """Whether the noughts of the row next to black rows begin where those of the rows behind it do not.

    Args:
        beside: The three rows, next one first, each from the end that touches the black part.
    """
    if len(beside) < 3:
        return False
    next_one, second, third = map(_noughts, beside)
    wider = next_one - second
    return wider > _TORN * beside.shape[1] and second - third < _STEADY * wider


def _noughts(row: NDArray[np.uint8]) -> int:
    """How many noughts a row begins with."""
    return int((row != 0).argmax())


def _has_noise(stored: NDArray[np.uint8]) -> bool:
    """Whether two pieces in a row are random bytes: evenly spread over all values, and each without regard to the last.

    No picture is both: what is that coarse is made of few values.
    """
    pieces = stored[: stored.size // _PIECE * _PIECE].reshape(-1, _PIECE)
    random = np.zeros(len(pieces), bool)
    for at in range(0, len(pieces), _PIECE):  # a megabyte at a time
        some = pieces[at : at + _PIECE].astype(np.int16)
        steps = np.abs(np.diff(some, axis=1)).mean(axis=1)
        random[at : at + _PIECE] = (steps > _RANDOM_STEP[0]) & (steps < _RANDOM_STEP[1])
    for number in np.flatnonzero(random):
        counts = np.bincount(pieces[number], minlength=256)
        random[number] = ((counts - _PIECE / 256) ** 2).sum() / (_PIECE / 256) < _UNEVEN
    return bool((random[1:] & random[:-1]).any())
