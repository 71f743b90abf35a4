"""Pages whose labels were lost, made of the samples' readings: places as the engine gives them."""

import re
from collections.abc import Callable, Iterator
from itertools import chain

import pytest

from fixtures.readings import kept_readings
from models.case import ReadPage
from models.content import Slot
from models.documents import Field, PageKind
from models.geometry import Box, Point, Quad
from models.reading import Line, PageReading
from pipeline.extract.extraction import extract_page
from pipeline.extract.page_classifier import classify_page
from pipeline.extract.split_documents import split_documents
from tests.support.lines import lattice, line

_LABELS = (
    "登记卡", "姓名", "户主", "关系", "曾用名", "性别", "出生", "民族", "籍贯", "住址", "宗教信仰", "公民身份",
    "编号", "号码", "身高", "血型", "文化程度", "婚姻状况", "兵役状况", "服务处所", "职业", "何时由何地",
    "迁来", "承办人", "登记日期",
)  # fmt: skip
_KEPT_ON_PORTRAITS = ("性别", "民族")  # the engine reads them in one line with their values
BORN = Slot(Field.BIRTH_DATE)
_NOT_OURS = {PageKind.OTHER, PageKind.UNREADABLE}
_DECIDING = (Slot(Field.NAME), Slot(Field.ID_NUMBER), Slot(Field.BIRTH_DATE))


def _pages(kind: PageKind) -> Iterator[PageReading]:
    for file in kept_readings().values():
        for page in file.pages:
            for reading in page.readings if isinstance(page, ReadPage) else ():
                yield from (part for part in split_documents(reading) if classify_page(part.lines) is kind)


def _unknown(kind: PageKind) -> Iterator[PageReading]:
    """Pages whose words tell no kind any more once their labels are lost."""
    return (page for page in _pages(kind) if classify_page(_pale(page).lines) in _NOT_OURS)


def _pale(page: PageReading) -> PageReading:
    """The page without the lines that hold a label."""
    portrait = classify_page(page.lines) is PageKind.ID_PORTRAIT
    lost = [word for word in _LABELS if not (portrait and word in _KEPT_ON_PORTRAITS)]
    kept = tuple(held for held in page.lines if not any(word in held.text for word in lost))
    return page.model_copy(update={"lines": kept})


def _changed(page: PageReading, change: Callable[[Line], Line]) -> PageReading:
    return page.model_copy(update={"lines": tuple(map(change, page.lines))})


def _in_numbers(held: Line) -> tuple[Line, ...]:
    """A date as it reads without its pale 年, 月 and 日: three lines."""
    if not re.search(r"\d{4}\s*年\s*\d+\s*月\s*\d+\s*日", held.text):
        return (held,)
    return tuple(_part(held, *number.span()) for number in re.finditer(r"\d+", held.text))


def _part(held: Line, first: int, end: int) -> Line:
    box, quad = held.upright, held.quad
    left, right = first / len(held.text), end / len(held.text)
    upper = (_along(quad.top_left, quad.top_right, share) for share in (left, right))
    lower = (_along(quad.bottom_left, quad.bottom_right, share) for share in (right, left))
    upright = Box(box.left + round(left * box.width), box.top, box.left + round(right * box.width), box.bottom)
    text = held.text[first:end]
    return held.model_copy(
        update={"text": text, "lattice": lattice(text), "upright": upright, "quad": Quad(*upper, *lower)}
    )


def _along(start: Point, stop: Point, share: float) -> Point:
    return Point(start.x + share * (stop.x - start.x), start.y + share * (stop.y - start.y))


def _on_its_head(page: PageReading) -> PageReading:
    """The same values from the bottom up: a form of nobody's."""

    def moved(held: Line) -> Line:
        box = held.upright
        box = Box(box.left, page.upright_height - box.bottom, box.right, page.upright_height - box.top)
        return held.model_copy(update={"upright": box, "quad": Quad.of_box(box)})

    return _changed(page, moved)


@pytest.mark.parametrize(
    ("kind", "least"),
    [pytest.param(PageKind.HUKOU_MEMBER, 0.7, id="member cards"), pytest.param(PageKind.ID_PORTRAIT, 0.7, id="cards")],
)
def test_values_tell_the_kind_of_a_page_without_labels(kind: PageKind, least: float) -> None:
    pages = list(_unknown(kind))
    pale = [(extract_page(page), extract_page(_pale(page))) for page in pages]
    assert {faded.kind for _, faded in pale} <= {kind, *_NOT_OURS}
    assert len(pages) >= 5
    known = [(whole, faded) for whole, faded in pale if faded.kind is kind]
    assert len(known) >= least * len(pages)
    for whole, faded in known:
        for slot in _DECIDING:
            read = faded.fields.get(slot)
            assert read is None or read.value in (None, whole.fields[slot].value)
        assert faded.fields[Slot(Field.ID_NUMBER)].value == whole.fields[Slot(Field.ID_NUMBER)].value


def test_a_birth_date_in_three_numbers_tells_as_much() -> None:
    pages = [page for page in _pages(PageKind.ID_PORTRAIT) if BORN in extract_page(page).fields]
    pale = [_pale(page.model_copy(update={"lines": tuple(chain(*map(_in_numbers, page.lines)))})) for page in pages]
    unknown = [
        (extract_page(page), extract_page(split))
        for page, split in zip(pages, pale, strict=True)
        if classify_page(split.lines) in _NOT_OURS and any(held.text.isdigit() for held in split.lines)
    ]
    told = [(whole, split) for whole, split in unknown if split.kind is PageKind.ID_PORTRAIT]
    assert len(unknown) >= 5
    assert len(told) >= 0.7 * len(unknown)
    values = [(split.fields[BORN].value, whole.fields[BORN].value) for whole, split in told]
    assert all(value in (None, right) for value, right in values)
    assert sum(value == right for value, right in values) >= 0.7 * len(values)


@pytest.mark.parametrize("kind", [PageKind.HUKOU_MEMBER, PageKind.ID_PORTRAIT])
def test_the_same_values_in_other_places_tell_nothing(kind: PageKind) -> None:
    for page in _unknown(kind):
        assert extract_page(_on_its_head(_pale(page))).kind in _NOT_OURS


def test_a_page_that_names_another_document_is_not_ours() -> None:
    for page in _pages(PageKind.HUKOU_MEMBER):
        pale = _pale(page)
        named = pale.model_copy(update={"lines": (*pale.lines, line("流动人口登记表", 900, 20))})
        assert extract_page(named).kind in _NOT_OURS


def test_nothing_is_told_without_the_birth_date_that_the_number_holds() -> None:
    for page in _pages(PageKind.HUKOU_MEMBER):
        pale = _pale(page)
        kept = tuple(held for held in pale.lines if "年" not in held.text)
        assert extract_page(pale.model_copy(update={"lines": kept})).kind in _NOT_OURS
