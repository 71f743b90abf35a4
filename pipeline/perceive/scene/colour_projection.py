"""Project an ink out of a picture, a watermark's or a ground's, so that print below it shows. Nothing is painted in.

Every pixel is a mixture of paper, print and that ink. A weighting of red, green and blue that brings the ink near to
the level of paper shows print alone; grey print keeps its contrast in any weighting. What is left of the ink is then
made as bright as paper.
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
_AGAINST: Final = 300.0  # how much ink that is left counts against noise; chosen on 10 training pages with a ground
_PALE: Final = 0.45  # of the paper's level: ink that is left darker hides print of every kind
_LIT: Final = 160  # grey level that paper of the usual colour is given; where more light falls there is room above
_COARSE: Final = 8  # every so many pixels tell the paper's colour
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
    level = 1 - max(0.0, float(weights @ darkness))
    if level < _PALE:
        return None
    shown = cv2.transform(picture, (weights / _paper(picture) * _LIT).reshape(1, 3))
    grey = cv2.divide(shown, cv2.max(paper_level(shown), np.ones(1)), scale=255 / level)
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), np.uint8)


def _paper(picture: Rgb) -> Ink:
    """The usual red, green and blue of the paper, 1-255: of the half of the pixels with more green."""
    coarse = picture[::_COARSE, ::_COARSE].reshape(-1, 3)
    green = coarse[:, 1]
    return np.asarray(np.maximum(np.median(coarse[green >= np.median(green)], axis=0), 1.0), np.float64)


def _weights(darkness: Ink) -> Ink:
    """The weights of red, green and blue, with sum 1, that leave little of the ink and add little noise.

    They make the square of the darkness that is left, times `_AGAINST`, plus their squared norm least.
    """
    solved = np.linalg.solve(np.eye(3) + _AGAINST * np.outer(darkness, darkness), np.ones(3))
    return np.asarray(solved / solved.sum(), np.float64)


def _ink(line: Rgb) -> Ink:
    paper = np.maximum(np.percentile(line.reshape(-1, 3), _PAPER, axis=0), 1)
    shares = np.minimum(line / paper, 1)
    darkness = 1 - shares.mean(axis=2)
    least, most = np.percentile(darkness, _INK)
    return np.asarray(shares[(darkness >= least) & (darkness <= most)].mean(axis=0), np.float64)
