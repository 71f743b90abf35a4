"""Runtimes that execute networks. Only this module imports onnxruntime to run a network, and only it imports openvino.

Each heavy import stands in a constructor, so that importing this module loads neither.
"""

import os
from collections.abc import Callable
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pipeline.perceive.ocr.options import OcrOptions

Tensor: TypeAlias = NDArray[np.float32]


class Network(Protocol):
    """One network with one input and one output; the next call may overwrite the output."""

    def __call__(self, tensor: Tensor, /) -> Tensor:
        """Run the network."""


class Runtime(NamedTuple):
    """How to load a network, and `name-version/precision`: everything about a runtime that can change results."""

    load: Callable[[Path, OcrOptions], Network]
    name: Callable[[OcrOptions], str]


class _OpenVinoNetwork:
    def __init__(self, path: Path, options: OcrOptions) -> None:
        core = _core()
        settings = {
            "INFERENCE_NUM_THREADS": options.threads,
            "NUM_STREAMS": 1,
            "INFERENCE_PRECISION_HINT": _precision(options),
            # Two reading processes pinned to one core would halve each other.
            "ENABLE_CPU_PINNING": False,
        }
        self._request = core.compile_model(core.read_model(path), "CPU", settings).create_infer_request()

    def __call__(self, tensor: Tensor, /) -> Tensor:
        output: Tensor = self._request.infer({0: tensor}, share_inputs=True, share_outputs=True)[0]
        return output


class _OnnxNetwork:
    def __init__(self, path: Path, options: OcrOptions) -> None:
        onnxruntime = import_onnxruntime()
        settings = onnxruntime.SessionOptions()
        settings.intra_op_num_threads = options.threads
        settings.inter_op_num_threads = 1
        # The arena keeps the largest buffers that any shape ever needed: memory would grow with every new shape.
        settings.enable_cpu_mem_arena = False
        self._session = onnxruntime.InferenceSession(str(path), settings, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name

    def __call__(self, tensor: Tensor, /) -> Tensor:
        (output,) = self._session.run(None, {self._input: tensor})
        result: Tensor = output
        return result


def import_onnxruntime() -> Any:
    """ONNX Runtime without its telemetry.

    From 1.32 on it reports to its maker about half a minute after the first session, on Linux too. Its switch is read
    when it is imported; `disable_telemetry_events` does not keep it from connecting.
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    return onnxruntime


def _precision(options: OcrOptions) -> str:
    """The precision in the options; else bf16 where the processor computes in it, f32 elsewhere."""
    if options.precision is not None:
        return options.precision
    return "bf16" if "BF16" in _core().get_property("CPU", "OPTIMIZATION_CAPABILITIES") else "f32"


@cache
def _core() -> Any:
    import openvino

    return openvino.Core()


OPENVINO: Final = Runtime(
    load=_OpenVinoNetwork, name=lambda options: f"openvino-{metadata.version('openvino')}/{_precision(options)}"
)
ONNXRUNTIME: Final = Runtime(load=_OnnxNetwork, name=lambda _: f"onnxruntime-{metadata.version('onnxruntime')}/f32")
