import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.content import Resemblance
from models.documents import Field
from models.findings import Reason
from models.geometry import Box
from models.names import normal_name
from models.policy import NameLimits
from models.reading import BLANK
from pipeline.judge.name_match import NameMatch, is_placeholder, match_name
from tests.support.fields import field_of
from tests.support.lines import Ink, Words

LIMITS = NameLimits()
ALPHABET = frozenset(map(chr, range(0x4E00, 0x9FA6)))
_HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)


def verdict(entered: str, *pieces: Words) -> NameMatch:
    return match_name(entered, field_of(Field.NAME, *pieces), ALPHABET, LIMITS)


@pytest.mark.parametrize(
    ("entered", "pieces", "equal", "reason"),
    [
        pytest.param("欧阳靖萱", ["欧阳靖萱"], True, None, id="equal"),
        pytest.param("欧阳 靖萱", ["欧阳靖萱"], True, None, id="equal but for a space"),
        pytest.param("欧阳靖萱", ["欧阳", "靖萱"], True, None, id="equal, in two pieces"),
        pytest.param("张三", ["张\u3000三"], True, None, id="equal but for the wide space that the page sets"),
        pytest.param("马龙", ["⻢⻰"], True, None, id="equal but for radicals that were read for characters"),
        pytest.param("佤", ["佤"], True, None, id="equal, of a single character"),
        pytest.param("佤", ["李"], False, Reason.DIFFERENT, id="a single character that differs"),
        *(
            pytest.param(
                f"王{one}",
                [Ink(f"王{other}", weak={1: 0.99}, others={1: {one: 0.01}})],
                None,
                Reason.UNCERTAIN,
                id=f"{one} entered, {other} read and {one} seen",
            )
            for one, other in ("祎袆", "袆祎", "侯候", "候侯", "昊吴", "吴昊")
        ),
        pytest.param("阿依古丽•买买提", ["阿依古丽·买买提"], True, None, id="equal but for the kind of dot"),
        pytest.param("杨宝宝", ["杨宝宝"], True, None, id="equal, with a doubled character"),
        pytest.param("阿" * 25, ["阿" * 25], True, None, id="equal, of 25 characters"),
        pytest.param("欧阳靖萱", [Ink("欧阳靖萱", sure=0.4)], None, Reason.UNCERTAIN, id="equal, and hardly read"),
        pytest.param("欧阳靖宣", ["欧阳靖萱"], False, Reason.DIFFERENT, id="one certain character differs"),
        pytest.param("王小明", ["欧阳靖"], False, Reason.DIFFERENT, id="all characters differ"),
        pytest.param(
            "欧阳靖宣",
            [Ink("欧阳靖萱", weak={3: 0.97})],
            None,
            Reason.UNCERTAIN,
            id="the character that differs is not certain",
        ),
        pytest.param(
            "欧阳靖宣",
            [Ink("欧阳靖萱", weak={3: 0.985}, others={3: {"宣": 0.01}})],
            None,
            Reason.UNCERTAIN,
            id="the entered character is among the alternatives",
        ),
        pytest.param(
            "欧阳靖宣",
            [Ink("欧阳靖萱", weak={3: 0.99}, others={3: {"宣": 0.002}})],
            False,
            Reason.DIFFERENT,
            id="the entered character is among them, and as good as impossible",
        ),
        pytest.param(
            "欧阳靖宣",
            [Ink("欧阳靖萱", weak={3: 0.5}, others={3: {"宣": 0.5}})],
            None,
            Reason.UNCERTAIN,
            id="both are as likely",
        ),
        pytest.param("欧阳靖㙘", ["欧阳靖萱"], None, Reason.OUT_OF_CHARSET, id="a character that no engine could read"),
        pytest.param("欧阳靖𠀋", ["欧阳靖萱"], None, Reason.OUT_OF_CHARSET, id="one beyond the first plane"),
        pytest.param(
            "欧阳靖\ue001", ["欧阳靖萱"], None, Reason.PRIVATE_USE, id="a character of a private font entered"
        ),
        pytest.param("欧阳靖萱", ["欧阳靖□"], None, Reason.PRIVATE_USE, id="a box read"),
        pytest.param("欧阳?萱", ["欧阳靖萱"], None, Reason.PRIVATE_USE, id="a question mark entered"),
        pytest.param("王昇", ["王升"], None, Reason.VARIANT, id="a variant"),
        pytest.param("王升", ["王昇"], None, Reason.VARIANT, id="a variant, the other way round"),
        pytest.param("陳小明", ["陈小明"], None, Reason.VARIANT, id="a traditional form entered"),
        pytest.param("王發", ["王髮"], None, Reason.VARIANT, id="two traditional forms of one simplified"),
        pytest.param("吕黄明", ["呂黃明"], None, Reason.VARIANT, id="two variants"),
        pytest.param("王昇明", ["王升林"], False, Reason.DIFFERENT, id="a variant beside a difference"),
        pytest.param("阿里木·买买提", ["阿里木买买提"], None, Reason.SEPARATOR, id="the dot is missing on the page"),
        pytest.param("阿里木买买提", ["阿里木·买买提"], None, Reason.SEPARATOR, id="the dot is missing in the entry"),
        pytest.param("欧阳靖萱", ["林静之女"], None, Reason.PLACEHOLDER, id="a name until the family has chosen"),
        pytest.param("林静之女", ["欧阳靖萱"], None, Reason.PLACEHOLDER, id="such a name entered"),
        pytest.param("欧阳靖", ["林静子涵"], False, Reason.LENGTH, id="another length"),
        pytest.param("欧阳靖萱", ["欧阳靖"], False, Reason.LENGTH, id="one character more was entered, at the end"),
        pytest.param("欧阳靖萱", ["欧靖萱"], False, Reason.LENGTH, id="one more inside"),
        pytest.param("欧阳靖萱", ["阳靖萱"], False, Reason.LENGTH, id="one more at the front"),
        pytest.param("欧阳萱", ["欧阳靖萱"], False, Reason.LENGTH, id="one character less was entered"),
        pytest.param("杨晨", ["杨晨晨"], False, Reason.LENGTH, id="a doubled character was entered once"),
        pytest.param("杨晨晨", ["杨晨"], False, Reason.LENGTH, id="a single character was entered twice"),
        pytest.param("欧阳萱靖", ["欧阳靖萱"], False, Reason.DIFFERENT, id="two characters changed places"),
        pytest.param("欧阳萱", ["欧阳", "靖萱"], False, Reason.LENGTH, id="one less, in two pieces"),
        pytest.param("欧阳", ["欧阳", "靖萱"], None, Reason.UNCERTAIN, id="a piece too many, of a seal perhaps"),
        pytest.param("欧阳靖萱", ["欧阳", "萱"], None, Reason.UNCERTAIN, id="a gap where a character may be lost"),
        pytest.param("欧阳萱", ["欧阳一萱"], None, Reason.UNCERTAIN, id="a stroke that may be a speck"),
        pytest.param("欧阳萱", ["欧一阳靖萱"], False, Reason.LENGTH, id="a stroke and a character"),
        pytest.param(
            "欧阳萱", [Ink("欧阳靖萱", weak={0: 0.8})], False, Reason.LENGTH, id="one less, beside a weak one"
        ),
        pytest.param("欧阳萱", [Ink("欧阳靖萱", weak={2: 0.8})], False, Reason.LENGTH, id="one less, that is weak"),
        pytest.param("欧阳萱", [Ink("欧阳靖萱", sure=0.4)], None, Reason.UNCERTAIN, id="one less, and hardly read"),
        pytest.param(
            "欧阳萱靖", [Ink("欧阳靖萱", weak={3: 0.8})], False, Reason.DIFFERENT, id="a change of places, one weak"
        ),
        pytest.param(
            "阿里木·买买提",
            [Ink("阿里木买买堤", weak={5: 0.9})],
            None,
            Reason.UNCERTAIN,
            id="the dot was lost, and a character is not certain",
        ),
        pytest.param(
            "欧阳萱",
            [Ink("欧阳靖萱", weak={2: 0.99}, others={2: {BLANK: 0.01}})],
            None,
            Reason.UNCERTAIN,
            id="one less, and that one may be nothing",
        ),
        pytest.param(
            "欧阳靖萱靖",
            [Ink("欧阳靖萱", weak={3: 0.99}, others={3: {"靖": 0.01}})],
            False,
            Reason.LENGTH,
            id="one more, that would have to stand in the place of another",
        ),
        pytest.param("阿里木。买买提", ["阿里木·买买提"], None, Reason.SEPARATOR, id="a full stop entered for the dot"),
        pytest.param("阿里木●买买提", ["阿里木·买买提"], None, Reason.SEPARATOR, id="a bullet entered for the dot"),
        pytest.param("阿里木 - 买买提", ["阿里木·买买提"], None, Reason.SEPARATOR, id="a hyphen entered for the dot"),
        pytest.param("阿里木。买买提", ["阿里木买买提"], None, Reason.SEPARATOR, id="a full stop for no dot"),
        pytest.param("阿里木·买买提", ["阿里木。买买提"], None, Reason.SEPARATOR, id="a full stop read for the dot"),
        pytest.param("阿里木。买买堤", ["阿里木·买买提"], False, Reason.DIFFERENT, id="beside another difference"),
        pytest.param("欧阳靖萱。", ["欧阳靖萱"], None, Reason.SEPARATOR, id="a full stop behind a name"),
        pytest.param("阿里木买买", ["阿里木·买买提"], False, Reason.LENGTH, id="the dot is missing, and one less"),
        pytest.param("阿里木·买提", ["阿里木•买买提"], False, Reason.LENGTH, id="one less behind another kind of dot"),
        pytest.param("王小明", ["张", "三丰"], False, Reason.DIFFERENT, id="another name in two pieces"),
        pytest.param(
            "王王",
            [Ink("李", sure=0.99), Ink("李", sure=0.99, others={0: {"王": 0.009}})],
            False,
            Reason.DIFFERENT,
            id="the same character in two pieces, the second of which may be the entered one",
        ),
        pytest.param(
            "李王",
            [Ink("李", sure=0.99), Ink("李", sure=0.99, others={0: {"王": 0.009}})],
            None,
            Reason.UNCERTAIN,
            id="such a character, of which only the second differs",
        ),
        pytest.param("欧阳靖宣", ["欧 阳靖萱"], False, Reason.DIFFERENT, id="a difference behind a printed space"),
        pytest.param(
            "阿里木·买买堤", ["阿里木•买买提"], False, Reason.DIFFERENT, id="a difference behind another kind of dot"
        ),
    ],
)
def test_verify_name(entered: str, pieces: list[Words], equal: bool | None, reason: Reason | None) -> None:
    found = verdict(entered, *pieces)
    assert (found.equal, found.reason) == (equal, reason)


@pytest.mark.parametrize(
    ("entered", "read", "at", "edited"),
    [
        pytest.param("王阳靖萱", "欧阳靖萱", 0, False, id="the first"),
        pytest.param("欧阳静萱", "欧阳靖萱", 2, False, id="the third"),
        pytest.param("欧阳静宣", "欧阳靖萱", 2, False, id="the first of two"),
        pytest.param("阿里木买买堤", "阿里木·买买提", 6, False, id="the last, behind a dot that was not typed in"),
        pytest.param("欧阳静", "欧林子涵", 1, True, id="where names of different length part"),
        pytest.param("阿里木·买提", "阿里木•买买提", 5, True, id="the same behind a dot"),
        pytest.param("欧阳靖萱儿", "欧阳靖萱", 4, True, id="the end of the shorter one"),
        pytest.param("欧靖阳萱", "欧阳靖萱", 1, True, id="the first of two that changed places"),
    ],
)
def test_a_difference_names_its_character(entered: str, read: str, at: int, edited: bool) -> None:
    found = verdict(entered, read)
    assert (found.equal, found.at, found.edited) == (False, at, edited)
    assert found.measured >= found.limit == (LIMITS.readable if edited else LIMITS.certain)


@pytest.mark.parametrize(
    ("entered", "read", "at"),
    [
        pytest.param("王昇", "王升", 1, id="a variant"),
        pytest.param("阿里木·买买提", "阿里木买买提", 3, id="a dot that is missing"),
        pytest.param("欧阳靖㙘", "欧阳靖萱", 3, id="a character that nobody reads"),
    ],
)
def test_a_doubt_names_its_character_too(entered: str, read: str, at: int) -> None:
    found = verdict(entered, read)
    assert (found.equal, found.at) == (None, at)


def seen(character: str, margin: float) -> Resemblance:
    return Resemblance(character, 0.8 + margin, "垔", 0.8)


@pytest.mark.parametrize(
    ("entered", "read", "resemblances", "pictured"),
    [
        pytest.param("欧阳靖㙘", "欧阳靖萱", [("㙘", 0.0021)], True, id="like nothing else"),
        pytest.param("欧阳靖㙘", "欧阳靖萱", [("㙘", 0.0019)], False, id="as like another"),
        pytest.param("欧阳靖㙘", "欧阳靖萱", [("㙘", -0.02)], False, id="more like another"),
        pytest.param("欧阳靖㙘", "欧阳靖萱", [("㙔", 0.02)], False, id="another one was asked"),
        pytest.param("欧阳靖㙘", "欧阳靖萱", [], False, id="nothing was asked"),
        pytest.param("欧阳靖㙘", "欧阳靖土要", [("㙘", 0.02)], True, id="read as two"),
        pytest.param("欧阳靖㙘", "欧阳靖", [("㙘", 0.02)], False, id="read as none"),
        pytest.param("欧阳静㙘", "欧阳靖萱", [("㙘", 0.02)], False, id="beside another difference"),
        pytest.param("欧㙘靖㙘", "欧阳靖萱", [("㙘", 0.02), ("㙘", 0.003)], True, id="twice"),
        pytest.param(
            "欧㙘靖㙘", "欧阳靖萱", [("㙘", 0.02), ("㙘", 0.001)], False, id="twice, of which one is doubtful"
        ),
        pytest.param("欧㙘靖㙘", "欧阳靖萱", [("㙘", 0.001), ("㙘", 0.02)], False, id="twice, the first is doubtful"),
        pytest.param("欧㙘靖㙘", "欧阳靖萱", [("㙘", 0.02)], False, id="twice, of which one was compared"),
        pytest.param("欧㬎靖㙘", "欧阳靖萱", [("㙘", 0.02)], False, id="two, of which one was asked"),
        pytest.param("欧㬎靖㙘", "欧阳靖萱", [("㙘", 0.02), ("㬎", 0.02)], True, id="two"),
        pytest.param(
            "欧阳靖㙘", Ink("欧阳靖萱", weak={1: 0.89}), [("㙘", 0.02)], False, id="beside one that is hardly read"
        ),
        pytest.param("欧阳靖㙘", Ink("欧阳靖萱", weak={1: 0.9}), [("㙘", 0.02)], True, id="beside one that is read"),
        pytest.param("欧阳靖㙘", Ink("欧阳靖萱", weak={3: 0.4}), [("㙘", 0.02)], True, id="the engine was not sure"),
    ],
)
def test_what_no_engine_reads_is_told_by_its_picture(
    entered: str, read: Words, resemblances: list[tuple[str, float]], pictured: bool
) -> None:
    held = field_of(Field.NAME, read)._replace(resemblances=tuple(seen(*one) for one in resemblances))
    found = match_name(entered, held, ALPHABET, LIMITS)
    assert (found.equal, found.reason, found.pictured) == (None, Reason.OUT_OF_CHARSET, pictured)
    if pictured:
        assert found.measured >= found.limit == LIMITS.pictured


@pytest.mark.parametrize("entered", ["欧阳靖宣", "欧阳静"])
def test_how_likely_the_entered_name_is_is_told_whatever_was_decided(entered: str) -> None:
    found = verdict(entered, Ink("欧阳靖萱", sure=0.99, others={3: {"宣": 0.002}}))
    assert found.equal is False
    assert 0 < found.likely < 0.01


def test_two_names_that_are_as_likely_share_alike() -> None:
    found = verdict("欧阳靖宣", Ink("欧阳靖萱", weak={3: 0.5}, others={3: {"宣": 0.5}}))
    assert found.likely == pytest.approx(0.5)


@pytest.mark.parametrize(("below", "reason"), [(0.0, Reason.LENGTH), (0.0001, Reason.UNCERTAIN)])
def test_another_length_is_told_just_at_the_limit(below: float, reason: Reason) -> None:
    read = field_of(Field.NAME, "林静子涵")._replace(legible=LIMITS.readable - below)
    assert match_name("欧阳靖", read, ALPHABET, LIMITS).reason is reason


WIDE = 32  # pixels more than a frame may have around glyphs of 30 before another one may have stood at an end


@pytest.mark.parametrize(
    ("entered", "pieces", "wider", "reason"),
    [
        pytest.param("欧阳靖萱", ["欧阳靖"], (WIDE - 1, 0), Reason.LENGTH, id="no room"),
        pytest.param("欧阳靖萱", ["欧阳靖"], (WIDE, 0), Reason.UNCERTAIN, id="room at an end"),
        pytest.param("欧阳靖萱", ["欧阳靖"], (0, 60 + WIDE), Reason.UNCERTAIN, id="room on a page that lies sideways"),
        pytest.param("欧阳靖萱", ["欧阳", "靖"], (WIDE, 0), Reason.LENGTH, id="two lines, which no frame measures"),
        pytest.param("欧阳靖", ["欧阳靖萱"], (WIDE, 0), Reason.LENGTH, id="room, and one less was entered"),
        pytest.param("欧靖阳", ["欧阳靖"], (WIDE, 0), Reason.DIFFERENT, id="room, and two changed places"),
        pytest.param("欧阳靖萱", ["靖"], (0, 0), Reason.UNCERTAIN, id="a single character was read"),
        pytest.param("欧阳靖萱", ["欧阳4"], (0, 0), Reason.UNCERTAIN, id="a sign was read"),
    ],
)
def test_print_in_which_a_character_may_be_lost_leaves_a_doubt(
    entered: str, pieces: list[Words], wider: tuple[int, int], reason: Reason
) -> None:
    read = field_of(Field.NAME, *pieces)
    left, top, right, bottom = read.box
    framed = read._replace(box=Box(left, top, right + wider[0], bottom + wider[1]))
    assert match_name(entered, framed, ALPHABET, LIMITS).reason is reason


def test_a_name_that_was_read_as_nothing_is_uncertain() -> None:
    nothing = field_of(Field.NAME, "欧")._replace(value=None, text="", pieces=())
    assert match_name("欧阳", nothing, ALPHABET, LIMITS) == NameMatch(None, Reason.UNCERTAIN, None, 0.0, LIMITS.likely)


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        pytest.param("王静之子", True, id="the son of"),
        pytest.param("王静之女", True, id="the daughter of"),
        pytest.param("王某之婴", True, id="the infant of"),
        pytest.param("王静宝宝", True, id="the baby of"),
        pytest.param("王静婴", True, id="infant"),
        pytest.param("王某某子", True, id="the son of somebody"),
        pytest.param("张子女", False, id="a name that ends like one"),
        pytest.param("李孝子", False, id="another"),
        pytest.param("欧阳靖萱", False, id="a name"),
    ],
)
def test_placeholders(name: str, is_one: bool) -> None:
    assert is_placeholder(name) is is_one


@pytest.mark.parametrize("ending", "子 女 婴 甲 乙 BB 大双 小双 大毛 小毛 双A 双B 之子 的女 宝宝".split())
def test_a_parents_name_with_such_an_ending_is_a_placeholder(ending: str) -> None:
    assert is_placeholder(f"林静{ending}", {"林静", "欧阳明"})
    if ending in {"子", "女", "甲", "乙", "大双", "小毛"}:
        assert not is_placeholder(f"林静{ending}", {"欧阳明"})


def test_a_parents_name_alone_is_none() -> None:
    assert not is_placeholder("林静女", {"林静女"})


_NAMES = st.text(alphabet=_HAN, min_size=1, max_size=6)
_INKS = st.builds(
    Ink,
    _NAMES,
    sure=st.floats(0.01, 1.0),
    weak=st.dictionaries(st.integers(0, 5), st.floats(0.01, 1.0), max_size=2),
    others=st.dictionaries(st.integers(0, 5), st.dictionaries(_HAN, st.floats(0.0001, 0.5), max_size=2), max_size=2),
)


@given(st.lists(st.sampled_from("欧阳靖萱㙘𠀋㐀ガ"), min_size=1, max_size=5), _INKS)
def test_a_name_that_no_engine_could_read_is_never_said_to_differ(chars: list[str], read: Ink) -> None:
    entered = "".join(chars)
    if not set(entered) <= ALPHABET:
        assert verdict(entered, read).equal is None


@given(_NAMES, _INKS)
def test_a_verdict_has_a_reason_exactly_if_it_is_not_equal(entered: str, read: Ink) -> None:
    found = verdict(entered, read)
    assert (found.reason is None) is (found.equal is True)
    assert 0 <= found.measured <= 1.0001


@given(_NAMES, _INKS)
def test_only_the_same_name_passes_without_a_person(entered: str, read: Ink) -> None:
    if verdict(entered, read).equal:
        assert normal_name(entered) == normal_name(read.text)


_SOFTER = frozenset({Reason.VARIANT, Reason.PLACEHOLDER})
_STROKES = frozenset("一丨丶丿亅乙乚丁卜")


@st.composite
def _edits(draw: st.DrawFn) -> tuple[str, str]:
    """A name, and the same with one character more or less, or with two neighbours swapped."""
    name = draw(st.text(alphabet=_HAN, min_size=2, max_size=6))
    at = draw(st.integers(0, len(name) - 2))
    more, less, swapped = name[:at] + draw(_HAN) + name[at:], name[:at] + name[at + 1 :], list(name)
    swapped[at : at + 2] = reversed(swapped[at : at + 2])
    return name, draw(st.sampled_from([more, less, "".join(swapped)]))


@given(_edits())
def test_a_name_that_was_read_with_certainty_differs_after_any_edit(names: tuple[str, str]) -> None:
    read, entered = names
    found = verdict(entered, read)
    if normal_name(entered) != normal_name(read) and found.reason not in _SOFTER and not _STROKES & set(read):
        assert (found.equal, found.reason) in {(False, Reason.LENGTH), (False, Reason.DIFFERENT)}
    assert found.equal is not True or normal_name(entered) == normal_name(read)


@given(_edits())
def test_an_edit_that_the_lattice_allows_accuses_nobody(names: tuple[str, str]) -> None:
    read, entered = names
    others = {at: dict.fromkeys({*entered, BLANK} - {char}, 0.05) for at, char in enumerate(read)}
    if len(entered) <= len(read):  # one more has no steps of its own
        assert verdict(entered, Ink(read, sure=0.6, others=others)).equal is not False


@given(_edits(), st.integers(0, 5), st.floats(0.01, 1.0))
def test_a_weak_character_hides_an_edit_only_in_a_name_that_is_hard_to_read(
    names: tuple[str, str], at: int, probability: float
) -> None:
    read, entered = names
    field = field_of(Field.NAME, Ink(read, weak={at % len(read): probability}))
    found = match_name(entered, field, ALPHABET, LIMITS)
    assert not found.edited or field.legible >= LIMITS.readable
    another = normal_name(entered) != normal_name(read)  # two equal neighbours, swapped, are no edit
    if found.equal is None and another and found.reason not in _SOFTER and not _STROKES & set(read):
        assert field.legible < LIMITS.readable


@given(_NAMES, _INKS, st.floats(0.5, 1.0), st.floats(0.5, 1.0))
def test_a_tighter_limit_accuses_nobody_more(entered: str, read: Ink, one: float, other: float) -> None:
    loose, tight = (NameLimits(certain=certain) for certain in sorted((one, other)))
    if match_name(entered, field_of(Field.NAME, read), ALPHABET, tight).equal is False:
        assert match_name(entered, field_of(Field.NAME, read), ALPHABET, loose).equal is False
