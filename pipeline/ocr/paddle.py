"""PaddleOCR on ONNX Runtime, with the lattice that it throws away kept. The only room that names paddleocr."""

import contextlib
import importlib.metadata
import math
import os
from collections.abc import Iterator
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from models.errors import EngineError
from models.geometry import Point, Quad
from models.reading import BLANK, Alternative, Lattice
from pipeline.decode.pixels import Rgb
from pipeline.ocr.base import TextLine
from pipeline.ocr.options import OcrOptions
from pipeline.ocr.weights import Weights, characters_of, find_weights

_STEP_PIXELS = 8  # the recogniser gives one step for every 8 columns of a line scaled to 48 rows
_LINE_ROWS = 48
_TALL = 1.5  # PaddleX turns crops that are taller than this many widths
_NEGLIGIBLE = 1e-4
_MOST_ALTERNATIVES = 8
_BOX_SCORE = 0.45  # PaddleOCR's own 0.6 misses single characters and labels set wide, such as 户　别


Steps: TypeAlias = tuple[tuple[Alternative, ...], ...]


class _LatticeText(str):
    """The text of a line on its way through PaddleX, carrying the lattice that it was decoded from."""

    lattice: Lattice


class PaddleEngine:
    """One PaddleOCR pipeline. Not thread-safe: PaddleOCR then returns wrong text without an error."""

    def __init__(self, options: OcrOptions) -> None:
        weights = find_weights(options.models, options.cache)
        cv2.setNumThreads(options.threads)
        self._ocr = _load(weights, options)
        self.name = name(options)
        # PaddleX has no other door to its decoder.
        recogniser = self._ocr.paddlex_pipeline._pipeline.text_rec_model
        recogniser.post_op = _KeepingLattice(recogniser.post_op)

    def read(self, picture: Rgb, /) -> tuple[TextLine, ...]:
        """Every line of text; see `OcrEngine.read`."""
        backwards = np.ascontiguousarray(picture[:, :, ::-1])  # PaddleOCR wants blue, green, red
        try:
            (answer,) = self._ocr.predict(backwards)
        except Exception as error:
            raise EngineError("the OCR engine failed on a page") from error
        rows = zip(answer["rec_texts"], answer["rec_scores"], answer["rec_polys"], strict=True)
        return tuple(_line(text, score, polygon) for text, score, polygon in rows if text)


def load(options: OcrOptions) -> PaddleEngine:
    """Load the engine once for this process.

    Raises:
        ModelsError: A model is missing or altered.
    """
    return PaddleEngine(options)


def name(options: OcrOptions) -> str:
    """What `PaddleEngine.name` will be, without loading it; raises ModelsError like `load`."""
    weights = find_weights(options.models, options.cache)
    version = importlib.metadata.version("paddleocr")
    return f"paddleocr-{version}/onnxruntime/{weights.digest}/{options.detection_side}-{_BOX_SCORE}"


def alphabet(options: OcrOptions) -> frozenset[str]:
    """Every character that the recogniser can give; raises ModelsError like `load`."""
    return characters_of(find_weights(options.models, options.cache))


def _load(weights: Weights, options: OcrOptions) -> Any:
    os.environ["PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK"] = "True"
    with headless_opencv_counts():
        from paddleocr import PaddleOCR
    return PaddleOCR(
        engine="onnxruntime",
        engine_config={"intra_op_num_threads": options.threads, "inter_op_num_threads": 1},
        text_detection_model_name=weights.model_name(weights.detection),
        text_detection_model_dir=str(weights.detection),
        text_recognition_model_name=weights.model_name(weights.recognition),
        text_recognition_model_dir=str(weights.recognition),
        text_det_limit_side_len=options.detection_side,
        text_det_limit_type="max",
        text_det_box_thresh=_BOX_SCORE,
        use_doc_orientation_classify=False,
        use_doc_unwarping=False,
        use_textline_orientation=False,
    )


@contextlib.contextmanager
def headless_opencv_counts() -> Iterator[None]:
    """Let PaddleX find OpenCV, which it looks for by the name of one distribution (reason in pyproject.toml)."""
    real = importlib.metadata.version

    def version(distribution_name: str) -> str:
        headless = distribution_name == "opencv-contrib-python"
        return real("opencv-python-headless" if headless else distribution_name)

    importlib.metadata.version = version
    try:
        yield
    finally:
        importlib.metadata.version = real


class _KeepingLattice:
    """PaddleX's own decoder, beside which the probabilities that it saw are kept."""

    def __init__(self, decode: Any) -> None:
        self._decode = decode
        self._characters: list[str] = decode.character

    def __call__(self, predictions: Any, **options: Any) -> tuple[list[str], list[float]]:
        texts, scores = self._decode(predictions, **options)
        return [self._with_lattice(text, steps) for text, steps in zip(texts, predictions[0], strict=True)], scores

    def _with_lattice(self, text: str, steps: NDArray[np.float32]) -> _LatticeText:
        kept = _LatticeText(text)
        kept.lattice = Lattice(steps=tuple(self._alternatives(step) for step in steps), span=0.0)
        return kept

    def _alternatives(self, step: NDArray[np.float32]) -> tuple[Alternative, ...]:
        likely = np.flatnonzero(step > _NEGLIGIBLE)
        best = likely[np.argsort(-step[likely], kind="stable")][:_MOST_ALTERNATIVES]
        return tuple(
            Alternative(BLANK if at == 0 else self._characters[at], round(float(step[at]), 5)) for at in best.tolist()
        )


def _line(text: _LatticeText, score: float, polygon: NDArray[np.int16]) -> TextLine:
    corners = [Point(float(x), float(y)) for x, y in polygon]
    width = max(math.dist(corners[0], corners[1]), math.dist(corners[3], corners[2]))
    height = max(math.dist(corners[0], corners[3]), math.dist(corners[1], corners[2]))
    if height >= _TALL * width:  # PaddleX turned the crop a quarter to the left: reading starts at its top right corner
        corners = [corners[1], corners[2], corners[3], corners[0]]
        width, height = height, width
    steps = _LINE_ROWS * width / max(height, 1.0) / _STEP_PIXELS
    held = _without_padding(text.lattice.steps, math.ceil(steps) + 1)
    return TextLine(str(text), float(score), Quad(*corners), Lattice(steps=held, span=1 / max(steps, 1.0)))


def _without_padding(steps: Steps, expected: int) -> Steps:
    """Drop the blanks that the padding of the batch gave; a crop may be a little longer than its polygon says."""
    last = max((at for at, step in enumerate(steps) if step[0].char != BLANK), default=0)
    return steps[: max(expected, last + 2)]
