"""Engines that misbehave as the picture tells them to: a page of one colour is an order."""

import math
import os
import signal
import time
from types import MappingProxyType
from typing import Final

import numpy as np

from models.errors import EngineError
from models.geometry import Box, Quad
from pipeline.decode.pixels import Rgb
from pipeline.ocr import paddle
from pipeline.ocr.base import TextLine
from pipeline.ocr.engines import EngineKind
from pipeline.ocr.lattice import text_of
from pipeline.ocr.options import OcrOptions
from pipeline.ocr.weights import find_weights
from tests.support.lines import lattice

COMPARED: Final = "tests.support.engines:COMPARED_ROW"
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

    def read(self, picture: Rgb, /) -> tuple[TextLine, ...]:
        """Do as the colour in the middle says."""
        colour: Colour = tuple(picture[picture.shape[0] // 2, picture.shape[1] // 2].tolist())
        if colour == DIE:
            os.kill(os.getpid(), signal.SIGKILL)
        if colour == HANG:
            time.sleep(600)
        if colour == ORDERS["fail"]:
            raise EngineError("made to fail")
        if colour == ORDERS["a bug"]:
            raise ZeroDivisionError("made to break")
        confidence = {ORDERS["nonsense"]: math.nan, ORDERS["more than certain"]: 1.5}.get(colour, 0.99)
        text = f"{os.getpid()} {colour[0]},{colour[1]},{colour[2]}"
        return (TextLine(text, confidence, Quad.of_box(Box(10, 10, 200, 40)), lattice(text)),)


def _load(options: OcrOptions) -> ObedientEngine:
    return ObedientEngine()


OBEDIENT_ROW: Final = EngineKind(
    load=_load, name=lambda options: ObedientEngine.name, alphabet=lambda options: frozenset("0123456789")
)


class ComparedEngine:
    """PaddleOCR as we use it, beside an untouched one that reads the same pictures."""

    def __init__(self, options: OcrOptions) -> None:
        self._ours = paddle.load(options)
        self._untouched = paddle._load(find_weights(options.models, options.cache), options)
        self.name = self._ours.name

    def read(self, picture: Rgb, /) -> tuple[TextLine, ...]:
        """Our lines; raises AssertionError where the untouched one, or our own lattice, says anything else."""
        lines = self._ours.read(picture)
        (answer,) = self._untouched.predict(np.ascontiguousarray(picture[:, :, ::-1]))
        untouched = [text for text in answer["rec_texts"] if text]
        assert [line.text for line in lines] == untouched
        assert [text_of(line.lattice) for line in lines] == untouched
        return lines


COMPARED_ROW: Final = EngineKind(load=ComparedEngine, name=paddle.name, alphabet=paddle.alphabet)
