from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from models.documents import DocumentKind, Field
from models.findings import Code, Reason
from models.policy import Policy
from models.reading import PageReading, Tile
from pipeline.judge.rules.legibility import illegible
from tests.support.cards import certificate, changes_page, emblem, father, home, member, portrait, unreadable
from tests.support.dossiers import Sent, dossier
from tests.support.lines import PAPER, Ink, page, seen

REGISTER, CARD = DocumentKind.HOUSEHOLD_REGISTER, DocumentKind.ID_CARD
WHITE, SKIN, FLAT = Tile(255, 252, 2), Tile(170, 155, 8), Tile(220, 215, 2)
BLACK, PALE = Tile(40, 10, 20), Tile(220, 212, 9)

POLICY = Policy()
NAME_PLACE = [(column, row) for column in range(3, 9) for row in (1, 2)]  # tiles beside 姓名 on a member card


def faint(text: str, **measures: float) -> Ink:
    """Text that cannot be read."""
    return Ink(text, sure=0.02, measures=measures)


def over_the_name(tile: Tile, *, tiles: int = 12) -> dict[tuple[int, int], Tile]:
    """What the place beside 姓名 looks like."""
    return dict.fromkeys(NAME_PLACE[:tiles], tile)


def nameless(**looks: Any) -> PageReading:
    return member({"姓名": None}, **looks)


def _codes(files: Sequence[Sent | PageReading]) -> list[tuple[Code, Reason]]:
    held = dossier(*files)
    return [(finding.code, finding.reason) for finding in illegible(held, held.pages, POLICY)]


@pytest.mark.parametrize(
    ("reading", "codes"),
    [
        pytest.param(member(), [], id="everything reads"),
        pytest.param(
            member({"姓名": faint("欧阳靖萱", height=10.9)}),
            [(Code.REGISTER_ILLEGIBLE, Reason.TOO_SMALL)],
            id="a name in tiny print",
        ),
        pytest.param(
            member({"姓名": faint("欧阳靖萱", edge_width=0.13)}),
            [(Code.REGISTER_ILLEGIBLE, Reason.BLUR)],
            id="a name out of focus",
        ),
        pytest.param(
            member({"姓名": faint("欧阳靖萱", height=10.9, edge_width=0.5)}),
            [(Code.REGISTER_ILLEGIBLE, Reason.TOO_SMALL)],
            id="tiny print is told before blur",
        ),
        pytest.param(
            member({"姓名": faint("欧阳靖萱")}), [(Code.REGISTER_ILLEGIBLE, Reason.BLUR)], id="a name without an excuse"
        ),
        pytest.param(
            member({"姓名": faint("欧阳靖萱")}, brightness=0.2),
            [(Code.REGISTER_ILLEGIBLE, Reason.TOO_DARK)],
            id="a name on a dark page",
        ),
        pytest.param(
            member({"姓名": faint("欧阳靖萱", contrast=0.1)}),
            [(Code.REGISTER_ILLEGIBLE, Reason.LOW_CONTRAST)],
            id="a name in faint print",
        ),
        pytest.param(
            nameless(tiles=over_the_name(WHITE)),
            [(Code.REGISTER_ILLEGIBLE, Reason.GLARE)],
            id="a burnt out place where the name should be",
        ),
        pytest.param(
            nameless(tiles=over_the_name(WHITE), paper=Tile(254, 60, 40)),
            [(Code.REGISTER_ILLEGIBLE, Reason.LOW_CONTRAST)],
            id="white paper is no glare",
        ),
        pytest.param(
            nameless(tiles=over_the_name(WHITE, tiles=1)),
            [(Code.REGISTER_ILLEGIBLE, Reason.BLUR)],
            id="one bright tile is a speck",
        ),
        pytest.param(
            nameless(tiles=over_the_name(SKIN)),
            [(Code.REGISTER_ILLEGIBLE, Reason.OCCLUDED)],
            id="a finger where the name should be",
        ),
        pytest.param(
            nameless(tiles=over_the_name(BLACK), paper=Tile(50, 20, 10), brightness=0.2),
            [(Code.REGISTER_ILLEGIBLE, Reason.TOO_DARK)],
            id="on a dark page every place is dark",
        ),
        pytest.param(
            nameless(tiles=over_the_name(FLAT)),
            [(Code.REGISTER_ILLEGIBLE, Reason.LOW_CONTRAST)],
            id="nothing is printed where the name should be",
        ),
        pytest.param(
            nameless(), [(Code.REGISTER_ILLEGIBLE, Reason.BLUR)], id="something is printed there, and it does not read"
        ),
        pytest.param(
            member(without=["性别"]), [(Code.REGISTER_ILLEGIBLE, Reason.BLUR)], id="neither label nor value was found"
        ),
        pytest.param(
            member({"姓名": faint("欧阳靖萱"), "公民身份证件编号": None}),
            [(Code.REGISTER_ILLEGIBLE, Reason.BLUR), (Code.REGISTER_ILLEGIBLE, Reason.BLUR)],
            id="neither name nor number of a card that is the child's by its birth date",
        ),
        pytest.param(
            member({"性别": faint("女"), "出生日期": faint("2019年11月23日")}),
            [(Code.REGISTER_ILLEGIBLE, Reason.BLUR), (Code.REGISTER_ILLEGIBLE, Reason.BLUR)],
            id="two fields",
        ),
        pytest.param(
            home({"住址": faint("北京市样本区")}), [(Code.REGISTER_ILLEGIBLE, Reason.BLUR)], id="the address of a 首页"
        ),
        pytest.param(
            portrait({"姓名": faint("欧阳明", height=9.0)}),
            [(Code.ILLEGIBLE, Reason.TOO_SMALL)],
            id="a card in tiny print",
        ),
        pytest.param(
            portrait({"公民身份号码": faint("110199198801010014")}, brightness=0.1),
            [(Code.ILLEGIBLE, Reason.TOO_DARK)],
            id="a card in the dark",
        ),
        pytest.param(
            portrait({"姓名": faint("欧阳明", contrast=0.1)}, paper=PALE),
            [(Code.ILLEGIBLE, Reason.LOW_CONTRAST)],
            id="a faint card",
        ),
        pytest.param(
            portrait({"姓名": faint("欧阳明", edge_width=0.2)}), [(Code.ILLEGIBLE, Reason.BLUR)], id="a blurred card"
        ),
        pytest.param(
            portrait({"姓名": None}, tiles={place: WHITE for place in [(x, 1) for x in range(3, 9)]}),
            [(Code.ILLEGIBLE, Reason.GLARE)],
            id="a card with a lamp over the name",
        ),
        pytest.param(
            portrait({"姓名": None}, tiles={place: SKIN for place in [(x, 1) for x in range(3, 9)]}),
            [(Code.ILLEGIBLE, Reason.OCCLUDED)],
            id="a card with a finger over the name",
        ),
        pytest.param(emblem(None), [(Code.ILLEGIBLE, Reason.BLUR)], id="an emblem side without its validity"),
        pytest.param(
            certificate({"母亲姓名": faint("林静")}),
            [(Code.ILLEGIBLE, Reason.BLUR)],
            id="the mother's name on a certificate",
        ),
        pytest.param(certificate(father={}), [], id="a blank father's block"),
        pytest.param(
            member({"曾用名": faint("欧阳静"), "籍贯": None, "户主或与户主关系": None, "民族": faint("汉")}),
            [],
            id="cells that may be blank",
        ),
        pytest.param(changes_page(), [], id="a page without required fields"),
        pytest.param(page(()), [], id="an empty page"),
    ],
)
def test_what_cannot_be_read(reading: PageReading, codes: list[tuple[Code, Reason]]) -> None:
    assert _codes([reading]) == codes


@pytest.mark.parametrize(
    ("measures", "looks"),
    [
        pytest.param({"edge_width": 0.9}, {}, id="blurred"),
        pytest.param({"contrast": 0.01}, {}, id="faint"),
        pytest.param({"height": 5.0}, {}, id="tiny"),
        pytest.param({"saturated": 1.0}, {"tiles": over_the_name(WHITE)}, id="with glare"),
        pytest.param({}, {"brightness": 0.01, "paper": BLACK}, id="in the dark"),
        pytest.param({}, {"brightness": 1.0, "paper": WHITE}, id="burnt out"),
    ],
)
def test_a_page_that_reads_is_never_rejected_for_its_looks(
    measures: Mapping[str, float], looks: Mapping[str, Any]
) -> None:
    assert _codes([seen(member(**looks), **measures)]) == []


@pytest.mark.parametrize(
    ("files", "codes"),
    [
        pytest.param(
            [Sent((unreadable(),), REGISTER)], [(Code.REGISTER_ILLEGIBLE, Reason.BLUR)], id="said to be of the register"
        ),
        pytest.param([Sent((unreadable(),), CARD)], [(Code.ILLEGIBLE, Reason.BLUR)], id="said to be a card"),
        pytest.param(
            [Sent((seen(unreadable(), height=10.0),), REGISTER)],
            [(Code.REGISTER_ILLEGIBLE, Reason.TOO_SMALL)],
            id="in tiny print",
        ),
        pytest.param([unreadable()], [(Code.ILLEGIBLE, Reason.BLUR)], id="of which nobody says what it is"),
    ],
)
def test_a_page_that_does_not_read_at_all(
    files: Sequence[Sent | PageReading], codes: list[tuple[Code, Reason]]
) -> None:
    assert _codes(files) == codes


@pytest.mark.parametrize(
    ("subpixels", "name", "told"),
    [
        pytest.param(0.0, faint("欧阳靖萱"), [Reason.BLUR], id="on paper"),
        pytest.param(0.3, faint("欧阳靖萱"), [], id="on a screen, whose stripes look so: 疑似翻拍复印 asks a person"),
        pytest.param(0.3, faint("欧阳靖萱", height=10.9), [Reason.TOO_SMALL], id="on a screen, but too small"),
    ],
)
def test_stripes_of_a_screen_are_no_blur(subpixels: float, name: Ink, told: list[Reason]) -> None:
    reading = member({"姓名": name})
    measures = reading.measures.model_copy(update={"subpixels": subpixels})
    codes = _codes([reading.model_copy(update={"measures": measures})])
    assert codes == [(Code.REGISTER_ILLEGIBLE, reason) for reason in told]


@pytest.mark.parametrize(
    ("second", "found"),
    [
        pytest.param(member(), 0, id="another picture of the same page supplies it"),
        pytest.param(member({"性别": faint("女")}), 2, id="another picture that does not read there either"),
        pytest.param(father(), 1, id="another person's page"),
    ],
)
def test_a_field_that_another_picture_supplies_is_not_missed(second: PageReading, found: int) -> None:
    assert len(_codes([member({"性别": faint("女")}), second])) == found


def test_an_unread_field_points_at_its_place_with_measure_and_limit() -> None:
    held = dossier(nameless(tiles=over_the_name(WHITE)))
    (finding,) = illegible(held, held.pages, POLICY)
    assert (finding.code, finding.reason, finding.field) == (Code.REGISTER_ILLEGIBLE, Reason.GLARE, Field.NAME)
    assert finding.box is not None
    assert (finding.box.left, finding.box.top, finding.box.bottom) == (190, 80, 110)
    assert (finding.measured, finding.limit) == (0.0, 0.3)


def test_the_paper_of_a_test_page_is_neither_dark_nor_burnt_out() -> None:
    assert POLICY.legibility.dark * 255 < PAPER.paper < 250
