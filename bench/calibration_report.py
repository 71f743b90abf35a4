"""Calibration of field confidences: risk and coverage, calibration error, and their plots.

Only fields with a value count; a field without one makes no claim. An ideal selector would drop exactly the wrong
values first; ours drops the values of lowest confidence first.
"""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from matplotlib.figure import Figure as Drawing

from bench.metrics import Figure, share
from bench.report import Report, Rows
from bench.scoring import ScoredField

_BINS: Final = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 1.0)
_RISKS: Final = (0.0, 0.001, 0.01)
_CURVE: Final = "risk and coverage"
_BINNED: Final = "calibration"
_POINTS: Final = 250  # points of a curve in the report


class Claim(NamedTuple):
    """A value that was read: its confidence, and whether it is right."""

    confidence: float
    right: bool


class Point(NamedTuple):
    """One point of a risk-coverage curve, for the claims above one confidence.

    Attributes:
        coverage: Share of all claims that are kept.
        risk: Share of the kept claims that are wrong.
    """

    confidence: float
    coverage: float
    risk: float


class Bin(NamedTuple):
    """Claims of about the same confidence.

    Attributes:
        claimed: Mean confidence.
        right: Share of right values.
        size: Number of claims.
    """

    claimed: float
    right: float
    size: int


def claims(fields: tuple[ScoredField, ...]) -> tuple[Claim, ...]:
    """Every value that was read."""
    return tuple(Claim(field.confidence, field.value_right) for field in fields if field.confidence is not None)


def curve(made: tuple[Claim, ...]) -> tuple[Point, ...]:
    """The risk-coverage curve, from the most confident claims to all; claims of equal confidence form one step.

    Source:
        El-Yaniv and Wiener, "On the foundations of noise-free selective classification", JMLR 11 (2010).
    """
    points: list[Point] = []
    wrong = 0
    ordered = sorted(made, key=lambda claim: -claim.confidence)
    for kept, claim in enumerate(ordered, start=1):
        wrong += not claim.right
        if kept == len(ordered) or ordered[kept].confidence < claim.confidence:
            points.append(Point(claim.confidence, kept / len(ordered), wrong / kept))
    return tuple(points)


def area(points: tuple[Point, ...]) -> float:
    """Area under a risk-coverage curve: the mean risk over all coverages. 0 is perfect; 0 for no points."""
    total, before = 0.0, 0.0
    for point in points:
        total += point.risk * (point.coverage - before)
        before = point.coverage
    return total


def bins(made: tuple[Claim, ...]) -> tuple[Bin, ...]:
    """Claims in bins of confidence, narrower towards 1 where decisions are made; empty bins are left out."""
    groups = [
        [claim for claim in made if low <= claim.confidence < high or (high == 1 == claim.confidence)]
        for low, high in itertools.pairwise(_BINS)
    ]
    return tuple(
        Bin(
            sum(claim.confidence for claim in group) / len(group),
            sum(claim.right for claim in group) / len(group),
            len(group),
        )
        for group in groups
        if group
    )


def calibration_error(made: tuple[Claim, ...]) -> float:
    """Expected calibration error: the mean gap between claimed and true share, weighted by the size of the bin.

    Source:
        Naeini et al., "Obtaining well calibrated probabilities using Bayesian binning", AAAI 2015; bins are ours.
    """
    return sum(abs(one.claimed - one.right) * one.size for one in bins(made)) / max(1, len(made))


def certainty_figures(made: tuple[Claim, ...]) -> Iterator[Figure]:
    """Calibration error, area under the risk-coverage curve, and the coverage at given risks."""
    points = curve(made)
    yield Figure(name="calibration error of field confidence", value=calibration_error(made), unit="number")
    yield Figure(name="area under the risk-coverage curve", value=area(points), unit="number")
    for risk in _RISKS:
        kept = max((point.coverage for point in points if point.risk <= risk), default=0.0)
        yield share(f"coverage at a risk of at most {risk:.1%}", round(kept * len(made)), len(made))
    sure = tuple(claim for claim in made if claim.confidence >= 0.99)
    yield share("right of those at a confidence of 0.99 and above", sum(claim.right for claim in sure), len(sure))


def series_of(made: tuple[Claim, ...]) -> dict[str, Rows]:
    """The curve and the bins as rows of a report; a long curve is thinned out."""
    points = curve(made)
    kept = points[:: max(1, len(points) // _POINTS)]
    return {
        _CURVE: tuple({"coverage": round(one.coverage, 5), "risk": round(one.risk, 5)} for one in kept),
        _BINNED: tuple({"claimed": round(one.claimed, 5), "right": one.right, "size": one.size} for one in bins(made)),
    }


def plot(made: Report, path: Path) -> tuple[Path, Path]:
    """Draw the risk-coverage curve and the reliability diagram of a report as PNG files beside it."""
    return (
        _plot_curve(made.series[_CURVE], path.with_name(f"{path.stem}-risk.png")),
        _plot_reliability(made.series[_BINNED], path.with_name(f"{path.stem}-calibration.png")),
    )


def _plot_curve(points: Rows, path: Path) -> Path:
    drawing = Drawing(figsize=(5.5, 4), layout="constrained")
    axes = drawing.add_subplot()
    axes.plot(_column(points, "coverage"), [100 * risk for risk in _column(points, "risk")], drawstyle="steps-post")
    axes.set(title="Risk and coverage of values that were read", xlabel="coverage", ylabel="risk, % wrong")
    axes.set(xlim=(0, 1), ylim=(0, None))
    axes.grid(alpha=0.3)
    drawing.savefig(path, dpi=110, metadata={"Software": None})
    return path


def _plot_reliability(seen: Rows, path: Path) -> Path:
    drawing = Drawing(figsize=(5.5, 4), layout="constrained")
    axes = drawing.add_subplot()
    claimed, right = _column(seen, "claimed"), _column(seen, "right")
    axes.plot([0, 1], [0, 1], linestyle=":", color="grey")
    axes.plot(claimed, right, marker="o")
    for x, y, size in zip(claimed, right, _column(seen, "size"), strict=True):
        axes.annotate(f"{size:.0f}", (x, y), textcoords="offset points", xytext=(-4, -12), fontsize=7)
    axes.set(title="Calibration: how many claim it, and how many are right", xlabel="confidence", ylabel="share right")
    axes.grid(alpha=0.3)
    drawing.savefig(path, dpi=110, metadata={"Software": None})
    return path


def _column(rows: Rows, name: str) -> list[float]:
    return [float(str(row[name])) for row in rows]
