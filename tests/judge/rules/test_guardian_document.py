"""Guardians who are known by another document than an ID card: what passes, what a person sees, what is asked for."""

from collections.abc import Mapping
from typing import Any

import pytest

from models.documents import DocumentKind, Field, PageKind
from models.findings import Code, Reason, Severity
from models.reading import PageReading
from models.result import Decision, Judgement
from models.submission import Guardian, GuardianIdType, GuardianRelation, IdType
from pipeline.judge.case import judge
from tests.support.cards import certificate, emblem, home, member, mother, portrait
from tests.support.dossiers import READER, Sent, dossier
from tests.support.guardian_documents import (
    FOREIGN_NUMBER,
    FOREIGN_NUMBER_OF_2017,
    HK_NUMBER,
    MILITARY_NUMBER,
    PASSPORT_NUMBER,
    RESIDENCE_NUMBER,
    TAIWAN_NUMBER,
    back,
    hk_macau_permit,
    hmt_residence_permit,
    military_id,
    passport,
    permanent_resident,
    taiwan_permit,
    td3,
)
from tests.support.lines import Ink, line, page

PASSPORT, HK, TAIWAN = GuardianIdType.PASSPORT, GuardianIdType.HK_MACAU_PERMIT, GuardianIdType.TAIWAN_PERMIT
RESIDENCE, FOREIGN = GuardianIdType.HMT_RESIDENCE_PERMIT, GuardianIdType.PERMANENT_RESIDENT
MILITARY = GuardianIdType.MILITARY
BACKS = {
    HK: back("港澳居民来往内地通行证"),
    TAIWAN: back("台湾居民来往大陆通行证"),
    RESIDENCE: back("中华人民共和国港澳居民居住证", {"有效期限": "2024.01.01-2029.01.01", "通行证号码": HK_NUMBER}),
    FOREIGN: back("外国人永久居留身份证"),
}
# The booklet of a mother and her child: the guardian, who is the father, is in no register.
REGISTER = (home({"户主姓名": "林静"}), mother({"户主或与户主关系": "户主"}), member())
NAME = (Code.NAME_IN_DOUBT, Reason.UNCERTAIN)
CHECKSUM, ENTERED = (Code.NUMBER_DIFFERS, Reason.CHECKSUM), (Code.NUMBER_DIFFERS, Reason.ENTERED)
EXPIRED = (Code.EXPIRED, Reason.EXPIRED)


def _guardian(id_type: GuardianIdType, **change: Any) -> Guardian:
    told = {"name": "欧阳明", "relation": GuardianRelation.FATHER, "id_type": id_type, **change}
    return Guardian(**told)


def _judged(guardian: Guardian, *pages: PageReading | Sent) -> Judgement:
    return judge(dossier(*pages, *REGISTER, guardian=guardian), (), READER)


def _told(judged: Judgement) -> list[tuple[Code, Reason]]:
    return [(one.code, one.reason) for one in judged.findings]


def _sides(id_type: GuardianIdType, front: PageReading) -> tuple[PageReading, ...]:
    return (front, BACKS[id_type]) if id_type in BACKS else (front,)


@pytest.mark.parametrize(
    ("id_type", "front", "number", "told"),
    [
        pytest.param(PASSPORT, passport(), PASSPORT_NUMBER, [], id="a passport whose check digits agree"),
        pytest.param(PASSPORT, passport(), None, [], id="the same, no number typed in"),
        pytest.param(PASSPORT, passport(), "E76543210", [ENTERED], id="another number than the typed one"),
        pytest.param(
            PASSPORT, passport(("", td3()[1].replace("0123", "0124"))), PASSPORT_NUMBER, [CHECKSUM],
            id="a wrong check digit",
        ),
        pytest.param(PASSPORT, passport((None, None), number="E01234567"), PASSPORT_NUMBER, [CHECKSUM], id="no zone"),
        pytest.param(HK, hk_macau_permit(), HK_NUMBER, [CHECKSUM], id="a permit of Hong Kong has no check digit"),
        pytest.param(HK, hk_macau_permit(), f"{HK_NUMBER}01", [CHECKSUM], id="typed with 换证次数"),
        pytest.param(HK, hk_macau_permit(), "H76543210", [ENTERED], id="another number of Hong Kong"),
        pytest.param(
            HK, hk_macau_permit({"证件号码": "HA0123456", "国籍": "英国/GBR"}), "HA0123456", [CHECKSUM], id="非中国籍"
        ),
        pytest.param(TAIWAN, taiwan_permit(), TAIWAN_NUMBER, [CHECKSUM], id="a permit of Taiwan has no check digit"),
        pytest.param(RESIDENCE, hmt_residence_permit(), RESIDENCE_NUMBER, [], id="a 居住证 valid for five years"),
        pytest.param(
            RESIDENCE, hmt_residence_permit({"公民身份号码": f"{RESIDENCE_NUMBER[:-1]}0"}), None, [CHECKSUM],
            id="a 居住证 with a wrong check digit",
        ),
        pytest.param(FOREIGN, permanent_resident(), FOREIGN_NUMBER, [], id="a permanent residence card of today"),
        pytest.param(
            FOREIGN, permanent_resident({"证件号码": FOREIGN_NUMBER_OF_2017}), FOREIGN_NUMBER_OF_2017, [],
            id="one of 2017",
        ),
        pytest.param(
            FOREIGN, permanent_resident({"证件号码": f"{FOREIGN_NUMBER_OF_2017[:-1]}0"}), None, [CHECKSUM],
            id="one of 2017 with a wrong check digit",
        ),
        pytest.param(MILITARY, military_id(), MILITARY_NUMBER, [CHECKSUM], id="a military ID has no check digit"),
        pytest.param(MILITARY, military_id(), "0123456", [CHECKSUM], id="typed without its letter"),
    ],
)  # fmt: skip
def test_the_number_passes_where_check_digits_confirm_it(
    id_type: GuardianIdType, front: PageReading, number: str | None, told: list[tuple[Code, Reason]]
) -> None:
    judged = _judged(_guardian(id_type, id_number=number), *_sides(id_type, front))
    assert _told(judged) == told
    assert judged.decision is (Decision.REVIEW if told else Decision.ACCEPTED)


LATIN = passport(td3(state="CAN", names="SMITH<<JOHN<PAUL"), name=None, number=PASSPORT_NUMBER)
NAMELESS = passport((None, td3(state="CAN")[1]), name=None, number=PASSPORT_NUMBER)


@pytest.mark.parametrize(
    ("front", "name", "told"),
    [
        pytest.param(passport(), "欧阳明", [], id="as typed in"),
        pytest.param(LATIN, "欧阳明", [NAME], id="Latin letters only"),
        pytest.param(LATIN, "John Paul Smith", [], id="typed in Latin letters"),
        pytest.param(LATIN, "SMITH, John-Paul", [], id="surname first, a hyphen"),
        pytest.param(LATIN, "John Smith", [NAME], id="a name less"),
        pytest.param(LATIN, "Mary Jones", [NAME], id="another name without a check digit"),
        pytest.param(NAMELESS, "John Smith", [NAME], id="no line of names"),
        pytest.param(passport(name=Ink("欧阳朋", sure=0.6)), "欧阳明", [NAME], id="hard to read"),
        pytest.param(
            passport(td3("E76543210"), name="赵大海"), "欧阳明", [(Code.WRONG_DOCUMENT, Reason.WRONG_MEMBER)],
            id="a stranger's",
        ),
    ],
)  # fmt: skip
def test_the_name_agrees_in_the_script_in_which_it_was_typed(
    front: PageReading, name: str, told: list[tuple[Code, Reason]]
) -> None:
    assert _told(_judged(_guardian(PASSPORT, name=name), front)) == told


@pytest.mark.parametrize(
    ("front", "name", "field", "reason", "read"),
    [
        pytest.param(LATIN, "John Smith", Field.LATIN_NAME, Reason.UNCERTAIN, "SMITH, JOHN PAUL", id="Latin letters"),
        pytest.param(passport(name="歐陽明"), "欧阳明", Field.NAME, Reason.VARIANT, "歐陽明", id="another form"),
        pytest.param(
            passport(td3("E76543210"), name="赵大海"),
            "欧阳明",
            Field.NAME,
            Reason.WRONG_MEMBER,
            "赵大海",
            id="a stranger's",
        ),
    ],
)
def test_what_a_reviewer_sees_of_the_name(
    front: PageReading, name: str, field: Field, reason: Reason, read: str
) -> None:
    (finding,) = _judged(_guardian(PASSPORT, name=name), front).findings
    assert (finding.field, finding.reason, finding.read, finding.entered) == (
        field,
        reason,
        read,
        name,
    )


@pytest.mark.parametrize(
    ("id_type", "pages", "told", "message"),
    [
        pytest.param(PASSPORT, (), [Reason.ID_PORTRAIT], "缺少监护人的护照（有照片的一面）。", id="no passport"),
        pytest.param(
            PASSPORT, (portrait(), emblem()), [Reason.ID_PORTRAIT], "缺少监护人的护照（有照片的一面）。",
            id="an ID card in its place",
        ),
        pytest.param(
            PASSPORT, (page([line("中华人民共和国护照", 100, 20)]),), [Reason.ID_PORTRAIT],
            "缺少监护人的护照（有照片的一面）。", id="its cover",
        ),
        pytest.param(
            HK, (hk_macau_permit(),), [Reason.ID_EMBLEM], "缺少监护人的港澳居民来往内地通行证（没有照片的一面）。",
            id="one side of a permit",
        ),
        pytest.param(
            FOREIGN, (BACKS[FOREIGN],), [Reason.ID_PORTRAIT], "缺少监护人的外国人永久居留身份证（有照片的一面）。",
            id="the other side",
        ),
        pytest.param(MILITARY, (), [Reason.ID_PORTRAIT], "缺少监护人的军官证（有照片的一面）。", id="no military ID"),
    ],
)  # fmt: skip
def test_the_document_is_asked_for_by_its_name(
    id_type: GuardianIdType, pages: tuple[PageReading, ...], told: list[Reason], message: str
) -> None:
    missing = [one for one in _judged(_guardian(id_type), *pages).findings if one.code is Code.PAGE_MISSING]
    assert [one.reason for one in missing] == told
    assert missing[0].message == message
    assert missing[0].document is _guardian(id_type).document


@pytest.mark.parametrize(
    ("pages", "told"),
    [
        pytest.param((passport(td3(until="260101")),), [EXPIRED], id="expired"),
        pytest.param((passport(td3(until="260101")), passport()), [], id="the old one beside the new one"),
        pytest.param((passport(), emblem("2010.01.01-2020.01.01")), [], id="an ID card that expired beside it"),
    ],
)
def test_the_document_must_be_valid(pages: tuple[PageReading, ...], told: list[tuple[Code, Reason]]) -> None:
    judged = _judged(_guardian(PASSPORT), *pages)
    assert _told(judged) == told
    assert all(one.severity is Severity.REJECT for one in judged.findings)


def test_a_page_declared_as_the_id_card_is_the_document_that_the_guardian_has() -> None:
    declared = Sent((passport(),), DocumentKind.ID_CARD)
    assert _told(_judged(_guardian(PASSPORT), declared)) == []
    card = Sent((portrait(), emblem()), DocumentKind.ID_CARD)
    assert _told(_judged(_guardian(PASSPORT), declared, card)) == []
    licence = Sent(
        (page([line("中华人民共和国机动车驾驶证", 100, 20), line("准驾车型C1", 100, 80)]),), DocumentKind.ID_CARD
    )
    (finding,) = _judged(_guardian(PASSPORT), licence).findings
    assert finding.message == "您上传的是驾驶证，请上传护照（第1个文件）。"


def test_the_same_side_twice_is_told_by_the_documents_name() -> None:
    (finding, *_) = _judged(_guardian(RESIDENCE), hmt_residence_permit(), hmt_residence_permit()).findings
    assert (finding.code, finding.reason) == (Code.WRONG_DOCUMENT, Reason.WRONG_SIDE)
    assert finding.message == "港澳台居民居住证上传了两次，缺少另一面。"


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({}, id="by the manifest alone"),
        pytest.param({"有效身份证件类别": "护照"}, id="by the certificate too"),
    ],
)
def test_a_father_with_a_passport_is_asked_for_no_page(said: Mapping[str, str]) -> None:
    paper = certificate(father={"父亲姓名": "欧阳明", **said})
    child = {"id_type": IdType.BIRTH_CERTIFICATE, "id_number": None}
    case = dossier(passport(), paper, *REGISTER[:2], guardian=_guardian(PASSPORT), child=child)
    (finding,) = judge(case, (), READER).findings
    assert (finding.code, finding.reason) == (Code.GUARDIANSHIP, Reason.PARENT_WITHOUT_PAGE)
    assert (finding.page_kind is PageKind.BIRTH_CERTIFICATE) is bool(said)
