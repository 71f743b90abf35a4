"""The values on the page of a case: masked until a reviewer reveals them; differing characters are marked."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from models.codes import Reason
from models.documents import DocumentKind, Field, Person
from models.findings import Finding
from models.geometry import Box
from models.masking import mask, mask_numbers, mask_people
from models.register import KnownChild
from models.result import FieldValue
from pipeline.review.measures import percent
from pipeline.review.review_case import ReviewCase
from pipeline.review.sheet import DECIDING, Crop, ReviewRow, ReviewSheet, SheetPage

_MARGIN: Final = 0.35  # around a crop, as a share of its height
_LEAST_MARGIN: Final = 10  # pixels


class Char(NamedTuple):
    """A character of a value, and whether it differs from the one that it is compared with."""

    text: str
    differs: bool


class ValueView(NamedTuple):
    """A value, the document that it was read from, and the confidence of the reading in percent."""

    chars: tuple[Char, ...]
    document: DocumentKind | None = None
    share: str = ""
    unsure: bool = False


class Option(NamedTuple):
    """A reading that a reviewer may choose: what the form sends, and what the page shows."""

    value: str
    chars: tuple[Char, ...]
    chosen: bool


class Enlarged(NamedTuple):
    """A crop of a page: its box, and the view box of the drawing (left, top, width, height), in pixels of the page."""

    page: SheetPage
    box: Box
    view: tuple[int, int, int, int]
    at: int | None


class RowView(NamedTuple):
    """A row of the sheet for the page.

    Attributes:
        key: Its name in forms, which stays the same when the case is read again.
        is_deciding: The reviewer may correct it although nothing is in doubt, since it identifies the child.
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
    """What the page shows: values in clear or masked, and the fields of the form as typed so far.

    Attributes:
        certain: The least confidence of a certain reading, 0 to 1.
    """

    shown: bool
    posted: Mapping[str, str] = MappingProxyType({})
    certain: float = 0.0


def row_views(sheet: ReviewSheet, display: DisplayOptions) -> tuple[RowView, ...]:
    """Every row of a sheet."""
    keys = keys_of(sheet)
    return tuple(_row(sheet, row, keys[row.number], display) for row in sheet.rows)


def keys_of(sheet: ReviewSheet) -> Mapping[int, str]:
    """The names of the rows in forms, by row number."""
    counts: dict[str, int] = {}
    keys = {}
    for row in sheet.rows:
        base = f"{row.compared.person or 'none'}-{row.compared.field}"
        counts[base] = counts.get(base, 0) + 1
        keys[row.number] = f"{base}-{counts[base]}"
    return keys


def people_in(finding: Finding, *, shown: bool) -> tuple[str, str] | None:
    """The people on a paper about guardianship beside the guardian who was entered; masked unless shown."""
    if finding.reason is not Reason.UNPROVEN or not finding.read:
        return None
    read, entered = (text if shown else mask_people(text) for text in (finding.read, finding.entered or ""))
    return read, entered


def record_views(child: KnownChild, *, shown: bool) -> Mapping[str, str]:
    """The values that the register has of a child, by the name of the field; masked unless shown."""
    values = (
        (Field.NAME.value, Field.NAME, child.name),
        (Field.SEX.value, Field.SEX, child.sex.value),
        (Field.BIRTH_DATE.value, Field.BIRTH_DATE, child.birth_date.isoformat()),
        (Field.ID_NUMBER.value, Field.ID_NUMBER, child.id_number),
        (Field.CERTIFICATE_NUMBER.value, Field.CERTIFICATE_NUMBER, child.birth_certificate_number),
        ("mother", Field.ID_NUMBER, child.mother_id_number),
    )
    return {name: _text(field, value, shown=shown) for name, field, value in values if value}


def redact_reason(words: str, review_case: ReviewCase) -> str:
    """A reason for the audit chain, which is never erased: without the values of the case and of the register."""
    rows = review_case.sheet.rows
    entered = ((row.compared.field, row.compared.entered) for row in rows)
    read = ((value.field, value.value) for row in rows for value in row.compared.read)
    known = ((Field.NAME, relative.child.name) for relative in review_case.relatives)
    quoted = {(field, text) for field, text in (*entered, *read, *known) if text and len(text) > 1 and text in words}
    for field, text in sorted(quoted, key=lambda one: -len(one[1])):
        words = words.replace(text, mask(field, text))
    return mask_numbers(words)


def _row(sheet: ReviewSheet, row: ReviewRow, key: str, display: DisplayOptions) -> RowView:
    field, entered = row.compared.field, row.compared.entered
    return RowView(
        row=row,
        key=key,
        read=_value_view(row.read, row.differing, display) if row.read else None,
        entered=ValueView(_chars(field, entered, (), display)) if entered else None,
        others=tuple(_value_view(value, (), display) for value in row.others),
        options=tuple(_options(row, key, display)),
        is_deciding=row.compared.person is Person.CHILD and field in DECIDING and row.read is not None,
        typed=display.posted.get(f"typed.{key}", ""),
        crops=tuple(_enlarged(sheet, crop) for crop in row.crops if sheet.pages[crop.page].size),
    )


def _value_view(value: FieldValue, differing: Iterable[int], display: DisplayOptions) -> ValueView:
    chars, confidence = _chars(value.field, value.value, differing, display), value.confidence
    return ValueView(chars, value.document, percent(confidence), confidence < display.certain)


def _options(row: ReviewRow, key: str, display: DisplayOptions) -> Iterable[Option]:
    """The readings to choose from; the form of a masked page names them by number, since its source is readable."""
    chosen = display.posted.get(f"seen.{key}", "")
    for number, text in enumerate(row.options):
        by_number, in_clear = f"#{number}", f"={text}"
        chars = _chars(row.compared.field, text, _differing(text, row.options[0]), display)
        yield Option(in_clear if display.shown else by_number, chars, chosen in (by_number, in_clear))


def _differing(text: str, first: str) -> tuple[int, ...]:
    """The positions at which an option differs from the first one; none if their lengths differ."""
    if len(text) != len(first):
        return ()
    return tuple(at for at, pair in enumerate(zip(text, first, strict=True)) if pair[0] != pair[1])


def _chars(field: Field, value: str, differing: Iterable[int], display: DisplayOptions) -> tuple[Char, ...]:
    text, marked = _text(field, value, shown=display.shown), frozenset(differing)
    aligned = len(text) == len(value)
    return tuple(Char(char, aligned and at in marked) for at, char in enumerate(text))


def _text(field: Field, value: str, *, shown: bool) -> str:
    return value if shown else mask(field, value)


def _enlarged(sheet: ReviewSheet, crop: Crop) -> Enlarged:
    """A crop with a margin, as it appears on the upright page."""
    page, box = sheet.pages[crop.page], crop.box
    margin = max(_LEAST_MARGIN, round(box.height * _MARGIN))
    view = (box.left - margin, box.top - margin, box.width + 2 * margin, box.height + 2 * margin)
    return Enlarged(page, box, _turned(view, page.rotation), crop.at)


def _turned(view: tuple[int, int, int, int], rotation: int) -> tuple[int, int, int, int]:
    """The view box after the page was turned clockwise, in degrees, about the middle of the crop."""
    left, top, width, height = view
    if rotation % 180 == 0:
        return view
    x, y = left + width / 2, top + height / 2
    return round(x - height / 2), round(y - width / 2), height, width
