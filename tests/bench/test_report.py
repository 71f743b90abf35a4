import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError

from bench.metrics import Figure, percentile, share
from bench.report import RESULTS, Load, Measured, Report, Run, newest, report, write
from bench.submissions import PAGES, noisy, pages_of, write_submission
from bench.tables import interval, words
from models.submission import MANIFEST_NAME, parse_manifest

BEGAN = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
LOAD = Load(before=0.1, most=2.0, after=1.5)


def made(*figures: Figure, began: datetime = BEGAN, settings: dict[str, int] | None = None) -> Report:
    run = Run(bench="trial", began=began, commit="0123456789ab", load=LOAD, settings=settings or {})
    return report(run, Measured(figures))


@pytest.mark.parametrize(
    ("percent", "wanted"),
    [
        pytest.param(0, 1.0, id="the least"),
        pytest.param(50, 2.5, id="between two neighbours"),
        pytest.param(95, 3.85, id="near the end"),
        pytest.param(100, 4.0, id="the most"),
    ],
)
def test_percentiles(percent: float, wanted: float) -> None:
    assert percentile([4.0, 1.0, 3.0, 2.0], percent) == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("figure", "text", "between"),
    [
        pytest.param(share("x", 20, 20), "100.0% (20/20)", "83.9% - 100.0%", id="a share says of how many"),
        pytest.param(share("x", 0, 0), "-", "", id="a share of nothing is a dash"),
        pytest.param(Figure(name="x", value=1.234, unit="s"), "1.23 s", "", id="seconds"),
        pytest.param(Figure(name="x", value=86.04, unit="ms"), "86.0 ms", "", id="milliseconds"),
        pytest.param(Figure(name="x", value=1941.4, unit="MB"), "1941 MB", "", id="megabytes"),
        pytest.param(Figure(name="x", value=45.84, unit="pages/min"), "45.8", "", id="pages a minute"),
        pytest.param(Figure(name="x", value=3, unit="count"), "3", "", id="a count"),
    ],
)
def test_figures_in_words(figure: Figure, text: str, between: str) -> None:
    assert (words(figure), interval(figure)) == (text, between)


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"name": "x", "value": 0.5, "unit": "share"}, id="a share of nobody knows what"),
        pytest.param({"name": "x", "value": 0.5, "unit": "s", "total": 3}, id="seconds out of three"),
        pytest.param({"name": "x", "value": 0.5, "unit": "furlongs"}, id="a unit that no table knows"),
    ],
)
def test_a_figure_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Figure.model_validate(wrong)


def test_the_newest_earlier_report_of_the_same_settings_is_found(tmp_path: Path) -> None:
    for hours, right, settings in ((0, 1, {"n": 20}), (1, 2, {"n": 20}), (2, 3, {"n": 2})):
        write(made(share("x", right, 4), began=BEGAN + timedelta(hours=hours), settings=settings), tmp_path)
    before = newest("trial", {"n": 20}, tmp_path)
    assert before is not None
    assert words(before.figure("x")) == "50.0% (2/4)"
    assert words(before.figure("never measured")) == "-"


@pytest.mark.parametrize(
    ("bench", "settings"),
    [
        pytest.param("another", {}, id="of another bench"),
        pytest.param("trial", {"n": 3}, id="of other settings"),
    ],
)
def test_other_reports_are_not_compared(tmp_path: Path, bench: str, settings: dict[str, int]) -> None:
    write(made(), tmp_path)
    assert newest(bench, settings, tmp_path) is None


def test_a_damaged_report_stops_the_bench_before_it_runs(tmp_path: Path) -> None:
    (tmp_path / "trial-20261120T093000Z.json").write_text("{}", "utf-8")
    with pytest.raises(ValidationError):
        newest("trial", {}, tmp_path)


def test_a_report_comes_back_as_it_was_written(tmp_path: Path) -> None:
    whole = made(share("x", 1, 2))
    path = write(whole, tmp_path)
    assert path.name == "trial-20261120T093000Z.json"
    assert Report.model_validate_json(path.read_bytes()) == whole


def test_a_report_says_what_it_ran_on() -> None:
    content = made().model_dump(mode="json", by_alias=True)
    assert content["schema"] == "child-intake/bench@1"
    assert content["machine"]["cores"] >= 1
    assert content["machine"]["memory_gb"] > 0
    names = {
        "python",
        "child-intake",
        "paddleocr",
        "rapidocr",
        "openvino",
        "onnxruntime",
        "opencv-python-headless",
        "numpy",
    }
    assert set(content["versions"]) == names


def test_every_kept_report_loads() -> None:
    kept = [Report.model_validate_json(file.read_bytes()) for file in sorted(RESULTS.glob("*.json"))]
    (listed,) = (row for row in Path("Makefile").read_text("utf-8").splitlines() if row.startswith("BENCHES"))
    assert {one.bench for one in kept} == set(listed.split(":=")[1].split())


def test_noise_changes_the_bytes_and_hardly_the_picture() -> None:
    picture = Image.new("RGB", (64, 48), (120, 130, 140))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=95)
    first, second = (noisy(out.getvalue(), np.random.default_rng(seed)) for seed in (1, 2))
    assert first != second
    assert first == noisy(out.getvalue(), np.random.default_rng(1))
    assert np.abs(np.asarray(Image.open(io.BytesIO(first)), np.int16) - np.asarray(picture, np.int16)).max() <= 12


def test_a_submission_is_whole_and_like_no_other(tmp_path: Path) -> None:
    folders = [write_submission(number, tmp_path) for number in (0, 2)]
    for folder in folders:
        assert parse_manifest((folder / MANIFEST_NAME).read_bytes()).submission_id == folder.name
    contents = {page.read_bytes() for folder in folders for page in pages_of(folder)}
    assert len(contents) == 2 * PAGES
