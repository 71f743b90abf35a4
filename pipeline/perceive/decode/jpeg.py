"""Whether a JPEG holds all of its picture: libjpeg paints over what is missing, and Pillow says nothing."""

import re
from collections.abc import Iterator
from random import Random
from typing import Final, NamedTuple

import cv2
import numpy as np

from models.findings import Reason
from pipeline.perceive.decode.complaints import complaints
from pipeline.perceive.decode.pixels import Grey
from pipeline.perceive.decode.rest import Rest, first_difference

END: Final = b"\xff\xd9"
_START_OF_SCAN: Final = b"\xff\xda"
_PROGRESSIVE: Final = b"\xff\xc2"
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # ITU-T T.81, table B.1
_DECODED: Final = frozenset({0xC0, 0xC1, 0xC2, 0xC9, 0xCA})
_BETWEEN_SCANS: Final = frozenset({0xC4, 0xDA, 0xDB, 0xDC, 0xDD, 0xFE, *range(0xE0, 0xF0)})  # with parameters
_COMPLAINT: Final = re.compile(rb"Corrupt JPEG data: (?:(\d+) extraneous bytes before marker (0xd[0-7])?|.)")
_STRAY: Final = 64  # bytes behind a scan, which some cameras leave there
_STRAY_WITHIN: Final = 2  # bytes before a restart marker, which the last code may leave
_NOISE: Final = 4096  # bytes: more than libjpeg reads ahead
_FLAW: Final = re.compile(rb"Corrupt JPEG data: [^\r\n]*")
_ENDS_EARLY: Final = b"premature end of data segment"
_ONE_SCAN: Final = frozenset({0xC0, 0xC1, 0xC9})  # frames whose scans do not refine one another
_ROWS_BEFORE: Final = 3  # of the reduced picture: the unit that was cut has two, and its colours reach further


def with_end(jpeg: bytes) -> bytes:
    """The JPEG with the end mark that a broken transfer may have cost it."""
    return jpeg if _end_of_scans(jpeg) is not None else jpeg + END


def what_is_missing(jpeg: bytes) -> Reason | None:
    """TRUNCATED if the picture ends too early, DAMAGED if its data are out of order; None for a whole one.

    Bytes of one value before the end mark may be padding, or the codes of a flat part: it is whole with or without.

    Source:
        The warnings of libjpeg-turbo, of which OpenCV passes on what Pillow drops. A reduced picture costs a fraction,
        and every coefficient is decoded all the same. Where rows are missing at the end there is no warning if the
        scan stops between two blocks; noise before the end mark is read only if something is missing. Codes that fell
        out of step find it again, but hardly ever with the right number of blocks: some of the scan is left over.
    """
    tidy = _without_junk(jpeg)
    end = _end_of_scans(tidy)
    scans = tidy[:end]
    reason = _harm(scans)
    if end is None and reason is None and _decoded(scans + END)[1] is None:
        return Reason.TRUNCATED  # within the header of a scan
    unpadded = scans.rstrip(scans[-1:])
    if reason is None or (len(unpadded) < len(scans) and _harm(unpadded) is None):
        return None
    return Reason.TRUNCATED if end is None else reason


def rest_of(jpeg: bytes) -> Rest | None:
    """What is left of a JPEG that lost its end; None where more is lost, or nobody can tell.

    It has one scan, no end mark, or noughts in place of its end, and is in order up to there. With an end mark a piece
    may be missing anywhere.
    """
    tidy = _without_junk(jpeg)
    end = _end_of_scans(tidy)
    scans = tidy[:end].rstrip(b"\0").rstrip(b"\xff") if end is None or tidy[:end].endswith(bytes(_STRAY)) else b""
    if not scans or not _is_one_scan(scans):
        return None
    said, picture = _decoded(scans + END)
    _, longer = _decoded(scans + _noise() + END)
    if picture is None or longer is None or picture.shape != longer.shape or _is_out_of_order(said):
        return None
    row = first_difference(picture, longer)
    if row is None or row <= _ROWS_BEFORE:
        return None
    return Rest(scans + END, (row - _ROWS_BEFORE) / len(picture))


def _is_one_scan(jpeg: bytes) -> bool:
    frames = [one.marker for one in _segments(jpeg) if one.marker in _FRAMES]
    return len(frames) == 1 and frames[0] in _ONE_SCAN and _scans(jpeg) == 1


def _scans(jpeg: bytes) -> int:
    """Headers of scans; within the codes of one no other begins."""
    first = next((one.start for one in _segments(jpeg) if one.marker == _START_OF_SCAN[1]), len(jpeg))
    return jpeg.count(_START_OF_SCAN, first)


def _is_out_of_order(said: bytes) -> bool:
    """Whether libjpeg complained of more than of an early end."""
    flaws = _FLAW.findall(said)
    return len(flaws) > 1 or any(_ENDS_EARLY not in one for one in flaws)


def _noise() -> bytes:
    return Random(0).randbytes(_NOISE).replace(b"\xff", b"\x55")  # noqa: S311 - no secret


def _harm(scans: bytes) -> Reason | None:
    """What is wrong with a JPEG, given up to its end mark."""
    said, picture = _decoded(scans + END)
    if _reads_on(picture, scans + _noise() + END):
        return Reason.TRUNCATED
    return Reason.DAMAGED if any(map(_tells_of_harm, _COMPLAINT.finditer(said))) else None


def is_decoded(jpeg: bytes) -> bool:
    """Whether it is of a kind that libjpeg decodes: eight bits, and neither lossless nor in layers of other sizes."""
    frame = next((one for one in _segments(jpeg) if one.marker in _FRAMES), None)
    return frame is None or (frame.marker in _DECODED and jpeg[frame.start + 4 : frame.start + 5] == b"\x08")


def is_progressive(jpeg: bytes) -> bool:
    """Whether scans refine one another; all of them are held in memory while it is decoded."""
    return any(one.marker == _PROGRESSIVE[1] for one in _segments(jpeg))


class _Segment(NamedTuple):
    """A marker with its parameters, and where they lie."""

    marker: int
    start: int
    end: int


def _segments(jpeg: bytes) -> Iterator[_Segment]:
    """The segments before the first scan, that of its header included; junk between them is passed over."""
    at = 2
    while (at := jpeg.find(b"\xff", at)) >= 0 and at + 4 <= len(jpeg):
        marker = jpeg[at + 1]
        if marker in (0x00, 0x01, 0xFF) or 0xD0 <= marker <= 0xD9:  # no parameters follow
            at += 1
            continue
        end = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4])
        yield _Segment(marker, at, end)
        if marker == _START_OF_SCAN[1]:
            return
        at = end


def _end_of_scans(jpeg: bytes) -> int | None:
    """Where the end mark of the first picture stands, whatever follows it; None without one."""
    at = max((one.end for one in _segments(jpeg) if one.marker == _START_OF_SCAN[1]), default=len(jpeg))
    while (at := jpeg.find(b"\xff", at)) >= 0 and at + 2 <= len(jpeg):
        if jpeg[at : at + 2] == END:
            return at
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4]) if jpeg[at + 1] in _BETWEEN_SCANS else 1
    return None


def _without_junk(jpeg: bytes) -> bytes:
    """The JPEG without what some cameras leave between the segments of its header, where nothing of a picture lies."""
    segments = list(_segments(jpeg))
    if not segments or segments[-1].marker != _START_OF_SCAN[1]:
        return jpeg
    header = b"".join(jpeg[one.start : one.end] for one in segments)
    return jpeg[:2] + header + jpeg[segments[-1].end :]


def _tells_of_harm(complaint: re.Match[bytes]) -> bool:
    return complaint[1] is None or int(complaint[1]) > (_STRAY_WITHIN if complaint[2] else _STRAY)


def _reads_on(picture: Grey | None, longer: bytes) -> bool:
    _, other = _decoded(longer)
    return picture is not None and other is not None and not np.array_equal(picture, other)


def _decoded(jpeg: bytes) -> tuple[bytes, Grey | None]:
    """What libjpeg says of a JPEG, and the picture as stored, at an eighth of its size; whole where scans refine it."""
    size = cv2.IMREAD_GRAYSCALE if is_progressive(jpeg) else cv2.IMREAD_REDUCED_GRAYSCALE_8
    with complaints() as heard:
        small = cv2.imdecode(np.frombuffer(jpeg, np.uint8), size | cv2.IMREAD_IGNORE_ORIENTATION)
    return heard.said, small
