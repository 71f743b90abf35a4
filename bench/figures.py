"""Figures: a number with a name and a unit, and how sure it is."""

import math
from typing import Literal, Self

from pydantic import model_validator

from models.base import Model

_Z95 = 1.959963984540054  # 97.5 % point of the normal distribution


class Figure(Model):
    """One number of a bench. `name` is what earlier results are compared by.

    Attributes:
        value: In `unit`; a share counts from 0 to 1. None for a share of nothing.
        right: Of a share: how many were right.
        total: Of a share: out of how many.
        low: Lower end of the 95 % interval of a share.
        high: Upper end of it.
    """

    name: str
    value: float | None
    unit: Literal["share", "s", "ms", "MB", "pages/min", "count", "number"]
    right: int | None = None
    total: int | None = None
    low: float | None = None
    high: float | None = None

    @model_validator(mode="after")
    def _share_says_of_what(self) -> Self:
        if (self.unit == "share") != (self.total is not None):
            raise ValueError("A share, and only a share, says out of how many.")
        return self


def share(name: str, right: int, total: int) -> Figure:
    """A share with its Wilson interval."""
    if not total:
        return Figure(name=name, value=None, unit="share", right=0, total=0)
    low, high = wilson(right, total)
    return Figure(name=name, value=right / total, unit="share", right=right, total=total, low=low, high=high)


def wilson(right: int, total: int) -> tuple[float, float]:
    """The 95 % score interval of a share, which stays inside 0 to 1 and is honest about small numbers.

    Raises:
        ValueError: More are right than there are, or there are none.

    Source:
        Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927).
    """
    if not 0 <= right <= total or total == 0:
        raise ValueError(f"{right} of {total} is no share: give 0 to {total} right out of at least one.")
    seen = right / total
    weight = 1 + _Z95**2 / total
    centre = (seen + _Z95**2 / (2 * total)) / weight
    reach = _Z95 / weight * math.sqrt(seen * (1 - seen) / total + _Z95**2 / (4 * total**2))
    return max(0.0, centre - reach), min(1.0, centre + reach)


def percentile(values: list[float], percent: float) -> float:
    """A percentile, linear between neighbours.

    Raises:
        ValueError: There are no values.
    """
    if not values:
        raise ValueError("There is no percentile of nothing.")
    ordered = sorted(values)
    place = (len(ordered) - 1) * percent / 100
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
