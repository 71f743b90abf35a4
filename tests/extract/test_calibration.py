"""Confidence as a probability: what it grows and falls with, and that its constants fit the code that uses them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.documents import Field
from pipeline.extract.calibration import CONFIDENCE_FEATURES, calibrated, calibration, likelihood
from pipeline.extract.fields import FieldReading, read_field
from pipeline.extract.runs import whole
from pipeline.perceive.ocr.options import OcrOptions
from pipeline.perceive.ocr.weights import find_weights
from tests.support.lines import Ink, line


def read(ink: Ink, field: Field = Field.NAME) -> FieldReading:
    found = read_field(field, [whole(line(ink, 0, 0))])
    assert found is not None
    return found


def test_the_constants_are_of_this_evidence_and_of_the_bundled_weights() -> None:
    held = calibration()
    assert set(held.weights) == set(CONFIDENCE_FEATURES)
    assert held.weights_digest == find_weights(None, OcrOptions().cache).digest
    assert held.wrong < held.fields


def test_confidence_lies_between_nothing_and_nearly_certain() -> None:
    assert 0.99 < calibrated(read(Ink("欧阳靖萱")), calibration()) < 1
    assert calibrated(read(Ink("欧阳靖萱", sure=0.05)), calibration()) < 0.5


def test_a_text_that_is_no_such_value_is_never_confident() -> None:
    assert calibrated(read(Ink("12345"), Field.ID_NUMBER), calibration()) <= 0.3


@given(st.floats(0.02, 0.999), st.floats(0.02, 0.999), st.sampled_from([Field.NAME, Field.ADDRESS, Field.SEX]))
def test_surer_readings_are_more_confident(one: float, other: float, field: Field) -> None:
    text = "女" if field is Field.SEX else "欧阳靖萱"
    less, more = (calibrated(read(Ink(text, sure=sure), field), calibration()) for sure in sorted((one, other)))
    assert less <= more


@pytest.mark.parametrize(
    ("ink", "least", "most"),
    [
        pytest.param(Ink("欧阳"), 0.99, 1.0, id="certain"),
        pytest.param(Ink("欧阳", sure=0.5), 0.45, 0.55, id="half"),
        pytest.param(Ink("欧阳", weak={0: 0.25}), 0.45, 0.55, id="the mean over characters is geometric"),
    ],
)
def test_the_likelihood_of_a_reading(ink: Ink, least: float, most: float) -> None:
    assert least <= likelihood(read(ink)) <= most
