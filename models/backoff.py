"""How long to wait before the next try."""

from typing import Final

_DOUBLINGS: Final = 30  # more would pass every longest pause


def backoff(failures: int, *, first: float, longest: float) -> float:
    """Seconds to wait after failures in a row: `first` after one, doubled with each further one, at most `longest`."""
    return float(min(first * 2 ** min(failures - 1, _DOUBLINGS), longest))
