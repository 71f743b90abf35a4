"""An engine that misbehaves on command: the colour of the page selects the fault."""

import ctypes
import math
import os
import signal
import time
from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

import numpy as np

from models.errors import EngineError
from models.geometry import Box, Quad
from models.reading import Lattice
from pipeline.perceive.decode.pixels import Rgb
from pipeline.perceive.ocr.engine import EngineKind
from pipeline.perceive.ocr.options import OcrOptions
from tests.support.lines import Ink, lattice

OBEDIENT: Final = "tests.support.engines:OBEDIENT_ROW"
Colour = tuple[int, int, int]
READ: Final[Colour] = (255, 255, 255)
DIE: Final[Colour] = (255, 0, 0)
HANG: Final[Colour] = (0, 255, 0)
EAT: Final[Colour] = (255, 255, 0)
HOLD: Final[Colour] = (0, 255, 255)
DIE_ONCE: Final[Colour] = (254, 0, 0)
HANG_ONCE: Final[Colour] = (0, 254, 0)
EAT_ONCE: Final[Colour] = (254, 254, 0)
_ONCE: Final = MappingProxyType({DIE_ONCE: DIE, HANG_ONCE: HANG, EAT_ONCE: EAT})
ORDERS = MappingProxyType(
    {
        "nonsense": (0, 0, 255),
        "fail": (128, 0, 0),
        "a bug": (0, 128, 0),
        "outside": (128, 128, 0),
        "everywhere": (0, 128, 128),
        "half a character": (0, 0, 64),
    }
)


class ObedientEngine:
    """Reads one line: the number of its process and the colour of the page. Or dies, hangs, eats memory, fails, raves.

    For faults that happen only once it leaves a file in the models' folder of its options.
    """

    name = "obedient-1/none/0000/0"

    def __init__(self, options: OcrOptions) -> None:
        self._memory = options.models

    def find(self, picture: Rgb, /) -> tuple[Quad, ...]:
        """Give one line across the middle, or commit the fault that its colour selects."""
        height, width = picture.shape[:2]
        colour = _colour(picture)
        self._obey(colour)
        return _places(colour, Box(0, height // 4, width, 3 * height // 4))

    def read(self, lines: Sequence[Rgb], /) -> tuple[Lattice, ...]:
        """The number of the process and the colour of each line."""
        return tuple(_says(_colour(line)) for line in lines)

    def _obey(self, colour: Colour) -> None:
        if colour in _ONCE and self._memory is not None:
            done = self._memory / "done"
            if done.exists():
                return
            done.touch()
        _obey(_ONCE.get(colour, colour))


def _colour(picture: Rgb) -> Colour:
    red, green, blue = picture[picture.shape[0] // 2, picture.shape[1] // 2].tolist()
    return red, green, blue


def _obey(colour: Colour) -> None:
    if colour == DIE:
        os.kill(os.getpid(), signal.SIGKILL)
    if colour == HANG:
        time.sleep(600)
    if colour == HOLD:
        ctypes.PyDLL(None).sleep(600)  # native code that holds the GIL: no thread or signal handler runs
    if colour == EAT:
        np.ones(10**10)  # 80 GB
    if colour == ORDERS["fail"]:
        raise EngineError("made to fail")
    if colour == ORDERS["a bug"]:
        raise ZeroDivisionError("made to break")


def _places(colour: Colour, middle: Box) -> tuple[Quad, ...]:
    quad = Quad.of_box(middle)
    if colour == ORDERS["outside"]:
        return (Quad.of_box(Box(5000, 5000, 9000, 5040)),)
    return (quad,) * (100_000 if colour == ORDERS["everywhere"] else 1)


def _says(colour: Colour) -> Lattice:
    if colour == ORDERS["half a character"]:
        return lattice("\ud83d")
    confidence = math.nan if colour == ORDERS["nonsense"] else 0.99
    return lattice(Ink(f"{os.getpid()} {colour[0]},{colour[1]},{colour[2]}", sure=confidence))


OBEDIENT_ROW: Final = EngineKind(
    load=ObedientEngine, name=lambda options: ObedientEngine.name, alphabet=lambda options: frozenset("0123456789")
)
