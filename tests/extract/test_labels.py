from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.content import Slot
from models.documents import Field
from models.geometry import Box
from models.reading import Line
from pipeline.extract.form import read_form
from pipeline.extract.household import read_member
from pipeline.extract.labels import find_labels
from pipeline.extract.runs import cut, whole
from pipeline.extract.value_pairing import values_beside
from tests.support.cards import member
from tests.support.lines import Ink, line, page

SPELLINGS: Mapping[Field | None, tuple[str, ...]] = {
    Field.NAME: ("姓名",),
    Field.HEAD_NAME: ("户主姓名",),
    Field.HOUSEHOLD_NUMBER: ("户号",),
    Field.ADDRESS: ("住址",),
    Field.SEX: ("性别",),
    Field.RELATION: ("户主或与户主关系", "户主或与", "户主关系"),
    Field.NATIVE_PLACE: ("籍贯",),
    None: ("承办人签章",),
}


def _read(lines: Sequence[Line]) -> dict[Field, str]:
    return {slot.field: field.text for slot, field in read_form(lines, SPELLINGS).fields.items()}


@pytest.mark.parametrize(
    ("lines", "fields"),
    [
        pytest.param(
            [line("姓名", 0, 0), line("欧阳明", 100, 0)], {Field.NAME: "欧阳明"}, id="a value beside its label"
        ),
        pytest.param([line("姓名欧阳明", 0, 0)], {Field.NAME: "欧阳明"}, id="label and value in one line"),
        pytest.param([line("姓名：欧阳明", 0, 0)], {Field.NAME: "欧阳明"}, id="a colon between them"),
        pytest.param([line("姓 名 欧 阳 明", 0, 0)], {Field.NAME: "欧阳明"}, id="spaces between all characters"),
        pytest.param(
            [line("姓名欧阳明性别男", 0, 0)], {Field.NAME: "欧阳明", Field.SEX: "男"}, id="two fields in one line"
        ),
        pytest.param(
            [line("户主姓名欧阳明", 0, 0)], {Field.HEAD_NAME: "欧阳明"}, id="the longer of two labels that fit"
        ),
        pytest.param(
            [line("户", 0, 0), line("号", 60, 0), line("0123", 150, 0)],
            {Field.HOUSEHOLD_NUMBER: "0123"},
            id="a label set so wide that it is two lines",
        ),
        pytest.param([line("户", 0, 0), line("号", 300, 0)], {}, id="two characters too far apart to be a label"),
        pytest.param([line("户", 0, 0), line("号", 60, 40)], {}, id="two characters in different rows"),
        pytest.param(
            [line("户主姓各欧阳明", 0, 0)], {Field.HEAD_NAME: "欧阳明"}, id="a label with one misread character"
        ),
        pytest.param([line("户土姓各欧阳明", 0, 0)], {}, id="a label with two misread characters"),
        pytest.param([line("姓各欧阳明", 0, 0)], {}, id="a short label is taken as it stands"),
        pytest.param(
            [line("住址", 0, 0), line("北京市样本区", 100, 0), line("梧桐路18号", 100, 35)],
            {Field.ADDRESS: "北京市样本区梧桐路18号"},
            id="a value that wraps into a second row",
        ),
        pytest.param(
            [line("住址", 0, 0), line("北京市", 100, 0), line("样本区", 100, 35), line("5号", 100, 70)],
            {Field.ADDRESS: "北京市样本区5号"},
            id="and into a third",
        ),
        pytest.param(
            [line("住址", 0, 0), line("梧桐路", 100, 35), line("北京市", 100, 0)],
            {Field.ADDRESS: "北京市梧桐路"},
            id="rows that came in another order",
        ),
        pytest.param(
            [line("姓名", 0, 0), line("阳明", 160, 2), line("欧", 100, 0)],
            {Field.NAME: "欧阳明"},
            id="a value in two pieces",
        ),
        pytest.param(
            [line("姓名", 0, 0), line("欧阳明", 50, 4)],
            {Field.NAME: "欧阳明"},
            id="a value that slipped into its label",
        ),
        pytest.param([line("姓名", 0, 0), line("欧阳明", 0, 40)], {Field.NAME: "欧阳明"}, id="a value below its label"),
        pytest.param([line("姓名", 0, 0), line("欧阳明", 0, 300)], {}, id="a text far below the label"),
        pytest.param(
            [line("姓名", 0, 0), line("欧阳明", 100, 0), line("性别", 300, 0), line("男", 400, 0)],
            {Field.NAME: "欧阳明", Field.SEX: "男"},
            id="two labels in one row",
        ),
        pytest.param(
            [line("姓名", 0, 0), line(Ink("样本分局", measures={"redness": 0.3}), 100, 0)], {}, id="text in stamp ink"
        ),
        pytest.param(
            [line(Ink("姓名", measures={"redness": 0.3}), 0, 0), line("欧阳明", 100, 0)], {}, id="a label in stamp ink"
        ),
        pytest.param(
            [line("姓名", 0, 0), line(Ink("欧阳明", measures={"redness": 0.07}), 100, 0)],
            {Field.NAME: "欧阳明"},
            id="text that a stamp has tinged",
        ),
        pytest.param(
            [line("姓名", 0, 0), line(Ink("样本分局", measures={"redness": 0.05, "contrast": 0.1}), 100, 0)],
            {},
            id="what is left of a faded stamp",
        ),
        pytest.param(
            [line("姓名", 0, 0), line("注销", 100, 0).model_copy(update={"stamped": True})],
            {},
            id="words that were read among the stamps",
        ),
        pytest.param([line("姓名区", 0, 0), line("欧阳明", 60, 0)], {Field.NAME: "欧阳明"}, id="a line found too long"),
        pytest.param(
            [line("姓名", 0, 40), line("欧阳明", 100, 40), line("样本", 700, 24)],
            {Field.NAME: "欧阳明"},
            id="a word far aside and half a row above",
        ),
        pytest.param(
            [line("姓名", 0, 40), line("欧阳明", 100, 40), line(Ink("H2", measures={"height": 22.0}), 5, 16)],
            {Field.NAME: "欧阳明"},
            id="the label in a second script above it",
        ),
        pytest.param(
            [line("承办人签章", 0, 0), line("欧阳明", 200, 0)], {}, id="the form's own words announce nothing"
        ),
        pytest.param(
            [line("户主或与", 0, 0), line("户主关系", 0, 32), line("长女", 150, 16)],
            {Field.RELATION: "长女"},
            id="a label in two rows, with the value between them",
        ),
        pytest.param([line("姓☑名欧阳明", 0, 0)], {Field.NAME: "欧阳明"}, id="a stray sign in a label set wide"),
        pytest.param([line("籍 ☑ 贯", 0, 0), line("北京", 200, 0)], {Field.NATIVE_PLACE: "北京"}, id="and spaces"),
        pytest.param([line("姓1名欧阳明", 0, 0)], {}, id="a digit between two characters is no stray sign"),
        pytest.param([line("姓☑☑名欧阳明", 0, 0)], {}, id="two signs between them are too many"),
        pytest.param([line("姓：名欧阳明", 0, 0)], {}, id="a colon ends a label"),
        pytest.param(
            [line("北京市样本区籍☑贯", 0, 0), line("北京", 290, 0)],
            {Field.NATIVE_PLACE: "北京"},
            id="a neighbour's value in the line of a label",
        ),
        pytest.param([line("性別女", 0, 0)], {Field.SEX: "女"}, id="a label read in traditional characters"),
        pytest.param(
            [
                line("户主姓名", 0, 0),
                line("欧阳明", 150, 0),
                line("住址", 30, 84),
                line("北京市样本区梧桐", 150, 48),
                line("路18号院", 150, 81),
                line("7号楼", 150, 114),
            ],
            {Field.HEAD_NAME: "欧阳明", Field.ADDRESS: "北京市样本区梧桐路18号院7号楼"},
            id="a value in three rows whose middle stands level with its label",
        ),
        pytest.param(
            [line("姓名", 0, 0), line("欧阳明", 90, 0), line("性别", 0, 36), line("男", 90, 36)],
            {Field.NAME: "欧阳明", Field.SEX: "男"},
            id="values of close rows, each level with its own label",
        ),
        pytest.param(
            [line("性别", 0, 0), line("户主姓名", -100, 42), line("欧阳明", 20, 42)],
            {Field.HEAD_NAME: "欧阳明"},
            id="a value below one label and beside another",
        ),
        pytest.param(
            [line("姓名", 0, 0), line("欧阳明", 90, 0), line("照片", 400, 0)],
            {Field.NAME: "欧阳明"},
            id="a text beyond a wide gap",
        ),
        pytest.param(
            [line("姓名", 0, 0), line("Singqmingz", 80, 0), line("欧阳明", 90, 30)],
            {Field.NAME: "欧阳明"},
            id="small letters of a second script",
        ),
        pytest.param(
            [line("承办人签章", 0, 0), line("住址", 45, 32), line("北京市", 200, 12)],
            {Field.ADDRESS: "北京市"},
            id="the form's words as upper row of a label",
        ),
        pytest.param([line("姓名", 0, 0)], {}, id="a label alone"),
        pytest.param([line("欧阳明", 0, 0)], {}, id="a value alone"),
        pytest.param([], {}, id="nothing"),
    ],
)
def test_values_are_found_beside_their_labels(lines: Sequence[Line], fields: dict[Field, str]) -> None:
    assert _read(lines) == fields


def test_a_label_in_two_rows_is_one_label() -> None:
    sheet = find_labels([line("户主或与", 0, 0), line("户主关系", 0, 32)], SPELLINGS)
    assert [(label.key, label.box) for label in sheet.labels] == [(Field.RELATION, Box(0, 0, 120, 62))]


def test_a_label_without_a_value_keeps_its_place() -> None:
    form = read_form([line("姓名", 0, 0), line("性别", 0, 100), line("男", 100, 100)], SPELLINGS)
    assert form.labels[Slot(Field.NAME)].quad.box == Box(0, 0, 60, 30)
    assert Slot(Field.NAME) not in form.fields


@pytest.mark.parametrize(
    "low", [pytest.param(-22, id="too high"), pytest.param(0, id="in place"), pytest.param(22, id="too low")]
)
def test_values_that_all_slipped_alike_keep_their_labels(low: int) -> None:
    cells = {"户主姓名": "欧阳明", "户号": "0123", "住址": "北京市", "性别": "男", "籍贯": "北京"}
    lines = [line(label, 0, 100 + 58 * at) for at, label in enumerate(cells)]
    lines += [line(value, 150, 100 + 58 * at + low) for at, value in enumerate(cells.values())]
    assert list(_read(lines).values()) == list(cells.values())


def test_a_speck_beside_a_value_is_left_out() -> None:
    lines = [line("姓名", 0, 0), line(Ink("一", sure=0.3), 70, 0), line("欧阳明", 110, 0)]
    assert _read(lines) == {Field.NAME: "欧阳明"}


def test_the_number_of_the_household_above_a_card_is_no_relation() -> None:
    numbered = page((*member().lines, line("户号009783369", 370, 112)))
    assert read_member(numbered.lines).fields[Slot(Field.RELATION)].text == "女"


@given(st.integers(0, 300), st.integers(0, 300))
def test_where_the_page_lies_makes_no_difference(x: int, y: int) -> None:
    lines = [line("姓名", x, y), line("欧阳明", x + 100, y), line("籍贯", x, y + 60), line("北京", x + 100, y + 60)]
    assert _read(lines) == {Field.NAME: "欧阳明", Field.NATIVE_PLACE: "北京"}


@given(st.permutations(["姓名", "欧阳明", "性别", "男", "住址", "北京市"]))
def test_the_order_of_lines_makes_no_difference(order: list[str]) -> None:
    places = {
        "姓名": (0, 0),
        "欧阳明": (100, 0),
        "性别": (0, 60),
        "男": (100, 60),
        "住址": (0, 120),
        "北京市": (100, 120),
    }
    fields = {Field.NAME: "欧阳明", Field.SEX: "男", Field.ADDRESS: "北京市"}
    assert _read([line(text, *places[text]) for text in order]) == fields


@given(st.text(alphabet="姓名户主性别住址欧阳明 ：", max_size=12))
def test_every_character_is_label_or_value_or_space_and_none_is_both(text: str) -> None:
    sheet = find_labels([line(text, 0, 0)], SPELLINGS)
    held = sum(len(runs) for runs in values_beside(sheet).values())
    assert held <= len(sheet.runs)
    assert sum(len(run.text) for run in sheet.runs) <= len(text)
    for run in sheet.runs:
        assert run.text in text.replace(" ", "")


@pytest.mark.parametrize(
    ("taken", "texts"),
    [
        pytest.param([], ["姓名：欧阳明"], id="nothing taken"),
        pytest.param([(0, 2)], ["欧阳明"], id="the label taken, and the colon left behind it"),
        pytest.param([(3, 6)], ["姓名"], id="the value taken"),
        pytest.param([(2, 3)], ["姓名", "欧阳明"], id="something between them taken"),
        pytest.param([(0, 6)], [], id="everything taken"),
        pytest.param([(4, 6), (0, 2)], ["欧"], id="two stretches, in any order"),
    ],
)
def test_cut(taken: list[tuple[int, int]], texts: list[str]) -> None:
    assert [run.text for run in cut(whole(line("姓名：欧阳明", 0, 0)), taken)] == texts


def test_a_run_stands_where_its_characters_stand() -> None:
    run = whole(line("姓名欧阳明", 100, 50))._replace(first=2)
    assert run.upright == Box(160, 50, 250, 80)
    assert run.on_page.box == Box(160, 50, 250, 80)
    assert run.glyph_quad(1).box == Box(190, 50, 220, 80)
    assert run.confidence == pytest.approx(0.999)
