"""Birth certificates of every edition: the number wherever it stands, boxes to tick, labels from before 2014."""

import pytest

from models.documents import Field, PageKind, Person
from models.reading import Line, PageReading
from tests.support.cards import CERTIFICATE_NUMBER, FATHER_NUMBER, MOTHER_NUMBER, certificate
from tests.support.dossiers import Sent, dossier
from tests.support.lines import Ink, Words, line, page, rows

_BELOW = 1300  # where a certificate of the tests is empty
_RIGHT = 900


def _without_number(*lines: Line, barcodes: tuple[str, ...] = ()) -> PageReading:
    held = certificate({"出生医学证明编号": None}, barcodes=barcodes)
    kept = tuple(one for one in held.lines if one.text != "出生医学证明编号")
    return held.model_copy(update={"lines": (*kept, *lines)})


def _number(reading: PageReading) -> tuple[str | None, float]:
    field = dossier(Sent((reading,))).pages[0].get(Field.CERTIFICATE_NUMBER)
    return (field.value, field.confidence) if field else (None, 0.0)


def _said(reading: PageReading) -> dict[tuple[Field, Person | None], str | None]:
    fields = dossier(Sent((reading,))).pages[0].content.fields
    return {(slot.field, slot.person): field.value for slot, field in fields.items()}


RED = Ink("J110199123", measures={"redness": 0.3})


@pytest.mark.parametrize(
    ("lines", "number"),
    [
        pytest.param([line("编号 No.T110000000", _RIGHT, _BELOW)], "T110000000", id="behind 编号 No. in one line"),
        pytest.param(
            [line("编号 No.", _RIGHT, _BELOW), line("T110000000", _RIGHT + 300, _BELOW)], "T110000000", id="beside it"
        ),
        pytest.param(
            [line("编号 No.", 100, _BELOW), line("T110000000", _RIGHT, _BELOW + 90)], "T110000000", id="below a barcode"
        ),
        pytest.param([line("NoT110000000", _RIGHT, _BELOW)], "T110000000", id="close behind No"),
        pytest.param([line("T 1 1 0 0 0 0 0 0 0", _RIGHT, _BELOW)], "T110000000", id="set wide"),
        pytest.param([line("出生证编号", 100, _BELOW), line("T110000000", 300, _BELOW)], "T110000000", id="edition 3"),
        pytest.param([line(RED, _RIGHT, _BELOW)], "J110199123", id="in red print, which is else a stamp"),
        pytest.param(
            [line(Ink("TI10000000", others={1: {"1": 0.2}}), _RIGHT, _BELOW)],
            "T110000000",
            id="a digit read as a letter",
        ),
        pytest.param(
            [line("T110000000", _RIGHT, _BELOW), line("T110000000", 100, _BELOW)], "T110000000", id="on two parts"
        ),
        pytest.param([line("T110000000", _RIGHT, _BELOW), line("T110000001", 100, _BELOW)], None, id="two that differ"),
        pytest.param([line("编号 No110000000", _RIGHT, _BELOW)], None, id="the O of No is no letter of the number"),
        pytest.param([line("AT110000000", _RIGHT, _BELOW)], None, id="a longer number"),
        pytest.param([line("T1100000001", _RIGHT, _BELOW)], None, id="another longer number"),
    ],
)
def test_the_number_is_found_wherever_it_stands(lines: list[Line], number: str | None) -> None:
    assert _number(_without_number(*lines))[0] == number


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        pytest.param([line("2120740171", _RIGHT, _BELOW)], "2120740171", id="its letter read as a digit"),
        pytest.param([line("No.T11000000", _RIGHT, _BELOW)], "T11000000", id="a digit lost"),
        pytest.param([line("T1100000001", _RIGHT, _BELOW)], "T1100000001", id="a digit too many"),
        pytest.param([line("11000000012", _RIGHT, _BELOW)], None, id="a telephone number"),
        pytest.param([line("4008123456", _RIGHT, _BELOW)], None, id="a telephone number that is free of charge"),
        pytest.param(
            [line("T11000000", _RIGHT, _BELOW), line("T1100000001", 100, _BELOW)], None, id="two of them tell nothing"
        ),
    ],
)
def test_what_is_nearly_a_number_is_shown_without_a_value(lines: list[Line], text: str | None) -> None:
    field = dossier(Sent((_without_number(*lines),))).pages[0].get(Field.CERTIFICATE_NUMBER)
    assert (field and field.text) == text
    assert field is None or (field.value is None and field.legible > 0.9)


def test_a_number_in_stamp_ink_is_never_certain() -> None:
    red, black = _without_number(line(RED, _RIGHT, _BELOW)), _without_number(line("J110199123", _RIGHT, _BELOW))
    assert _number(red) == ("J110199123", 0.95)
    assert _number(black)[1] > 0.99


def test_the_number_of_a_parents_document_is_not_the_certificates() -> None:
    held = certificate({"出生医学证明编号": None}, father={"父亲姓名": "欧阳明", "有效身份证件号码": "K123456789"})
    assert _number(held)[0] is None


@pytest.mark.parametrize(
    ("lines", "number"),
    [
        pytest.param([], ("T110000000", 0.999), id="which is the only evidence"),
        pytest.param([line("编号 No.", _RIGHT, _BELOW)], ("T110000000", 0.999), id="beside a label without a number"),
        pytest.param(
            [line(Ink("T110000008", sure=0.6), _RIGHT, _BELOW)], ("T110000000", 0.999), id="against uncertain print"
        ),
        pytest.param(
            [line(Ink("T110000000", sure=0.95), _RIGHT, _BELOW)], ("T110000000", 0.999), id="that confirms the print"
        ),
    ],
)
def test_the_barcode_is_evidence_of_its_own(lines: list[Line], number: tuple[str, float]) -> None:
    value, confidence = _number(_without_number(*lines, barcodes=(CERTIFICATE_NUMBER,)))
    assert value == number[0]
    assert confidence >= number[1]


def test_a_barcode_replaces_no_certain_print() -> None:
    sure = line("T110000008", _RIGHT, _BELOW)
    assert _number(_without_number(sure, barcodes=(CERTIFICATE_NUMBER,)))[0] == "T110000008"


def test_a_barcode_on_another_document_is_no_certificate_number() -> None:
    bill = page(rows({"检验条码粘贴处以外请勿书写": None}), barcodes=(CERTIFICATE_NUMBER,))
    assert dossier(Sent((bill,))).pages[0].get(Field.CERTIFICATE_NUMBER) is None


def _edition_four(male: Words = "男□", female: Words = "女☑") -> PageReading:
    """The labels of 2004 to 2013, with the values in their columns."""
    placed: list[tuple[Words, int, int]] = [
        ("出生医学证明", 500, 20), ("新生儿姓名", 100, 100), ("王胜男", 300, 100), (male, 450, 100), (female, 560, 100),
        ("出生日期", 680, 100), ("2009年10月21日06时35分", 840, 100), ("出生地", 100, 170), ("北京市样本区", 300, 170),
        ("健康状况", 100, 240), ("良好☑", 300, 240), ("一般□", 420, 240), ("体重", 560, 240), ("3350g", 660, 240),
        ("身长", 860, 240), ("50cm", 960, 240), ("母亲姓名", 100, 310), ("林静", 300, 310), ("年龄", 450, 310),
        ("29", 540, 310), ("身份证号", 100, 380), (MOTHER_NUMBER, 300, 380), ("父亲姓名", 100, 450),
        ("欧阳明", 300, 450), ("身份证号", 100, 520), (FATHER_NUMBER, 300, 520), ("出生地点分类", 100, 590),
        ("医院☑", 330, 590), ("家庭□", 480, 590), ("接生机构名称", 100, 660), ("样本医院", 330, 660),
        ("出生证编号", 100, 730), ("J110199123", 300, 730), ("签发日期", 640, 730), ("2009年10月26日", 780, 730),
    ]  # fmt: skip
    return page([line(*row) for row in placed])


def test_the_labels_of_certificates_from_before_2014() -> None:
    assert _said(_edition_four()) == {
        (Field.NAME, Person.CHILD): "王胜男",
        (Field.SEX, Person.CHILD): "女",
        (Field.BIRTH_TIME, Person.CHILD): "2009-10-21T06:35",
        (Field.BIRTH_PLACE, Person.CHILD): "北京市样本区",
        (Field.WEIGHT_G, Person.CHILD): "3350",
        (Field.LENGTH_CM, Person.CHILD): "50",
        (Field.NAME, Person.MOTHER): "林静",
        (Field.AGE, Person.MOTHER): "29",
        (Field.ID_NUMBER, Person.MOTHER): MOTHER_NUMBER,
        (Field.NAME, Person.FATHER): "欧阳明",
        (Field.ID_NUMBER, Person.FATHER): FATHER_NUMBER,
        (Field.INSTITUTION, Person.CHILD): "样本医院",
        (Field.CERTIFICATE_NUMBER, None): "J110199123",
        (Field.ISSUE_DATE, None): "2009-10-26",
    }


@pytest.mark.parametrize(
    ("male", "female", "sex"),
    [
        pytest.param("男□", "女☑", "女", id="a tick that was read"),
        pytest.param("男口", "女日", "女", id="a ticked box that reads as another character"),
        pytest.param("男曰", "女口", "男", id="another such character"),
        pytest.param("男", "女口", "男", id="the box that was not read, when the other is empty"),
        pytest.param(Ink("男√", weak={1: 0.3}), "女口", "男", id="a tick that hardly reads"),
        pytest.param("男口", "女口", None, id="two empty boxes"),
        pytest.param("男√", "女√", None, id="two ticks"),
        pytest.param("男", "女", None, id="no box"),
    ],
)
def test_a_ticked_sex_is_read_and_never_certain(male: Words, female: Words, sex: str | None) -> None:
    view = dossier(Sent((_edition_four(male, female),))).pages[0]
    field = view.get(Field.SEX, Person.CHILD)
    assert field is not None
    assert (view.kind, field.value) == (PageKind.BIRTH_CERTIFICATE, sex)
    assert field.legible >= 0.3
    assert field.confidence < 0.98


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        pytest.param("身份证☑护照□其他", "居民身份证", id="an ID card"),
        pytest.param("身份证□护照☑其他□", "护照", id="a passport"),
        pytest.param("身份证护照□其他", "居民身份证", id="the box that was not read, when the other is empty"),
        pytest.param("身份证□护照□其他", None, id="none that is told"),
        pytest.param("居民身份证", "居民身份证", id="printed in words"),
    ],
)
def test_the_ticked_type_of_a_parents_id(words: str, kind: str | None) -> None:
    held = certificate(mother={"有效身份证件类别": words})
    field = dossier(Sent((held,))).pages[0].get(Field.ID_TYPE, Person.MOTHER)
    assert field is not None
    assert field.value == kind


def test_what_the_second_part_of_a_sheet_repeats_changes_nothing() -> None:
    first = certificate()
    again = [line("新生儿姓名", 100, 1320), line("欧阳靖置", 300, 1320)]
    assert _said(first.model_copy(update={"lines": (*first.lines, *again)}))[Field.NAME, Person.CHILD] == "欧阳靖萱"


def test_pre_printed_units_lower_no_confidence() -> None:
    apart, close = "2019年 11 月 23 日 08 时 30 分", "2019年11月23日08时30分"
    fields = [
        dossier(Sent((certificate({"出生时间": words}),))).pages[0].get(Field.BIRTH_TIME, Person.CHILD)
        for words in (apart, close)
    ]
    assert [field.value for field in fields if field] == ["2019-11-23T08:30"] * 2
    assert fields[0]
    assert fields[1]
    assert fields[0].confidence >= fields[1].confidence - 0.001


def _boxed(digits: str, *, without: int | None = None, unsure: int | None = None) -> list[Line]:
    """Each digit a line of its own, as far apart as boxes are; the 国籍 of the row above stands over some of them."""
    return [
        line(Ink(digit, sure=0.4) if at == unsure else digit, 300 + 45 * at, 380)
        for at, digit in enumerate(digits)
        if at != without
    ]


@pytest.mark.parametrize(
    ("digits", "number"),
    [
        pytest.param(_boxed(MOTHER_NUMBER), MOTHER_NUMBER, id="each digit a line"),
        pytest.param(_boxed(MOTHER_NUMBER, unsure=17), MOTHER_NUMBER, id="one that hardly reads is no speck"),
        pytest.param(_boxed(MOTHER_NUMBER, without=9), None, id="one that is lost"),
        pytest.param([line(" ".join(MOTHER_NUMBER), 300, 380)], MOTHER_NUMBER, id="all in one line"),
    ],
)
def test_a_number_in_boxes(digits: list[Line], number: str | None) -> None:
    held = _edition_four()
    others = [one for one in held.lines if one.text != MOTHER_NUMBER]
    above = [line("国籍", 640, 310), line("中国", 740, 310)]
    said = _said(held.model_copy(update={"lines": (*others, *above, *digits)}))
    assert said[Field.ID_NUMBER, Person.MOTHER] == number
    assert said[Field.NATIONALITY, Person.MOTHER] == "中国"


def test_type_and_number_of_an_id_in_one_row() -> None:
    held = certificate({"出生医学证明编号": None})
    kept = tuple(one for one in held.lines if one.text not in ("有效身份证件号码", MOTHER_NUMBER))
    top = next(one.upright.top for one in held.lines if one.text == MOTHER_NUMBER)
    row = [
        ("有效身份证件类别", 100),
        ("身份证☑", 380),
        ("护照□", 520),
        ("其他", 640),
        ("号码", 740),
        (MOTHER_NUMBER, 820),
    ]
    said = _said(held.model_copy(update={"lines": (*kept, *(line(words, x, top) for words, x in row))}))
    assert said[Field.ID_TYPE, Person.MOTHER] == "居民身份证"
    assert said[Field.ID_NUMBER, Person.MOTHER] == MOTHER_NUMBER
