import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.geometry import Box, Point, Quad, beyond

_PIXELS = st.integers(0, 5000)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    """Boxes of at least one pixel."""
    left, top = draw(_PIXELS), draw(_PIXELS)
    return Box(left, top, left + draw(st.integers(1, 500)), top + draw(st.integers(1, 500)))


_POINTS = st.builds(Point, st.floats(0, 5000), st.floats(0, 5000))
_QUADS = st.builds(Quad, _POINTS, _POINTS, _POINTS, _POINTS)


@given(st.lists(boxes(), min_size=1, max_size=5))
def test_the_box_around_boxes_holds_each_of_them(held: list[Box]) -> None:
    around = Box.around(held)
    assert all(around.overlap(box) == box.width * box.height for box in held)


@given(st.lists(boxes(), min_size=1, max_size=5))
def test_the_box_around_boxes_is_the_smallest(held: list[Box]) -> None:
    around = Box.around(held)
    sides = zip(*held, strict=True)
    assert all(edge in side for edge, side in zip(around, sides, strict=True))


def test_there_is_no_box_around_nothing() -> None:
    with pytest.raises(ValueError, match="nothing"):
        Box.around(())


@given(boxes(), boxes())
def test_overlap_is_mutual_and_never_more_than_either(one: Box, other: Box) -> None:
    shared = one.overlap(other)
    assert shared == other.overlap(one)
    assert 0 <= shared <= min(one.width * one.height, other.width * other.height)


@pytest.mark.parametrize(
    ("other", "shared"),
    [
        pytest.param(Box(0, 0, 10, 10), 100, id="the same"),
        pytest.param(Box(10, 0, 20, 10), 0, id="touching, since right is exclusive"),
        pytest.param(Box(9, 9, 20, 20), 1, id="a corner"),
        pytest.param(Box(20, 20, 30, 30), 0, id="apart on both axes"),
    ],
)
def test_overlap(other: Box, shared: int) -> None:
    assert Box(0, 0, 10, 10).overlap(other) == shared


@given(boxes(), st.integers(0, 100))
def test_a_grown_box_holds_the_box_and_stays_on_the_page(box: Box, pixels: int) -> None:
    grown = box.grown(pixels)
    assert grown.overlap(box) == box.width * box.height
    assert min(grown.left, grown.top) >= 0
    assert (grown.right, grown.bottom) == (box.right + pixels, box.bottom + pixels)


@given(boxes(), st.integers(0, 100), st.integers(0, 100))
def test_the_part_of_a_box_on_a_page_is_all_that_both_share(box: Box, width: int, height: int) -> None:
    part = box.within(width, height)
    assert part.width * part.height == box.overlap(Box(0, 0, width, height))


@given(boxes())
def test_the_box_of_a_boxs_quad_is_the_box(box: Box) -> None:
    assert Quad.of_box(box).box == box


@given(_QUADS)
def test_the_box_of_a_quad_holds_its_corners_and_is_not_a_pixel_too_large(quad: Quad) -> None:
    box = quad.box
    for point in quad:
        assert box.left <= point.x <= box.right
        assert box.top <= point.y <= box.bottom
    assert box.left >= min(point.x for point in quad) - 1
    assert box.right <= max(point.x for point in quad) + 1


@given(boxes())
def test_the_centre_lies_half_way(box: Box) -> None:
    assert box.centre == Point(box.left + box.width / 2, box.top + box.height / 2)


@given(boxes(), st.floats(0.1, 20))
def test_the_place_beyond_an_upright_quad_continues_its_row(box: Box, heights: float) -> None:
    place = beyond(Quad.of_box(box), heights)
    assert place.top_left == (box.right, box.top)
    assert place.bottom_right.y == pytest.approx(box.bottom)
    assert place.top_right.x == pytest.approx(box.right + heights * box.height)


def test_the_place_beyond_a_turned_quad_follows_its_reading_direction() -> None:
    downwards = Quad(Point(20, 0), Point(20, 100), Point(0, 100), Point(0, 0))
    assert beyond(downwards, 2.0).box == Box(0, 100, 20, 140)


def test_the_place_beyond_a_quad_without_width_is_a_place() -> None:
    flat = Quad(Point(5, 0), Point(5, 0), Point(5, 10), Point(5, 10))
    assert all(math.isfinite(value) for point in beyond(flat, 2.0) for value in point)
