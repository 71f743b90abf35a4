"""Networks on OpenVINO, the faster runtime. The only room that names openvino."""

from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from pipeline.perceive.ocr.network import Network, Runtime, Tensor
from pipeline.perceive.ocr.options import OcrOptions

_BRAIN_FLOAT = "bf16"
_FULL = "f32"


class _OnOpenVino:
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
        answer: Tensor = self._request.infer({0: tensor}, share_inputs=True, share_outputs=True)[0]
        return answer


def _load(path: Path, options: OcrOptions) -> Network:
    return _OnOpenVino(path, options)


def _name(options: OcrOptions) -> str:
    return f"openvino-{metadata.version('openvino')}/{_precision(options)}"


def _precision(options: OcrOptions) -> str:
    """As asked; else half precision where the processor computes in it."""
    if options.precision is not None:
        return options.precision
    return _BRAIN_FLOAT if "BF16" in _core().get_property("CPU", "OPTIMIZATION_CAPABILITIES") else _FULL


@cache
def _core() -> Any:
    import openvino

    return openvino.Core()


RUNTIME = Runtime(load=_load, name=_name)
