"""Whether a JPEG holds all of its picture: libjpeg paints over what is missing, and Pillow says nothing."""

import os
import re
import threading
from random import Random
from typing import Final

import cv2
import numpy as np

from models.findings import Reason
from pipeline.perceive.decode.pixels import Grey

END: Final = b"\xff\xd9"
_START_OF_SCAN: Final = b"\xff\xda"
_PROGRESSIVE: Final = b"\xff\xc2"
_COMPLAINT: Final = re.compile(rb"Corrupt JPEG data: (?:(\d+) extraneous bytes before marker 0x(..)|.)")
_IN_SCANS: Final = re.compile(rb"d[0-9]")  # marks within and after a scan; before others lies nothing of a picture
_STRAY: Final = 64  # bytes before such a mark that some phones leave there; more is a piece of a scan
_PADDING: Final = 16  # times the same byte; the codes of a flat part may repeat one as well
_NOISE: Final = 4096  # bytes: more than libjpeg reads ahead
_HEADER: Final = 64 * 1024  # bytes in which a JPEG says how it is coded, unless thumbnails fill them
_STDERR: Final = 2
_one_at_a_time = threading.Lock()  # standard error belongs to the whole process


def with_end(jpeg: bytes) -> bytes:
    """The JPEG with the end mark that a broken transfer may have cost it, and without padding before the mark."""
    end = jpeg.find(END, jpeg.rfind(_START_OF_SCAN))
    if end < 0:
        return jpeg + END
    data = jpeg[:end].rstrip(jpeg[end - 1 : end])
    return data + jpeg[end:] if end - len(data) > _PADDING else jpeg


def what_is_missing(jpeg: bytes) -> Reason | None:
    """TRUNCATED if the picture ends too early, DAMAGED if its data are out of order; None for a whole one.

    Source:
        The warnings of libjpeg-turbo, of which OpenCV passes on what Pillow drops. A reduced picture costs a fraction,
        and every coefficient is decoded all the same. Where rows are missing at the end there is no warning if the
        scan stops between two blocks; noise before the end mark is read only if something is missing.
    """
    ended = with_end(jpeg)
    end = ended.find(END, ended.rfind(_START_OF_SCAN))
    noise = Random(0).randbytes(_NOISE).replace(b"\xff", b"\x55")  # noqa: S311 - no secret
    said, picture = _decoded(ended)
    if _reads_on(picture, ended[:end] + noise + ended[end:]):
        return Reason.TRUNCATED
    if any(map(_tells_of_harm, _COMPLAINT.finditer(said))):
        return Reason.DAMAGED if ended == jpeg else Reason.TRUNCATED
    return None


def _tells_of_harm(complaint: re.Match[bytes]) -> bool:
    stray, marker = complaint.groups()
    return stray is None or (_IN_SCANS.fullmatch(marker) is not None and int(stray) > _STRAY)


def _reads_on(picture: Grey | None, longer: bytes) -> bool:
    _, other = _decoded(longer)
    return picture is not None and other is not None and not np.array_equal(picture, other)


def _decoded(jpeg: bytes) -> tuple[bytes, Grey | None]:
    """What libjpeg says of a JPEG, and the picture at an eighth of its size; whole where scans refine it."""
    size = cv2.IMREAD_GRAYSCALE if _PROGRESSIVE in jpeg[:_HEADER] else cv2.IMREAD_REDUCED_GRAYSCALE_8
    with _one_at_a_time:
        said = os.memfd_create("libjpeg")
        try:
            kept = os.dup(_STDERR)
            os.dup2(said, _STDERR)
            try:
                small = cv2.imdecode(np.frombuffer(jpeg, np.uint8), size)
            finally:
                os.dup2(kept, _STDERR)
                os.close(kept)
            return os.pread(said, os.fstat(said).st_size, 0), small
        finally:
            os.close(said)
