"""Electronic certificates are told by their own title or by the app around them; paper never becomes one."""

import pytest

from models.case import FileReading, ReadPage, StoredFile
from models.documents import Edition, Field, PageKind, Person
from models.reading import Barcode, PageReading
from pipeline.extract.extraction import extract_files, extract_page
from tests.support.cards import CHILD_NUMBER, certificate, emblem, home, member, portrait
from tests.support.lines import Ink, Words, line, page, rows

_BOX = page(()).quad


def _titled(reading: PageReading, title: Words) -> PageReading:
    return reading.model_copy(update={"lines": (line(title, 400, 0), *reading.lines)})


_MEMBER_LIST = page(
    rows(
        {
            "姓名": "欧阳靖萱", "与户主关系": "女", "性别": "女", "民族": "汉族", "出生日期": "2019-11-23",
            "公民身份号码": CHILD_NUMBER, "住址": "北京市样本区梧桐路18号",
        },
        title="电子户口簿",
    )
)  # fmt: skip
_HOME_LIST = page(
    rows({"户别": "家庭户", "户主姓名": "欧阳明", "户号": "110199000123", "住址": "样本路18号"}, title="电子户口簿")
)
_CERTIFICATE_LIST = page(
    rows(
        {
            "新生儿姓名": "欧阳靖萱", "性别": "女", "出生时间": "2019年11月23日08时30分", "母亲姓名": "林静",
            "出生医学证明编号": "T110000000",
        },
        title="电子出生医学证明",
    )
)  # fmt: skip


@pytest.mark.parametrize(
    ("reading", "kind"),
    [
        pytest.param(_CERTIFICATE_LIST, PageKind.BIRTH_CERTIFICATE, id="a list of labels and values"),
        pytest.param(_MEMBER_LIST, PageKind.HUKOU_MEMBER, id="a person of an electronic register"),
        pytest.param(_HOME_LIST, PageKind.HUKOU_HOME, id="the household of an electronic register"),
        pytest.param(_titled(portrait(), "电子身份证"), PageKind.ID_PORTRAIT, id="a card in a frame"),
        pytest.param(_titled(emblem(), "居民身份证（电子证照）"), PageKind.ID_EMBLEM, id="its other side"),
        pytest.param(_titled(certificate(), "电子证照 样本"), PageKind.BIRTH_CERTIFICATE, id="under 电子证照"),
        pytest.param(
            page([line("电子出生医学证明", 100, 20), line(Ink("模糊不清", sure=0.4), 100, 90)]),
            PageKind.BIRTH_CERTIFICATE,
            id="of which only the title reads",
        ),
        pytest.param(
            _titled(certificate(), "请出示二维码由工作人员扫码"), PageKind.BIRTH_CERTIFICATE, id="two words of a frame"
        ),
    ],
)
def test_an_electronic_certificate(reading: PageReading, kind: PageKind) -> None:
    content = extract_page(reading)
    assert (content.kind, content.edition) == (kind, Edition.ELECTRONIC)


@pytest.mark.parametrize(
    "reading",
    [
        *(pytest.param(reading(), id=reading.__name__) for reading in (certificate, emblem, home, member, portrait)),
        pytest.param(_titled(certificate(), "电子出生医学证明与纸质证明具有同等效力"), id="a sentence about them"),
        pytest.param(_titled(certificate(), Ink("电子出生医学证明", sure=0.5)), id="a title that hardly reads"),
        pytest.param(_titled(member(), "扫码关注"), id="one word of a frame"),
        pytest.param(
            page(rows({"我的电子证照": None, "电子证照库": None, "点击刷新": None})), id="no document of ours"
        ),
    ],
)
def test_a_paper_certificate(reading: PageReading) -> None:
    assert extract_page(reading).edition is None


def test_a_qr_code_beside_a_word_of_the_frame() -> None:
    code = Barcode(text="https://example.invalid", symbology="QRCode", quad=_BOX)
    shown = _titled(portrait(), "点击刷新")
    assert extract_page(shown).edition is None
    assert extract_page(shown.model_copy(update={"barcodes": (code,)})).edition is Edition.ELECTRONIC


def test_the_values_of_a_list() -> None:
    said = {(slot.field, slot.person): field.value for slot, field in extract_page(_MEMBER_LIST).fields.items()}
    assert said[Field.NAME, None] == "欧阳靖萱"
    assert said[Field.ID_NUMBER, None] == CHILD_NUMBER
    certificate_list = extract_page(_CERTIFICATE_LIST).fields
    assert {(slot.field, slot.person) for slot in certificate_list} >= {
        (Field.CERTIFICATE_NUMBER, None),
        (Field.NAME, Person.CHILD),
    }


def test_the_frame_may_be_a_document_of_its_own() -> None:
    frame = page(rows({"我的卡包": None, "请出示二维码": None, "长按截图无效请点击刷新": None}))
    together = ReadPage(page_no=1, readings=(frame, portrait()))
    apart = (ReadPage(page_no=1, readings=(frame,)), ReadPage(page_no=2, readings=(portrait(),)))
    file = StoredFile(path="x.png", hint=None, digest="0" * 64, size=1)
    (joint,) = extract_files([FileReading(file=file, pages=(together,))])
    (separate,) = extract_files([FileReading(file=file, pages=apart)])
    assert [content.edition for content in joint.pages] == [None, Edition.ELECTRONIC]
    assert [content.edition for content in separate.pages] == [None, None]


def test_the_title_of_a_list_may_stand_in_another_part_of_the_picture() -> None:
    title = page([line("居民电子户口簿", 400, 0), line("扫码验真", 100, 90)])
    listed = _MEMBER_LIST.model_copy(update={"lines": _MEMBER_LIST.lines[1:]})
    assert "电子" not in "".join(one.text for one in listed.lines)
    file = StoredFile(path="x.png", hint=None, digest="0" * 64, size=1)
    (content,) = extract_files([FileReading(file=file, pages=(ReadPage(page_no=1, readings=(title, listed)),))])
    assert [(one.kind, one.edition) for one in content.pages][1] == (PageKind.HUKOU_MEMBER, Edition.ELECTRONIC)
