"""The engine: two networks of PP-OCR, on whichever runtime."""

from collections.abc import Sequence

import cv2

from models.errors import EngineError
from models.geometry import Quad
from models.reading import Lattice
from pipeline.perceive.decode.pixels import Rgb
from pipeline.perceive.ocr.detection import BOX_SCORE, find_lines
from pipeline.perceive.ocr.network import Runtime
from pipeline.perceive.ocr.options import OcrOptions
from pipeline.perceive.ocr.recognition import read_line
from pipeline.perceive.ocr.weights import find_weights, symbols_of


class Engine:
    """A detector and a recogniser; not for two callers at once."""

    def __init__(self, runtime: Runtime, options: OcrOptions) -> None:
        weights = find_weights(options.models, options.cache)
        cv2.setNumThreads(options.threads)
        self.name = name(runtime, options)
        self._detector = runtime.load(weights.detection / "inference.onnx", options)
        self._recogniser = runtime.load(weights.recognition / "inference.onnx", options)
        self._symbols = symbols_of(weights)
        self._longest = options.detection_side

    def find(self, picture: Rgb, /) -> tuple[Quad, ...]:
        """Where lines stand; see `OcrEngine.find`."""
        try:
            return find_lines(picture, self._detector, self._longest)
        except Exception as error:
            raise EngineError("the OCR engine failed on a page") from error

    def read(self, lines: Sequence[Rgb], /) -> tuple[Lattice, ...]:
        """What lines say; see `OcrEngine.read`."""
        try:
            return tuple(read_line(line, self._recogniser, self._symbols) for line in lines)
        except Exception as error:
            raise EngineError("the OCR engine failed on a line") from error


def name(runtime: Runtime, options: OcrOptions) -> str:
    """What `Engine.name` will be, without loading it; raises ModelsError where weights are missing."""
    weights = find_weights(options.models, options.cache)
    return f"{runtime.name(options)}/{weights.digest}/{options.detection_side}-{BOX_SCORE}"
