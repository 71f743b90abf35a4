"""The engine's weights: local files only, checked against a manifest at every start.

The rapidocr wheel ships PP-OCRv6 small (detection, recognition) as ONNX. PaddleOCR expects a directory for each model,
with `inference.onnx` and `inference.yml`. The first start creates both in the cache, with the SHA-256 of every file.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from importlib import metadata, resources
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import yaml

from models.errors import ModelsError
from pipeline.perceive.ocr.model_configuration import require_readable
from pipeline.perceive.ocr.runtimes import import_onnxruntime

_PARTS = ("det", "rec")
_MANIFEST = "manifest.json"
_BUNDLED: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "det": ("PP-OCRv6_det_small.onnx", "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f"),
        "rec": ("PP-OCRv6_rec_small.onnx", "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884"),
    }
)
_DECODE = {"DecodeImage": {"channel_first": False, "img_mode": "BGR"}}
_NORMALIZE = {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225], "scale": "1./255.", "order": "hwc"}
_DETECTION_STEPS = [
    _DECODE,
    {"DetResizeForTest": {"resize_long": 960}},
    {"NormalizeImage": _NORMALIZE},
    {"ToCHWImage": None},
    {"KeepKeys": {"keep_keys": ["image", "shape", "polys", "ignore_tags"]}},
]
_DETECTION = {
    "PreProcess": {"transform_ops": _DETECTION_STEPS},
    "PostProcess": {
        "name": "DBPostProcess", "thresh": 0.3, "box_thresh": 0.6, "max_candidates": 1000, "unclip_ratio": 1.5,
    },
}  # fmt: skip
_RECOGNITION_STEPS = [
    _DECODE,
    {"RecResizeImg": {"image_shape": [3, 48, 320]}},
    {"KeepKeys": {"keep_keys": ["image"]}},
]


# What PaddleOCR trains and exports: static graphs (inference.json or .pdmodel with .pdiparams), and checkpoints.
_PADDLE_FILES = (
    "inference.json", "inference.pdmodel", "inference.pdiparams", "inference.pdparams", "model_state.pdparams",
    "best_accuracy.pdparams", "model.safetensors",
)  # fmt: skip


class Weights(NamedTuple):
    """Two PaddleOCR model directories, and a digest that names their content."""

    detection: Path
    recognition: Path
    digest: str

    @property
    def root(self) -> Path:
        """The folder of both."""
        return self.detection.parent

    @property
    def configurations(self) -> Mapping[Path, Mapping[str, Any]]:
        """The content of each directory's `inference.yml`."""
        return {directory: _configured(directory) for directory in (self.detection, self.recognition)}

    def model_name(self, which: Path) -> str:
        """The name that a model's own configuration gives it."""
        name: str = _configured(which)["Global"]["model_name"]
        return name


def find_weights(models: Path | None, cache: Path) -> Weights:
    """The operator's own models (`det/` and `rec/` below `models`), else the bundled ones, arranged below `cache`.

    Raises:
        ModelsError: A file is missing, altered, or in Paddle's own format; or no engine can follow an `inference.yml`.
            The text names the file or its directory.
    """
    root = models if models is not None else _arranged(cache)
    for part in _PARTS:
        _require_onnx(root / part)
    files = [root / part / name for part in _PARTS for name in ("inference.onnx", "inference.yml")]
    digests = {str(file.relative_to(root)): _digest(file) for file in files}
    _check(root, digests, required=models is None)
    joined = hashlib.sha256(json.dumps(digests, sort_keys=True).encode()).hexdigest()
    weights = Weights(root / "det", root / "rec", joined[:16])
    for directory, content in weights.configurations.items() if models is not None else ():
        require_readable(directory, content)
    return weights


def _require_onnx(directory: Path) -> None:
    """Refuse a model in one of Paddle's own formats; the command is PaddleX's, which copies `inference.yml` as well."""
    if not (directory / "inference.onnx").exists() and any((directory / name).exists() for name in _PADDLE_FILES):
        raise ModelsError(
            f"The model in {directory} is in Paddle's own format",
            hint="export it to ONNX where PaddlePaddle is installed: "
            f"paddlex --paddle2onnx --paddle_model_dir {directory} --onnx_model_dir {directory}",
        )


def _arranged(cache: Path) -> Path:
    root = cache / f"pp-ocrv6-small-{metadata.version('rapidocr')}"
    if (root / _MANIFEST).exists():
        return root
    building = cache / f"{root.name}.{os.getpid()}.part"
    try:
        _build(building)
        building.rename(root)
    except OSError as error:
        shutil.rmtree(building, ignore_errors=True)
        if not (root / _MANIFEST).exists():  # else another process was first, and its copy is the same
            raise ModelsError(
                f"The models cannot be arranged in {root}", hint="remove it, or make it writable."
            ) from error
    return root


def _build(folder: Path) -> None:
    """Copy the bundled models, configure them, and list their digests."""
    for part, (name, expected) in _BUNDLED.items():
        source = Path(str(resources.files("rapidocr"))) / "models" / name
        if _digest(source) != expected:
            raise ModelsError(
                f"The model file {source} is altered: its SHA-256 is not the one this version was built with."
            )
        (folder / part).mkdir(parents=True, exist_ok=True)
        (folder / part / "inference.onnx").write_bytes(source.read_bytes())
        (folder / part / "inference.yml").write_text(_configuration(part, source), "utf-8")
    files = sorted(path for path in folder.rglob("inference.*"))
    manifest = {str(path.relative_to(folder)): _digest(path) for path in files}
    (folder / _MANIFEST).write_text(json.dumps(manifest, indent=1), "utf-8")


def _configuration(part: str, source: Path) -> str:
    body = _DETECTION if part == "det" else _recognition(source)
    return yaml.safe_dump({"Global": {"model_name": f"PP-OCRv6_small_{part}"}, **body}, allow_unicode=True)


def _recognition(source: Path) -> dict[str, object]:
    session = import_onnxruntime().InferenceSession(str(source), providers=["CPUExecutionProvider"])
    characters = session.get_modelmeta().custom_metadata_map["character"].split("\n")
    return {
        "PreProcess": {"transform_ops": _RECOGNITION_STEPS},
        "PostProcess": {"name": "CTCLabelDecode", "character_dict": characters},
    }


def symbols_of(weights: Weights) -> tuple[str, ...]:
    """The characters of the recogniser's outputs from the second on; the first is the blank, the last the space."""
    return (*_configured(weights.recognition)["PostProcess"]["character_dict"], " ")


def characters_of(weights: Weights) -> frozenset[str]:
    """Every character that the recogniser can give."""
    return frozenset(symbols_of(weights)) - {" "}


def _configured(directory: Path) -> dict[str, Any]:
    """A model's own configuration; the C loader, since the recogniser's lists 18,708 characters."""
    file = directory / "inference.yml"
    try:
        content = yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ModelsError(f"The file {file} is no YAML.") from error
    if not isinstance(content, dict):
        raise ModelsError(f"The file {file} has no keys.")
    return content


def _check(root: Path, digests: Mapping[str, str], *, required: bool) -> None:
    manifest = root / _MANIFEST
    if not manifest.exists():
        if required:
            raise ModelsError(f"The model manifest {manifest} is missing.")
        return
    try:
        expected = json.loads(manifest.read_text("utf-8"))
    except ValueError as error:
        raise ModelsError(f"The model manifest {manifest} is no JSON.") from error
    if not isinstance(expected, dict):
        raise ModelsError(f"The model manifest {manifest} is no object with a digest for each file.")
    for name, digest in digests.items():
        if expected.get(name) != digest:
            raise ModelsError(f"The model file {root / name} is altered: its SHA-256 is not the one in {manifest}.")


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelsError(f"The model file {path} is missing or cannot be read.") from error
