import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.names.variants import _forms, are_variants


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        pytest.param("升", "昇", True, id="simplified and variant"),
        pytest.param("陈", "陳", True, id="simplified and traditional"),
        pytest.param("坤", "堃", True, id="of the last row"),
        pytest.param("沢", "泽", True, id="of Japan"),
        pytest.param("升", "升", False, id="the same"),
        pytest.param("侯", "候", False, id="alike and another"),
        pytest.param("己", "已", False, id="alike and another, of three strokes"),
        pytest.param("A", "B", False, id="no characters of names"),
    ],
)
def test_forms_of_one_character(one: str, other: str, told: bool) -> None:
    assert are_variants(one, other) is told


@given(st.sampled_from(sorted(_forms())), st.sampled_from(sorted(_forms())))
def test_it_works_both_ways(one: str, other: str) -> None:
    assert are_variants(one, other) is are_variants(other, one)


def test_a_group_is_small() -> None:
    assert max(map(len, _forms().values())) < 30
