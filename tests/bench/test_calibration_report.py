from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bench.calibration_report import Claim, area, bins, calibration_error, curve, plot, series_of
from bench.report import Load, Measured, Run, report

CLAIMS = st.lists(st.builds(Claim, st.floats(0, 1), st.booleans()), min_size=1, max_size=60).map(tuple)


@pytest.mark.parametrize(
    ("made", "wanted"),
    [
        pytest.param((Claim(0.9, True), Claim(0.5, False)), [(0.5, 0.0), (1.0, 0.5)], id="the wrong one is unsure"),
        pytest.param((Claim(0.9, False), Claim(0.5, True)), [(0.5, 1.0), (1.0, 0.5)], id="the wrong one is sure"),
        pytest.param((Claim(0.9, False), Claim(0.9, True)), [(1.0, 0.5)], id="equals come together"),
        pytest.param((), [], id="nothing was read"),
    ],
)
def test_the_curve(made: tuple[Claim, ...], wanted: list[tuple[float, float]]) -> None:
    assert [(point.coverage, point.risk) for point in curve(made)] == wanted


@pytest.mark.parametrize(
    ("made", "error"),
    [
        pytest.param((Claim(1.0, True), Claim(1.0, True)), 0.0, id="sure and right"),
        pytest.param((Claim(1.0, False), Claim(1.0, False)), 1.0, id="sure and wrong"),
        pytest.param((Claim(0.6, True), Claim(0.6, False)), 0.1, id="60 % claimed, half right"),
        pytest.param((), 0.0, id="nothing was read"),
    ],
)
def test_the_calibration_error(made: tuple[Claim, ...], error: float) -> None:
    assert calibration_error(made) == pytest.approx(error)


@given(CLAIMS)
def test_every_claim_is_in_one_bin(made: tuple[Claim, ...]) -> None:
    assert sum(one.size for one in bins(made)) == len(made)


@given(CLAIMS)
def test_all_are_covered_at_the_end_at_the_whole_risk(made: tuple[Claim, ...]) -> None:
    last = curve(made)[-1]
    assert last.coverage == 1
    assert last.risk == pytest.approx(sum(not claim.right for claim in made) / len(made))
    assert 0 <= area(curve(made)) <= 1


def test_the_plots_are_pictures(tmp_path: Path) -> None:
    made = (Claim(0.99, True), Claim(0.7, False))
    run = Run(bench="accuracy", began=datetime.now(tz=UTC), commit=None, load=Load(before=0, most=0, after=0))
    told = report(run, Measured((), series=series_of(made)))
    for path in plot(told, tmp_path / "accuracy-now.json"):
        with Image.open(path) as drawn:
            assert drawn.size == (605, 440)
