"""Guardians who are no parent: a parent's page is asked for; but for a grandparent in the register a person looks."""

from collections.abc import Sequence
from typing import Any, Final

import pytest

from models.documents import PageKind
from models.findings import Code, Finding, Reason, Severity
from models.reading import PageReading
from models.result import Judgement
from models.submission import Guardian, GuardianRelation, IdType
from pipeline.judge.case import judge
from tests.support.cards import (
    FATHER_NUMBER,
    MOTHER_NUMBER,
    certificate,
    emblem,
    father,
    home,
    id_number,
    member,
    mother,
    portrait,
)
from tests.support.dossiers import READER, dossier
from tests.support.lines import Cells, Ink, Words, line, page

UNPROVEN: Final = (Code.GUARDIANSHIP, Reason.UNPROVEN)
MISSING: Final = (Code.PAGE_MISSING, Reason.PARENT_PAGE)
BOTH: Final = (Code.PAGE_MISSING, Reason.BOTH_PARENTS)
DOUBT: Final = (Code.CONTRADICTION, Reason.PARENT_CONFLICT)
NUMBER: Final = id_number("19580101", 7)
GUARDIAN: Final = Guardian(name="欧阳大山", relation=GuardianRelation.OTHER, id_number=NUMBER)
OLD: Final[Cells] = {"姓名": "欧阳大山", "出生日期": "1958年1月1日", "公民身份证件编号": NUMBER}
CARD: Final = (
    portrait({"姓名": "欧阳大山", "出生": "1958年1月1日", "公民身份号码": NUMBER}),
    emblem("2006.01.01-长期"),
)
HOME: Final = home({"户主姓名": "欧阳大山"})
SON, WIFE = father({"户主或与户主关系": "长子"}), mother({"户主或与户主关系": "儿媳"})
BELOW: Final = member({"户主或与户主关系": "孙女"})
NEWBORN: Final = {"id_type": IdType.BIRTH_CERTIFICATE, "id_number": None}


def old(relation: Words | None) -> PageReading:
    """The guardian's own card."""
    return father({**OLD, "户主或与户主关系": relation})


def judged(*pages: PageReading, guardian: Guardian = GUARDIAN, **typed: Any) -> Judgement:
    return judge(dossier(*CARD, *pages, guardian=guardian, **typed), (), READER)


def told(findings: Sequence[Finding]) -> list[tuple[Code, Reason]]:
    return [(finding.code, finding.reason) for finding in findings]


@pytest.mark.parametrize(
    ("pages", "codes"),
    [
        pytest.param([HOME, old("户主"), SON, BELOW], [], id="a grandfather at the head, and the father"),
        pytest.param([HOME, old("户主"), WIFE, BELOW], [], id="a grandfather at the head, and the mother"),
        pytest.param([HOME, HOME, old("户主"), SON, BELOW], [], id="the 首页 twice"),
        pytest.param([home(), old("父亲"), father(), member()], [], id="a grandfather in the father's booklet"),
        pytest.param([home(), old("岳父"), father(), member()], [], id="the mother's father in it"),
        pytest.param([HOME, old("户主"), BELOW], [MISSING], id="the guardian's own page is no parent's"),
        pytest.param(
            [HOME, old("户主"), mother({"户主或与户主关系": "妻"}), BELOW], [MISSING], id="nor a grandmother's"
        ),
        pytest.param(
            [HOME, old(Ink("户主", sure=0.9)), SON, BELOW],
            [UNPROVEN],
            id="a relation that is hard to read",
        ),
        pytest.param(
            [HOME, old("户主"), SON, member({"户主或与户主关系": Ink("孙女", sure=0.9)})],
            [UNPROVEN],
            id="the child's is",
        ),
        pytest.param(
            [HOME, old("户主"), SON, member({"户主或与户主关系": None})], [DOUBT, UNPROVEN], id="nothing is said"
        ),
        pytest.param([home(), old("兄"), father(), member()], [UNPROVEN], id="an uncle"),
        pytest.param([home(), old("非亲属"), father(), member()], [UNPROVEN], id="no relative"),
        pytest.param([home(), father(), member()], [UNPROVEN], id="somebody of another household"),
        pytest.param(
            [home(), HOME, old("户主"), father(), member({"户主或与户主关系": "孙女"})],
            [DOUBT, UNPROVEN],
            id="two booklets: nobody knows to which head a relation belongs",
        ),
        pytest.param([home(), old("继父"), father(), member()], [UNPROVEN], id="the father's stepfather"),
    ],
)
def test_whom_the_register_shows(pages: Sequence[PageReading], codes: list[tuple[Code, Reason]]) -> None:
    findings = judged(*pages).findings
    assert told(findings) == codes
    assert all(one.severity is Severity.REVIEW for one in findings if one.code is Code.GUARDIANSHIP)


@pytest.mark.parametrize(
    ("pages", "guardian", "typed", "codes"),
    [
        pytest.param(
            [home(), father(), member(), certificate()], GUARDIAN, {}, [UNPROVEN], id="parents on the certificate"
        ),
        pytest.param(
            [HOME, old("户主"), BELOW, certificate()], GUARDIAN, {}, [MISSING], id="neither of them has a page"
        ),
        pytest.param(
            [home(), father(), mother(), certificate()], GUARDIAN, {"child": NEWBORN}, [UNPROVEN], id="a newborn"
        ),
        pytest.param(
            [HOME, old("户主"), certificate()],
            GUARDIAN,
            {"child": NEWBORN},
            [BOTH, UNPROVEN],
            id="without their pages",
        ),
        pytest.param(
            [HOME, old("户主"), certificate({"母亲姓名": "/"}, father={})],
            GUARDIAN,
            {"child": NEWBORN},
            [UNPROVEN],
            id="both blocks are blank",
        ),
        pytest.param(
            [HOME, old("户主")],
            GUARDIAN,
            {"child": NEWBORN},
            [(Code.PAGE_MISSING, Reason.BIRTH_CERTIFICATE), BOTH, UNPROVEN],
            id="no certificate",
        ),
    ],
)
def test_which_parents_pages_are_asked_for(
    pages: Sequence[PageReading], guardian: Guardian, typed: Any, codes: list[tuple[Code, Reason]]
) -> None:
    assert told(judged(*pages, guardian=guardian, **typed).findings) == codes


@pytest.mark.parametrize(
    ("guardian", "pages", "codes"),
    [
        pytest.param(
            Guardian(name="欧阳明", relation=GuardianRelation.OTHER, id_number=FATHER_NUMBER),
            [home(), father(), member(), certificate()],
            [],
            id="the father, by the certificate",
        ),
        pytest.param(
            Guardian(name="林晶", relation=GuardianRelation.OTHER, id_number=MOTHER_NUMBER),
            [home(), mother(), member(), certificate()],
            [],
            id="the mother, by her number",
        ),
        pytest.param(
            Guardian(name="欧阳明", relation=GuardianRelation.OTHER, id_number=FATHER_NUMBER),
            [home(), father(), member()],
            [],
            id="the father, by the relations",
        ),
        pytest.param(
            Guardian(name="欧阳明", relation=GuardianRelation.OTHER, id_number=FATHER_NUMBER),
            [HOME, SON, BELOW],
            [MISSING, UNPROVEN],
            id="a son at whose father's the child lives may be an uncle",
        ),
        pytest.param(
            Guardian(name="欧阳明", id_number=FATHER_NUMBER), [HOME, SON, BELOW], [], id="a guardian who says nothing"
        ),
    ],
)
def test_a_parent_who_was_entered_as_another_guardian(
    guardian: Guardian, pages: Sequence[PageReading], codes: list[tuple[Code, Reason]]
) -> None:
    card = (
        (portrait(), emblem())
        if guardian.name == "欧阳明"
        else (portrait({"姓名": "林静", "性别": "女", "出生": "1990年2月2日", "公民身份号码": MOTHER_NUMBER}), emblem())
    )
    assert told(judge(dossier(*card, *pages, guardian=guardian), (), READER).findings) == codes


def letter(*texts: str) -> PageReading:
    return page([line(text, 100, 20 + 60 * at) for at, text in enumerate(texts)])


PAPERS: Final = (
    (
        letter("委托书", f"委托人：欧阳明，身份证号{FATHER_NUMBER}；", f"受托人：欧阳大山，身份证号{NUMBER}。"),
        "委托书",
        f"委托人：欧阳明 {FATHER_NUMBER}；受托人：欧阳大山 {NUMBER}",
    ),
    (
        letter(
            "公证书",
            "（2026）样证字第00001号",
            "申请人：欧阳大山，男，1958年1月1日出生",
            "兹证明欧阳大山是欧阳靖萱的祖父。",
        ),
        "公证书",
        "申请人：欧阳大山；兹证明：欧阳大山",
    ),
    (
        letter("监护关系证明", f"兹证明欧阳大山（身份证号：{NUMBER}）系欧阳靖萱的监护人。", "特此证明。"),
        "监护关系证明",
        f"兹证明：欧阳大山 {NUMBER}",
    ),
    (letter("农村留守儿童委托监护责任确认书", "样本村村民委员会", "签字日期见背面"), "委托监护协议", None),
)


@pytest.mark.parametrize(
    ("paper", "title", "read"), PAPERS, ids=["the parents'", "a notary's", "a village's", "an agreement"]
)
def test_a_paper_is_named_and_shown_and_judged_by_a_person(paper: PageReading, title: str, read: str | None) -> None:
    judgement = judged(home(), father(), member(), paper)
    (finding,) = judgement.findings
    assert (finding.code, finding.reason, finding.severity) == (*UNPROVEN, Severity.REVIEW)
    assert (finding.page_kind, finding.file, finding.read) == (PageKind.GUARDIANSHIP, "6.jpg", read)
    assert finding.entered == f"欧阳大山 {NUMBER}"
    assert finding.message == f"您上传的{title}（第6个文件）已收到，监护关系需要人工审核。"
    assert judgement.pages[-1].kind is PageKind.GUARDIANSHIP


def test_without_a_paper_the_message_says_what_is_not_shown() -> None:
    (finding,) = judged(home(), father(), member(), guardian=GUARDIAN.model_copy(update={"id_number": None})).findings
    assert (finding.file, finding.read, finding.entered) == (None, None, "欧阳大山")
    assert finding.message == "按已上传的资料，还不能确认监护人与孩子的关系，需要人工审核。"


def test_every_paper_that_came_is_to_be_read_and_none_where_a_parent_or_a_grandparent_applies() -> None:
    papers = [paper for paper, _, _ in PAPERS]
    assert told(judged(home(), father(), member(), *papers).findings) == [UNPROVEN] * len(papers)
    assert told(judged(HOME, old("户主"), SON, BELOW, *papers).findings) == []
