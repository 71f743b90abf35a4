from collections.abc import Sequence

import pytest

from models.content import Slot
from models.documents import Field, PageKind
from models.geometry import Point
from models.reading import Line, PageReading
from pipeline.extract.form_templates import MEMBER, Pin, agreeing, align
from pipeline.judge.pages import PageView
from tests.support.dossiers import Sent, dossier
from tests.support.lines import line, page

_SCALE = 9.0  # pixels a millimetre: a line of the form is 30 pixels high
LABELS = {
    Field.NAME: "姓名", Field.SEX: "性别", Field.BIRTH_PLACE: "出生地", Field.ETHNICITY: "民族",
    Field.NATIVE_PLACE: "籍贯", Field.BIRTH_DATE: "出生日期", Field.RELIGION: "宗教信仰",
    Field.EDUCATION: "文化程度", Field.MARITAL_STATUS: "婚姻状况", Field.EMPLOYER: "服务处所", Field.OCCUPATION: "职业",
}  # fmt: skip
VALUES = {
    Field.NAME: "欧阳明", Field.SEX: "男", Field.BIRTH_PLACE: "北京市样本区", Field.ETHNICITY: "汉族",
    Field.NATIVE_PLACE: "北京市", Field.BIRTH_DATE: "1988年1月1日", Field.EMPLOYER: "样本中学",
    Field.OCCUPATION: "教师",
}  # fmt: skip


def _label(field: Field, words: str) -> Line:
    cell = MEMBER.cells[field]
    return line(words, round(cell.x * _SCALE) - 15 * len(words), round(cell.y * _SCALE) - 15)


def _value(field: Field, words: str) -> Line:
    cell = MEMBER.cells[field]
    return line(words, round(cell.value * _SCALE), round(cell.y * _SCALE) - 15)


def _card(
    without: Sequence[Field] = (), *, misread: dict[Field, str] | None = None, values: bool = True
) -> PageReading:
    labels = {field: words for field, words in LABELS.items() if field not in without} | (misread or {})
    lines = [_label(field, words) for field, words in labels.items()]
    lines += [_value(field, words) for field, words in VALUES.items()] if values else []
    return page([line("常住人口登记卡", 540, 50), *lines])


def _view(reading: PageReading) -> PageView:
    return dossier(Sent((reading,))).pages[0]._replace(holder=None)


@pytest.mark.parametrize("field", VALUES)
def test_a_value_whose_label_was_not_read_is_found_where_the_form_has_it(field: Field) -> None:
    assert _view(_card([field])).content.fields[Slot(field)].text == VALUES[field]


@pytest.mark.parametrize(
    ("field", "misread"),
    [
        pytest.param(Field.NAME, "姓各", id="one character misread"),
        pytest.param(Field.OCCUPATION, "积北", id="both misread"),
        pytest.param(Field.SEX, "性品", id="of a short value"),
    ],
)
def test_a_misread_label_is_no_value(field: Field, misread: str) -> None:
    fields = _view(_card([field], misread={field: misread})).content.fields
    assert {slot.field: found.text for slot, found in fields.items()} == VALUES


def test_too_few_labels_lay_no_form() -> None:
    kept = (Field.NAME, Field.SEX, Field.EDUCATION)
    labels = _view(_card([field for field in LABELS if field not in kept])).content.labels
    assert {slot.field for slot in labels} == set(kept)


@pytest.mark.parametrize("field", [Field.NAME, Field.BIRTH_DATE, Field.OCCUPATION])
def test_a_value_that_was_not_read_has_its_place(field: Field) -> None:
    whole = _card()
    read = _view(whole).content.fields[Slot(field)].box
    lines = [one for one in whole.lines if one.text != VALUES[field]]
    box = _view(whole.model_copy(update={"lines": tuple(lines)})).place(field).box
    assert box is not None
    both = read.overlap(box)
    assert both / (read.width * read.height + box.width * box.height - both) >= 0.5


def test_labels_that_were_not_read_make_no_card_a_blank_one() -> None:
    kept = list(LABELS)[:6]
    form = _view(_card([field for field in LABELS if field not in kept], values=False))
    assert len(form.content.labels) > 10
    assert form.kind is PageKind.HUKOU_MEMBER


_SQUARE = tuple(Pin(Point(x, y), Point(2 * x + 5, 2 * y - 3)) for x in (0.0, 50.0, 100.0) for y in (0.0, 40.0))


def test_a_place_lies_where_the_pins_lay_it() -> None:
    place = align(Point(30, 10), _SQUARE)
    assert place is not None
    assert place == pytest.approx((65, 17))


def test_a_pin_that_the_others_contradict_is_left_out() -> None:
    astray = Pin(Point(20, 20), Point(145, 37))
    assert agreeing((*_SQUARE, astray)) == _SQUARE


@pytest.mark.parametrize(
    "pins",
    [
        pytest.param(_SQUARE[:3], id="three"),
        pytest.param(tuple(pin for pin in (*_SQUARE, *_SQUARE) if pin.form.y == 0), id="one row"),
        pytest.param((), id="none"),
    ],
)
def test_pins_that_tell_nothing(pins: tuple[Pin, ...]) -> None:
    assert align(Point(30, 10), pins) is None
    assert agreeing(pins) == ()


@pytest.mark.parametrize(
    ("wide", "kept"),
    [
        pytest.param(0.9, False, id="squashed to less than half its width"),
        pytest.param(1.1, True, id="hardly half as wide as it should be"),
        pytest.param(3.9, True, id="hardly twice as wide"),
        pytest.param(4.1, False, id="more than twice as wide"),
    ],
)
def test_a_form_of_another_shape_is_another_form(wide: float, kept: bool) -> None:
    pins = tuple(Pin(pin.form, Point(wide * pin.form.x, pin.found.y)) for pin in _SQUARE)
    assert bool(agreeing(pins)) is kept
