"""Engines that misbehave as the picture tells them to: a page of one colour is an order."""

import math
import os
import signal
import time
from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

from models.errors import EngineError
from models.geometry import Box, Quad
from models.reading import Lattice
from pipeline.decode.pixels import Rgb
from pipeline.ocr.engines import EngineKind
from pipeline.ocr.options import OcrOptions
from tests.support.lines import Ink, lattice

OBEDIENT: Final = "tests.support.engines:OBEDIENT_ROW"
Colour = tuple[int, int, int]
READ: Final[Colour] = (255, 255, 255)
DIE: Final[Colour] = (255, 0, 0)
HANG: Final[Colour] = (0, 255, 0)
ORDERS = MappingProxyType(
    {
        "nonsense": (0, 0, 255),
        "more than certain": (0, 0, 128),
        "fail": (128, 0, 0),
        "a bug": (0, 128, 0),
    }
)


class ObedientEngine:
    """Reads one line: the number of its process and the colour of the page. Or dies, hangs, fails."""

    name = "obedient-1/none/0000/0"

    def find(self, picture: Rgb, /) -> tuple[Quad, ...]:
        """One line across the middle; or do as the colour there says."""
        height, width = picture.shape[:2]
        _obey(_colour(picture))
        return (Quad.of_box(Box(0, height // 4, width, 3 * height // 4)),)

    def read(self, lines: Sequence[Rgb], /) -> tuple[Lattice, ...]:
        """The number of the process and the colour of each line."""
        return tuple(_says(_colour(line)) for line in lines)


def _colour(picture: Rgb) -> Colour:
    red, green, blue = picture[picture.shape[0] // 2, picture.shape[1] // 2].tolist()
    return red, green, blue


def _obey(colour: Colour) -> None:
    if colour == DIE:
        os.kill(os.getpid(), signal.SIGKILL)
    if colour == HANG:
        time.sleep(600)
    if colour == ORDERS["fail"]:
        raise EngineError("made to fail")
    if colour == ORDERS["a bug"]:
        raise ZeroDivisionError("made to break")


def _says(colour: Colour) -> Lattice:
    confidence = {ORDERS["nonsense"]: math.nan, ORDERS["more than certain"]: 1.5}.get(colour, 0.99)
    return lattice(Ink(f"{os.getpid()} {colour[0]},{colour[1]},{colour[2]}", sure=confidence))


def _load(options: OcrOptions) -> ObedientEngine:
    return ObedientEngine()


OBEDIENT_ROW: Final = EngineKind(
    load=_load, name=lambda options: ObedientEngine.name, alphabet=lambda options: frozenset("0123456789")
)
