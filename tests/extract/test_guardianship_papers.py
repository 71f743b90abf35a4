"""Papers about guardianship: their kind by title, label or mark, and the people on them."""

import pytest

from models.documents import ABOUT_GUARDIANSHIP, OtherDocument, PageKind
from pipeline.extract.extraction import extract_page
from pipeline.extract.guardianship_papers import people_named
from tests.support.cards import FATHER_NUMBER, MOTHER_NUMBER
from tests.support.lines import Ink, Words, line, page


@pytest.mark.parametrize(
    ("texts", "document"),
    [
        pytest.param(["委托书"], OtherDocument.ENTRUSTMENT, id="委托书"),
        pytest.param(["委托人", "欧阳明", "受托人", "林静"], OtherDocument.ENTRUSTMENT, id="its labels"),
        pytest.param(["亲属关系公证书"], OtherDocument.NOTARY, id="a title that says what is certified"),
        pytest.param(["（2026）京样证民字第00001号", "共两页"], OtherDocument.NOTARY, id="a number of a 公证处"),
        pytest.param(["监护人证明"], OtherDocument.GUARDIANSHIP_PROOF, id="监护人证明"),
        pytest.param(["关系证明"], OtherDocument.KINSHIP_PROOF, id="关系证明"),
        pytest.param(["委托照护协议书"], OtherDocument.CARE_AGREEMENT, id="委托照护协议书"),
        pytest.param(["委托监护责任确认书"], OtherDocument.CARE_AGREEMENT, id="委托监护责任确认书"),
        pytest.param(["指定监护决定书"], OtherDocument.GUARDIAN_DECISION, id="指定监护决定书"),
        pytest.param(["民事判决书"], OtherDocument.COURT_RULING, id="民事判决书"),
        pytest.param(["（2026）样0199民特1号", "共两页"], OtherDocument.COURT_RULING, id="a number of a court"),
        pytest.param(["中华人民共和国收养登记证"], OtherDocument.ADOPTION_CERTIFICATE, id="收养登记证"),
    ],
)
def test_papers_about_guardianship_have_a_kind_of_their_own(texts: list[str], document: OtherDocument) -> None:
    rest = ["样本市样本区样本街道办事处二〇二六年十一月"]
    content = extract_page(page([line(text, 100, 20 + 60 * at) for at, text in enumerate([*texts, *rest])]))
    assert (content.kind, content.document, content.edition) == (PageKind.GUARDIANSHIP, document, None)
    assert document in ABOUT_GUARDIANSHIP


@pytest.mark.parametrize(
    ("texts", "people"),
    [
        pytest.param(
            [f"委托人：欧阳明，身份证号：{FATHER_NUMBER}", f"受托人：林静，身份证号：{MOTHER_NUMBER.lower()}"],
            [("委托人", "欧阳明", FATHER_NUMBER), ("受托人", "林静", MOTHER_NUMBER)],
            id="two parties",
        ),
        pytest.param(
            ["被监护人欧阳靖萱，监护人欧阳大山"],
            [("被监护人", "欧阳靖萱", None), ("监护人", "欧阳大山", None)],
            id="words in words",
        ),
        pytest.param(
            ["兹证明阿里木·买买提系古丽的父亲"],
            [("兹证明", "阿里木·买买提", None)],
            id="a name of several parts",
        ),
        pytest.param(["申请人姓名：林静", "申请人姓名：林静"], [("申请人", "林静", None)], id="a person twice"),
        pytest.param(
            ["监护人：林静", "护照号E12345678"],
            [("监护人", "林静", "E12345678")],
            id="the number of a passport",
        ),
        pytest.param(
            ["兹证明我村村民林静，女，汉族，为欧阳靖萱之母亲，其监护人欧阳", "大山，男。"],
            [("监护人", "欧阳大山", None)],
            id="a name at the end of a full line",
        ),
        pytest.param(
            ["监护人：林静", "联系人：欧阳明明明明明明明明明明明明明明明"],
            [("监护人", "林静", None)],
            id="the end of a short line",
        ),
        pytest.param(["监护人：", "样本街道办事处居民委员会"], [], id="a blank place"),
        pytest.param([Ink("监护人：林静", sure=0.4)], [], id="a line that cannot be read"),
    ],
)
def test_the_people_on_a_paper(texts: list[Words], people: list[tuple[str, str, str | None]]) -> None:
    lines = extract_page(page([line(text, 100, 20 + 60 * at) for at, text in enumerate(texts)])).lines
    assert list(people_named(lines)) == people
