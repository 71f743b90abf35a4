"""What the `inference.yml` of a model asks for; an engine that does something else refuses the model by name."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import numpy as np

from models.errors import ModelsError
from pipeline.perceive.ocr.detection import DEVIATION, GROWTH, INK, MEAN
from pipeline.perceive.ocr.recognition import LINE_ROWS

_DETECTION_STEPS: Final = frozenset(
    ("DecodeImage", "DetLabelEncode", "DetResizeForTest", "NormalizeImage", "ToCHWImage", "KeepKeys")
)
_RECOGNITION_STEPS: Final = frozenset(("DecodeImage", "MultiLabelEncode", "RecResizeImg", "KeepKeys"))
_DECODERS: Final[Mapping[str, str]] = MappingProxyType({"det": "DBPostProcess", "rec": "CTCLabelDecode"})
_ROUNDING: Final = 0.02  # share by which a normalisation may differ


class _Demand(NamedTuple):
    """What a configuration says, under its name there, and whether the engine does it."""

    name: str
    value: object
    met: bool


def require_readable(directory: Path, content: Mapping[str, Any]) -> None:
    """Refuse a configuration that no engine can follow.

    Args:
        directory: Of the model; `det` or `rec` is its name.
        content: Of its `inference.yml`.

    Raises:
        ModelsError: The text names the directory.
    """
    named, before, after = (content.get(part) or {} for part in ("Global", "PreProcess", "PostProcess"))
    steps = before.get("transform_ops") or [] if isinstance(before, dict) else None
    if not (isinstance(named, dict) and isinstance(after, dict) and _are_steps(steps)):
        raise ModelsError(f"{directory}/inference.yml has not the form that PaddleOCR writes")
    characters, decoder = after.get("character_dict"), after.get("name")
    if not named.get("model_name"):
        raise ModelsError(f"{directory}/inference.yml names no model: Global.model_name is missing")
    if decoder != _DECODERS[directory.name]:
        raise ModelsError(f"{directory}/inference.yml asks for the decoder {decoder}, not {_DECODERS[directory.name]}")
    if directory.name == "rec" and not (characters and all(isinstance(one, str) and one for one in characters)):
        raise ModelsError(f"{directory}/inference.yml lists no characters: PostProcess.character_dict")


def _are_steps(steps: object) -> bool:
    """Whether these are operations, each with its name and its settings, as `PreProcess.transform_ops` lists them."""
    return isinstance(steps, list) and all(
        isinstance(step, dict) and all(isinstance(settings, dict | None) for settings in step.values())
        for step in steps
    )


def require_supported(directory: Path, content: Mapping[str, Any]) -> None:
    """Refuse a model whose configuration asks for something else than detection.py and recognition.py do.

    `box_thresh` is not compared: our own lies in detection.py, with its reason.

    Args:
        directory: Of the model; `det` or `rec` is its name.
        content: Of its `inference.yml`.

    Raises:
        ModelsError: The text names the directory, and what it asks for.
    """
    operations = (content.get("PreProcess") or {}).get("transform_ops") or ()
    steps = {name: settings or {} for operation in operations for name, settings in operation.items()}
    demands = _of_detection if directory.name == "det" else _of_recognition
    for demand in demands(steps, content["PostProcess"]):
        if not demand.met:
            raise ModelsError(
                f"{directory}/inference.yml asks for {demand.name} = {demand.value}, which this engine does not do",
                hint="set INTAKE_OCR__ENGINE=paddleocr.",
            )


def _of_detection(steps: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[_Demand]:
    yield from _of_pictures(steps, _DETECTION_STEPS)
    shape = steps.get("DetResizeForTest", {}).get("image_shape")
    yield _Demand("DetResizeForTest.image_shape", shape, shape is None)
    levels = {"mean": MEAN, "std": (DEVIATION,) * 3, "scale": (1 / 255,)}
    for name, ours in levels.items():
        value = steps.get("NormalizeImage", {}).get(name)
        yield _Demand(f"NormalizeImage.{name}", value, value is not None and _is_close(value, ours))
    for name, own in {"thresh": INK, "unclip_ratio": GROWTH, "use_dilation": False, "box_type": "quad"}.items():
        yield _Demand(f"PostProcess.{name}", after.get(name), after.get(name, own) == own)


def _of_recognition(steps: Mapping[str, Any], _after: Mapping[str, Any]) -> Iterator[_Demand]:
    yield from _of_pictures(steps, _RECOGNITION_STEPS)
    shape = steps.get("RecResizeImg", {}).get("image_shape")
    yield _Demand("RecResizeImg.image_shape", shape, isinstance(shape, list) and shape[:2] == [3, LINE_ROWS])


def _of_pictures(steps: Mapping[str, Any], known: frozenset[str]) -> Iterator[_Demand]:
    for name, settings in steps.items():
        yield _Demand(name, settings, name in known)
    mode = steps.get("DecodeImage", {}).get("img_mode")
    yield _Demand("DecodeImage.img_mode", mode, mode == "BGR")


def _is_close(value: object, ours: Sequence[float]) -> bool:
    """Whether a number or a list of numbers is about ours; PaddleOCR writes the scale as the text `1./255.`."""
    numbers = 1 / 255 if value in ("1./255.", "1/255", "1.0/255.0") else value
    try:
        theirs = np.asarray(numbers, float).ravel()
    except (TypeError, ValueError):
        return False
    return theirs.size == len(ours) and bool(np.allclose(theirs, ours, rtol=_ROUNDING, atol=0))
