import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from models.names import is_han, is_private_use, normal_name
from pipeline.names.characters import modern

_HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        pytest.param("欧阳靖萱", "欧阳靖萱", id="a plain name"),
        pytest.param(" 张 三 ", "张三", id="spaces"),
        pytest.param("张\u3000三", "张三", id="the wide space of a register"),
        pytest.param("张\u00a0三", "张三", id="a space that does not break"),
        pytest.param("张\u200b三\ufeff", "张三", id="characters without width"),
        pytest.param("张\u202e三", "张三", id="a mark that turns the direction"),
        pytest.param("张\x00三\t", "张三", id="control characters"),
        pytest.param("葛\U000e0101", "葛", id="an ideographic variation selector"),
        pytest.param("㐂\ufe00", "㐂", id="a variation selector"),
        pytest.param("⼥⼈⾐", "女人衣", id="Kangxi radicals"),
        pytest.param("⻢⻰", "马龙", id="radicals of the supplement"),
        pytest.param("\uf92c", "郎", id="a compatibility ideograph that NFC folds"),
        pytest.param("\ufa0e", "\ufa0e", id="one that is an ideograph of its own"),
        pytest.param("ＡＢ１", "AB1", id="full-width letters"),
        pytest.param("昇", "昇", id="a variant stays what it is"),
        pytest.param("黃", "黃", id="a traditional character stays"),
        pytest.param("⺼", "⺼", id="a radical that stands for no character stays"),
        pytest.param("㋀", "㋀", id="no NFKC of what only looks like a text"),
        pytest.param("𠮷野", "𠮷野", id="a character beyond the first plane"),
        pytest.param("", "", id="nothing"),
        *(
            pytest.param(f"买买提{dot}阿卜杜拉", "买买提·阿卜杜拉", id=f"the dot U+{ord(dot):04X}")
            for dot in "\u2022\u2027\u30fb\uff65\u2219\u22c5\uff0e\u002e\u0387\u2e31\u00b7"
        ),
        pytest.param("买买提 · 阿卜杜拉", "买买提·阿卜杜拉", id="a dot between spaces"),
        pytest.param("J.Smith", "J.Smith", id="a dot between letters stays"),
        pytest.param("·张三.", "·张三.", id="a dot at the ends stays"),
    ],
)
def test_normal_form(text: str, normal: str) -> None:
    assert normal_name(text) == normal


@given(st.text())
@example("a\u0339 \u0334")  # NFC orders marks, but not across a space
def test_a_normal_name_is_normal(text: str) -> None:
    assert normal_name(normal_name(text)) == normal_name(text)


@given(st.text(alphabet=_HAN, min_size=1))
def test_no_two_characters_become_one(text: str) -> None:
    assert len(normal_name(text)) == len(text)
    assert normal_name(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    ("char", "han", "unknown"),
    [
        pytest.param("一", True, False, id="the first ideograph"),
        pytest.param("㐀", True, False, id="of extension A"),
        pytest.param("𠀋", True, False, id="of extension B"),
        pytest.param("A", False, False, id="a letter"),
        pytest.param("\ue000", False, True, id="of the private use area"),
        pytest.param("\U000f0000", False, True, id="of a private plane"),
        pytest.param("\ufffd", False, True, id="the replacement character"),
        pytest.param("□", False, True, id="a box"),
        pytest.param("？", False, True, id="a question mark"),
    ],
)
def test_kinds_of_characters(char: str, han: bool, unknown: bool) -> None:
    assert (is_han(char), is_private_use(char)) == (han, unknown)


@pytest.mark.parametrize(
    ("typed", "today"),
    [
        pytest.param("\ue863", "䶮", id="FE9F"),
        pytest.param("\ue844", "䜣", id="FE80, behind the code that was left out"),
        pytest.param("\ue85f", "䴖", id="FE9B"),
        pytest.param("\ue815", "⺁", id="the first"),
        pytest.param("\ue864", "\u9fbb", id="the last, which codecs leave private"),
        pytest.param("\ue816", "\U00020087", id="one outside the basic plane"),
        pytest.param("李\ue863", "李䶮", id="within a name"),
        pytest.param("\ue814\ue865", "\ue814\ue865", id="private codes of somebody else"),
        pytest.param("李雷", "李雷", id="a plain name"),
    ],
)
def test_the_gbk_tail_of_old_systems(typed: str, today: str) -> None:
    assert modern(typed) == today


def test_every_code_of_the_tail_has_one_character_and_codecs_agree_where_they_know_it() -> None:
    codes = [code for code in range(0xFE50, 0xFEA1) if code != 0xFE7F]
    told = [modern(chr(0xE815 + at)) for at in range(len(codes))]
    known = [bytes(divmod(code, 256)).decode("gb18030") for code in codes]
    assert len(set(told)) == 80
    assert all(char == codec for char, codec in zip(told, known, strict=True) if not is_private_use(codec))
    assert not any(map(is_private_use, told))
