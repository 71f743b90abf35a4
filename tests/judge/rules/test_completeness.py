from collections.abc import Sequence

import pytest

from models.case import FailedPage
from models.documents import DocumentKind
from models.findings import Code, Reason
from models.policy import Pages, Policy
from models.reading import PageReading
from models.submission import Guardian, GuardianRelation, IdType
from pipeline.judge.rules.completeness import missing
from tests.support.cards import certificate, emblem, father, home, id_number, member, mother, portrait, unreadable
from tests.support.dossiers import FAMILY, GUARDIAN, Sent, dossier
from tests.support.lines import page, rows, seen

CARD = (portrait(), emblem())
BY_CERTIFICATE = {"id_type": IdType.BIRTH_CERTIFICATE, "id_number": None, "birth_certificate_number": "T110000000"}
BLANK_FATHER = certificate(father={})
GRANDFATHER = father({"姓名": "欧阳德", "出生日期": "1960年3月3日", "公民身份证件编号": id_number("19600303", 3)})
WIFE_HEAD = mother({"户主或与户主关系": "户主"})
COUSIN = member({"姓名": "欧阳子涵", "出生日期": "2017年5月6日", "公民身份证件编号": id_number("20170506", 8)})
FOREIGN = page(rows({"中华人民共和国机动车驾驶证": "准驾车型", "初次领证日期": "2008年5月6日"}))
DAMAGED = FailedPage(page_no=1, code=Code.BAD_FILE, reason=Reason.DAMAGED)
LOST = Sent(failure=(Code.UPLOAD_BROKEN, Reason.UPLOAD_INCOMPLETE), hint=DocumentKind.HOUSEHOLD_REGISTER)
MENU = page(rows({"菜名": "红烧牛肉面配时令蔬菜", "价格": "人民币三十八元整一份"}))
BIRTHDAY = "2019-11-23T23:59:00+08:00"


def _without(reading: PageReading) -> tuple[PageReading, ...]:
    return tuple(page for page in FAMILY if page is not reading)


def _codes(findings: object) -> list[tuple[Code, Reason]]:
    return [(finding.code, finding.reason) for finding in findings]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("pages", "codes"),
    [
        pytest.param(FAMILY, [], id="everything came"),
        pytest.param(FAMILY[::-1], [], id="in another order"),
        pytest.param((*FAMILY, mother(), certificate(), home()), [], id="more than is needed"),
        pytest.param(_without(FAMILY[0]), [(Code.PAGE_MISSING, Reason.ID_PORTRAIT)], id="no portrait side"),
        pytest.param(_without(FAMILY[1]), [(Code.PAGE_MISSING, Reason.ID_EMBLEM)], id="no emblem side"),
        pytest.param(_without(FAMILY[2]), [(Code.PAGE_MISSING, Reason.HOME)], id="no 首页"),
        pytest.param(_without(FAMILY[3]), [(Code.PAGE_MISSING, Reason.PARENT_PAGE)], id="no parent's page"),
        pytest.param(_without(FAMILY[4]), [(Code.PAGE_MISSING, Reason.CHILD_PAGE)], id="no child's page"),
        pytest.param(
            (page(()),),
            [
                (Code.PAGE_MISSING, Reason.ID_PORTRAIT),
                (Code.PAGE_MISSING, Reason.ID_EMBLEM),
                (Code.PAGE_MISSING, Reason.HOME),
                (Code.PAGE_MISSING, Reason.CHILD_PAGE),
                (Code.PAGE_MISSING, Reason.PARENT_PAGE),
            ],
            id="nothing came but an empty page",
        ),
        pytest.param(
            (*CARD, home(), father(), Sent((FOREIGN,), DocumentKind.HOUSEHOLD_REGISTER)),
            [(Code.WRONG_DOCUMENT, Reason.WRONG_DOCUMENT)],
            id="another form came for the child's page",
        ),
        pytest.param(
            (*CARD, home(), father(), Sent((MENU,), DocumentKind.HOUSEHOLD_REGISTER)),
            [(Code.WRONG_DOCUMENT, Reason.WRONG_DOCUMENT)],
            id="a menu came for the child's page, and reads",
        ),
        pytest.param(
            (*CARD, home(), father(), Sent((seen(MENU, contrast=0.25),), DocumentKind.HOUSEHOLD_REGISTER)),
            [],
            id="the same in bad light may be the child's: `illegible` speaks of it",
        ),
        pytest.param(
            (*CARD, home(), father(), FOREIGN),
            [(Code.PAGE_MISSING, Reason.CHILD_PAGE)],
            id="another form of which nobody says that it is ours",
        ),
        pytest.param(
            (*CARD, home(), mother(), member()),
            [],
            id="the page of the other parent, as the relations tell",
        ),
        pytest.param(
            (*CARD, home(), mother(), member(), certificate()), [], id="a parent's page whom the certificate names"
        ),
        pytest.param(
            (*CARD, home(), father(), COUSIN),
            [(Code.WRONG_DOCUMENT, Reason.WRONG_MEMBER)],
            id="another child's page instead of the child's",
        ),
        pytest.param((*FAMILY, COUSIN), [], id="another child's page beside the child's"),
        pytest.param(
            (*CARD, home(), father({"户主或与户主关系": None}), member({"户主或与户主关系": None})),
            [],
            id="a 集体户, whose relations are blank",
        ),
        pytest.param(
            (*CARD, home(), father({"户主或与户主关系": "子"}), GRANDFATHER, member({"户主或与户主关系": "孙女"})),
            [],
            id="a grandfather's household",
        ),
        pytest.param(
            (*CARD, father(), member(), unreadable()),
            [],
            id="a page that nobody can read might be the one that is missing",
        ),
        pytest.param(
            (*CARD, home(), father(), LOST), [], id="a file that never arrived might be: `broken` speaks of it"
        ),
        pytest.param(
            (*CARD, home(), father(), Sent(hint=DocumentKind.HOUSEHOLD_REGISTER, failed=DAMAGED)),
            [],
            id="a page that is damaged might be: `broken` speaks of it",
        ),
        pytest.param(
            (CARD[0], home(), father(), member(), LOST),
            [(Code.PAGE_MISSING, Reason.ID_EMBLEM)],
            id="a file of another document is not the one that is missing",
        ),
        pytest.param(
            (*CARD, home(), father(), LOST._replace(hint=None)),
            [(Code.PAGE_MISSING, Reason.CHILD_PAGE)],
            id="nor is a file of which nobody says what it is",
        ),
        *[
            pytest.param((*CARD, home(), father(), sent), [], id=f"{what} of which nobody says what it is might be")
            for what, sent in (
                ("a damaged file", Sent(failure=(Code.BAD_FILE, Reason.DAMAGED))),
                ("a damaged page", Sent(failed=DAMAGED)),
            )
        ],
    ],
)
def test_an_application_by_the_household_register(
    pages: Sequence[PageReading], codes: list[tuple[Code, Reason]]
) -> None:
    assert _codes(missing(dossier(*pages), Policy())) == codes


@pytest.mark.parametrize(
    ("pages", "codes"),
    [
        pytest.param((*CARD, home(), father(), mother(), certificate()), [], id="everything came"),
        pytest.param((*CARD, home(), mother(), BLANK_FATHER), [], id="a blank father's block asks for the mother only"),
        pytest.param(
            (*CARD, home(), father(), BLANK_FATHER),
            [(Code.PAGE_MISSING, Reason.BOTH_PARENTS)],
            id="a blank father's block, and the mother's page is missing",
        ),
        pytest.param(
            (*CARD, home(), father(), certificate()),
            [(Code.PAGE_MISSING, Reason.BOTH_PARENTS)],
            id="one of two named parents",
        ),
        pytest.param(
            (*CARD, home(), father(), mother()),
            [(Code.PAGE_MISSING, Reason.BIRTH_CERTIFICATE)],
            id="no certificate",
        ),
        pytest.param(
            (*CARD, home()),
            [(Code.PAGE_MISSING, Reason.BIRTH_CERTIFICATE), (Code.PAGE_MISSING, Reason.BOTH_PARENTS)],
            id="no certificate, and nobody's page",
        ),
        pytest.param(
            (*CARD, home(), home(), father(), WIFE_HEAD, certificate()), [], id="two booklets, one of each parent"
        ),
    ],
)
def test_an_application_by_the_birth_certificate(
    pages: Sequence[PageReading], codes: list[tuple[Code, Reason]]
) -> None:
    assert _codes(missing(dossier(*pages, child=BY_CERTIFICATE), Policy())) == codes


@pytest.mark.parametrize(
    ("submitted_at", "codes"),
    [
        pytest.param(
            BIRTHDAY,
            [(Code.PAGE_MISSING, Reason.BIRTH_CERTIFICATE), (Code.PAGE_MISSING, Reason.BOTH_PARENTS)],
            id="born today",
        ),
        pytest.param(
            "2019-12-21T23:59:00+08:00",
            [(Code.PAGE_MISSING, Reason.BIRTH_CERTIFICATE), (Code.PAGE_MISSING, Reason.BOTH_PARENTS)],
            id="28 days old",
        ),
        pytest.param("2019-12-22T00:00:00+08:00", [(Code.PAGE_MISSING, Reason.PARENT_PAGE)], id="29 days old"),
        pytest.param(
            "2019-12-21T16:00:00Z", [(Code.PAGE_MISSING, Reason.PARENT_PAGE)], id="29 days old in Beijing, 28 in London"
        ),
    ],
)
def test_a_newborn_in_the_register_also_needs_the_certificate_and_both_parents(
    submitted_at: str, codes: list[tuple[Code, Reason]]
) -> None:
    assert _codes(missing(dossier(*CARD, home(), member(), submitted_at=submitted_at), Policy())) == codes


@pytest.mark.parametrize(
    ("guardian", "pages", "codes"),
    [
        pytest.param(None, FAMILY, [], id="nobody is named, and a grown-up's page came"),
        pytest.param(
            None, (*CARD, home(), member()), [(Code.PAGE_MISSING, Reason.PARENT_PAGE)], id="nobody is named, none came"
        ),
        pytest.param(
            Guardian(name="林静", relation=GuardianRelation.MOTHER),
            (*CARD, home(), father(), member()),
            [],
            id="the mother is named, and the father's page came",
        ),
        pytest.param(
            Guardian(name="欧阳 明", relation=None), FAMILY, [], id="the guardian's name is typed with a space"
        ),
        pytest.param(
            GUARDIAN.model_copy(update={"name": "欧阳铭"}),
            FAMILY,
            [],
            id="the name is misspelt, and the number is right",
        ),
    ],
)
def test_the_guardian(
    guardian: Guardian | None, pages: Sequence[PageReading], codes: list[tuple[Code, Reason]]
) -> None:
    assert _codes(missing(dossier(*pages, guardian=guardian), Policy())) == codes


@pytest.mark.parametrize(
    ("pages", "wanted", "codes"),
    [
        pytest.param((member(),), (Reason.CHILD_PAGE,), [], id="nothing but the child's page"),
        pytest.param((member(),), (Reason.HOME,), [(Code.PAGE_MISSING, Reason.HOME)], id="nothing but the 首页"),
        pytest.param(
            FAMILY, (Reason.BIRTH_CERTIFICATE,), [(Code.PAGE_MISSING, Reason.BIRTH_CERTIFICATE)], id="a certificate too"
        ),
        pytest.param((member(),), (), [], id="nothing at all"),
    ],
)
def test_the_hospital_says_what_an_application_needs(
    pages: Sequence[PageReading], wanted: tuple[Reason, ...], codes: list[tuple[Code, Reason]]
) -> None:
    policy = Policy(pages=Pages(household_register=wanted))
    assert _codes(missing(dossier(*pages), policy)) == codes
