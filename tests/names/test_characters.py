from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.alphabet import Shown
from pipeline.names.characters import READABLE_FILE, _forms, are_variants, readable
from pipeline.perceive.ocr.options import OcrOptions
from pipeline.perceive.ocr.weights import find_weights

ALL = frozenset(map(chr, range(0x3000, 0xA000))) | {"·", "A", "7"}


def test_the_list_is_of_the_bundled_weights() -> None:
    head = resources.files("pipeline.names").joinpath(READABLE_FILE).read_text("utf-8").splitlines()[0]
    assert find_weights(None, OcrOptions().cache).digest in head


def test_what_everybody_is_called_is_read_and_what_nobody_knows_is_not() -> None:
    read = readable(ALL)
    assert set("王李张刘陈杨黄赵周徐孙马朱胡郭何林罗高梁郑谢宋唐许韩冯邓曹彭曾欧阳靖萱") <= read
    assert not set("㳘垲㛃𨺙") & read


def test_of_other_signs_the_engine_is_believed_and_nothing_is_added() -> None:
    read = readable(frozenset({"·", "A", "王", "ガ"}))
    assert read == {"·", "A", "王", "ガ"}


def test_a_character_is_listed_only_after_every_look() -> None:
    assert Shown("王", 12, 12, 0).is_read
    assert Shown("王", 12, 11, 0).is_read
    assert not Shown("王", 12, 10, 0).is_read
    assert not Shown("王", 12, 11, 1).is_read
    assert not Shown("王", 11, 11, 0).is_read
    assert Shown("王", 3, 2, 0).hopeful


@pytest.mark.parametrize(
    ("one", "other", "expected"),
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
def test_forms_of_one_character(one: str, other: str, expected: bool) -> None:
    assert are_variants(one, other) is expected


@given(st.sampled_from(sorted(_forms())), st.sampled_from(sorted(_forms())))
def test_it_works_both_ways(one: str, other: str) -> None:
    assert are_variants(one, other) is are_variants(other, one)


def test_a_group_is_small() -> None:
    assert max(map(len, _forms().values())) < 30
