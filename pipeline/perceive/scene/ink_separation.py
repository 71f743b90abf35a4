"""Separate print from red stamps: a seal over a value must not be read as text, and the value below it must be."""

from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.perceive.decode.pixels import Grey, Rgb

_STAMP: Final = 10.0  # levels of red above the others, as under white light, from which ink is a stamp's
_CAST: Final = 2.0  # times as much of one colour as of another in the light; a page that is redder is red itself
_FADED: Final = 0.8  # of its redness: stamp ink is a little darker than paper even in red light
_BROADEST: Final = 0.05  # of the shorter side: what is red all over more than that is a cover, a desk, a hand
_ALL_RED: Final = 0.9 * 255
_DARKER: Final = 2.0  # times its redness is how dark stamp ink is shown by itself
_COARSE: Final = 8  # pixels that are one while the level of the paper is looked for
_REACH: Final = 5  # coarse pixels; a stroke of a seal is narrower, so that paper is always in reach


class InkLayers(NamedTuple):
    """A picture taken apart: as printed, without stamps; and the stamps alone, dark on white, 0 to 255."""

    printed: Rgb
    stamps: Grey


def separate_ink(picture: Rgb) -> InkLayers:
    """The picture with its red channel in place of stamp ink, unchanged everywhere else; and the stamp ink alone.

    Black print below a red seal stays as dark as it was, since it is dark in red light too. A page or a background
    that is red all over stays unchanged.
    """
    stamped = _stamp_ink(picture)
    alone = cv2.bitwise_not(cv2.multiply(stamped, np.full(1, _DARKER)))
    if not cv2.countNonZero(stamped):
        return InkLayers(picture, alone)
    lit = cv2.min(paper_level(picture[:, :, 0]), cv2.addWeighted(picture[:, :, 0], 1.0, stamped, _FADED, 0.0))
    printed = picture.copy()
    cv2.copyTo(cv2.cvtColor(lit, cv2.COLOR_GRAY2RGB), stamped, printed)
    return InkLayers(printed, alone)


def _stamp_ink(picture: Rgb) -> Grey:
    """How much redder than the paper each pixel is, 0 where no stamp is."""
    red, others = picture[:, :, 0], _as_under_white_light(picture)
    stamped = cv2.subtract(cv2.subtract(red, others), np.full(1, _STAMP))
    return cv2.bitwise_and(stamped, cv2.bitwise_not(_broad(stamped)))


def _as_under_white_light(picture: Rgb) -> Grey:
    """The brighter of green and blue, each as bright as red where the paper is: a lamp or a shadow tints both."""
    coarse = picture[::_COARSE, ::_COARSE].reshape(-1, 3)
    paper = np.median(coarse[coarse[:, 0] >= np.median(coarse[:, 0])], axis=0)
    gains = np.clip(paper[0] / np.maximum(paper[1:], 1), 1 / _CAST, _CAST)
    green, blue = (cv2.LUT(picture[:, :, at + 1].copy(), _curve(float(gain))) for at, gain in enumerate(gains))
    return cv2.max(green, blue)


def _curve(gain: float) -> NDArray[np.uint8]:
    return np.clip(np.arange(256) * gain, 0, 255).astype(np.uint8)


def _broad(stamped: Grey) -> Grey:
    """255 where everything around is red as well: strokes of a stamp are narrow."""
    height, width = stamped.shape
    red = (stamped > 0).astype(np.uint8) * 255
    small = cv2.resize(red, (max(1, width // _COARSE), max(1, height // _COARSE)), interpolation=cv2.INTER_AREA)
    reach = max(3, round(_BROADEST * min(height, width) / _COARSE))
    core = cv2.erode((small >= _ALL_RED).astype(np.uint8) * 255, np.ones((reach, reach), np.uint8))
    around = cv2.dilate(core, np.ones((reach + 2, reach + 2), np.uint8))
    return cv2.resize(around, (width, height), interpolation=cv2.INTER_NEAREST)


def paper_level(light: Grey) -> Grey:
    """The level of the paper around each pixel, in one light."""
    height, width = light.shape
    size = (max(1, width // _COARSE), max(1, height // _COARSE))
    small = cv2.resize(light, size, interpolation=cv2.INTER_AREA)
    level = cv2.blur(cv2.dilate(small, np.ones((_REACH, _REACH), np.uint8)), (_REACH, _REACH))
    return cv2.resize(level, (width, height), interpolation=cv2.INTER_LINEAR)
