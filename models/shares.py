"""Shares, and how sure they are."""

import math
from typing import Final, NamedTuple

_Z95: Final = 1.959963984540054  # 97.5 % point of the normal distribution


class Share(NamedTuple):
    """How many of how many."""

    right: int
    total: int

    @property
    def value(self) -> float | None:
        """From 0 to 1; None of nothing."""
        return self.right / self.total if self.total else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval; None of nothing."""
        return wilson(self.right, self.total) if self.total else None


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
    return max(0.0, min(seen, centre - reach)), min(1.0, max(seen, centre + reach))  # floats round past the share
