from collections.abc import Sequence

import pytest

from models.documents import DocumentKind, Field, PageKind, Person
from models.geometry import Quad
from models.reading import PageReading
from models.submission import Guardian, GuardianRelation
from pipeline.documents.identify import identify
from pipeline.documents.pages import PageView, view_page
from pipeline.documents.values import ETHNICITIES, normal_value
from tests.support.dossiers import (
    CHILD_NUMBER,
    FAMILY,
    FATHER_NUMBER,
    GUARDIAN,
    MOTHER_NUMBER,
    Ink,
    Sent,
    Words,
    certificate,
    changes_page,
    dossier,
    emblem,
    father,
    home,
    id_number,
    line,
    member,
    mother,
    page,
    portrait,
    rows,
    seen,
    unreadable,
)

_LABELS = "姓名 户主或与户主关系 曾用名 性别 出生地 民族 籍贯 出生日期 宗教信仰 公民身份证件编号 文化程度 婚姻状况".split()
BLANK = page(rows(dict.fromkeys(_LABELS), title="常住人口登记卡"))
NOTICE = page(rows({"注意事项": None, "居民户口簿具有证明公民身份状况的效力": None, "户口登记机关": None}))
COVER = page([line("居民户口簿", 500, 500), line("中华人民共和国公安部制", 400, 900)])
FOREIGN = page(rows({"电费通知单": None, "本月应交金额": "一百二十元", "请于月底前交清": None}))


def _view(reading: PageReading, hint: DocumentKind | None = None) -> PageView:
    return view_page(dossier(Sent((reading,), hint)).files[0].file, reading)


@pytest.mark.parametrize(
    ("reading", "kind"),
    [
        pytest.param(portrait(), PageKind.ID_PORTRAIT, id="the portrait side of a card"),
        pytest.param(emblem(), PageKind.ID_EMBLEM, id="the emblem side"),
        pytest.param(COVER, PageKind.HUKOU_COVER, id="the cover of a register"),
        pytest.param(home(), PageKind.HUKOU_HOME, id="the 首页"),
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
        pytest.param(page([line("十二个字都读得很清楚哦", 0, 0)]), PageKind.UNREADABLE, id="eleven characters that read"),
        pytest.param(page([line("十二个字都读得很清楚了哦", 0, 0)]), PageKind.OTHER, id="twelve characters that read"),
        pytest.param(
            page([line(Ink("十二个字都读得不是很清楚", sure=0.84), 0, 0)]), PageKind.UNREADABLE, id="twelve that hardly read"
        ),
        pytest.param(
            page(rows({"曾用名": None, "籍贯": None, "姓名": "欧阳明"})), PageKind.HUKOU_MEMBER, id="a card without its title"
        ),
        pytest.param(
            page([line("常住人口登己卡", 100, 20)]), PageKind.HUKOU_MEMBER, id="a title with one misread character"
        ),
        pytest.param(page(rows({"姓名": "欧阳明", "性别": "男"})), PageKind.UNREADABLE, id="too little of anything"),
    ],
)
def test_a_page_is_told_from_its_words(reading: PageReading, kind: PageKind) -> None:
    assert _view(reading).kind is kind


@pytest.mark.parametrize("reading", FAMILY)
def test_the_order_of_lines_does_not_tell_the_kind(reading: PageReading) -> None:
    assert identify(reading.lines[::-1]) is identify(reading.lines)


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
    fields = _view(reading).form.fields
    assert {(slot.field, slot.person): field.value for slot, field in fields.items()} == values


@pytest.mark.parametrize(
    ("period", "ends"),
    [
        pytest.param("2020.01.01-2040.01.01", ("2020-01-01", "2040-01-01"), id="a dash"),
        pytest.param("2020.01.01—2040.01.01", ("2020-01-01", "2040-01-01"), id="a long dash"),
        pytest.param("2020.01.01至2040.01.01", ("2020-01-01", "2040-01-01"), id="a word"),
        pytest.param("2020.01.01-长期", ("2020-01-01", "长期"), id="for ever"),
        pytest.param("2020.01.01", ("2020-01-01", None), id="no end"),
        pytest.param("-2040.01.01", (None, "2040-01-01"), id="no start"),
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


def test_english_labels_of_a_certificate_are_no_values() -> None:
    held = certificate()
    english = line("Full name of baby", 560, held.lines[1].upright.top)
    view = _view(held.model_copy(update={"lines": (*held.lines, english)}))
    assert view.value(Field.NAME, Person.CHILD) == "欧阳靖萱"


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        pytest.param(Field.SEX, "女", "女", id="a sex"),
        pytest.param(Field.SEX, "性女", "女", id="a sex beside a piece of its label"),
        pytest.param(Field.SEX, "文", None, id="a sex that is none"),
        pytest.param(Field.ETHNICITY, "汉", "汉", id="a nationality"),
        pytest.param(Field.ETHNICITY, "维吾尔族", "维吾尔族", id="a nationality with its suffix, as printed"),
        pytest.param(Field.ETHNICITY, "入籍（美国）", "入籍（美国）", id="a naturalised person"),
        pytest.param(Field.ETHNICITY, "汊", None, id="a nationality that is none"),
        pytest.param(Field.ID_NUMBER, "１１０１９９２０１９１１２３００２０", CHILD_NUMBER, id="a full-width number"),
        pytest.param(Field.ID_NUMBER, f"号码{CHILD_NUMBER}。", CHILD_NUMBER, id="a number among other characters"),
        pytest.param(Field.ID_NUMBER, CHILD_NUMBER[:17], None, id="a number that lost a digit"),
        pytest.param(Field.ID_NUMBER, "110199201913230020", None, id="a number without a birth date"),
        pytest.param(Field.CERTIFICATE_NUMBER, "编号T110000000", "T110000000", id="a certificate number"),
        pytest.param(Field.CERTIFICATE_NUMBER, "T11000000", None, id="a certificate number that lost a digit"),
        pytest.param(Field.BIRTH_TIME, "2019年11月23日08时30分", "2019-11-23T08:30", id="a time of birth"),
        pytest.param(Field.BIRTH_TIME, "2019年11月23日8:05", "2019-11-23T08:05", id="with a colon"),
        pytest.param(Field.BIRTH_TIME, "2019年11月23日25时30分", "2019-11-23", id="an hour that is none"),
        pytest.param(Field.BIRTH_TIME, "2019年11月23日", "2019-11-23", id="a day alone"),
        pytest.param(Field.BIRTH_TIME, "2019年2月30日08时30分", None, id="a day that never was"),
        pytest.param(Field.VALID_UNTIL, "长期", "长期", id="for ever"),
        pytest.param(Field.BLOOD_TYPE, "AB型", "AB", id="a blood group"),
        pytest.param(Field.BLOOD_TYPE, "0", "O", id="a nought is the letter"),
        pytest.param(Field.BLOOD_TYPE, "C", None, id="a blood group that is none"),
        pytest.param(Field.WEIGHT_G, "3250克", "3250", id="a weight"),
        pytest.param(Field.GESTATION_WEEKS, "38+2周", "38+2", id="weeks and days"),
        pytest.param(Field.LENGTH_CM, "50.5厘米", "50.5", id="a length"),
        pytest.param(Field.AGE, "岁", None, id="an age that is none"),
        pytest.param(Field.NAME, "买买提•阿卜杜拉", "买买提·阿卜杜拉", id="a name with a dot"),
        pytest.param(Field.NAME, "\u3000", None, id="a name of spaces"),
        pytest.param(Field.ADDRESS, "北京市 样本区", "北京市样本区", id="an address"),
        pytest.param(Field.ADDRESS, " ", None, id="an address of spaces"),
    ],
)
def test_a_value_in_normal_form(field: Field, text: str, value: str | None) -> None:
    assert normal_value(field, text) == value


def test_there_are_56_nationalities_and_two_other_entries() -> None:
    assert len(ETHNICITIES) == len(set(ETHNICITIES)) == 58


@pytest.mark.parametrize(
    ("pages", "guardian", "holders"),
    [
        pytest.param(
            FAMILY, GUARDIAN, [Person.FATHER, None, None, Person.FATHER, Person.CHILD], id="a family with its guardian"
        ),
        pytest.param(
            FAMILY, None, [Person.OTHER, None, None, Person.HEAD, Person.CHILD], id="a family without a guardian"
        ),
        pytest.param(
            (mother(), certificate(), father(), member()),
            None,
            [Person.MOTHER, None, Person.FATHER, Person.CHILD],
            id="parents whom the certificate names",
        ),
        pytest.param((mother(),), GUARDIAN, [Person.OTHER], id="a grown-up of whom nobody speaks"),
        pytest.param(
            (father(),),
            Guardian(name="欧阳明", relation=GuardianRelation.OTHER),
            [Person.OTHER],
            id="a guardian who is no parent",
        ),
        pytest.param((father({"姓名": "欧阳朋"}),), GUARDIAN, [Person.FATHER], id="the guardian by number"),
        pytest.param(
            (father({"公民身份证件编号": None}),), GUARDIAN, [Person.FATHER], id="the guardian by name"
        ),
        pytest.param((member({"姓名": "欧阳静怡"}),), GUARDIAN, [Person.CHILD], id="the child by day and number"),
        pytest.param(
            (member({"出生日期": "2018年1月1日", "公民身份证件编号": None}),), GUARDIAN, [Person.CHILD], id="the child by name"
        ),
        pytest.param(
            (member({"姓名": "李子涵", "公民身份证件编号": id_number("20191123", 6)}),),
            GUARDIAN,
            [None],
            id="a stranger's child of the same day",
        ),
        pytest.param(
            (
                member({"姓名": "欧阳靖瑶", "公民身份证件编号": id_number("20191123", 4)}),
                member({"姓名": "欧阳靖宣", "公民身份证件编号": id_number("20191123", 6)}),
                member(),
            ),
            GUARDIAN,
            [None, None, Person.CHILD],
            id="one of three triplets",
        ),
        pytest.param((member(), member()), GUARDIAN, [Person.CHILD, Person.CHILD], id="the child's card twice"),
    ],
)
def test_whose_page_it_is(
    pages: Sequence[PageReading], guardian: Guardian | None, holders: list[Person | None]
) -> None:
    assert [view.holder for view in dossier(*pages, guardian=guardian).pages] == holders


@pytest.mark.parametrize(
    ("reading", "words"),
    [
        pytest.param(member(), "户口本第1页（孩子本人页）", id="the child's"),
        pytest.param(father(), "户口本第1页（父亲页）", id="the father's"),
        pytest.param(home(), "户口本第1页（首页）", id="the first page"),
        pytest.param(emblem(), "身份证第1页（国徽面）", id="a side of a card"),
        pytest.param(changes_page(), "户口本第1页", id="a page without a name of its own"),
        pytest.param(page(()), "上传的页面", id="a page of no document"),
    ],
)
def test_a_page_is_named_by_whose_it_is(reading: PageReading, words: str) -> None:
    assert dossier(reading).pages[0].place().words == words


def test_a_hint_names_a_page_that_its_content_does_not() -> None:
    held = dossier(Sent((unreadable(),), DocumentKind.BIRTH_CERTIFICATE)).pages[0]
    assert held.place().words == "出生医学证明第1页"


def test_of_several_certificates_the_one_that_names_the_child_counts() -> None:
    twin = certificate({"新生儿姓名": "欧阳靖瑶", "出生医学证明编号": "T110000001"})
    held = dossier(twin, certificate())
    assert held.certificate is held.pages[1]
    assert dossier(twin).certificate is not None
    assert dossier(member()).certificate is None


def test_boxes_are_of_the_page_as_decoded_and_not_of_the_straightened_document() -> None:
    moved = [
        one.model_copy(update={"quad": Quad.of_box(one.upright._replace(left=one.upright.left + 500, right=one.upright.right + 500))})
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
    assert _view(seen(member(), contrast=0.01)).form.fields.keys() == _view(member()).form.fields.keys()
