"""居民身份证: both sides."""

import re
from collections.abc import Mapping, Sequence

from models.content import Slot
from models.documents import Field
from models.reading import Line
from pipeline.extract.fields import FieldReading, read_field
from pipeline.extract.form import Form, labelled, lies_on, read_form
from pipeline.extract.form_templates import PORTRAIT
from pipeline.extract.runs import Run

_PORTRAIT: Mapping[Field | None, tuple[str, ...]] = {
    Field.NAME: ("姓名",),
    Field.SEX: ("性别",),
    Field.ETHNICITY: ("民族",),
    Field.BIRTH_DATE: ("出生",),
    Field.ADDRESS: ("住址",),
    Field.ID_NUMBER: ("公民身份号码",),
}
_EMBLEM: Mapping[Field | None, tuple[str, ...]] = {
    Field.ISSUING_AUTHORITY: ("签发机关",),
    Field.VALID_FROM: ("有效期限",),
    None: ("中华人民共和国", "居民身份证"),
}
_DATE = re.compile(r"\d{4}[^\dA-Za-z|]{1,3}\d{1,2}[^\dA-Za-z|]{1,3}\d{1,2}|(?<!\d)\d{8}(?!\d)")
_FOR_EVER = "长期"
_PART_OF_A_DATE = 5  # digits: what is left of a date that did not read
_FROM_THE_END = re.compile(r"[-—–一~～至到]\s*$")


def read_portrait(lines: Sequence[Line]) -> Form:
    """Fields of the 人像面."""
    return read_form(lines, _PORTRAIT, PORTRAIT)


def laid_portrait(lines: Sequence[Line]) -> int:
    """How many labels and values stand as a 人像面 has them; 0 for another page."""
    return lies_on(labelled(lines, _PORTRAIT), PORTRAIT)


def read_emblem(lines: Sequence[Line]) -> Form:
    """Fields of the 国徽面; both dates of the validity stand in one value with a dash between them."""
    return with_period(read_form(lines, _EMBLEM))


def with_period(form: Form) -> Form:
    """A form whose start of validity holds both dates, with each of them in its own field."""
    fields, labels = dict(form.fields), dict(form.labels)
    period = fields.pop(Slot(Field.VALID_FROM), None)
    if period:
        fields |= {Slot(end.field): end for end in _ends(period.runs)}
    if Slot(Field.VALID_FROM) in labels:
        labels[Slot(Field.VALID_UNTIL)] = labels[Slot(Field.VALID_FROM)]
    return Form(fields, labels)


def _ends(runs: Sequence[Run]) -> tuple[FieldReading, ...]:
    """The two ends of the validity: the last date, or 长期, is the end only if another date stands before it.

    What stands before the first date (自, a speck, a piece of a watermark) belongs to neither.
    """
    text, places = _joined(runs)
    dates = [match.span() for match in _DATE.finditer(text)]
    for_ever = text.rfind(_FOR_EVER)
    if for_ever >= 0 and (not dates or for_ever >= dates[-1][1]):
        dates.append((for_ever, for_ever + len(_FOR_EVER)))
    if not dates:
        return _fields((Field.VALID_FROM, runs))
    first, end = dates[-1]
    before = _of(runs, places, *(dates[-2] if len(dates) > 1 else (0, first)))
    last = _of(runs, places, first, end)
    if len(dates) > 1 or for_ever == first or sum(char.isdecimal() for char in text[:first]) >= _PART_OF_A_DATE:
        return _fields((Field.VALID_FROM, before), (Field.VALID_UNTIL, last))
    if _FROM_THE_END.search(text[:first]):  # the end, or the start behind a speck: nobody knows
        return tuple(one._replace(value=None) for one in _fields((Field.VALID_UNTIL, last)))
    rest = next((at for at in range(end, len(text)) if text[at].isdecimal() or text[at] == _FOR_EVER[0]), len(text))
    return _fields((Field.VALID_FROM, last), (Field.VALID_UNTIL, _of(runs, places, rest, len(text))))


def _joined(runs: Sequence[Run]) -> tuple[str, list[tuple[int, int]]]:
    """The text of all runs in a row, and for each character its run and its place in the line."""
    read = [
        (glyph.char, (at, run.first + inside)) for at, run in enumerate(runs) for inside, glyph in enumerate(run.glyphs)
    ]
    return "".join(char for char, _ in read), [place for _, place in read]


def _of(runs: Sequence[Run], places: Sequence[tuple[int, int]], first: int, end: int) -> list[Run]:
    """The pieces of runs that the characters `first` to `end` (exclusive) of their text come from."""
    pieces = []
    for at, run in enumerate(runs):
        inside = [place for piece, place in places[first:end] if piece == at]
        if inside:
            pieces.append(run._replace(first=inside[0], end=inside[-1] + 1))
    return [piece for piece in pieces if piece.text]


def _fields(*pairs: tuple[Field, Sequence[Run]]) -> tuple[FieldReading, ...]:
    return tuple(read for field, runs in pairs if (read := read_field(field, runs)))
