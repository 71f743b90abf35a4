"""What was printed and what was stamped, apart: a seal over a value is no text, and what lies below it is."""

from typing import Final

import cv2
import numpy as np

from pipeline.decode.pixels import Grey, Rgb

_STAMP: Final = 10.0  # levels of red above the others, beyond the paper's own tint, from which ink is a stamp's
_FADED: Final = 0.8  # of its redness: stamp ink is a little darker than paper even in red light
_MOST_INK: Final = 0.25  # of a picture that stamps cover; more red than that is a cover on a white bed
_DARKER: Final = 2.0  # times its redness is how dark stamp ink is shown by itself
_COARSE: Final = 8  # pixels that are one while the level of the paper is looked for
_REACH: Final = 5  # coarse pixels; a stroke of a seal is narrower, so that paper is always in reach


def without_stamps(picture: Rgb) -> Rgb:
    """The picture as red light shows it where there is stamp ink, and as it is everywhere else.

    Black print below a red seal stays as dark as it was, since it is dark in red light too. A page that is red all
    over, such as a cover, has no redness beyond its own tint and stays as it is.
    """
    stamped = _stamp_ink(picture)
    if not 0 < cv2.countNonZero(stamped) < _MOST_INK * stamped.size:
        return picture
    lit = cv2.min(_paper(picture), cv2.addWeighted(picture[:, :, 0], 1.0, stamped, _FADED, 0.0))
    shown = picture.copy()
    cv2.copyTo(cv2.cvtColor(lit, cv2.COLOR_GRAY2RGB), stamped, shown)
    return shown


def stamps_alone(picture: Rgb) -> Rgb:
    """The stamp ink of a picture, dark on white."""
    dark = cv2.multiply(_stamp_ink(picture), np.full(1, _DARKER))
    alone: Rgb = cv2.cvtColor(cv2.bitwise_not(dark), cv2.COLOR_GRAY2RGB)
    return alone


def _stamp_ink(picture: Rgb) -> Grey:
    """How much redder than the paper each pixel is, 0 where no stamp is."""
    redness = cv2.subtract(picture[:, :, 0], cv2.max(picture[:, :, 1], picture[:, :, 2]))
    return cv2.subtract(redness, np.full(1, _tint(picture, redness) + _STAMP))


def _tint(picture: Rgb, redness: Grey) -> float:
    """The redness of the brighter half of the picture, where the paper is."""
    coarse = (slice(None, None, _COARSE), slice(None, None, _COARSE))
    bright = picture[:, :, 0][coarse]
    return float(np.median(redness[coarse][bright >= np.median(bright)]))


def _paper(picture: Rgb) -> Grey:
    """The level of the paper around each pixel, in red light."""
    height, width = picture.shape[:2]
    size = (max(1, width // _COARSE), max(1, height // _COARSE))
    small = cv2.resize(picture[:, :, 0], size, interpolation=cv2.INTER_AREA)
    level = cv2.blur(cv2.dilate(small, np.ones((_REACH, _REACH), np.uint8)), (_REACH, _REACH))
    return cv2.resize(level, (width, height), interpolation=cv2.INTER_LINEAR)
