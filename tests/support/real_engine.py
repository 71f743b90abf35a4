"""The engine that reads by default, with its real models, loaded once for all tests of a process."""

from functools import cache

from pipeline.perceive.ocr.base import OcrEngine
from pipeline.perceive.ocr.engine import engine_kind
from pipeline.perceive.ocr.options import OcrOptions


@cache
def real_engine() -> OcrEngine:
    """The engine; it keeps nothing of what it reads."""
    return engine_kind("openvino").load(OcrOptions())
