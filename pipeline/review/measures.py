"""What the measure of a finding says to staff: a confidence in percent, or how a picture looks, no raw number."""

from collections.abc import Mapping
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from models.codes import Code, Reason
from models.findings import Finding


class MeasureKind(StrEnum):
    """What a measure says."""

    CONFIDENCE = "confidence"
    TOO_LOW = "too_low"  # a confidence below its limit
    COLOURLESS = "colourless"
    STRIPED = "striped"


class Measure(NamedTuple):
    """A measure for people; `share` and `limit` are confidences in percent, "" for what has none."""

    kind: MeasureKind
    share: str = ""
    limit: str = ""


_PICTURES: Final[Mapping[Reason, MeasureKind]] = MappingProxyType(
    {Reason.PHOTOCOPY: MeasureKind.COLOURLESS, Reason.SCREEN: MeasureKind.STRIPED}
)
_FINE: Final = (Decimal(1), Decimal(99))  # percent: finer steps outside, so that 99.99% is not 100%


def measure_of(finding: Finding) -> Measure | None:
    """The measure of a finding; None if it has none, or one that does not say why the finding was raised."""
    if finding.measured is None:
        return None
    if kind := _PICTURES.get(finding.reason):
        return Measure(kind)
    if finding.code is Code.BAD_FILE:
        return None  # the share that is lost, which the message says
    if finding.code is Code.NAME_IN_DOUBT:
        return None  # how well the name fits the entered one; the field beside it has the confidence of its reading
    if finding.limit is None or finding.measured >= finding.limit:
        return Measure(MeasureKind.CONFIDENCE, percent(finding.measured))
    return Measure(MeasureKind.TOO_LOW, percent(finding.measured), percent(finding.limit))


def percent(confidence: float) -> str:
    """A confidence (0-1) in percent, rounded down: it never reads as a limit that it does not reach."""
    exact = Decimal(str(round(confidence, 6))) * 100
    step = Decimal(1) if _FINE[0] <= exact <= _FINE[1] else Decimal("0.01")
    shown = exact.quantize(step, ROUND_FLOOR).normalize()
    return f"{shown:f}%"
