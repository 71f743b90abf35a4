"""A page as a reviewer sees it: the picture with a frame around each field that was read and each finding."""

from enum import StrEnum
from typing import NamedTuple

import cv2

from models.geometry import Box
from pipeline.perceive.decode.pixels import Rgb

_LONGEST = 1600  # pixels; enough to read a card on a screen
_QUALITY = 80
_COLOURS = {"read": (40, 110, 220), "found": (220, 40, 40)}  # red, green, blue
_MARGIN = 4  # pixels between print and frame


class Meaning(StrEnum):
    """What a frame marks: a field that was read, or a finding."""

    READ = "read"
    FOUND = "found"


class Mark(NamedTuple):
    """A frame around a box on the page."""

    box: Box
    meaning: Meaning


def draw_marks(page: Rgb, marks: tuple[Mark, ...], longest: int = _LONGEST) -> bytes:
    """Draw frames on a page; found ones are doubled, so that colour is not the only sign.

    Returns:
        A JPEG without metadata, its longest side at most so many pixels.
    """
    scale = min(1.0, longest / max(page.shape[:2]))
    picture = cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    for mark in sorted(marks, key=lambda mark: mark.meaning is Meaning.FOUND):
        for margin in (_MARGIN, 2 * _MARGIN) if mark.meaning is Meaning.FOUND else (_MARGIN,):
            left, top, right, bottom = (round(edge * scale) for edge in mark.box)
            start, end = (left - margin, top - margin), (right + margin, bottom + margin)
            cv2.rectangle(picture, start, end, _COLOURS[mark.meaning], 2)
    _, data = cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return data.tobytes()
