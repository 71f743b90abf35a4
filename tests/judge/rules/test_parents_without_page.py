"""Parents of whom no register has a page, by the certificate: nobody asks for one, and a person decides."""

from collections.abc import Mapping
from datetime import date
from typing import Final

import pytest

from models.documents import Field, PageKind, Person
from models.findings import Code, Finding, Reason, Severity
from models.reading import PageReading, Tile
from models.submission import Guardian, GuardianRelation, IdType
from pipeline.judge.case import judge
from tests.support.cards import (
    FATHER_NUMBER,
    MOTHER_NUMBER,
    certificate,
    emblem,
    father,
    home,
    member,
    mother,
    portrait,
)
from tests.support.dossiers import GUARDIAN, READER, dossier
from tests.support.guardian_documents import RESIDENCE_NUMBER
from tests.support.lines import Cells, Ink

ASKED: Final = (Code.GUARDIANSHIP, Reason.PARENT_WITHOUT_PAGE)
BOTH: Final = (Code.PAGE_MISSING, Reason.BOTH_PARENTS)
ONE: Final = (Code.PAGE_MISSING, Reason.PARENT_PAGE)
MOTHER: Final = Guardian(name="林静", relation=GuardianRelation.MOTHER, id_number=MOTHER_NUMBER)
HERS: Final = (
    portrait({"姓名": "林静", "性别": "女", "出生": "1990年2月2日", "公民身份号码": MOTHER_NUMBER}),
    emblem(),
    home({"户主姓名": "林静"}),
)
NEWBORN: Final = {"id_type": IdType.BIRTH_CERTIFICATE, "id_number": None}
HEAD: Final = mother({"户主或与户主关系": "户主"})
BY_ITS_BOX: Final = {"父亲姓名": "陈伟", "国籍": "中国", "有效身份证件类别": "身份证□护照其他"}
FOREIGN: Final = {"国籍": "美国", "有效身份证件类别": "护照"}


def findings(*pages: PageReading, child: Mapping[str, object] = NEWBORN) -> tuple[Finding, ...]:
    return judge(dossier(*HERS, *pages, child=child, guardian=MOTHER), (), READER).findings


def told(*pages: PageReading, child: Mapping[str, object] = NEWBORN) -> list[tuple[Code, Reason]]:
    return [(finding.code, finding.reason) for finding in findings(*pages, child=child)]


@pytest.mark.parametrize(
    ("block", "codes"),
    [
        pytest.param({}, [], id="blank"),
        pytest.param({"父亲姓名": "/"}, [], id="a stroke"),
        pytest.param({"父亲姓名": "——", "国籍": "——"}, [], id="dashes"),
        pytest.param({"父亲姓名": "一一", "国籍": "一一"}, [], id="dashes that read as characters"),
        *(
            pytest.param({"父亲姓名": name, "有效身份证件类别": boxes}, [], id=f"{name} above {boxes}")
            for name in (None, "/", "——")
            for boxes in ("居民身份证口护照其他", "居民身份证口护照口其他口", "护照", "其他")
        ),
        pytest.param(
            {"父亲姓名": Ink("约翰逊", sure=0.02), "有效身份证件类别": "护照"}, [ASKED], id="a name that cannot be read"
        ),
        pytest.param({"父亲姓名": Ink("陈伟", sure=0.02)}, [ASKED], id="the name of a Chinese that cannot be read"),
        pytest.param({"父亲姓名": "陈"}, [ASKED], id="a name of which one character was read"),
        pytest.param({"有效身份证件号码": FATHER_NUMBER}, [ASKED], id="a number without a name"),
        pytest.param({"父亲姓名": "丁一"}, [BOTH], id="a name of few strokes"),
        pytest.param({"父亲姓名": "未提供"}, [ASKED], id="not stated"),
        pytest.param({"父亲姓名": "（不详）"}, [ASKED], id="unknown"),
        pytest.param({"父亲姓名": "约翰逊", "国籍": "美国"}, [ASKED], id="a foreign nationality"),
        pytest.param({"父亲姓名": "陈大文", "国籍": "中国香港"}, [ASKED], id="a nationality with a region"),
        pytest.param({"父亲姓名": "陈伟", "国籍": "中华人民共和国"}, [BOTH], id="China in full"),
        pytest.param({"父亲姓名": "陈伟", "有效身份证件号码": "H00000000"}, [ASKED], id="a permit's number"),
        pytest.param(
            {"父亲姓名": "陈伟", "有效身份证件号码": RESIDENCE_NUMBER}, [ASKED], id="a residence permit's number"
        ),
        pytest.param(
            {"父亲姓名": "陈伟", "有效身份证件号码": f"8{FATHER_NUMBER[1:]}"},
            [BOTH],
            id="an ID number, its first digit misread",
        ),
        pytest.param(
            {"父亲姓名": "陈伟", "有效身份证件号码": "00000000"}, [BOTH], id="digits, perhaps of an ID number"
        ),
        pytest.param({"父亲姓名": "约翰逊", "有效身份证件类别": "护照"}, [ASKED], id="a passport"),
        pytest.param({"父亲姓名": "JOHNSON", **FOREIGN, "有效身份证件号码": "E12345678"}, [ASKED], id="all of it"),
        *(
            pytest.param({"父亲姓名": "陈伟", "国籍": "中国", "有效身份证件类别": kind}, [ASKED], id=kind)
            for kind in (
                "港澳居民来往内地通行证",
                "台湾居民来往大陆通行证",
                "港澳台居民居住证",
                "外国人永久居留身份证",
                "军官证",
                "士兵证",
                "文职干部证",
            )
        ),
        *(
            pytest.param({"父亲姓名": "陈伟", "国籍": "中国", "有效身份证件类别": kind}, [BOTH], id=kind)
            for kind in ("居民身份证□护照□其他", "身份证护照其他", "身份证口护照口其他")
        ),
        *(
            pytest.param({**BY_ITS_BOX, "有效身份证件号码": number}, codes, id=f"a passport by its box, and {number}")
            for number, codes in (
                (None, [ASKED]),
                ("E01234567", [ASKED]),
                (RESIDENCE_NUMBER, [ASKED]),
                (FATHER_NUMBER, [BOTH]),
            )
        ),
        pytest.param(
            {"父亲姓名": "陈伟", "国籍": "中国", "有效身份证件类别": "居民身份证"},
            [BOTH],
            id="a Chinese with an ID card",
        ),
        pytest.param({"父亲姓名": "陈伟"}, [BOTH], id="a name alone"),
        pytest.param({"父亲姓名": "陈伟", "国籍": "汉"}, [BOTH], id="a single character is no nationality"),
        pytest.param(
            {"父亲姓名": "陈伟", "国籍": Ink("美国", sure=0.02)}, [BOTH], id="a nationality that cannot be read"
        ),
        pytest.param({"父亲姓名": "陈未提"}, [BOTH], id="a name with such a character"),
    ],
)
def test_what_the_fathers_block_asks_for(block: Cells, codes: list[tuple[Code, Reason]]) -> None:
    assert told(HEAD, certificate(father=block)) == codes


def test_something_over_the_place_of_the_fathers_name_is_no_blank_block() -> None:
    paper = certificate(father={})
    name = dossier(paper).pages[0].unclipped(Field.NAME, Person.FATHER)
    dark = {
        (column, row): Tile(60, 50, 5) for row in range(name.top // 50, name.bottom // 50 + 1) for column in range(28)
    }
    assert told(HEAD, certificate(father={}, tiles=dark)) == [ASKED]


@pytest.mark.parametrize(
    ("page", "guardian"),
    [
        pytest.param(father({"户主或与户主关系": "夫"}), MOTHER, id="by his relation to the head"),
        pytest.param(father({"户主或与户主关系": "夫"}), GUARDIAN, id="who is the guardian"),
    ],
)
def test_a_nameless_father_whose_page_came_leaves_nothing_to_ask(page: PageReading, guardian: Guardian) -> None:
    paper = certificate(father={"父亲姓名": Ink("陈伟", sure=0.02)})
    own = {"id_type": IdType.HOUSEHOLD_REGISTER, "birth_date": date(2026, 11, 1)}
    born = member({"出生日期": "2026年11月1日", "公民身份证件编号": None})
    case = dossier(*HERS, HEAD, page, born, paper, guardian=guardian, child={**own, "id_number": None})
    assert ASKED not in [(one.code, one.reason) for one in judge(case, (), READER).findings]


def test_a_mother_without_a_page_is_excused_too() -> None:
    theirs = (portrait(), emblem(), home(), father(), certificate(mother=FOREIGN))
    found = judge(dossier(*theirs, child=NEWBORN), (), READER).findings
    assert [(one.code, one.reason) for one in found] == [ASKED]


@pytest.mark.parametrize(
    ("pages", "child", "codes"),
    [
        pytest.param([], NEWBORN, [ASKED, ASKED], id="both, of a child in no register"),
        pytest.param([member()], {}, [ASKED, ASKED], id="both, of a child in the register"),
        pytest.param([member(), HEAD], {}, [], id="both, and a page came where one is enough"),
    ],
)
def test_where_neither_parent_has_a_page_none_is_missing(
    pages: list[PageReading], child: Mapping[str, object], codes: list[tuple[Code, Reason]]
) -> None:
    theirs = certificate(father={"父亲姓名": "约翰逊", **FOREIGN}, mother=FOREIGN)
    assert told(*pages, theirs, child=child) == codes


def test_a_page_that_is_still_missing_is_asked_for() -> None:
    other = certificate(father={"父亲姓名": "未提供"})
    assert told(other) == [BOTH, ASKED]
    assert told(member(), other, child={}) == [ONE]


def test_a_parents_page_that_came_leaves_nothing_to_ask() -> None:
    soldier = {"父亲姓名": "欧阳明", "有效身份证件类别": "军官证", "有效身份证件号码": FATHER_NUMBER}
    assert told(HEAD, father({"户主或与户主关系": "夫"}), certificate(father=soldier)) == []


@pytest.mark.parametrize(
    ("block", "field", "read"),
    [
        pytest.param({"父亲姓名": "未提供"}, Field.NAME, "未提供", id="the name"),
        pytest.param({"父亲姓名": "约翰逊", **FOREIGN}, Field.NATIONALITY, "美国", id="the nationality"),
        pytest.param({"父亲姓名": "陈伟", "有效身份证件类别": "护照"}, Field.ID_TYPE, "护照", id="the document"),
    ],
)
def test_the_finding_shows_what_says_so(block: Cells, field: Field, read: str) -> None:
    (finding,) = findings(HEAD, certificate(father=block))
    assert (finding.page_kind, finding.field, finding.read) == (PageKind.BIRTH_CERTIFICATE, field, read)
    assert finding.severity is Severity.REVIEW
    assert finding.box is not None
