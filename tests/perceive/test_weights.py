import json
import shutil
from pathlib import Path

import pytest

from models.errors import ExitCode, ModelsError
from models.reading import weights_named
from pipeline.perceive.ocr import weights
from pipeline.perceive.ocr.engine import engine_kind
from pipeline.perceive.ocr.options import OcrOptions
from pipeline.perceive.ocr.weights import characters_of, find_weights

FILES = ["det/inference.onnx", "det/inference.yml", "rec/inference.onnx", "rec/inference.yml"]


@pytest.fixture(scope="module")
def arranged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled models, as the first start arranges them."""
    cache = tmp_path_factory.mktemp("cache")
    return find_weights(None, cache).detection.parent


@pytest.fixture
def cache(arranged: Path, tmp_path: Path) -> Path:
    """A cache of one's own to spoil."""
    shutil.copytree(arranged, tmp_path / arranged.name)
    return tmp_path


def refused(models: Path | None, cache: Path) -> str:
    with pytest.raises(ModelsError) as caught:
        find_weights(models, cache)
    assert caught.value.exit_code is ExitCode.ENGINE
    assert not caught.value.retryable
    return str(caught.value)


def test_the_bundled_models_are_arranged_once_and_found_again(arranged: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in arranged.rglob("*")}
    again = find_weights(None, arranged.parent)
    assert again.detection.parent == arranged
    assert {path: path.stat().st_mtime_ns for path in arranged.rglob("*")} == before
    assert [path.name for path in arranged.parent.iterdir()] == [arranged.name]


def test_models_are_named_by_content(arranged: Path, cache: Path) -> None:
    here, there = find_weights(None, arranged.parent), find_weights(None, cache)
    assert here.digest == there.digest
    engine = engine_kind("openvino").name(OcrOptions(cache=cache))
    assert weights_named(engine) == here.digest
    assert str(cache) not in engine


def test_models_say_what_they_are(arranged: Path) -> None:
    held = find_weights(None, arranged.parent)
    assert held.model_name(held.detection) == "PP-OCRv6_small_det"
    assert held.model_name(held.recognition) == "PP-OCRv6_small_rec"
    assert {"欧", "阳", "靖", "萱", "0", "X"} <= characters_of(held)


@pytest.mark.parametrize("file", FILES)
def test_a_missing_file_is_named(cache: Path, arranged: Path, file: str) -> None:
    path = cache / arranged.name / file
    path.unlink()
    assert str(path) in refused(None, cache)


@pytest.mark.parametrize("file", FILES)
def test_an_altered_file_is_named(cache: Path, arranged: Path, file: str) -> None:
    path = cache / arranged.name / file
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert str(path) in refused(None, cache)


def test_a_file_that_the_manifest_does_not_know_is_altered(cache: Path, arranged: Path) -> None:
    manifest = cache / arranged.name / "manifest.json"
    held = json.loads(manifest.read_text("utf-8"))
    del held["rec/inference.onnx"]
    manifest.write_text(json.dumps(held), "utf-8")
    assert "rec/inference.onnx" in refused(None, cache)


def test_a_wheel_that_holds_another_model_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = {"det": ("PP-OCRv6_det_small.onnx", "0" * 64)}
    monkeypatch.setattr(weights, "_BUNDLED", other)
    assert "PP-OCRv6_det_small.onnx is altered" in refused(None, tmp_path)


def test_a_wheel_without_a_model_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "_BUNDLED", {"det": ("gone.onnx", "0" * 64)})
    assert "gone.onnx is missing" in refused(None, tmp_path)


def test_a_folder_whose_manifest_is_lost_is_told_by_name(cache: Path, arranged: Path) -> None:
    (cache / arranged.name / "manifest.json").unlink()
    assert str(cache / arranged.name) in refused(None, cache)
    assert [path.name for path in cache.iterdir()] == [arranged.name]


def test_a_cache_that_cannot_be_written_is_told_by_name(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert str(tmp_path / "file") in refused(None, tmp_path / "file")


def test_the_operators_own_models_need_no_manifest(cache: Path, arranged: Path, tmp_path: Path) -> None:
    models = cache / arranged.name
    (models / "manifest.json").unlink()
    assert find_weights(models, tmp_path / "unused").detection == models / "det"
    assert not (tmp_path / "unused").exists()


def test_the_operators_own_models_are_held_to_a_manifest_if_there_is_one(cache: Path, arranged: Path) -> None:
    models = cache / arranged.name
    (models / "rec" / "inference.onnx").write_bytes(b"other")
    assert "rec/inference.onnx is altered" in refused(models, cache)


@pytest.mark.parametrize("text", ["{", "[]", "7"])
def test_a_manifest_that_is_none_is_named(text: str, cache: Path, arranged: Path) -> None:
    models = cache / arranged.name
    (models / "manifest.json").write_text(text, "utf-8")
    assert str(models / "manifest.json") in refused(models, cache)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("det: {", id="no YAML"),
        pytest.param("PP-OCRv6", id="a word"),
        pytest.param("[Global, PostProcess]", id="a list"),
        pytest.param("Global: PP-OCRv6_small_det", id="a word for a group"),
        pytest.param("{Global: {model_name: a}, PostProcess: [DBPostProcess]}", id="a list for a group"),
        pytest.param("PreProcess: {transform_ops: {DecodeImage: null}}", id="operations without an order"),
        pytest.param("PreProcess: {transform_ops: [{DecodeImage: BGR}]}", id="a word for settings"),
    ],
)
def test_a_configuration_of_another_form_is_named(text: str, cache: Path, arranged: Path) -> None:
    models = cache / arranged.name
    (models / "manifest.json").unlink()
    (models / "det" / "inference.yml").write_text(text, "utf-8")
    assert str(models / "det") in refused(models, cache)


def test_an_empty_folder_of_the_operators_is_refused(tmp_path: Path) -> None:
    assert "det/inference.onnx is missing" in refused(tmp_path, tmp_path)
