import pytest

from models.documents import DocumentKind, Field, PageKind, Person
from models.geometry import Quad
from models.reading import PageReading
from pipeline.extract.page_classifier import classify_page
from pipeline.judge.pages import PageView
from tests.support.cards import (
    CHILD_NUMBER,
    FATHER_NUMBER,
    MOTHER_NUMBER,
    certificate,
    changes_page,
    emblem,
    home,
    member,
    portrait,
    unreadable,
)
from tests.support.dossiers import FAMILY, Sent, dossier
from tests.support.lines import Ink, Words, line, page, rows, seen

_LABELS = (
    "姓名 户主或与户主关系 曾用名 性别 出生地 民族 籍贯 出生日期 宗教信仰 公民身份证件编号 文化程度 婚姻状况".split()
)
BLANK = page(rows(dict.fromkeys(_LABELS), title="常住人口登记卡"))
NOTICE = page(rows({"注意事项": None, "居民户口簿具有证明公民身份状况的效力": None, "户口登记机关": None}))
COVER = page([line("居民户口簿", 500, 500), line("中华人民共和国公安部制", 400, 900)])
HEADED = page(
    rows(
        {
            "户别": "农业家庭户口",
            "户王姓名": "吴沐星",
            "户 号": "137681030",
            "省级公安机关户口专用章": None,
            "户口登记机关": None,
        },
        title="居民户口簿首页",
    )
)
ATTACHMENT = page([line("附件", 100, 100)])
FOREIGN = page(rows({"电费通知单": None, "本月应交金额": "一百二十元", "请于月底前交清": None}))


def _view(reading: PageReading, hint: DocumentKind | None = None) -> PageView:
    return dossier(Sent((reading,), hint)).pages[0]._replace(holder=None)


@pytest.mark.parametrize(
    ("reading", "kind"),
    [
        pytest.param(portrait(), PageKind.ID_PORTRAIT, id="the portrait side of a card"),
        pytest.param(
            page(portrait({"公民身份号码": None}).lines[:-1]),
            PageKind.ID_PORTRAIT,
            id="the portrait side below whose number a note lies",
        ),
        pytest.param(emblem(), PageKind.ID_EMBLEM, id="the emblem side"),
        pytest.param(COVER, PageKind.HUKOU_COVER, id="the cover of a register"),
        pytest.param(home(), PageKind.HUKOU_HOME, id="the 首页"),
        pytest.param(HEADED, PageKind.HUKOU_HOME, id="a 首页 with a heading, its labels misread"),
        pytest.param(member(), PageKind.HUKOU_MEMBER, id="a member card"),
        pytest.param(member({"姓名": "登记住址"}), PageKind.HUKOU_MEMBER, id="a member card with a strange name"),
        pytest.param(changes_page(), PageKind.HUKOU_CHANGES, id="an empty page for changes"),
        pytest.param(changes_page("2020年1月1日"), PageKind.HUKOU_CHANGES, id="a page with a change"),
        pytest.param(NOTICE, PageKind.HUKOU_NOTICE, id="the notice"),
        pytest.param(BLANK, PageKind.HUKOU_BLANK, id="a blank card"),
        pytest.param(certificate(), PageKind.BIRTH_CERTIFICATE, id="a birth certificate"),
        pytest.param(FOREIGN, PageKind.OTHER, id="a page of somebody else's"),
        pytest.param(page(()), PageKind.OTHER, id="an empty page"),
        pytest.param(unreadable(), PageKind.UNREADABLE, id="a page that does not read"),
        pytest.param(page([line("附件", 0, 0)]), PageKind.OTHER, id="two characters that read"),
        pytest.param(page([line(Ink("附件", sure=0.84), 0, 0)]), PageKind.UNREADABLE, id="two that hardly read"),
        pytest.param(
            page([line("附件" * 6, 0, 0), line(Ink("附件", sure=0.84), 0, 40)]),
            PageKind.OTHER,
            id="a seventh hardly reads",
        ),
        pytest.param(
            page([line("附件" * 5, 0, 0), line(Ink("附件", sure=0.84), 0, 40)]),
            PageKind.UNREADABLE,
            id="a sixth hardly reads",
        ),
        pytest.param(seen(ATTACHMENT, edge_width=0.12), PageKind.OTHER, id="as crisp as needed"),
        pytest.param(seen(ATTACHMENT, edge_width=0.121), PageKind.UNREADABLE, id="blurred print"),
        pytest.param(seen(ATTACHMENT, contrast=0.3), PageKind.OTHER, id="as dark as needed"),
        pytest.param(seen(ATTACHMENT, contrast=0.29), PageKind.UNREADABLE, id="faint print"),
        pytest.param(seen(ATTACHMENT, height=11), PageKind.OTHER, id="as large as needed"),
        pytest.param(seen(ATTACHMENT, height=10.9), PageKind.UNREADABLE, id="tiny print"),
        pytest.param(
            page(rows({"曾用名": None, "籍贯": None, "姓名": "欧阳明"})),
            PageKind.HUKOU_MEMBER,
            id="a card without its title",
        ),
        pytest.param(
            page([line("常住人口登己卡", 100, 20)]), PageKind.HUKOU_MEMBER, id="a title with one misread character"
        ),
        pytest.param(
            page(rows({"户☑别": "家庭户", "户主姓名": "欧阳明", "户☑号": "0123"})),
            PageKind.HUKOU_HOME,
            id="words set so wide that signs were seen in between",
        ),
        pytest.param(
            page(rows({"曾用名": None, "籍貫": None, "姓名": "欧阳明"})),
            PageKind.HUKOU_MEMBER,
            id="a word read in traditional characters",
        ),
        pytest.param(page(rows({"姓名": "欧阳明", "性别": "男"})), PageKind.UNREADABLE, id="too little of anything"),
    ],
)
def test_a_page_is_told_from_its_words(reading: PageReading, kind: PageKind) -> None:
    assert _view(reading).kind is kind


@pytest.mark.parametrize("reading", FAMILY)
def test_the_order_of_lines_does_not_tell_the_kind(reading: PageReading) -> None:
    assert classify_page(reading.lines[::-1]) is classify_page(reading.lines)


@pytest.mark.parametrize(
    ("reading", "values"),
    [
        pytest.param(
            portrait(),
            {
                (Field.NAME, None): "欧阳明",
                (Field.SEX, None): "男",
                (Field.ETHNICITY, None): "汉",
                (Field.BIRTH_DATE, None): "1988-01-01",
                (Field.ADDRESS, None): "北京市样本区梧桐路18号",
                (Field.ID_NUMBER, None): FATHER_NUMBER,
            },
            id="the portrait side",
        ),
        pytest.param(
            emblem(),
            {
                (Field.ISSUING_AUTHORITY, None): "北京市公安局样本分局",
                (Field.VALID_FROM, None): "2020-01-01",
                (Field.VALID_UNTIL, None): "2040-01-01",
            },
            id="the emblem side",
        ),
        pytest.param(
            home(),
            {
                (Field.HOUSEHOLD_TYPE, None): "家庭户",
                (Field.HEAD_NAME, None): "欧阳明",
                (Field.HOUSEHOLD_NUMBER, None): "110199000123",
                (Field.ADDRESS, None): "北京市样本区梧桐路18号",
            },
            id="the 首页",
        ),
        pytest.param(
            member(),
            {
                (Field.NAME, None): "欧阳靖萱",
                (Field.RELATION, None): "女",
                (Field.SEX, None): "女",
                (Field.ETHNICITY, None): "汉",
                (Field.BIRTH_PLACE, None): "北京市样本区",
                (Field.NATIVE_PLACE, None): "北京市样本区",
                (Field.BIRTH_DATE, None): "2019-11-23",
                (Field.ID_NUMBER, None): CHILD_NUMBER,
            },
            id="a member card",
        ),
        pytest.param(
            certificate(),
            {
                (Field.NAME, Person.CHILD): "欧阳靖萱",
                (Field.SEX, Person.CHILD): "女",
                (Field.BIRTH_TIME, Person.CHILD): "2019-11-23T08:30",
                (Field.GESTATION_WEEKS, Person.CHILD): "39",
                (Field.INSTITUTION, Person.CHILD): "样本医院",
                (Field.NAME, Person.MOTHER): "林静",
                (Field.ID_NUMBER, Person.MOTHER): MOTHER_NUMBER,
                (Field.NAME, Person.FATHER): "欧阳明",
                (Field.ID_NUMBER, Person.FATHER): FATHER_NUMBER,
                (Field.CERTIFICATE_NUMBER, None): "T110000000",
                (Field.ISSUER, None): "样本医院",
            },
            id="a birth certificate",
        ),
        pytest.param(changes_page("2020年1月1日"), {}, id="a page for changes holds no fields"),
        pytest.param(BLANK, {}, id="a blank card holds none"),
    ],
)
def test_the_fields_of_a_page(reading: PageReading, values: dict[tuple[Field, Person | None], str]) -> None:
    fields = _view(reading).content.fields
    assert {(slot.field, slot.person): field.value for slot, field in fields.items()} == values


@pytest.mark.parametrize(
    ("period", "ends"),
    [
        pytest.param("2020.01.01-2040.01.01", ("2020-01-01", "2040-01-01"), id="a dash"),
        pytest.param("2020.01.01—2040.01.01", ("2020-01-01", "2040-01-01"), id="a long dash"),
        pytest.param("2020.01.01至2040.01.01", ("2020-01-01", "2040-01-01"), id="a word"),
        pytest.param("2020.01.01-长期", ("2020-01-01", "长期"), id="for ever"),
        pytest.param("2020.01.01", ("2020-01-01", None), id="no end"),
        pytest.param("-2040.01.01", (None, None), id="one date behind a dash, which may be a speck before the start"),
        pytest.param("自2020.01.01-2040.01.01", ("2020-01-01", "2040-01-01"), id="a word before the start"),
        pytest.param("仅供2020.01.01-长期", ("2020-01-01", "长期"), id="a piece of a watermark before the start"),
        pytest.param("-2020.01.01-2040.01.01", ("2020-01-01", "2040-01-01"), id="a speck before the start"),
        pytest.param("2020.01.012040.01.01", ("2020-01-01", "2040-01-01"), id="no dash between the dates"),
        pytest.param("202O.O1.01-2040.01.01", (None, "2040-01-01"), id="a start of which digits are left"),
        pytest.param("2020.01.01-2O40.01.01", ("2020-01-01", None), id="an end that did not read"),
        pytest.param("-长期", (None, "长期"), id="for ever, without a start"),
        pytest.param(None, (None, None), id="nothing"),
    ],
)
def test_both_ends_of_a_validity(period: str | None, ends: tuple[str | None, str | None]) -> None:
    view = _view(emblem(period))
    assert (view.value(Field.VALID_FROM), view.value(Field.VALID_UNTIL)) == ends


def test_the_ends_of_a_validity_may_stand_in_two_lines() -> None:
    split = emblem("2020.01.01-")
    after = line("2040.01.01", 600, split.lines[-1].upright.top)
    view = _view(split.model_copy(update={"lines": (*split.lines, after)}))
    assert (view.value(Field.VALID_FROM), view.value(Field.VALID_UNTIL)) == ("2020-01-01", "2040-01-01")


def test_a_date_that_may_be_either_end_is_shown_to_a_person_and_expires_nothing() -> None:
    until = _view(emblem("-2019.01.01")).get(Field.VALID_UNTIL)
    assert until is not None
    assert (until.text, until.value, until.legible > 0.9) == ("2019.01.01", None, True)


def test_english_labels_of_a_certificate_are_no_values() -> None:
    held = certificate()
    english = line("Full name of baby", 560, held.lines[1].upright.top)
    view = _view(held.model_copy(update={"lines": (*held.lines, english)}))
    assert view.value(Field.NAME, Person.CHILD) == "欧阳靖萱"


def test_boxes_are_of_the_page_as_decoded_and_not_of_the_straightened_document() -> None:
    moved = [
        one.model_copy(
            update={
                "quad": Quad.of_box(one.upright._replace(left=one.upright.left + 500, right=one.upright.right + 500))
            }
        )
        for one in member().lines
    ]
    view = _view(member().model_copy(update={"lines": tuple(moved)}))
    name = view.get(Field.NAME)
    assert name is not None
    assert (name.box.left, name.box.right) == (690, 810)


def test_nothing_past_the_end_of_a_field_has_a_place() -> None:
    name = _view(member()).get(Field.NAME)
    assert name is not None
    assert name.glyph_box(4) is None


@pytest.mark.parametrize("words", [pytest.param("12345", id="certain"), pytest.param(Ink("12345", sure=0.2), id="not")])
def test_a_text_that_is_no_such_value_is_never_confident(words: Words) -> None:
    number = _view(member({"公民身份证件编号": words})).get(Field.ID_NUMBER)
    assert number is not None
    assert number.value is None
    assert number.confidence <= 0.3


def test_a_page_without_measures_of_its_own_is_still_the_same_page() -> None:
    assert _view(seen(member(), contrast=0.01)).content.fields.keys() == _view(member()).content.fields.keys()
