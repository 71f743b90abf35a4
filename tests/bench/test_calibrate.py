"""The fit behind the calibration: it finds the constants that made the data, and stays small where there are few."""

import numpy as np
import pytest

from bench.calibrate import _fitted


def _drawn(weights: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(11)
    evidence = np.column_stack([np.ones(count), rng.normal(0, 1, (count, len(weights) - 1))])
    chance = 1 / (1 + np.exp(-evidence @ weights))
    return evidence, (rng.random(count) < chance).astype(float)


def test_the_constants_that_made_the_data_are_found() -> None:
    true = np.array([1.5, 2.0, -1.0, 0.0])
    assert _fitted(*_drawn(true, 20_000)) == pytest.approx(true, abs=0.12)


def test_evidence_that_says_nothing_gets_no_weight() -> None:
    evidence, right = _drawn(np.array([2.0, 0.0]), 200)
    assert abs(_fitted(evidence, right)[1]) < 0.5


def test_data_without_a_single_mistake_still_gives_finite_constants() -> None:
    evidence, _ = _drawn(np.array([2.0, 1.0]), 50)
    assert np.isfinite(_fitted(evidence, np.ones(50))).all()
