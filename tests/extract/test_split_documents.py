import pytest

from models.documents import PageKind
from models.reading import Line, PageReading
from pipeline.extract.page_classifier import classify_page
from pipeline.extract.split_documents import split_documents
from tests.support.cards import certificate, emblem, father, home, member, portrait
from tests.support.dossiers import Sent, dossier
from tests.support.lines import line, moved, page

_LONGER = {"兵役状况": "未服兵役", "服务处所": None, "迁来本址": None}


def _aside(lines: tuple[Line, ...], right: int) -> tuple[Line, ...]:
    return tuple(line(held.text, held.upright.left + right, held.upright.top) for held in lines)


def _beside(left: PageReading, right: PageReading) -> PageReading:
    return page((*left.lines, *_aside(right.lines, 800)))


def _below(top: PageReading, bottom: PageReading) -> PageReading:
    return page((*top.lines, *moved(bottom.lines, 1000)))


def _spaced(reading: PageReading) -> PageReading:
    """A 首页 whose labels are printed so wide that each character reads as a line; 年 月 日签发 is printed as well."""
    kept = tuple(
        held for held in reading.lines if not any(word in held.text for word in ("户别", "户号", "住址", "登记"))
    )
    return page(
        (*kept, *(line(char, 100 + 80 * at, 500) for at, char in enumerate("户别户号住址")), line("日签发", 900, 560))
    )


@pytest.mark.parametrize(
    ("reading", "kinds"),
    [
        pytest.param(
            _below(_spaced(home()), page(moved(member(_LONGER).lines, 200))),
            [PageKind.HUKOU_HOME, PageKind.HUKOU_MEMBER],
            id="the 首页 with wide labels above a card",
        ),
        pytest.param(
            _beside(member(_LONGER), father(_LONGER)), [PageKind.HUKOU_MEMBER] * 2, id="facing cards of a register"
        ),
        pytest.param(_below(member(_LONGER), father(_LONGER)), [PageKind.HUKOU_MEMBER] * 2, id="a card below another"),
        pytest.param(
            _beside(home(), member(_LONGER)), [PageKind.HUKOU_HOME, PageKind.HUKOU_MEMBER], id="the 首页 beside a card"
        ),
        pytest.param(
            _below(portrait(), emblem()), [PageKind.ID_PORTRAIT, PageKind.ID_EMBLEM], id="both sides of an ID card"
        ),
        pytest.param(
            _beside(emblem(), portrait()), [PageKind.ID_EMBLEM, PageKind.ID_PORTRAIT], id="its other side first"
        ),
        pytest.param(
            _below(emblem(), home()), [PageKind.ID_EMBLEM, PageKind.HUKOU_HOME], id="the emblem side above the 首页"
        ),
        pytest.param(
            _below(_below(portrait(), emblem()), page(moved(member(_LONGER).lines, 1000))),
            [PageKind.ID_PORTRAIT, PageKind.ID_EMBLEM, PageKind.HUKOU_MEMBER],
            id="both sides above a card",
        ),
        pytest.param(member(_LONGER), [PageKind.HUKOU_MEMBER], id="a card alone"),
        pytest.param(home(), [PageKind.HUKOU_HOME], id="the 首页 alone"),
        pytest.param(portrait(), [PageKind.ID_PORTRAIT], id="the portrait side alone"),
        pytest.param(certificate(), [PageKind.BIRTH_CERTIFICATE], id="a certificate"),
        pytest.param(
            page((*portrait().lines, *emblem().lines)), [PageKind.ID_PORTRAIT], id="two sides that no cut parts"
        ),
    ],
)
def test_documents_in_one_outline(reading: PageReading, kinds: list[PageKind]) -> None:
    parts = split_documents(reading)
    assert len(parts) == len(kinds)
    if len(kinds) > 1:
        assert [classify_page(part.lines) for part in parts] == kinds


def test_every_line_belongs_to_one_part() -> None:
    reading = _beside(member(_LONGER), father(_LONGER))
    parts = split_documents(reading)
    assert sorted(one.text for part in parts for one in part.lines) == sorted(one.text for one in reading.lines)


def test_each_part_has_its_share_of_the_outline() -> None:
    left, right = split_documents(_beside(member(_LONGER), father(_LONGER)))
    assert left.quad.top_right == right.quad.top_left
    top, bottom = split_documents(_below(portrait(), emblem()))
    assert top.quad.bottom_left == bottom.quad.top_left


def test_pages_of_one_picture_are_pages_of_the_case() -> None:
    pages = dossier(Sent((_below(portrait(), emblem()),))).pages
    assert [view.kind for view in pages] == [PageKind.ID_PORTRAIT, PageKind.ID_EMBLEM]
