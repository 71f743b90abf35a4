"""Shares and their confidence intervals."""

import math
from typing import Final, NamedTuple

_Z95: Final = 1.959963984540054  # 97.5 % point of the normal distribution


class Share(NamedTuple):
    """A share: `right` of `total`."""

    right: int
    total: int

    @property
    def value(self) -> float | None:
        """The share, 0-1; None if `total` is 0."""
        return self.right / self.total if self.total else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % confidence interval; None if `total` is 0."""
        return wilson(self.right, self.total) if self.total else None


def wilson(right: int, total: int) -> tuple[float, float]:
    """The 95 % score interval of a share, which stays within 0-1 and is right for small numbers.

    Raises:
        ValueError: `total` is 0, or `right` is not from 0 to `total`.

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
