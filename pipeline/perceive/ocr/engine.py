"""The engine, two networks of PP-OCR on either runtime, and the table of engines. A new one is one row."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

import cv2
import numpy as np

from models.errors import EngineError, ModelsError
from models.geometry import Quad
from models.reading import Lattice
from pipeline.perceive.decode.pixels import Rgb
from pipeline.perceive.ocr import paddle
from pipeline.perceive.ocr.base import OcrEngine
from pipeline.perceive.ocr.detection import BOX_SCORE, find_lines
from pipeline.perceive.ocr.model_configuration import require_supported
from pipeline.perceive.ocr.options import OcrOptions
from pipeline.perceive.ocr.recognition import LINE_ROWS, STEP_COLUMNS, read_line
from pipeline.perceive.ocr.runtimes import ONNXRUNTIME, OPENVINO, Network, Runtime
from pipeline.perceive.ocr.weights import Weights, characters_of, find_weights, symbols_of

_TRIED: Final = 320  # columns of the empty pictures that foreign networks are tried with


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
        if options.models is not None:
            self._try_out(weights)

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

    def _try_out(self, weights: Weights) -> None:
        """Refuse networks of another shape than ours: their output would be read as nonsense."""
        outputs = len(self._symbols) + 1
        steps = 1, _TRIED // STEP_COLUMNS, outputs
        _require_output(weights.recognition, self._recogniser, (LINE_ROWS, _TRIED), steps)
        _require_output(weights.detection, self._detector, (_TRIED, _TRIED), (1, 1, _TRIED, _TRIED))


def _require_output(directory: Path, network: Network, size: tuple[int, int], expected: tuple[int, ...]) -> None:
    try:
        shape = network(np.zeros((1, 3, *size), np.float32)).shape
    except Exception as error:
        raise ModelsError(
            f"The model in {directory} does not take a picture of {size[1]} x {size[0]} pixels"
        ) from error
    if shape != expected:
        raise ModelsError(
            f"The model in {directory} gives an output of shape {shape}, and not {expected}",
            hint="set INTAKE_OCR__ENGINE=paddleocr.",
        )


def name(runtime: Runtime, options: OcrOptions) -> str:
    """What `Engine.name` will be, without loading it; raises ModelsError where weights are missing or do not fit."""
    weights = find_weights(options.models, options.cache)
    for directory, content in weights.configurations.items() if options.models is not None else ():
        require_supported(directory, content)
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


ENGINES: Mapping[str, EngineKind] = MappingProxyType(
    {
        "openvino": _kind(OPENVINO),
        "onnxruntime": _kind(ONNXRUNTIME),
        "paddleocr": EngineKind(load=paddle.PaddleEngine, name=paddle.name, alphabet=alphabet),
    }
)


def engine_kind(name: str) -> EngineKind:
    """A row of the table, or `module:NAME` for a row that another module defines.

    Raises:
        KeyError: The table has no such row.
    """
    module, _, row = name.partition(":")
    kind: EngineKind = getattr(import_module(module), row) if row else ENGINES[name]
    return kind
