from collections.abc import Mapping, Sequence

import pytest

from models.documents import DocumentKind, PageKind, Person
from models.findings import Code, Reason
from models.policy import Policy
from models.reading import PageReading
from pipeline.judge.rules.completeness import missing, needed_pages
from tests.support.cards import emblem, father, home, id_number, member, portrait, unreadable
from tests.support.dossiers import FAMILY, Sent, dossier
from tests.support.lines import Ink, Words, page

CARD = (portrait(), emblem())
COUSIN = member({"姓名": "欧阳子涵", "出生日期": "2017年5月6日", "公民身份证件编号": id_number("20170506", 8)})
ILLEGIBLE_MEMBER = member({"姓名": Ink("欧阳靖萱", sure=0.05), "公民身份证件编号": None, "出生日期": None})


def _without(reading: PageReading) -> tuple[PageReading, ...]:
    return tuple(page for page in FAMILY if page is not reading)


def _codes(findings: object) -> list[tuple[Code, Reason]]:
    return [(finding.code, finding.reason) for finding in findings]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("files", "codes"),
    [
        pytest.param(
            (*_without(FAMILY[4]), ILLEGIBLE_MEMBER),
            [],
            id="a card whose name and number cannot be read may be the one",
        ),
        pytest.param(
            (*_without(FAMILY[2]), Sent((unreadable(),), DocumentKind.HOUSEHOLD_REGISTER)),
            [],
            id="a page that cannot be read, of the document in which one is missing",
        ),
        pytest.param(
            (*_without(FAMILY[2]), Sent((unreadable(),), DocumentKind.ID_CARD)),
            [(Code.PAGE_MISSING, Reason.HOME)],
            id="a page that cannot be read, of another document",
        ),
    ],
)
def test_a_page_that_cannot_be_read_might_be_the_missing_one(
    files: Sequence[Sent | PageReading], codes: list[tuple[Code, Reason]]
) -> None:
    assert _codes(missing(dossier(*files), Policy())) == codes


def test_another_child_is_named_where_the_page_is() -> None:
    (finding,) = missing(dossier(*CARD, home(), father(), COUSIN), Policy())
    assert (finding.file, finding.page_no, finding.read) == ("5.jpg", 1, "欧阳子涵")
    assert finding.box is not None


@pytest.mark.parametrize(
    ("name", "born"),
    [
        pytest.param(None, None, id="neither name nor day was found"),
        pytest.param(Ink("欧阳子涵", sure=0.02), "2017年5月6日", id="the name cannot be read"),
        pytest.param("欧阳子涵", Ink("2017年5月6日", sure=0.02), id="the day cannot be read"),
    ],
)
def test_a_stranger_who_cannot_be_read_is_not_accused_of_being_one(name: Words | None, born: Words | None) -> None:
    other = member({"姓名": name, "出生日期": born, "公民身份证件编号": id_number("20170506", 8)})
    (finding,) = missing(dossier(*CARD, home(), father(), other), Policy())
    assert (finding.code, finding.reason) == (Code.PAGE_MISSING, Reason.CHILD_PAGE)


@pytest.mark.parametrize(
    ("files", "kinds"),
    [
        pytest.param(
            (*FAMILY, COUSIN, page(())),
            [
                PageKind.ID_PORTRAIT,
                PageKind.ID_EMBLEM,
                PageKind.HUKOU_HOME,
                PageKind.HUKOU_MEMBER,
                PageKind.HUKOU_MEMBER,
            ],
            id="not of strangers and not of blank pages",
        ),
        pytest.param(
            (*FAMILY, Sent((unreadable(),), DocumentKind.HOUSEHOLD_REGISTER)),
            [
                PageKind.HUKOU_HOME,
                PageKind.HUKOU_MEMBER,
                PageKind.HUKOU_MEMBER,
                PageKind.ID_EMBLEM,
                PageKind.ID_PORTRAIT,
            ],
            id="not of an unreadable page where every slot of its document is filled",
        ),
        pytest.param(
            (*CARD, Sent((unreadable(),), DocumentKind.HOUSEHOLD_REGISTER)),
            [PageKind.ID_PORTRAIT, PageKind.ID_EMBLEM, PageKind.UNREADABLE],
            id="of an unreadable page while a slot of its document is open",
        ),
    ],
)
def test_legibility_is_asked_only_of_needed_pages(files: Sequence[Sent | PageReading], kinds: list[PageKind]) -> None:
    assert sorted(view.kind for view in needed_pages(dossier(*files), Policy())) == sorted(kinds)


def test_the_childs_card_is_the_likelier_of_two_twins() -> None:
    change: Mapping[str, str] = {"姓名": "欧阳靖瑶", "公民身份证件编号": id_number("20191123", 4)}
    held = dossier(*FAMILY, member(change))
    assert [view.holder for view in held.pages[-2:]] == [Person.CHILD, None]
