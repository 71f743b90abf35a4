"""Networks on ONNX Runtime, which runs everywhere. The only room that names onnxruntime."""

from importlib import metadata
from pathlib import Path

from pipeline.perceive.ocr.network import Network, Runtime, Tensor
from pipeline.perceive.ocr.options import OcrOptions


class _OnOnnxRuntime:
    def __init__(self, path: Path, options: OcrOptions) -> None:
        import onnxruntime

        settings = onnxruntime.SessionOptions()
        settings.intra_op_num_threads = options.threads
        settings.inter_op_num_threads = 1
        # Its arena keeps the largest buffers that any shape ever needed; memory would creep with every new one.
        settings.enable_cpu_mem_arena = False
        self._session = onnxruntime.InferenceSession(str(path), settings, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name

    def __call__(self, tensor: Tensor, /) -> Tensor:
        (answer,) = self._session.run(None, {self._input: tensor})
        held: Tensor = answer
        return held


def _load(path: Path, options: OcrOptions) -> Network:
    return _OnOnnxRuntime(path, options)


def _name(_: OcrOptions) -> str:
    return f"onnxruntime-{metadata.version('onnxruntime')}/f32"


RUNTIME = Runtime(load=_load, name=_name)
