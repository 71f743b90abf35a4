"""The table of engines. A new engine is one file and one row."""

from collections.abc import Callable, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import NamedTuple

from pipeline.ocr import paddle
from pipeline.ocr.base import OcrEngine
from pipeline.ocr.options import OcrOptions


class EngineKind(NamedTuple):
    """How to load an engine, and what is known of it without loading it; all raise ModelsError without its weights."""

    load: Callable[[OcrOptions], OcrEngine]
    name: Callable[[OcrOptions], str]
    alphabet: Callable[[OcrOptions], frozenset[str]]


ENGINES: Mapping[str, EngineKind] = MappingProxyType({"paddle": EngineKind(paddle.load, paddle.name, paddle.alphabet)})


def engine_kind(name: str) -> EngineKind:
    """A row of the table; or `module:NAME`, a row that stands in a module of somebody else's.

    Raises:
        KeyError: The table has no such row.
    """
    module, _, row = name.partition(":")
    kind: EngineKind = getattr(import_module(module), row) if row else ENGINES[name]
    return kind
