"""Figures: a number with a name and a unit, and how sure it is."""

import math
from typing import Literal, Self

from pydantic import model_validator

from models.base import Model
from models.shares import wilson


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
