"""Types of pictures, and a picture made smaller. OpenCV's stubs promise no more than MatLike."""

from typing import NamedTuple, TypeAlias

import cv2
import numpy as np
from cv2.typing import MatLike

from models.reading import Loss

Rgb: TypeAlias = MatLike  # bytes of red, green, blue; shape (height, width, 3)
Grey: TypeAlias = MatLike  # grey levels 0-255; shape (height, width)


class DecodedPage(NamedTuple):
    """The pixels of a page, and where they come from.

    Attributes:
        unit: As in `models.reading.PageReading`, like `typeset` and `loss`.
    """

    pixels: Rgb
    unit: float = 1.0
    typeset: bool = False
    loss: Loss | None = None


def smaller(picture: Rgb, scale: float) -> Rgb:
    """The picture at a scale of at most 1; by way of double that size where it is far smaller, which is quicker."""
    height, width = picture.shape[:2]
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    if scale < 0.5:
        double = cv2.resize(picture, (2 * size[0], 2 * size[1]), interpolation=cv2.INTER_LINEAR)
        picture = np.asarray(double, np.uint8)
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA) if scale < 1 else picture
