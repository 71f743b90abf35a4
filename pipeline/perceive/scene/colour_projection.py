"""Project the ink of a watermark out of a picture, so that print below it can be read. Nothing is painted in.

Every pixel is a mixture of paper, print and the mark's ink. A weighting of red, green and blue that gives the mark's
ink the level of paper shows print alone; grey print keeps its contrast in any weighting.
"""

from collections.abc import Iterable
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from models.geometry import Quad
from pipeline.perceive.decode.pixels import Rgb
from pipeline.perceive.scene.ink_separation import paper_level
from pipeline.perceive.scene.rectify import cut_line

Ink: TypeAlias = NDArray[np.float64]  # red, green and blue as shares of the paper's, 0-1

_PAPER: Final = 90  # percentile of a line's pixels
_INK: Final = (88, 96)  # percentiles of darkness of a line's ink; print that crosses it is darker
_NOISE: Final = 2.5  # norm of a weighting, by which it raises noise; a grey mark would need more
_PALE: Final = 0.45  # of the paper's level: a grey mark that is darker hides print of every kind
_LEAST: Final = 0.04  # of the paper's level by which ink is darker


def ink_of(picture: Rgb, places: Iterable[Quad]) -> Ink:
    """The ink of words at these places, the paler half of them: where words cross print, print is darker."""
    inks = sorted((_ink(cut_line(picture, place)) for place in places), key=lambda ink: -float(ink.mean()))
    return np.asarray(np.mean(inks[: (len(inks) + 1) // 2], axis=0), np.float64)


def without_ink(picture: Rgb, ink: Ink) -> Rgb | None:
    """The picture in grey, with the ink as bright as paper; None for ink that print cannot be told from."""
    darkness = 1 - ink
    if float(darkness.max()) < _LEAST:
        return None
    weights = _weights(darkness)
    level = 1.0
    if weights is None:
        weights, level = np.full(3, 1 / 3), float(ink.mean())
        if level < _PALE:
            return None
    shown = np.zeros(picture.shape[:2], np.float32)
    for at, weight in enumerate(weights):
        channel = picture[:, :, at]
        share = cv2.divide(channel, np.maximum(paper_level(channel), 1), dtype=cv2.CV_32F)
        shown += np.float32(weight) * np.minimum(share, np.float32(1))
    grey = np.clip(shown * (255 / level), 0, 255).astype(np.uint8)
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), np.uint8)


def _weights(darkness: Ink) -> Ink | None:
    """Weights with sum 1 and the least norm under which the ink is as bright as paper; None if it is too grey."""
    direction = darkness / np.linalg.norm(darkness)
    across = 1 - direction.sum() * direction
    length = float(np.linalg.norm(across))  # of which the square is the sum of `across`
    return across / length**2 if length * _NOISE >= 1 else None


def _ink(line: Rgb) -> Ink:
    paper = np.maximum(np.percentile(line.reshape(-1, 3), _PAPER, axis=0), 1)
    shares = np.minimum(line / paper, 1)
    darkness = 1 - shares.mean(axis=2)
    least, most = np.percentile(darkness, _INK)
    return np.asarray(shares[(darkness >= least) & (darkness <= most)].mean(axis=0), np.float64)
