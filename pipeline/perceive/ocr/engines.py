"""The table of engines. A new runtime is one file and one row."""

from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from types import MappingProxyType
from typing import NamedTuple

from pipeline.perceive.ocr import on_onnxruntime, on_openvino
from pipeline.perceive.ocr.base import OcrEngine
from pipeline.perceive.ocr.engine import Engine, name
from pipeline.perceive.ocr.network import Runtime
from pipeline.perceive.ocr.options import OcrOptions
from pipeline.perceive.ocr.weights import characters_of, find_weights


class EngineKind(NamedTuple):
    """How to load an engine, and what is known of it without loading it; all raise ModelsError without its weights."""

    load: Callable[[OcrOptions], OcrEngine]
    name: Callable[[OcrOptions], str]
    alphabet: Callable[[OcrOptions], frozenset[str]]


def alphabet(options: OcrOptions) -> frozenset[str]:
    """Every character that the recogniser can give; raises ModelsError without its weights."""
    return characters_of(find_weights(options.models, options.cache))


def _kind(runtime: Runtime) -> EngineKind:
    return EngineKind(load=partial(Engine, runtime), name=partial(name, runtime), alphabet=alphabet)


ENGINES: Mapping[str, EngineKind] = MappingProxyType(
    {"openvino": _kind(on_openvino.RUNTIME), "onnxruntime": _kind(on_onnxruntime.RUNTIME)}
)


def engine_kind(name: str) -> EngineKind:
    """A row of the table; or `module:NAME`, a row that stands in a module of somebody else's.

    Raises:
        KeyError: The table has no such row.
    """
    module, _, row = name.partition(":")
    kind: EngineKind = getattr(import_module(module), row) if row else ENGINES[name]
    return kind
