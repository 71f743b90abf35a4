"""The objects of a PDF page, as pypdf finds them; what it cannot read says nothing."""

import logging
from collections.abc import Iterator
from io import BytesIO
from typing import Any, Final, NamedTuple

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, FloatObject, NameObject, NullObject, NumberObject, StreamObject

_MOST: Final = 2000  # objects of a page that are looked at
_ELSEWHERE: Final = frozenset({"/Page", "/Pages", "/Catalog", "/Action", "/Filespec", "/Metadata", "/StructElem"})
_NOT_SHOWN: Final = frozenset({"/Parent", "/Dest", "/A", "/AA", "/Metadata", "/PieceInfo", "/Thumb"})
_NUMBER: Final = (NumberObject, FloatObject)


class PageObjects(NamedTuple):
    """What pypdf found of a page."""

    page: DictionaryObject
    streams: tuple[StreamObject, ...]

    @property
    def content(self) -> bytes | None:
        """The page's drawing instructions; None where pypdf does not unpack them."""
        try:
            contents = self.page.get_contents()  # type: ignore[attr-defined]  # of a PageObject
            return b"" if contents is None else bytes(contents.get_data())
        except Exception:  # noqa: BLE001 - as in `open_page`
            return None


def read_pdf(data: bytes) -> PdfReader:
    """The file as pypdf reads it, which would log what it finds wrong, in words of the file. Raises what it likes."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    return PdfReader(BytesIO(data))


def open_page(data: bytes, page_no: int) -> PageObjects | None:
    """The objects of a page; None if pypdf does not read the file."""
    try:
        page = read_pdf(data).pages[page_no - 1]
        return PageObjects(page, tuple(reached(page, page.get("/Resources"))))
    except Exception:  # noqa: BLE001 - pypdf raises what it likes, also NotImplementedError and errors of its own
        return None


def has_lost_a_part(objects: PageObjects) -> bool:
    """Whether the page's instructions are named and not there, or a box of it has no four numbers."""
    try:
        page = objects.page
        contents = contents_of(page)
        boxes = [page[name] for name in ("/MediaBox", "/CropBox") if name in page]
        return not all(isinstance(one, StreamObject) for one in contents) or not all(map(_is_box, boxes))
    except Exception:  # noqa: BLE001 - as above
        return True


def contents_of(page: DictionaryObject) -> list[Any]:
    """The streams of the page's instructions, without the nulls that stand beside one."""
    named = page.get("/Contents")
    given = named.get_object() if named is not None else ArrayObject()
    if not isinstance(given, ArrayObject):
        return [given]
    streams = [one.get_object() for one in given if not isinstance(one, NullObject)]
    return [one for one in streams if not isinstance(one, NullObject)] or streams


def _is_box(box: Any) -> bool:
    return isinstance(box, ArrayObject) and len(box) == 4 and all(isinstance(one.get_object(), _NUMBER) for one in box)


def user_unit(objects: PageObjects | None) -> float:
    """How many points a unit of the page has; 1 where the file does not say it, or no number above nought."""
    try:
        stated = float(str(objects.page.get("/UserUnit", 1))) if objects else 1.0
    except ValueError:
        return 1.0
    return stated if 0 < stated < float("inf") else 1.0


def reached(start: Any, *further: Any) -> Iterator[StreamObject]:
    """The streams that an object draws from, such as a page: contents, pictures, masks, forms, fonts, fields."""
    waiting: list[Any] = [start, *further]
    seen: set[int] = set()
    while waiting and len(seen) < _MOST:
        one = waiting.pop()
        one = one.get_object() if one is not None else None
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, StreamObject) and one.get("/Type") not in _ELSEWHERE:
            yield one
        if isinstance(one, DictionaryObject) and (one is start or one.get("/Type") not in _ELSEWHERE):
            waiting.extend(value for key, value in one.items() if key not in _NOT_SHOWN)
        elif isinstance(one, ArrayObject):
            waiting.extend(one)


def draws_what_is_not_there(objects: PageObjects, parsed: int) -> bool:
    """Whether the page's own content draws something that the file does not hold.

    Args:
        objects: Of the page.
        parsed: Bytes of content that are parsed at most.
    """
    try:
        contents = objects.page.get_contents()  # type: ignore[attr-defined]  # of a PageObject
        if contents is None or len(contents.get_data()) > parsed:
            return False
        drawn = {str(operands[0]) for operands, operator in contents.operations if operator == b"Do" and operands}
        resources = objects.page.get("/Resources")
        held = resources.get_object() if resources else DictionaryObject()
        named = held.get(NameObject("/XObject"), DictionaryObject()).get_object()
        found = {str(name) for name in named if isinstance(named[name].get_object(), StreamObject)}
    except Exception:  # noqa: BLE001 - as above
        return False
    return bool(drawn - found)
