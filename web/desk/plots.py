"""Plots as numbers that a template draws: pixels of a drawing whose origin is top left."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Final, NamedTuple

from models.shares import Share

WIDTH: Final = 760.0
HEIGHT: Final = 250.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 48.0, 8.0, 12.0, 28.0  # room for the axes' words
_STEPS: Final = 4  # of the axis of counts, at most
_LABELS: Final = 10  # days that are named, at most
_GAP: Final = 0.22  # of a day's width


class Tick(NamedTuple):
    """A line across, and what it stands for."""

    y: float
    text: str


class Segment(NamedTuple):
    """A part of a column; `kind` is its class in the style sheet."""

    kind: str
    y: float
    height: float


class Column(NamedTuple):
    """A day, and its parts from below."""

    day: date
    x: float
    width: float
    segments: tuple[Segment, ...]


class Columns(NamedTuple):
    """Counts day by day, in parts."""

    columns: tuple[Column, ...]
    ticks: tuple[Tick, ...]


class Dot(NamedTuple):
    """A share of a day."""

    day: date
    x: float
    y: float


class Dots(NamedTuple):
    """Shares day by day; `lines` lead from each day to the next that has one."""

    dots: tuple[Dot, ...]
    lines: tuple[tuple[Dot, Dot], ...]
    ticks: tuple[Tick, ...]


class Whisker(NamedTuple):
    """A share and its interval, in parts of a hundred."""

    low: float
    middle: float
    high: float


def columns(days: Sequence[date], parts: Sequence[tuple[str, Sequence[int]]]) -> Columns:
    """Stacked columns; each part, the lowest first, has a count for every day."""
    totals = [sum(counts) for counts in zip(*(counts for _, counts in parts), strict=True)]
    step = _step(max(totals, default=0))
    steps = max(1, -(-max(totals, default=0) // step))
    scale = (HEIGHT - _TOP - _BOTTOM) / (step * steps)
    ticks = tuple(Tick(_floor() - number * step * scale, str(number * step)) for number in range(steps + 1))
    stacked = [_segments([(kind, counts[at]) for kind, counts in parts], scale) for at in range(len(days))]
    return Columns(tuple(_column(days, at, segments) for at, segments in enumerate(stacked)), ticks)


def dots(days: Sequence[date], shares: Sequence[Share]) -> Dots:
    """Shares from 0 to 100 %; a day of nothing has none."""
    reach = _floor() - _TOP
    known = [(at, share.value) for at, share in enumerate(shares) if share.value is not None]
    found = tuple(Dot(days[at], _middle(len(days), at), _floor() - value * reach) for at, value in known)
    ticks = tuple(Tick(_floor() - percent / 100 * reach, f"{percent}%") for percent in (0, 25, 50, 75, 100))
    return Dots(found, tuple(pairwise(found)), ticks)


def names(days: Sequence[date]) -> tuple[tuple[date, float], ...]:
    """The days that are named below a plot, and where."""
    return tuple((day, _middle(len(days), at)) for at, day in enumerate(days) if _is_named(len(days), at))


def whisker(share: Share) -> Whisker | None:
    """A share and its interval; None of nothing."""
    if share.value is None or share.interval is None:
        return None
    low, high = share.interval
    return Whisker(100 * low, 100 * share.value, 100 * high)


def spark(counts: Sequence[int]) -> tuple[float, ...]:
    """Counts as heights from 0 to 100, the greatest 100."""
    most = max(counts, default=0) or 1
    return tuple(100 * count / most for count in counts)


def _step(most: int) -> int:
    """The least of 1, 2, 5, 10, 20 and so on that reaches so far in a few steps."""
    power = 1
    while True:
        for first in (1, 2, 5):
            if first * power * _STEPS >= most:
                return first * power
        power *= 10


def _column(days: Sequence[date], at: int, segments: tuple[Segment, ...]) -> Column:
    width = _day_width(len(days))
    middle = _middle(len(days), at)
    bar = width * (1 - _GAP)
    return Column(days[at], middle - bar / 2, bar, segments)


def _segments(parts: Sequence[tuple[str, int]], scale: float) -> tuple[Segment, ...]:
    built, top = [], _floor()
    for kind, count in parts:
        top -= count * scale
        if count:
            built.append(Segment(kind, top, count * scale))
    return tuple(built)


def _is_named(days: int, at: int) -> bool:
    """Counted from the last day, which always is."""
    return (days - 1 - at) % -(-days // _LABELS) == 0


def _day_width(days: int) -> float:
    return (WIDTH - _LEFT - _RIGHT) / max(days, 1)


def _middle(days: int, at: int) -> float:
    return _LEFT + (at + 0.5) * _day_width(days)


def _floor() -> float:
    return HEIGHT - _BOTTOM
