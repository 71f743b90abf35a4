"""The engine paddleocr: equal to PaddleOCR's own pipeline, models of other families, and no network."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fixtures.truth import SAMPLES
from models.errors import ModelsError
from models.policy import Limits
from pipeline.perceive.decode.pages import decode
from pipeline.perceive.decode.pixels import Rgb
from pipeline.perceive.ocr.base import OcrEngine
from pipeline.perceive.ocr.engine import engine_kind
from pipeline.perceive.ocr.lattice import text_of
from pipeline.perceive.ocr.options import OcrOptions, ReaderOptions
from pipeline.perceive.ocr.weights import find_weights
from pipeline.perceive.scene.rectify import cut_line
from pipeline.workers.ocr_pool import OcrPool
from tests.contracts.test_engines import ROWS, page
from tests.support.foreign_models import configure, pp_ocrv4, striped, stripes

OPTIONS = OcrOptions(engine="paddleocr")
ENGINES = ("openvino", "onnxruntime", "paddleocr")
SPECIMENS = (
    "accepted-flatbed/id-portrait.jpg",
    "accepted-older-certificate/birth-certificate.webp",
    "returned-3002-glare/hukou-child.jpg",
)

# Loads the engine named in argv, reads a page, and prints what was connected to and which of the packages was loaded.
_WATCHED = """
import json, os, sys
asked_for = ("ORT_DISABLE_TELEMETRY", "PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK")
for name in asked_for:  # an engine that was loaded in our own process has set them for its children too
    os.environ.pop(name, None)
connects = []
asked = {"socket." + call for call in ("connect", "sendto", "sendmsg", "getaddrinfo", "gethostbyname")}
sys.addaudithook(lambda event, values: connects.append([event, str(values[1:])]) if event in asked else None)
import cli.main
from models.policy import Limits
from pathlib import Path
from pipeline.perceive.ocr.engine import engine_kind
from pipeline.perceive.ocr.options import OcrOptions
from pipeline.perceive.page import perceive
engine = engine_kind(sys.argv[1]).load(OcrOptions(engine=sys.argv[1]))
(reading,) = perceive(Path(sys.argv[2]).read_bytes(), 1, engine=engine, limits=Limits())
packages = sorted({"paddleocr", "paddlex"} & set(sys.modules))
switches = {name: os.environ.get(name) for name in asked_for}
print(json.dumps([connects, packages, [line.text for line in reading.lines], switches]))
"""


def texts(engine: OcrEngine, picture: Rgb) -> list[str]:
    return [text_of(engine.read([cut_line(picture, place)])[0]) for place in engine.find(picture)]


@pytest.fixture(scope="module")
def engine() -> OcrEngine:
    return engine_kind("paddleocr").load(OPTIONS)


@pytest.fixture(scope="module")
def plain(engine: OcrEngine) -> Any:
    """PaddleOCR as its users run it, with our size of the picture, and one line at a time."""
    from paddleocr import PaddleOCR  # noqa: TID251 - the engine's own pipeline, to compare with

    weights = find_weights(None, OPTIONS.cache)
    return PaddleOCR(
        engine="onnxruntime",
        text_detection_model_name=weights.model_name(weights.detection),
        text_detection_model_dir=str(weights.detection),
        text_recognition_model_name=weights.model_name(weights.recognition),
        text_recognition_model_dir=str(weights.recognition),
        text_det_limit_side_len=OPTIONS.detection_side,
        text_det_limit_type="max",
        text_recognition_batch_size=1,
        use_doc_orientation_classify=False,
        use_doc_unwarping=False,
        use_textline_orientation=False,
    )


@pytest.mark.ocr
@pytest.mark.parametrize("specimen", [None, *SPECIMENS])
def test_it_reads_what_paddleocr_reads(specimen: str | None, engine: OcrEngine, plain: Any) -> None:
    picture = decode((SAMPLES / specimen).read_bytes(), page_no=1, limits=Limits()) if specimen else page()
    (theirs,) = plain.predict(np.ascontiguousarray(picture[..., ::-1]))
    assert len(theirs["rec_texts"]) > 5
    assert sorted(filter(None, texts(engine, picture))) == sorted(filter(None, theirs["rec_texts"]))


@pytest.mark.ocr
@pytest.mark.parametrize("name", ENGINES)
def test_models_of_another_family_are_run(name: str, tmp_path: Path) -> None:
    kind, options = engine_kind(name), OcrOptions(engine=name, models=pp_ocrv4(tmp_path / "v4"))
    assert texts(kind.load(options), page()) == list(ROWS)
    assert len(kind.alphabet(options)) == 6623


@pytest.mark.ocr
def test_a_model_is_run_as_its_configuration_says(tmp_path: Path) -> None:
    options = OcrOptions(engine="paddleocr", models=stripes(tmp_path / "stripes"))
    loaded = engine_kind("paddleocr").load(options)
    assert texts(loaded, striped("红绿蓝黑红红绿黑")) == ["红绿蓝黑红红绿黑"]
    for lattice in loaded.read([striped("红绿")[70:130, 50:190]]):
        assert lattice.span * len(lattice.steps) == pytest.approx(1, abs=0.3)


@pytest.mark.parametrize(
    ("part", "change", "named"),
    [
        pytest.param("rec", {"RecResizeImg": {"image_shape": [3, 32, 320]}}, "RecResizeImg.image_shape", id="height"),
        pytest.param("det", {"NormalizeImage": {"mean": [0.5] * 3}}, "NormalizeImage.mean", id="mean"),
        pytest.param("det", {"NormalizeImage": {"std": [0.5] * 3}}, "NormalizeImage.std", id="deviation"),
        pytest.param("det", {"NormalizeImage": {"scale": 1.0}}, "NormalizeImage.scale", id="scale"),
        pytest.param("det", {"DetResizeForTest": {"image_shape": [736, 736]}}, "image_shape", id="a fixed size"),
        pytest.param("det", {"DecodeImage": {"img_mode": "RGB"}}, "DecodeImage.img_mode", id="order of colours"),
        pytest.param("det", {"PostProcess": {"unclip_ratio": 2.0}}, "PostProcess.unclip_ratio", id="growth"),
        pytest.param("det", {"PostProcess": {"box_type": "poly"}}, "PostProcess.box_type", id="polygons"),
        pytest.param("rec", {"GrayImageChannelFormat": {}}, "GrayImageChannelFormat", id="an unknown operation"),
    ],
)
def test_other_processing_is_refused_by_name(part: str, change: Mapping[str, Any], named: str, tmp_path: Path) -> None:
    models = stripes(tmp_path / "models")
    configure(models / "det", {"NormalizeImage": {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}})
    configure(models / "rec", {"RecResizeImg": {"image_shape": [3, 48, 320]}})
    for name in ("openvino", "onnxruntime"):
        engine_kind(name).name(OcrOptions(engine=name, models=models))
    configure(models / part, change)
    for name in ("openvino", "onnxruntime"):
        with pytest.raises(ModelsError, match=named) as caught:
            engine_kind(name).name(OcrOptions(engine=name, models=models))
        assert f"{models / part}/inference.yml" in str(caught.value)
        assert "INTAKE_OCR__ENGINE=paddleocr" in caught.value.hint
    assert engine_kind("paddleocr").name(OcrOptions(engine="paddleocr", models=models))


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize(
    ("part", "change", "named"),
    [
        pytest.param("rec", {"PostProcess": {"name": "NRTRLabelDecode"}}, "NRTRLabelDecode", id="no CTC decoder"),
        pytest.param("det", {"PostProcess": {"name": "EASTPostProcess"}}, "EASTPostProcess", id="no DB detector"),
        pytest.param("rec", {"PostProcess": {"character_dict": []}}, "character_dict", id="no characters"),
        pytest.param("rec", {"PostProcess": {"character_dict": ["红", 1]}}, "character_dict", id="a number"),
        pytest.param("det", {"Global": {"model_name": ""}}, "Global.model_name", id="no name"),
    ],
)
def test_what_no_engine_can_follow_is_refused(
    part: str, change: Mapping[str, Any], named: str, name: str, tmp_path: Path
) -> None:
    models = stripes(tmp_path / "models")
    configure(models / part, change)
    with pytest.raises(ModelsError, match=named) as caught:
        engine_kind(name).name(OcrOptions(engine=name, models=models))
    assert str(models / part) in str(caught.value)


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize(
    "files",
    [
        pytest.param(("inference.json", "inference.pdiparams"), id="PaddlePaddle 3"),
        pytest.param(("inference.pdmodel", "inference.pdiparams"), id="PaddlePaddle 2"),
        pytest.param(("best_accuracy.pdparams",), id="a checkpoint"),
    ],
)
def test_paddles_own_format_is_refused_with_the_command(files: tuple[str, ...], name: str, tmp_path: Path) -> None:
    models = stripes(tmp_path / "models")
    (models / "rec" / "inference.onnx").unlink()
    for file in files:
        (models / "rec" / file).write_bytes(b"")
    with pytest.raises(ModelsError, match="Paddle's own format") as caught:
        engine_kind(name).name(OcrOptions(engine=name, models=models))
    directory = models / "rec"
    assert f"paddlex --paddle2onnx --paddle_model_dir {directory} --onnx_model_dir {directory}" in caught.value.hint


@pytest.mark.ocr
@pytest.mark.parametrize("name", ENGINES)
def test_a_recogniser_with_other_characters_than_listed_is_refused(name: str, tmp_path: Path) -> None:
    models = pp_ocrv4(tmp_path / "v4")
    configure(models / "rec", {"PostProcess": {"character_dict": list("零一二三四五六七八九")}})
    with pytest.raises(ModelsError, match=f"{models / 'rec'}"):
        engine_kind(name).load(OcrOptions(engine=name, models=models))


@pytest.mark.ocr
def test_a_model_that_paddleocr_does_not_know_is_refused(tmp_path: Path) -> None:
    models = stripes(tmp_path / "models")
    configure(models / "rec", {"Global": {"model_name": "OurHospital_rec"}})
    with pytest.raises(ModelsError, match="OurHospital_rec") as caught:
        engine_kind("paddleocr").load(OcrOptions(engine="paddleocr", models=models))
    assert str(models / "rec") in str(caught.value)


@pytest.mark.ocr
@pytest.mark.parametrize(
    ("name", "loaded"), [("paddleocr", ["paddleocr", "paddlex"]), ("onnxruntime", []), ("openvino", [])]
)
def test_it_is_loaded_only_where_chosen_and_connects_to_nothing(name: str, loaded: list[str]) -> None:
    specimen = SAMPLES / "accepted-flatbed" / "id-emblem.jpg"
    words = [sys.executable, "-c", _WATCHED, name, str(specimen)]
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=100)
    connects, packages, lines, switches = json.loads(done.stdout.splitlines()[-1])
    assert connects == []
    assert packages == loaded
    # Native code connects unseen by Python: where the runtime is loaded, its telemetry is off.
    assert name == "openvino" or switches["ORT_DISABLE_TELEMETRY"] == "1"
    assert switches["PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK"] == ("1" if loaded else None)
    assert any("签发机关" in line for line in lines)


@pytest.mark.ocr
def test_it_reads_in_a_process_whose_sockets_are_refused() -> None:
    card = (SAMPLES / "accepted-flatbed" / "id-emblem.jpg").read_bytes()
    with OcrPool(OPTIONS, ReaderOptions(processes=1)) as readers:
        readers.warm_up()
        (reading,) = readers.start(card, 1, Limits()).result()
        assert readers.lost == 0
    assert reading.engine.startswith("paddleocr-3.7.")
    assert any("签发机关" in line.text for line in reading.lines)
