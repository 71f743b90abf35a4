"""Models of other families, as an operator puts them below `INTAKE_MODELS`: PP-OCRv4, and one that reads stripes."""

import struct
from collections.abc import Mapping, Sequence
from importlib import resources
from itertools import chain
from pathlib import Path
from typing import Any, Final

import numpy as np
import yaml

from pipeline.perceive.decode.pixels import Rgb
from pipeline.perceive.ocr.runtimes import import_onnxruntime

STRIPES: Final[Mapping[str, tuple[int, int, int]]] = {
    "红": (255, 0, 0), "绿": (0, 255, 0), "蓝": (0, 0, 255), "黑": (0, 0, 0),
}  # fmt: skip
_DECODE: Final = {"DecodeImage": {"channel_first": False, "img_mode": "BGR"}}
_FLOAT, _INTS, _NUMBER = 1, 7, 2  # of ONNX: an element type, and two types of attributes


def pp_ocrv4(folder: Path) -> Path:
    """PP-OCRv4 mobile, as the wheel rapidocr-onnxruntime ships it; configured as PaddleOCR exports it."""
    models = Path(str(resources.files("rapidocr_onnxruntime"))) / "models"
    recogniser = models / "ch_PP-OCRv4_rec_infer.onnx"
    session = import_onnxruntime().InferenceSession(str(recogniser), providers=["CPUExecutionProvider"])
    characters = session.get_modelmeta().custom_metadata_map["character"].split("\n")
    levels = {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225], "scale": "1./255.", "order": "hwc"}
    _write(
        folder / "det", "PP-OCRv4_mobile_det", (models / "ch_PP-OCRv4_det_infer.onnx").read_bytes(), _finding(levels)
    )
    _write(folder / "rec", "PP-OCRv4_mobile_rec", recogniser.read_bytes(), _reading(48, characters[:6623]))
    return folder


def stripes(folder: Path) -> Path:
    """Two networks of a few nodes that find and read coloured stripes: 32 rows a line, 4 columns a step."""
    levels = {"mean": [0.5] * 3, "std": [0.5] * 3, "scale": 1 / 255, "order": "hwc"}
    _write(folder / "det", "PP-OCRv5_mobile_det", _stripe_detector(), _finding(levels))
    _write(folder / "rec", "PP-OCRv5_mobile_rec", _stripe_recogniser(), _reading(32, list(STRIPES)))
    return folder


def striped(text: str) -> Rgb:
    """A white picture with a stripe for each character."""
    picture = np.full((200, 640, 3), 255, np.uint8)
    for at, char in enumerate(text):
        picture[80:120, 60 + 54 * at : 90 + 54 * at] = STRIPES[char]
    return picture


def configure(directory: Path, change: Mapping[str, Any]) -> None:
    """Change a model's `inference.yml`: settings of its operations, and of `PostProcess`."""
    file = directory / "inference.yml"
    content = yaml.safe_load(file.read_text("utf-8"))
    for name, settings in change.items():
        if name in content:
            content[name] |= settings
        else:
            operations = content["PreProcess"]["transform_ops"]
            known = [operation for operation in operations if name in operation] or [{name: {}}]
            known[0][name] = (known[0][name] or {}) | settings
            operations.extend(one for one in known if one not in operations)
    file.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")


def _finding(levels: Mapping[str, object]) -> dict[str, object]:
    steps = [
        _DECODE,
        {"DetResizeForTest": {"resize_long": 960}},
        {"NormalizeImage": dict(levels)},
        {"ToCHWImage": None},
    ]
    after = {"name": "DBPostProcess", "thresh": 0.3, "box_thresh": 0.6, "max_candidates": 1000, "unclip_ratio": 1.5}
    return {"PreProcess": {"transform_ops": steps}, "PostProcess": after}


def _reading(rows: int, characters: list[str]) -> dict[str, object]:
    steps = [_DECODE, {"RecResizeImg": {"image_shape": [3, rows, 320]}}]
    after = {"name": "CTCLabelDecode", "character_dict": characters}
    return {"PreProcess": {"transform_ops": steps}, "PostProcess": after}


def _write(directory: Path, name: str, network: bytes, configuration: Mapping[str, object]) -> None:
    directory.mkdir(parents=True)
    (directory / "inference.onnx").write_bytes(network)
    content = {"Global": {"model_name": name}, **configuration}
    (directory / "inference.yml").write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")


def _stripe_detector() -> bytes:
    """Ink is what is darker than grey; ink less than 41 columns apart joins to a line."""
    nodes = [
        _node("Conv", ["x", "weights", "bias"], ["ink"]),
        _node("Sigmoid", ["ink"], ["sure"]),
        _node("MaxPool", ["sure"], ["map"], kernel_shape=[1, 41], pads=[0, 20, 0, 20], strides=[1, 1]),
    ]
    return _network(nodes, "map", {"weights": np.full((1, 3, 1, 1), -10.0), "bias": np.array([5.0])})


def _stripe_recogniser() -> bytes:
    """The mean colour of 4 columns in the middle rows is the character; white and the grey of padding are the blank."""
    colours = np.array([np.sign(np.array(rgb[::-1]) - 127.5) for rgb in STRIPES.values()])  # blue, green, red: ±1
    weights = np.zeros((len(STRIPES) + 2, 3, 32, 4))
    weights[1:-1, :, 14:18] = 20 * colours[:, :, None, None] / 16
    bias = np.array([0.0, *(-40.0 for _ in STRIPES), -200.0])
    nodes = [
        _node("Conv", ["x", "weights", "bias"], ["score"], strides=[32, 4]),
        _node("Squeeze", ["score"], ["rows"], axes=[2]),
        _node("Transpose", ["rows"], ["steps"], perm=[0, 2, 1]),
        _node("Softmax", ["steps"], ["sure"], axis=2),
    ]
    return _network(nodes, "sure", {"weights": weights, "bias": bias})


def _network(nodes: Sequence[bytes], output: str, constants: Mapping[str, np.ndarray]) -> bytes:
    """An ONNX file of operator set 11; the numbers are those of the fields in onnx.proto."""
    tensors = (
        _field(5, b"".join(_field(1, size) for size in value.shape) + _field(2, _FLOAT) + _field(8, name)
               + _field(9, value.astype("<f4").tobytes()))
        for name, value in constants.items()
    )  # fmt: skip
    shape = b"".join(_field(1, _field(2, f"d{at}")) for at in range(4))
    entry = _field(1, "x") + _field(2, _field(1, _field(1, _FLOAT) + _field(2, shape)))
    leaving = _field(1, output) + _field(2, _field(1, _field(1, _FLOAT)))
    graph = b"".join(chain((_field(1, node) for node in nodes), [_field(2, "stripes")], tensors))
    graph += _field(11, entry) + _field(12, leaving)
    return _field(1, 7) + _field(8, _field(1, "") + _field(2, 11)) + _field(7, graph)


def _node(kind: str, inputs: Sequence[str], outputs: Sequence[str], **attributes: int | list[int]) -> bytes:
    node = b"".join([*(_field(1, name) for name in inputs), *(_field(2, name) for name in outputs), _field(4, kind)])
    for name, value in attributes.items():
        numbers = b"".join(_field(8, one) for one in value) if isinstance(value, list) else _field(3, value)
        node += _field(5, _field(1, name) + numbers + _field(20, _INTS if isinstance(value, list) else _NUMBER))
    return node


def _field(number: int, value: int | str | bytes) -> bytes:
    """A field of a Protocol Buffers message."""
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    content = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    digits = b""
    while value > 0x7F:
        digits += struct.pack("B", value & 0x7F | 0x80)
        value >>= 7
    return digits + struct.pack("B", value)
