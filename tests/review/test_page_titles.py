"""Cards of the household register are told apart by their holders, on the desk and in Prefect."""

import pytest

from models.documents import PageKind, Person
from pipeline.ledger.ledger import Ledger
from pipeline.review.page_titles import page_title
from tests.support.cards import father, id_number, member, mother
from tests.support.dossiers import FAMILY, Sent
from tests.support.lines import page, rows
from tests.support.reviewing import opened

STRANGER = member({"姓名": "赵大海", "出生日期": "2010年1月1日", "公民身份证件编号": id_number("20100101", 1)})


@pytest.mark.parametrize(
    ("files", "titles"),
    [
        pytest.param((*FAMILY[:3], father(), mother(), member()), ["父亲页", "母亲页", "孩子本人页"], id="a family"),
        pytest.param((*FAMILY[:3], father(), member({"姓名": None})), ["父亲页", "孩子本人页"], id="by the number"),
        pytest.param((*FAMILY[:3], father(), STRANGER), ["父亲页", "常住人口登记卡"], id="somebody else's"),
    ],
)
def test_the_title_of_a_card(ledger: Ledger, files: tuple[Sent, ...], titles: list[str]) -> None:
    result = opened(ledger, *files).laid_out.result
    cards = [page for page in result.pages if page.kind is PageKind.HUKOU_MEMBER]
    assert [page_title(page, result) for page in cards] == titles


def test_another_document_is_called_what_it_is(ledger: Ledger) -> None:
    licence = page(rows({"准驾车型": "C1"}, title="机动车驾驶证"))
    result = opened(ledger, *FAMILY[:4], licence).laid_out.result
    assert page_title(result.pages[-1], result) == "驾驶证"


def test_the_sheet_knows_the_holder_of_each_page(ledger: Ledger) -> None:
    pages = opened(ledger, *FAMILY).sheet.pages
    assert [page.holder for page in pages] == [None, None, None, Person.FATHER, Person.CHILD]
