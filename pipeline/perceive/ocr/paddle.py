"""PaddleOCR's own detector and recogniser: pre- and post-processing as the `inference.yml` of each model says.

PaddleOCR runs the networks with ONNX Runtime, one line a call. Its decoder reduces the recogniser's output to a text;
the lattice is made from the same output. PaddleOCR is imported only where this engine is loaded.
"""

import contextlib
import math
import os
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from models.errors import EngineError, ModelsError
from models.geometry import Quad
from models.reading import Lattice
from pipeline.perceive.decode.pixels import Rgb
from pipeline.perceive.ocr.base import ValidatedEngine
from pipeline.perceive.ocr.detection import quad_of, top_to_bottom
from pipeline.perceive.ocr.options import OcrOptions
from pipeline.perceive.ocr.recognition import alternatives
from pipeline.perceive.ocr.runtimes import Tensor, import_onnxruntime
from pipeline.perceive.ocr.weights import Weights, find_weights, symbols_of

_OFFLINE: Final = (  # switches of PaddleX and of the hub clients that it imports
    "PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK", "HF_HUB_OFFLINE", "HF_HUB_DISABLE_TELEMETRY", "DO_NOT_TRACK",
)  # fmt: skip
_BLANK: Final = ((320, 320), (48, 48), (48, 960))  # rows and columns of pictures that foreign models are tried with


def name(options: OcrOptions) -> str:
    """What `PaddleEngine.name` will be, without loading it; raises ModelsError where weights are missing."""
    weights = find_weights(options.models, options.cache)
    parts = "+".join(f"{part}-{metadata.version(part)}" for part in ("paddleocr", "paddlex", "onnxruntime"))
    return f"{parts}/f32/{weights.digest}/{options.detection_side}"


class PaddleEngine:
    """PaddleOCR's detector and recogniser. One caller at a time.

    Raises:
        ModelsError: PaddleOCR cannot run a model; the text names its directory.
    """

    def __init__(self, options: OcrOptions) -> None:
        weights = find_weights(options.models, options.cache)
        cv2.setNumThreads(options.threads)
        self.name = name(options)
        self._symbols = symbols_of(weights)
        import_onnxruntime()  # without its telemetry, before PaddleX imports it
        with without_network(options.cache):
            from paddleocr import TextDetection, TextRecognition
        self._detector = _loaded(
            TextDetection, weights, weights.detection, options, limit_side_len=options.detection_side, limit_type="max"
        )
        self._recogniser = _loaded(TextRecognition, weights, weights.recognition, options)
        self._runner = _RecordingRunner(self._recogniser.paddlex_predictor.runner)
        self._recogniser.paddlex_predictor.runner = self._runner
        if options.models is not None:
            self._try_out(weights)

    def find(self, picture: Rgb, /) -> tuple[Quad, ...]:
        """Where lines stand; see `OcrEngine.find`."""
        try:
            (found,) = self._detector.predict(np.ascontiguousarray(picture[..., ::-1]))
            # A polygon becomes the least rectangle around it, as PaddleOCR cuts it.
            rectangles = (cv2.minAreaRect(np.asarray(corners).astype(np.int32)) for corners in found["dt_polys"])
            return top_to_bottom(quad_of(cv2.boxPoints(rectangle)) for rectangle in rectangles)
        except Exception as error:
            raise EngineError("the OCR engine failed on a page") from error

    def read(self, lines: Sequence[Rgb], /) -> tuple[Lattice, ...]:
        """What lines say; see `OcrEngine.read`."""
        try:
            return tuple(map(self._lattice, lines))
        except Exception as error:
            raise EngineError("the OCR engine failed on a line") from error

    def _lattice(self, line: Rgb) -> Lattice:
        self._recogniser.predict(np.ascontiguousarray(line[..., ::-1]))
        rows, columns = self._runner.shown.shape[2:]
        (steps,) = self._runner.output
        stride = columns / len(steps)
        height, width = line.shape[:2]
        used = min(columns, max(stride, math.ceil(rows * width / height)))  # the rest is padding
        return Lattice(steps=alternatives(steps[: math.ceil(used / stride) + 1], self._symbols), span=stride / used)

    def _try_out(self, weights: Weights) -> None:
        """Refuse networks that do not fit their `inference.yml`, before they read nonsense."""
        page, *lines = (np.full((*size, 3), 255, np.uint8) for size in _BLANK)
        tried, broken = ValidatedEngine(self), None
        try:
            tried.find(page)
            tried.read(lines)
        except EngineError as error:
            broken = error
        outputs, known = self._runner.output.shape[-1], len(self._symbols)
        if outputs not in (0, known, known + 1):  # 0 if it never answered; else the blank, and the space or not
            raise ModelsError(
                f"The model in {weights.recognition} gives {outputs} probabilities a step, "
                f"but its inference.yml lists {known - 1} characters"
            ) from broken
        if broken is not None:
            reason = type(broken.__cause__ or broken).__name__
            raise ModelsError(f"PaddleOCR cannot run the models in {weights.root} ({reason})") from broken


class _RecordingRunner:
    """A PaddleX runner that remembers what the network saw (1, 3, rows, columns) and answered (1, steps, outputs)."""

    def __init__(self, runner: Any) -> None:
        self._runner = runner
        self.shown: Tensor = np.empty((0, 0, 0, 0), np.float32)
        self.output: Tensor = np.empty((0, 0, 0), np.float32)

    def __call__(self, x: list[Tensor]) -> list[Tensor]:
        answer: list[Tensor] = self._runner(x=x)
        (self.shown,), (self.output,) = x, answer
        return answer

    def __getattr__(self, attribute: str) -> Any:
        return getattr(self._runner, attribute)


def _loaded(kind: Any, weights: Weights, directory: Path, options: OcrOptions, **settings: object) -> Any:
    engine_config = {
        "intra_op_num_threads": options.threads,
        "inter_op_num_threads": 1,
        "enable_cpu_mem_arena": False,  # reason in runtimes.py
    }
    try:
        return kind(
            model_name=weights.model_name(directory),
            model_dir=str(directory),
            engine="onnxruntime",
            engine_config=engine_config,
            **settings,
        )
    except Exception as error:
        raise ModelsError(
            f"PaddleOCR cannot run the model in {directory}: {str(error) or type(error).__name__}"
        ) from error


@contextlib.contextmanager
def without_network(cache: Path) -> Iterator[None]:
    """Import PaddleOCR within this: no hub client connects, and PaddleX keeps its files below `cache`.

    PaddleX asks for the distribution opencv-contrib-python by name; the headless build answers, for the reason in
    pyproject.toml.
    """
    os.environ.update(dict.fromkeys(_OFFLINE, "1"), PADDLE_PDX_CACHE_HOME=str(cache / "paddlex"))
    real = metadata.version

    def version(distribution_name: str) -> str:
        headless = distribution_name == "opencv-contrib-python"
        return real("opencv-python-headless" if headless else distribution_name)

    metadata.version = version
    try:
        yield
    except OSError as error:
        raise ModelsError(f"PaddleX cannot keep its files in {cache}", hint="make it writable.") from error
    finally:
        metadata.version = real
