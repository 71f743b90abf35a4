"""Plots as numbers that a template draws, in pixels of a drawing whose origin is top left."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Final, NamedTuple

from models.overview import Share

_WIDTH, _HEIGHT = 760.0, 250.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 48.0, 8.0, 12.0, 28.0  # room for the labels of the axes
_FLOOR: Final = _HEIGHT - _BOTTOM
_MOST_STEPS: Final = 4  # of the axis of counts
_MOST_LABELS: Final = 10  # below a plot
_GAP: Final = 0.22  # between columns, as a share of a day's width


class Tick(NamedTuple):
    """A horizontal line, and the value that it stands for."""

    y: float
    text: str


class Segment(NamedTuple):
    """A part of a column; `kind` is its class in the style sheet."""

    kind: str
    y: float
    height: float


class Column(NamedTuple):
    """The column of a day, with its segments from bottom to top."""

    x: float
    width: float
    segments: tuple[Segment, ...]


class Columns(NamedTuple):
    """A plot of counts a day."""

    columns: tuple[Column, ...]
    ticks: tuple[Tick, ...]


class Dot(NamedTuple):
    """The share of a day."""

    day: date
    x: float
    y: float


class Dots(NamedTuple):
    """A plot of shares a day; `lines` lead from each day to the next one that has a share."""

    dots: tuple[Dot, ...]
    lines: tuple[tuple[Dot, Dot], ...]
    ticks: tuple[Tick, ...]


class Whisker(NamedTuple):
    """A share and its interval, in percent."""

    low: float
    middle: float
    high: float


def columns(days: Sequence[date], parts: Sequence[tuple[str, Sequence[int]]]) -> Columns:
    """Stacked columns; each part, the lowest first, has a count for every day."""
    most = max((sum(counts) for counts in zip(*(counts for _, counts in parts), strict=True)), default=0)
    step = _step(most)
    steps = max(1, -(-most // step))
    scale = (_FLOOR - _TOP) / (step * steps)
    ticks = tuple(Tick(_FLOOR - number * step * scale, str(number * step)) for number in range(steps + 1))
    width = _day_width(len(days)) * (1 - _GAP)
    drawn = tuple(
        Column(middle - width / 2, width, _segments([(kind, counts[at]) for kind, counts in parts], scale))
        for at, middle in enumerate(_middles(len(days)))
    )
    return Columns(drawn, ticks)


def dots(days: Sequence[date], shares: Sequence[Share]) -> Dots:
    """Shares from 0 to 100 %; a day without cases has no dot."""
    reach = _FLOOR - _TOP
    drawn = tuple(
        Dot(day, middle, _FLOOR - share.value * reach)
        for day, middle, share in zip(days, _middles(len(days)), shares, strict=True)
        if share.value is not None
    )
    ticks = tuple(Tick(_FLOOR - percent / 100 * reach, f"{percent}%") for percent in (0, 25, 50, 75, 100))
    return Dots(drawn, tuple(pairwise(drawn)), ticks)


def labels(days: Sequence[date]) -> tuple[tuple[date, float], ...]:
    """The days that have a label below a plot, and its x; the last day always has one."""
    every = -(-len(days) // _MOST_LABELS)
    placed = zip(days, _middles(len(days)), strict=True)
    return tuple((day, x) for at, (day, x) in enumerate(placed) if (len(days) - 1 - at) % every == 0)


def whisker(share: Share) -> Whisker | None:
    """A share and its interval; None without cases."""
    if share.value is None or share.interval is None:
        return None
    low, high = share.interval
    return Whisker(100 * low, 100 * share.value, 100 * high)


def _step(most: int) -> int:
    """The least of 1, 2, 5, 10, 20 and so on that reaches the greatest count in a few steps."""
    power = 1
    while True:
        for first in (1, 2, 5):
            if first * power * _MOST_STEPS >= most:
                return first * power
        power *= 10


def _segments(parts: Sequence[tuple[str, int]], scale: float) -> tuple[Segment, ...]:
    built, top = [], _FLOOR
    for kind, count in parts:
        top -= count * scale
        if count:
            built.append(Segment(kind, top, count * scale))
    return tuple(built)


def _day_width(days: int) -> float:
    return (_WIDTH - _LEFT - _RIGHT) / max(days, 1)


def _middles(days: int) -> list[float]:
    """The x of the middle of each day."""
    return [_LEFT + (at + 0.5) * _day_width(days) for at in range(days)]
