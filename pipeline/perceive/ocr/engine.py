"""The engine, two networks of PP-OCR on either runtime, and the table of engines. A new runtime is one row."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib import import_module
from types import MappingProxyType
from typing import NamedTuple

import cv2

from models.errors import EngineError
from models.geometry import Quad
from models.reading import Lattice
from pipeline.perceive.decode.pixels import Rgb
from pipeline.perceive.ocr.base import OcrEngine
from pipeline.perceive.ocr.detection import BOX_SCORE, find_lines
from pipeline.perceive.ocr.options import OcrOptions
from pipeline.perceive.ocr.recognition import read_line
from pipeline.perceive.ocr.runtimes import ONNXRUNTIME, OPENVINO, Runtime
from pipeline.perceive.ocr.weights import characters_of, find_weights, symbols_of


class Engine:
    """A detector and a recogniser. One caller at a time."""

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


class EngineKind(NamedTuple):
    """How to load an engine, and its name and alphabet without loading it; each raises ModelsError without weights."""

    load: Callable[[OcrOptions], OcrEngine]
    name: Callable[[OcrOptions], str]
    alphabet: Callable[[OcrOptions], frozenset[str]]


def alphabet(options: OcrOptions) -> frozenset[str]:
    """Every character that the recogniser can give; raises ModelsError without its weights."""
    return characters_of(find_weights(options.models, options.cache))


def _kind(runtime: Runtime) -> EngineKind:
    return EngineKind(load=partial(Engine, runtime), name=partial(name, runtime), alphabet=alphabet)


ENGINES: Mapping[str, EngineKind] = MappingProxyType({"openvino": _kind(OPENVINO), "onnxruntime": _kind(ONNXRUNTIME)})


def engine_kind(name: str) -> EngineKind:
    """A row of the table, or `module:NAME` for a row that another module defines.

    Raises:
        KeyError: The table has no such row.
    """
    module, _, row = name.partition(":")
    kind: EngineKind = getattr(import_module(module), row) if row else ENGINES[name]
    return kind
