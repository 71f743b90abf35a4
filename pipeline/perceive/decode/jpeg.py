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
_RESTARTS: Final = 0xDD  # how many units lie between two restart markers
_NUMBERS: Final = 8  # of restart markers, which then begin again
_RESTART: Final = re.compile(rb"\xff[\xd0-\xd7]")


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
    """What is left of a JPEG that lost its end; None if more is lost, or if that is unknown.

    It has one scan, no end mark, or noughts in place of its end, and is in order up to there. With an end mark a piece
    may be missing anywhere. Restart markers are counted, and the rows up to the last that follows its like must decode
    as a whole picture. Without them a piece that is missing above the end may leave no trace: one harm is assumed.
    """
    tidy = _without_junk(jpeg)
    end = _end_of_scans(tidy)
    scans = tidy[:end].rstrip(b"\0").rstrip(b"\xff") if end is None or tidy[:end].endswith(bytes(_STRAY)) else b""
    scan = _only_scan(scans)
    if scan is None or bytes(_STRAY) in scans[scan.start :]:
        return None
    return _rest_by_markers(scans, scan) if scan.interval else _rest_by_order(scans, scan)


class _Scan(NamedTuple):
    """The only scan of a sequential frame.

    Attributes:
        frame: Where the frame's header begins.
        start: Where its codes begin.
        high: Height of a unit, in blocks of eight rows.
        a_row: Units side by side.
        interval: Units between restart markers; 0 for none.
    """

    frame: int
    start: int
    high: int
    a_row: int
    interval: int


def _only_scan(jpeg: bytes) -> _Scan | None:
    """None where several scans show the page, each of one colour or more finely, or no header of one is whole."""
    segments = list(_segments(jpeg))
    frames = [one for one in segments if one.marker in _FRAMES]
    if len(frames) != 1 or frames[0].marker not in _ONE_SCAN or segments[-1].marker != _START_OF_SCAN[1]:
        return None
    (frame,), scan = frames, segments[-1]
    colours = jpeg[frame.start + 9 : frame.start + 10]
    if jpeg.count(_START_OF_SCAN, scan.start) != 1 or jpeg[scan.start + 4 : scan.start + 5] != colours:
        return None
    factors = (
        b"\x11" if colours == b"\x01" else jpeg[frame.start + 11 : frame.end : 3]
    )  # one colour has no other's size
    wide, high = max((one >> 4 for one in factors), default=0), max((one & 15 for one in factors), default=0)
    width = int.from_bytes(jpeg[frame.start + 7 : frame.start + 9])
    if not (width and wide and high):
        return None
    restarts = next((one for one in reversed(segments) if one.marker == _RESTARTS), None)
    interval = int.from_bytes(jpeg[restarts.start + 4 : restarts.end]) if restarts else 0
    return _Scan(frame.start, scan.end, high, -(-width // (8 * wide)), interval)


def _rest_by_order(scans: bytes, scan: _Scan) -> Rest | None:
    """The rows that are the same whatever follows."""
    said, picture = _decoded(scans + END)
    _, longer = _decoded(scans + _noise() + END)
    if picture is None or longer is None or picture.shape != longer.shape or _is_out_of_order(said):
        return None
    row = first_difference(picture, longer)
    before = 2 * scan.high  # the unit that was cut may be the last of a row, and its colours reach further
    return Rest(scans + END, (row - before) / len(picture)) if row and row > before else None


def _rest_by_markers(scans: bytes, scan: _Scan) -> Rest | None:
    """The rows before the last marker that has the number of its place, if they are a whole picture by themselves."""
    ends = list(_ends_in_order(scans, scan.start))
    rows = len(ends) * scan.interval // scan.a_row
    while rows * scan.a_row % scan.interval:
        rows -= 1
    height = int.from_bytes(scans[scan.frame + 5 : scan.frame + 7])
    kept = (rows - 1) * scan.high * 8 / height if height else 0.0  # the last row's colours reach further
    if not 0 < kept < 1:
        return None
    whole = scans[: ends[rows * scan.a_row // scan.interval - 1]]
    lower = min(rows * scan.high * 8, height).to_bytes(2)
    alone = whole[: scan.frame + 5] + lower + whole[scan.frame + 7 :]
    return Rest(whole + END, kept) if _harm(alone) is None else None


def _ends_in_order(scans: bytes, start: int) -> Iterator[int]:
    """Where the restart markers stand, up to the first that has not the number of its place."""
    for place, marker in enumerate(_RESTART.finditer(scans, start)):
        if marker[0][1] % _NUMBERS != place % _NUMBERS:
            return
        yield marker.start()


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
