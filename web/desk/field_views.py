"""What a case's page shows of values: masked until somebody asks for them, with the characters that differ marked."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from models.documents import DocumentKind, Field, Person
from models.geometry import Box
from models.masking import mask, mask_numbers
from models.register import KnownChild
from models.result import FieldValue
from pipeline.review.review_case import ReviewCase
from pipeline.review.sheet import DECIDING, Crop, ReviewRow, ReviewSheet, SheetPage

_GROWN: Final = 0.35  # of a crop's height, so that it shows what stands around
_LEAST: Final = 10  # pixels


class Char(NamedTuple):
    """A character of a value, and whether it is another one than what stands beside it."""

    text: str
    differs: bool


class ValueView(NamedTuple):
    """A value; `where` names its document."""

    chars: tuple[Char, ...]
    document: DocumentKind | None
    sure: float | None


class Option(NamedTuple):
    """Something that a field may be: what the form sends, and what is shown of it."""

    value: str
    chars: tuple[Char, ...]
    chosen: bool


class Enlarged(NamedTuple):
    """A part of a page: which, the view box of the drawing, and how the page is turned in it."""

    page: SheetPage
    box: Box
    view: tuple[int, int, int, int]
    at: int | None


class RowView(NamedTuple):
    """A row of the sheet for the page; `key` names it in forms and stays the same when the case is read again.

    `is_deciding` lets somebody say what they see there though nothing is in doubt: it is the child's own.
    """

    row: ReviewRow
    key: str
    read: ValueView | None
    entered: ValueView | None
    others: tuple[ValueView, ...]
    options: tuple[Option, ...]
    is_deciding: bool
    typed: str
    crops: tuple[Enlarged, ...]


class DisplayOptions(NamedTuple):
    """How values are shown, and what the form holds: as it was typed so far."""

    shown: bool
    posted: Mapping[str, str] = MappingProxyType({})


def row_views(sheet: ReviewSheet, facing: DisplayOptions) -> tuple[RowView, ...]:
    """Every row of a sheet."""
    keys = keys_of(sheet)
    return tuple(_row(sheet, row, keys[row.number], facing) for row in sheet.rows)


def keys_of(sheet: ReviewSheet) -> Mapping[int, str]:
    """The names of rows in forms, by their numbers."""
    counts: dict[str, int] = {}
    keys = {}
    for row in sheet.rows:
        base = f"{row.compared.person or 'none'}-{row.compared.field}"
        counts[base] = counts.get(base, 0) + 1
        keys[row.number] = f"{base}-{counts[base]}"
    return keys


def record_views(child: KnownChild, *, shown: bool) -> Mapping[str, str]:
    """What the register says of a child, by the field's name; masked until somebody asks."""
    values: dict[Field, str | None] = {
        Field.NAME: child.name,
        Field.SEX: child.sex.value,
        Field.BIRTH_DATE: child.birth_date.isoformat(),
        Field.ID_NUMBER: child.id_number,
        Field.CERTIFICATE_NUMBER: child.birth_certificate_number,
    }
    told = {field.value: _text(field, value, shown=shown) for field, value in values.items() if value}
    mother = {"mother": _text(Field.ID_NUMBER, child.mother_id_number, shown=shown)} if child.mother_id_number else {}
    return {**told, **mother}


def redact_reason(words: str, opened: ReviewCase) -> str:
    """Words for the audit chain, from which nothing is ever erased: without what the case, or the register, says."""
    typed = ((row.compared.field, row.compared.entered) for row in opened.sheet.rows)
    read = ((value.field, value.value) for row in opened.sheet.rows for value in row.compared.read)
    known = ((Field.NAME, relative.child.name) for relative in opened.relatives)
    said = {(field, text) for field, text in (*typed, *read, *known) if text and len(text) > 1 and text in words}
    for field, text in sorted(said, key=lambda one: -len(one[1])):
        words = words.replace(text, mask(field, text))
    return mask_numbers(words)


def _row(sheet: ReviewSheet, row: ReviewRow, key: str, facing: DisplayOptions) -> RowView:
    field = row.compared.field
    return RowView(
        row=row,
        key=key,
        read=_face(row.read, row.differing, facing) if row.read else None,
        entered=ValueView(_chars(field, row.compared.entered, (), facing), None, None)
        if row.compared.entered
        else None,
        others=tuple(_face(value, (), facing) for value in row.others),
        options=tuple(_options(row, key, facing)),
        is_deciding=row.compared.person is Person.CHILD and field in DECIDING and row.read is not None,
        typed=facing.posted.get(f"typed.{key}", ""),
        crops=tuple(enlarged(sheet, crop) for crop in row.crops if sheet.pages[crop.page].size),
    )


def _face(value: FieldValue, differing: Iterable[int], facing: DisplayOptions) -> ValueView:
    return ValueView(_chars(value.field, value.value, differing, facing), value.document, value.confidence)


def _options(row: ReviewRow, key: str, facing: DisplayOptions) -> Iterable[Option]:
    """By their number while they are masked: what a form holds can be read in the page."""
    chosen = facing.posted.get(f"seen.{key}", "")
    for number, text in enumerate(row.options):
        value = f"={text}" if facing.shown else f"#{number}"
        apart = _apart(text, row.options[0])
        yield Option(
            value, _chars(row.compared.field, text, apart, facing), chosen in (value, f"#{number}", f"={text}")
        )


def _apart(text: str, first: str) -> tuple[int, ...]:
    """Where an option is another than the first one; nothing of those of another length."""
    if len(text) != len(first):
        return ()
    return tuple(at for at, pair in enumerate(zip(text, first, strict=True)) if pair[0] != pair[1])


def _chars(field: Field, value: str, differing: Iterable[int], facing: DisplayOptions) -> tuple[Char, ...]:
    text, marked = _text(field, value, shown=facing.shown), frozenset(differing)
    aligned = len(text) == len(value)
    return tuple(Char(char, aligned and at in marked) for at, char in enumerate(text))


def _text(field: Field, value: str, *, shown: bool) -> str:
    return value if shown else mask(field, value)


def enlarged(sheet: ReviewSheet, crop: Crop) -> Enlarged:
    """A crop with some of what stands around it, as the page stands upright."""
    page, box = sheet.pages[crop.page], crop.box
    margin = max(_LEAST, round(box.height * _GROWN))
    view = (box.left - margin, box.top - margin, box.width + 2 * margin, box.height + 2 * margin)
    return Enlarged(page, box, _turned(view, page.rotation), crop.at)


def _turned(view: tuple[int, int, int, int], rotation: int) -> tuple[int, int, int, int]:
    """The same place on a page that is turned clockwise about the middle of the crop."""
    left, top, width, height = view
    if rotation % 180 == 0:
        return view
    x, y = left + width / 2, top + height / 2
    return round(x - height / 2), round(y - width / 2), height, width
