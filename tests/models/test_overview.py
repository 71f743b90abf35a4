"""How sure a share is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.overview import Share, wilson


@pytest.mark.parametrize(
    ("right", "total", "low", "high"),
    [
        # Score method without continuity correction: Newcombe, Statistics in Medicine 17 (1998), table I.
        pytest.param(81, 263, 0.2553, 0.3662, id="Newcombe's 81 of 263"),
        pytest.param(15, 148, 0.0624, 0.1605, id="Newcombe's 15 of 148"),
        pytest.param(0, 20, 0.0, 0.1611, id="Newcombe's none of 20"),
        pytest.param(1, 29, 0.0061, 0.1718, id="Newcombe's 1 of 29"),
        pytest.param(20, 20, 0.8389, 1.0, id="all of 20 is none of 20 from the other side"),
        pytest.param(1, 1, 0.2065, 1.0, id="one of one proves little"),
    ],
)
def test_the_interval_is_wilsons(right: int, total: int, low: float, high: float) -> None:
    assert wilson(right, total) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("right", "total"),
    [
        pytest.param(0, 0, id="nothing to be right about"),
        pytest.param(3, 2, id="more right than there are"),
        pytest.param(-1, 2, id="less than none"),
    ],
)
def test_what_is_no_share_has_no_interval(right: int, total: int) -> None:
    with pytest.raises(ValueError, match="is no share"):
        wilson(right, total)


@given(st.integers(1, 10_000).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_an_interval_holds_its_share_and_narrows_with_more_of_the_same(counts: tuple[int, int]) -> None:
    right, total = counts
    low, high = wilson(right, total)
    assert 0 <= low <= right / total <= high <= 1
    assert high - low > 0
    narrower = wilson(10 * right, 10 * total)
    assert narrower[1] - narrower[0] < high - low
    assert wilson(total - right, total) == pytest.approx((1 - high, 1 - low))


def test_of_nothing_there_is_no_share() -> None:
    assert (Share(0, 0).value, Share(0, 0).interval) == (None, None)
    assert (Share(1, 4).value, Share(1, 4).interval) == (0.25, wilson(1, 4))
