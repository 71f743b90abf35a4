import cv2
import numpy as np

from pipeline.perceive.ocr.base import lies_on
from pipeline.perceive.ocr.detection import find_lines
from pipeline.perceive.ocr.runtimes import Tensor


def test_a_blot_that_reaches_far_beyond_the_picture_is_no_line() -> None:
    picture = np.full((320, 384, 3), 255, np.uint8)

    def network(seen: Tensor) -> Tensor:
        shown = np.zeros(seen.shape[2:], np.uint8)
        cv2.line(shown, (130, 0), (384, 320), 255, 130)
        cv2.line(shown, (20, 250), (110, 250), 255, 12)
        return np.asarray(shown[None, None] / 255, np.float32)

    (line,) = find_lines(picture, network, 960)
    assert line.box.bottom > 250 > line.box.top
    assert lies_on(line, 384, 320)
