"""Documents that are none of ours: named by their words, in every slot, and no obstacle beside a good application."""

from collections.abc import Iterator
from functools import cache
from itertools import cycle

import pytest

from fixtures.documents.other_documents import OTHER_DOCUMENTS, Holder, Look, printed_values
from fixtures.people.population import family
from fixtures.truth import Split
from models.documents import ABOUT_GUARDIANSHIP, DECLARED, DocumentKind, OtherDocument, PageKind, Person
from models.findings import Code, Reason
from models.hospital import Hospital
from models.languages import Language
from models.messages import MessageContext, message_text
from models.places import Upload
from models.reading import Line, PageReading
from models.result import Decision, Judgement
from pipeline.extract.extraction import extract_page
from pipeline.judge.case import judge
from tests.support.cards import certificate, emblem, member, portrait
from tests.support.dossiers import FAMILY, GUARDIAN, READER, Sent, dossier
from tests.support.lines import Cells, Ink, line, page, rows

NAMES = {name: OtherDocument(one.document) for name, one in OTHER_DOCUMENTS.items() if one.document}
KINDS = {
    **dict.fromkeys(ABOUT_GUARDIANSHIP, PageKind.GUARDIANSHIP),
    OtherDocument.PASSPORT: PageKind.PASSPORT,
    OtherDocument.HK_MACAU_PERMIT: PageKind.PERMIT,
    OtherDocument.TAIWAN_PERMIT: PageKind.PERMIT,
    OtherDocument.PERMANENT_RESIDENT: PageKind.PERMIT,
    OtherDocument.RESIDENCE_PERMIT: PageKind.RESIDENCE_PERMIT,
    OtherDocument.HMT_RESIDENCE_PERMIT: PageKind.RESIDENCE_PERMIT,
}
KIND_OF = {
    name: KINDS.get(NAMES[name], PageKind.OTHER) if name in NAMES else PageKind.OTHER for name in OTHER_DOCUMENTS
}
ID_CARD, REGISTER = DocumentKind.ID_CARD, DocumentKind.HOUSEHOLD_REGISTER
# The slot by the page of FAMILY that is left out, its document, and what is missing then.
SLOTS = (
    (0, ID_CARD, Reason.ID_PORTRAIT),
    (1, ID_CARD, Reason.ID_EMBLEM),
    (2, REGISTER, Reason.HOME),
    (3, REGISTER, Reason.PARENT_PAGE),
    (4, REGISTER, Reason.CHILD_PAGE),
)
NEWBORN = {"birth_date": "2026-11-10"}
each = pytest.mark.parametrize("name", OTHER_DOCUMENTS)
_WIDE = 26  # characters in a line of a letter


def _lines(name: str, *, titled: bool = True) -> Iterator[Line]:
    """The document's words, line by line, as its layout prints them; its holder has the guardian's name."""
    whose = family(Split.TEST, 20)
    document, printed = OTHER_DOCUMENTS[name], printed_values(Holder(whose, Person.MOTHER))
    values = {key: text.replace(whose.member(Person.MOTHER).name, GUARDIAN.name) for key, text in printed.items()}
    texts = [document.title] if titled else []
    if document.look is Look.LETTER:
        for paragraph, _ in document.items:
            text = paragraph.format(**values)
            texts += [text[at : at + _WIDE] for at in range(0, len(text), _WIDE)]
    else:
        texts += [text for label, value in document.items for text in (label, values.get(value, value)) if text]
    texts += document.foot.splitlines()
    return (line(text, 100, 20 + 40 * at) for at, text in enumerate(texts))


@cache
def _page(name: str, *, titled: bool = True) -> PageReading:
    return page(tuple(_lines(name, titled=titled)))


def _judged(*files: Sent | PageReading) -> Judgement:
    return judge(dossier(*files), (), READER)


@each
def test_every_document_is_named(name: str) -> None:
    content = extract_page(_page(name))
    assert (content.kind, content.document) == (KIND_OF[name], NAMES.get(name))


@each
def test_no_document_is_ours_when_its_title_did_not_read(name: str) -> None:
    content = extract_page(_page(name, titled=False))
    assert content.document in (None, NAMES.get(name))
    assert content.kind in (KIND_OF[name], PageKind.OTHER, PageKind.UNREADABLE)


@pytest.mark.parametrize(("name", "at"), list(zip(OTHER_DOCUMENTS, cycle(range(len(SLOTS))), strict=False)))
def test_a_document_in_a_slot_is_named_where_it_was_declared_and_missing_where_it_was_not(name: str, at: int) -> None:
    slot, hint, missing = SLOTS[at]
    rest = [one for number, one in enumerate(FAMILY) if number != slot]
    declared, undeclared = _judged(*rest, Sent((_page(name),), hint)), _judged(*rest, _page(name))
    assert [(one.code, one.reason) for one in declared.findings] == [(Code.WRONG_DOCUMENT, Reason.WRONG_DOCUMENT)]
    assert [(one.code, one.reason) for one in undeclared.findings] == [(Code.PAGE_MISSING, missing)]
    if name in NAMES:
        title, wanted = NAMES[name].chinese, hint.chinese
        assert declared.findings[0].message == f"您上传的是{title}，请上传{wanted}（第5个文件）。"
    assert {one.pages[-1].document for one in (declared, undeclared)} == {NAMES.get(name)}


@pytest.mark.parametrize(("name", "hint"), list(zip(OTHER_DOCUMENTS, cycle([None, *DECLARED]), strict=False)))
def test_a_document_beside_a_complete_application_changes_nothing(name: str, hint: DocumentKind | None) -> None:
    judged = _judged(*FAMILY, Sent((_page(name),), hint))
    assert (judged.decision, judged.findings) == (Decision.ACCEPTED, ())


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("name", NAMES)
def test_the_message_names_it_in_every_language(name: str, language: Language) -> None:
    judged = _judged(*FAMILY[1:], Sent((_page(name),), ID_CARD))
    context = MessageContext(Upload([page.file for page in judged.pages], judged.pages), judged.decision, Hospital())
    text, step = message_text(judged.findings[0], language, context)
    named, wanted = {
        Language.ZH_HANS: ("您上传的是", "请上传身份证（第5个文件）。"),
        Language.ZH_HANT: ("您上傳的是", "請上傳身份證（第5個檔案）。"),
        Language.EN: ("You uploaded a", "; please upload the ID card (file 5)."),
    }[language]
    assert text.startswith(named)
    assert text.endswith(wanted)
    assert len(text) <= 60 or language is Language.EN
    assert "{" not in text + step


@pytest.mark.parametrize(
    ("reading", "kind"),
    [
        pytest.param(
            certificate(father={"姓名": "李雷", "有效身份证件类别": "护照", "有效身份证件号码": "E00000000"}),
            PageKind.BIRTH_CERTIFICATE,
            id="a passport as the father's ID",
        ),
        pytest.param(
            certificate(father={"姓名": "李雷", "有效身份证件类别": "港澳居民来往内地通行证"}),
            PageKind.BIRTH_CERTIFICATE,
            id="a permit as the father's ID",
        ),
        pytest.param(
            member({"服务处所": "样本市社会保障局病案室", "何时由何地迁来本址": "2019年3月1日户口迁移"}),
            PageKind.HUKOU_MEMBER,
            id="an employer and a reason for moving that name other documents",
        ),
        pytest.param(
            page((*portrait().lines, line("仅供办理居住证使用", 300, 700))), PageKind.ID_PORTRAIT, id="a note on a copy"
        ),
        pytest.param(
            page((*emblem().lines, line("本复印件用于申领驾驶证", 300, 700))), PageKind.ID_EMBLEM, id="another note"
        ),
        pytest.param(
            page((*portrait().lines, line(Ink("居住证", sure=0.84), 300, 700))),
            PageKind.ID_PORTRAIT,
            id="a title that was not read with certainty",
        ),
    ],
)
def test_a_page_of_ours_may_mention_another_document(reading: PageReading, kind: PageKind) -> None:
    content = extract_page(reading)
    assert (content.kind, content.document) == (kind, None)


@pytest.mark.parametrize(
    "title",
    [
        pytest.param("中华人民共和国居民身份证", id="in one line with the country"),
        pytest.param("居民身份证样本", id="with a mark behind it"),
        pytest.param("临时居民身份证", id="a temporary card"),
        pytest.param("居民身份让", id="misread, above both labels"),
        pytest.param("居民身", id="a piece, above both labels"),
    ],
)
def test_the_emblem_side_is_known_by_its_title_or_by_both_its_labels(title: str) -> None:
    lines = [*emblem().lines, line(title, 100, 20)]
    assert extract_page(page([one for one in lines if one.text != "居民身份证"])).kind is PageKind.ID_EMBLEM


def _typed(*texts: str) -> PageReading:
    return page([line(text, 100, 20 + 60 * at) for at, text in enumerate(texts)])


_FORM: Cells = {"姓名": "林静", "性别": "女", "民族": "汉", "出生日期": "1990年2月2日", "住址": "样本路1号"}


@pytest.mark.parametrize(
    ("reading", "document"),
    [
        pytest.param(
            _typed("请携带居民身份证原件，出生医学证明及户口簿到三号窗口办理建档登记，谢谢配合。", "样本医院"),
            None,
            id="a notice that asks for our documents",
        ),
        pytest.param(_typed("就诊时请携带居民身份证原件", "本院三号窗口"), None, id="a short notice"),
        pytest.param(
            page(rows({"姓名": "林静", "证件类型": "居民身份证", "就诊科室": "儿科门诊", "预约时段": "上午八点"})),
            None,
            id="a form with the name of the card",
        ),
        pytest.param(page(rows(_FORM, title="个人信息登记表")), None, id="a form with the labels of a card"),
        pytest.param(
            page(rows({**_FORM, "联系电话": "13800000000"})), None, id="one without a title"
        ),
        pytest.param(_typed("客户号码", "110199199002020043", "本月账单已发送请及时查收"), None, id="eighteen digits"),
        pytest.param(
            _typed("姓名", "陈大文", "性别", "男", "出生", "1988年1月1日", "住址", "样本市样本路1号",
                   "公民身份号码", "810000198801010013"),
            OtherDocument.HMT_RESIDENCE_PERMIT,
            id="a card with a number of Hong Kong",
        ),
        pytest.param(
            _typed("PASSPORT", "P<CANYANGBEN<<XIAO<<<<<<<<<<<<<<<<<<<<<<<<<<"), OtherDocument.PASSPORT,
            id="a foreign passport",
        ),
    ],
)  # fmt: skip
def test_words_and_numbers_of_ours_make_no_page_ours(reading: PageReading, document: OtherDocument | None) -> None:
    content = extract_page(reading)
    kind = KINDS.get(document, PageKind.OTHER) if document else PageKind.OTHER
    assert (content.kind, content.document) == (kind, document)
