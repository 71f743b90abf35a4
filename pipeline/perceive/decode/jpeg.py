"""Whether a JPEG holds all of its picture: libjpeg paints over what is missing, and Pillow says nothing."""

import os
import re
import tempfile
import threading
from random import Random
from typing import Final

import cv2
import numpy as np

from pipeline.perceive.decode.pixels import Grey

END: Final = b"\xff\xd9"
_START_OF_SCAN: Final = b"\xff\xda"
_COMPLAINT: Final = re.compile(rb"Corrupt JPEG data: (?:(\d+) extraneous bytes|.)")
_STRAY: Final = 64  # bytes before a marker that some phones leave there; more is a piece of a scan
_NOISE: Final = 4096  # bytes: more than libjpeg reads ahead
_STDERR: Final = 2
_one_at_a_time = threading.Lock()  # standard error belongs to the whole process


def with_end(jpeg: bytes) -> bytes:
    """The JPEG with the end mark that a broken transfer may have cost it; bytes after the mark stay."""
    return jpeg if jpeg.find(END, jpeg.rfind(_START_OF_SCAN)) > 0 else jpeg + END


def is_whole(jpeg: bytes) -> bool:
    """Whether its entropy-coded data are complete and in order.

    Args:
        jpeg: With its end mark.

    Source:
        The warnings of libjpeg-turbo, of which OpenCV passes on what Pillow drops. A reduced picture costs a fraction,
        and every coefficient is decoded all the same. Where rows are missing at the end there is no warning if the
        scan stops between two blocks; noise before the end mark is read only if something is missing.
    """
    end = jpeg.find(END, jpeg.rfind(_START_OF_SCAN))
    noise = Random(0).randbytes(_NOISE).replace(b"\xff", b"\x55")  # noqa: S311 - no secret
    return not _complaints(jpeg) and not _reads_on(jpeg, jpeg[:end] + noise + jpeg[end:])


def _complaints(jpeg: bytes) -> bool:
    said, _ = _decoded(jpeg)
    return any(not stray or int(stray) > _STRAY for stray in _COMPLAINT.findall(said))


def _reads_on(jpeg: bytes, longer: bytes) -> bool:
    one, other = _decoded(jpeg)[1], _decoded(longer)[1]
    return one is not None and other is not None and not np.array_equal(one, other)


def _decoded(jpeg: bytes) -> tuple[bytes, Grey | None]:
    """What libjpeg says of a JPEG, and the picture at an eighth of its size."""
    with _one_at_a_time, tempfile.TemporaryFile() as said:
        kept = os.dup(_STDERR)
        os.dup2(said.fileno(), _STDERR)
        try:
            small = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_REDUCED_GRAYSCALE_8)
        finally:
            os.dup2(kept, _STDERR)
            os.close(kept)
        said.seek(0)
        return said.read(), small
