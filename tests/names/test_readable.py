from importlib import resources

from bench.alphabet import Shown
from pipeline.names.readable import FILE, readable
from pipeline.perceive.ocr.options import OcrOptions
from pipeline.perceive.ocr.weights import find_weights

ALL = frozenset(map(chr, range(0x3000, 0xA000))) | {"·", "A", "7"}


def test_the_list_is_of_the_bundled_weights() -> None:
    head = resources.files("pipeline.names").joinpath(FILE).read_text("utf-8").splitlines()[0]
    assert find_weights(None, OcrOptions().cache).digest in head


def test_what_everybody_is_called_is_read_and_what_nobody_knows_is_not() -> None:
    read = readable(ALL)
    assert set("王李张刘陈杨黄赵周徐孙马朱胡郭何林罗高梁郑谢宋唐许韩冯邓曹彭曾欧阳靖萱") <= read
    assert not set("㳘垲㛃𨺙") & read


def test_of_other_signs_the_engine_is_believed_and_nothing_is_added() -> None:
    read = readable({"·", "A", "王", "ガ"})
    assert read == {"·", "A", "王", "ガ"}


def test_a_character_is_listed_only_after_every_look() -> None:
    assert Shown("王", 12, 12, 0).is_read
    assert Shown("王", 12, 11, 0).is_read
    assert not Shown("王", 12, 10, 0).is_read
    assert not Shown("王", 12, 11, 1).is_read
    assert not Shown("王", 11, 11, 0).is_read
    assert Shown("王", 3, 2, 0).hopeful
