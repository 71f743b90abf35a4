"""Documents in one outline: facing cards of a register, the 首页 beside a card, sides of an ID card above a page."""

from collections.abc import Iterator, Mapping, Sequence
from statistics import median_high
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeVar

from models.documents import PageKind
from models.geometry import Point, Quad
from models.names import is_han
from models.reading import Line, PageReading
from pipeline.extract.deskew import deskew
from pipeline.extract.other_documents import labelled, titled

# Words that stand once on a page of a kind and on no page of another; 正页 and 副页 of a certificate are one page.
_ANCHORS: Mapping[PageKind, tuple[str, ...]] = MappingProxyType(
    {
        PageKind.HUKOU_MEMBER: (
            "登记卡", "曾用名", "籍贯", "宗教信仰", "文化程度", "婚姻状况", "兵役状况", "服务处所", "迁来本址",
        ),
        PageKind.HUKOU_HOME: ("户别", "户主姓名", "户口登记机关", "省级公安机关", "日签发", "住址变动登记"),
        PageKind.ID_PORTRAIT: ("公民身份号码", "姓名", "性别", "民族", "住址", "出生"),
        PageKind.ID_EMBLEM: ("居民身份证", "签发机关", "有效期限"),
    }
)  # fmt: skip
_LEAST: Mapping[PageKind, int] = MappingProxyType(
    {PageKind.HUKOU_MEMBER: 4, PageKind.HUKOU_HOME: 2, PageKind.ID_PORTRAIT: 4, PageKind.ID_EMBLEM: 2}
)
_TITLES = ("居民身份证", "登记卡")
_TOGETHER = ((PageKind.HUKOU_MEMBER, PageKind.HUKOU_HOME), (PageKind.ID_PORTRAIT, PageKind.ID_EMBLEM))
# Beside a page of the register the emblem side needs its title: other documents have its labels. Labels of the portrait
# side stand on a member card too, and part nothing there.
_BESIDE_EMBLEM = (PageKind.HUKOU_HOME, PageKind.HUKOU_MEMBER)
_TWICE = (PageKind.HUKOU_MEMBER, PageKind.HUKOU_HOME)
_ASTRAY = 1  # words of a kind that may stand on the wrong side of the cut

Axis = Literal["x", "y"]
T = TypeVar("T")


class _Cut(NamedTuple):
    axis: Axis
    at: float

    def before(self, point: Point) -> bool:
        """Whether a point lies left of the cut, or above it."""
        return _along(point, self.axis) < self.at


def split_documents(reading: PageReading) -> tuple[PageReading, ...]:
    """One reading for each document; for most readings the reading itself.

    The parts keep the size and the surface of the whole, so that the positions of their lines stay valid.
    """
    words = ["".join(filter(is_han, line.text)) for line in reading.lines]
    found = {kind: _standing(words, anchors) for kind, anchors in _ANCHORS.items()}
    if not _maybe_two(found) or _of_another(reading.lines, words):
        return (reading,)
    middles = [line.upright.centre for line in deskew(reading.lines)]
    cut = _cut({kind: {word: [middles[at] for at in lines] for word, lines in places.items()}
                for kind, places in found.items()})  # fmt: skip
    if cut is None:
        return (reading,)
    first = tuple(line for line, middle in zip(reading.lines, middles, strict=True) if cut.before(middle))
    second = tuple(line for line, middle in zip(reading.lines, middles, strict=True) if not cut.before(middle))
    return (*split_documents(_part(reading, first, cut, 0)), *split_documents(_part(reading, second, cut, 1)))


def _standing(words: Sequence[str], anchors: Sequence[str]) -> Mapping[str, list[int]]:
    """For each anchor the lines that say it."""
    places = {anchor: [at for at, text in enumerate(words) if anchor in text] for anchor in anchors}
    return {anchor: lines for anchor, lines in places.items() if lines}


def _of_another(lines: Sequence[Line], words: Sequence[str]) -> bool:
    """Whether a page shows one other document, whose labels are those of two of ours, and no title of ours."""
    return not any(title in text for text in words for title in _TITLES) and bool(titled(lines) or labelled(lines))


def _maybe_two(found: Mapping[PageKind, Mapping[str, list[int]]]) -> bool:
    return any(_pairs(found)) or any(_doubled(found[kind]) >= _LEAST[kind] for kind in _TWICE)


def _pairs(found: Mapping[PageKind, Mapping[str, list[T]]]) -> Iterator[tuple[PageKind, PageKind]]:
    """Two kinds that both stand there."""
    beside = _BESIDE_EMBLEM if _TITLES[0] in found[PageKind.ID_EMBLEM] else ()
    for pair in (*_TOGETHER, *((PageKind.ID_EMBLEM, kind) for kind in beside)):
        if all(len(found[kind]) >= _LEAST[kind] for kind in pair):
            yield pair


def _doubled(places: Mapping[str, Sequence[object]]) -> int:
    return sum(len(found) > 1 for found in places.values())


def _cut(found: Mapping[PageKind, Mapping[str, list[Point]]]) -> _Cut | None:
    for kind in _TWICE:
        pairs = [points for points in found[kind].values() if len(points) > 1]
        if len(pairs) >= _LEAST[kind]:
            return _between_twins(pairs)
    firsts = {kind: [first for first, *_ in places.values()] for kind, places in found.items()}
    cuts = (_between(firsts[one], firsts[other]) for one, other in _pairs(found))
    return next((cut for cut in cuts if cut is not None), None)


def _between_twins(pairs: Sequence[Sequence[Point]]) -> _Cut | None:
    """Between the first and the second place of words that stand there twice."""
    twins = [(a, b) for a, b, *_ in pairs]
    axis: Axis = "x" if sum(abs(a.x - b.x) for a, b in twins) > sum(abs(a.y - b.y) for a, b in twins) else "y"
    rows = [sorted((_along(a, axis), _along(b, axis))) for a, b in twins]
    return _gap([row[0] for row in rows], [row[1] for row in rows], axis)


def _between(one: Sequence[Point], other: Sequence[Point]) -> _Cut | None:
    """Between the words of two kinds, where a straight cut parts them; across the wider gap if two cuts do."""
    axes: tuple[Axis, Axis] = ("x", "y")
    cuts = []
    for axis in axes:
        ones, others = ([_along(point, axis) for point in points] for points in (one, other))
        low, high = (ones, others) if median_high(ones) < median_high(others) else (others, ones)
        if (cut := _gap(low, high, axis)) is not None:
            cuts.append((min(high) - max(low), cut))
    return max(cuts)[1] if cuts else None


def _gap(low: Sequence[float], high: Sequence[float], axis: Axis) -> _Cut | None:
    """The middle between two groups; None if more than a word of either stands among the other's."""
    lower, upper = sorted(low), sorted(high)
    astray = _ASTRAY if min(len(lower), len(upper)) > 2 * _ASTRAY + 1 else 0
    end, start = lower[-1 - astray], upper[astray]
    return _Cut(axis, (end + start) / 2) if end < start else None


def _along(point: Point, axis: Axis) -> float:
    return point.x if axis == "x" else point.y


def _part(reading: PageReading, lines: tuple[Line, ...], cut: _Cut, part: int) -> PageReading:
    """One side of the cut, with its share of the outline."""
    size = reading.upright_width if cut.axis == "x" else reading.upright_height
    share = min(1.0, max(0.0, cut.at / max(1, size)))
    a, b, c, d = reading.quad
    if cut.axis == "x":
        top, bottom = _towards(a, b, share), _towards(d, c, share)
        quad = Quad(top, b, c, bottom) if part else Quad(a, top, bottom, d)
    else:
        left, right = _towards(a, d, share), _towards(b, c, share)
        quad = Quad(left, right, c, d) if part else Quad(a, b, right, left)
    return reading.model_copy(update={"lines": lines, "quad": quad})


def _towards(start: Point, end: Point, share: float) -> Point:
    return Point(round(start.x + (end.x - start.x) * share, 1), round(start.y + (end.y - start.y) * share, 1))
