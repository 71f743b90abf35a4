"""The measure of a finding in words: no raw number, and no percentage that contradicts the decision."""

import pytest

from models.codes import Code, Reason
from models.findings import Evidence, found
from pipeline.review.measures import Measure, MeasureKind, measure_of, percent


@pytest.mark.parametrize(
    ("confidence", "shown"),
    [
        pytest.param(0.0, "0%", id="nothing was read"),
        pytest.param(0.0001234, "0.01%", id="hardly anything"),
        pytest.param(0.0099, "0.99%", id="just below one"),
        pytest.param(0.01, "1%", id="one"),
        pytest.param(0.29, "29%", id="which floats hold as 28.999"),
        pytest.param(0.3333, "33%", id="a third"),
        pytest.param(0.9799, "97%", id="just below the limit of 98%"),
        pytest.param(0.98, "98%", id="the limit itself"),
        pytest.param(0.9999, "99.99%", id="nearly sure"),
        pytest.param(0.99996, "99.99%", id="not quite sure is not 100%"),
        pytest.param(1.0, "100%", id="sure"),
    ],
)
def test_a_confidence_in_percent(confidence: float, shown: str) -> None:
    assert percent(confidence) == shown


@pytest.mark.parametrize(
    ("why", "evidence", "measure"),
    [
        pytest.param(
            (Code.REGISTER_ILLEGIBLE, Reason.GLARE),
            Evidence(measured=0.12, limit=0.3),
            Measure(MeasureKind.TOO_LOW, "12%", "30%"),
            id="below its limit",
        ),
        pytest.param(
            (Code.NAME_DIFFERS, Reason.DIFFERENT),
            Evidence(measured=0.9999, limit=0.98),
            Measure(MeasureKind.CONFIDENCE, "99.99%"),
            id="above its limit",
        ),
        pytest.param(
            (Code.SEX_DIFFERS, Reason.ENTERED),
            Evidence(measured=0.97),
            Measure(MeasureKind.CONFIDENCE, "97%"),
            id="without a limit",
        ),
        pytest.param(
            (Code.NAME_IN_DOUBT, Reason.UNCERTAIN),
            Evidence(measured=0.09, limit=0.9),
            None,
            id="how well a name fits the entered one is no confidence",
        ),
        pytest.param(
            (Code.NAME_IN_DOUBT, Reason.OUT_OF_CHARSET),
            Evidence(measured=0.0031, limit=0.002),
            None,
            id="how alike pictures are is no confidence",
        ),
        pytest.param(
            (Code.NAME_IN_DOUBT, Reason.PRIVATE_USE), Evidence(measured=1.0, limit=0.0), None, id="nothing was measured"
        ),
        pytest.param(
            (Code.COPY, Reason.PHOTOCOPY),
            Evidence(measured=0.001, limit=0.008),
            Measure(MeasureKind.COLOURLESS),
            id="a page without colour",
        ),
        pytest.param(
            (Code.COPY, Reason.SCREEN),
            Evidence(measured=0.5, limit=0.25),
            Measure(MeasureKind.STRIPED),
            id="a page with stripes",
        ),
        pytest.param((Code.COPY, Reason.SCREEN), Evidence(), None, id="a mirrored page has no stripes"),
    ],
)
def test_the_measure_of_a_finding(why: tuple[Code, Reason], evidence: Evidence, measure: Measure | None) -> None:
    assert measure_of(found(*why, evidence=evidence)) == measure
