"""Positions on a page, in pixels from the top left corner."""

import math
from collections.abc import Iterable
from typing import NamedTuple, Self


class Point(NamedTuple):
    """A position in pixels, perhaps between two pixels."""

    x: float
    y: float


class Box(NamedTuple):
    """An upright rectangle in pixels; right and bottom are exclusive."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Pixels from left to right."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Pixels from top to bottom."""
        return self.bottom - self.top

    @property
    def centre(self) -> Point:
        """The middle of the rectangle."""
        return Point((self.left + self.right) / 2, (self.top + self.bottom) / 2)

    @classmethod
    def around(cls, boxes: Iterable["Box"]) -> Self:
        """The smallest box around all `boxes`; raises ValueError for none."""
        sides = tuple(zip(*boxes, strict=True))
        if not sides:
            raise ValueError("There is no box around nothing.")
        lefts, tops, rights, bottoms = sides
        return cls(min(lefts), min(tops), max(rights), max(bottoms))

    def overlap(self, other: "Box") -> int:
        """The area of the intersection, in square pixels."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0, width) * max(0, height)

    def within(self, width: int, height: int) -> "Box":
        """The part of the box on a page of this size."""
        if self.left >= 0 and self.top >= 0 and self.right <= width and self.bottom <= height:
            return self
        return Box(
            min(max(0, self.left), width),
            min(max(0, self.top), height),
            min(max(0, self.right), width),
            min(max(0, self.bottom), height),
        )

    def scaled(self, scale: float) -> "Box":
        """The box on the page at another scale, in whole pixels."""
        return self if scale == 1 else Box(*(round(edge * scale) for edge in self))

    def grown(self, pixels: int) -> "Box":
        """The box with `pixels` added on every side, never past the top left corner of the page."""
        return Box(max(0, self.left - pixels), max(0, self.top - pixels), self.right + pixels, self.bottom + pixels)


class Quad(NamedTuple):
    """Four corners, clockwise from the top left one as the document is read."""

    top_left: Point
    top_right: Point
    bottom_right: Point
    bottom_left: Point

    @property
    def box(self) -> Box:
        """The smallest upright box of whole pixels around the corners."""
        xs = [point.x for point in self]
        ys = [point.y for point in self]
        return Box(int(min(xs)), int(min(ys)), -int(-max(xs) // 1), -int(-max(ys) // 1))

    @property
    def middle(self) -> Point:
        """The mean of the corners."""
        return Point(sum(point.x for point in self) / 4, sum(point.y for point in self) / 4)

    def scaled(self, scale: float) -> "Quad":
        """The quad on the page at another scale."""
        return self if scale == 1 else Quad(*(Point(point.x * scale, point.y * scale) for point in self))

    def part(self, start: float, stop: float) -> "Quad":
        """What lies between two shares of the way along the line; it goes on straight before 0 and after 1."""
        top, bottom = (self.top_left, self.top_right), (self.bottom_left, self.bottom_right)
        return Quad(_at(*top, start), _at(*top, stop), _at(*bottom, stop), _at(*bottom, start))

    @classmethod
    def of_box(cls, box: Box) -> Self:
        """The corners of an upright box."""
        left, top, right, bottom = box
        return cls(Point(left, top), Point(right, top), Point(right, bottom), Point(left, bottom))


def beyond(quad: Quad, heights: float) -> Quad:
    """The quad that follows in reading direction, `heights` times as long as this one is high."""
    along = math.dist(quad.top_left, quad.top_right) or 1.0
    return quad.part(1.0, 1.0 + heights * math.dist(quad.top_left, quad.bottom_left) / along)


def _at(start: Point, end: Point, share: float) -> Point:
    return Point(start.x + (end.x - start.x) * share, start.y + (end.y - start.y) * share)
