"""Figures: numbers with a name, a unit and a confidence interval."""

import math
from typing import Literal, Self

from pydantic import model_validator

from models.base import Model
from models.overview import wilson


class Figure(Model):
    """One number of a bench. Earlier results are compared by `name`.

    Attributes:
        value: In `unit`; a share is between 0 and 1, and None if its total is 0.
        right: The numerator of a share.
        total: The denominator of a share.
        low: Lower bound of the 95 % interval of a share.
        high: Upper bound of that interval.
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
            raise ValueError("A share, and only a share, has a total.")
        return self


def share(name: str, right: int, total: int) -> Figure:
    """A share with its Wilson interval."""
    if not total:
        return Figure(name=name, value=None, unit="share", right=0, total=0)
    low, high = wilson(right, total)
    return Figure(name=name, value=right / total, unit="share", right=right, total=total, low=low, high=high)


def percentile(values: list[float], percent: float) -> float:
    """A percentile, linear between neighbours.

    Raises:
        ValueError: There are no values.
    """
    if not values:
        raise ValueError("An empty list has no percentile.")
    ordered = sorted(values)
    place = (len(ordered) - 1) * percent / 100
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
