"""Whether pixels that are stored as they are were written over: what a broken transfer leaves is noughts, or noise."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.findings import Reason

_EDGE: Final = 0.02  # of a row, which may be black at either end of it
_LIT: Final = 0.5  # of the row above, that is not black; and of its brightness, that the torn row has
_NEAR: Final = 16  # pixels before the tear
_ABOVE: Final = 3  # rows that are compared
_BLOCK: Final = 512  # bytes that a disk or a network loses together
_PIECE: Final = 1024  # bytes that are looked at together
_RANDOM_STEP: Final = (72.0, 98.0)  # mean step between random bytes is 85
_UNEVEN: Final = 360.0  # chi-square of 255 degrees of freedom: 255 on average, 360 once in 70,000 pieces


def what_is_missing(pixels: NDArray[np.uint8]) -> Reason | None:
    """TRUNCATED for pixels that turn to noughts within a row, DAMAGED for noise; None for a whole picture.

    Args:
        pixels: The picture as stored, shape (rows, columns, samples).
    """
    if torn_row(pixels) is not None:
        return Reason.TRUNCATED
    return Reason.DAMAGED if has_noise(pixels.reshape(-1)) else None


def torn_row(pixels: NDArray[np.uint8]) -> int | None:
    """The row in which noughts begin at a tear and go on to the end of the picture, or for a number of whole blocks.

    A black foot, a bar or the bed of a scanner ends with a row, or fades within a few.
    """
    rows = pixels.reshape(len(pixels), -1)
    size = rows.shape[1]
    dark = np.concatenate(([False], ~rows.any(axis=1), [False]))
    turns = np.flatnonzero(dark[1:] != dark[:-1])
    for first, end in zip(turns[::2], turns[1::2], strict=True):
        if first < _ABOVE + 1:
            continue
        kept = size - _noughts(rows[first - 1, ::-1])
        lost = (end - first) * size + size - kept + (_noughts(rows[end]) if end < len(rows) else 0)
        if (end == len(rows) or lost % _BLOCK == 0) and _tears(pixels[first - 1 - _ABOVE : first], kept):
            return int(first) - 1
    return None


def _tears(pixels: NDArray[np.uint8], kept: int) -> bool:
    """Whether the last row breaks off at a byte: within a pixel, or where the rows above reach the edge.

    A sheet that lies askew on a black bed has such a row, too: what lies beside it in the rows above is black.
    """
    samples = pixels.shape[2]
    *above, torn = pixels.reshape(len(pixels), -1)
    size, near = len(torn), slice(max(0, kept - _NEAR * samples), kept)
    edge = _EDGE * size
    if not edge < kept < size - edge or torn[near].mean() < _LIT * above[-1][near].mean():
        return False
    if np.count_nonzero(torn[:kept]) < _LIT * np.count_nonzero(above[-1][:kept]):
        return False
    if kept % samples:
        whole = pixels[-2:, max(0, kept // samples - _NEAR) : kept // samples]
        return bool(whole.all() and pixels[-2, kept // samples].all())
    return all(_noughts(row[::-1]) <= edge and np.count_nonzero(row[kept:]) > _LIT * (size - kept) for row in above)


def _noughts(row: NDArray[np.uint8]) -> int:
    """How many noughts a row begins with."""
    return int((row != 0).argmax()) if row.any() else len(row)


def has_noise(stored: NDArray[np.uint8]) -> bool:
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
