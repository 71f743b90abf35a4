"""居民身份证: both sides."""

import re
from collections.abc import Mapping, Sequence

from models.content import Slot
from models.documents import Field
from models.reading import Line
from pipeline.extract.fields import FieldReading, read_field
from pipeline.extract.form import Form, read_form
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
_NO_START = re.compile(r"\D+\d{4}")  # a dash where the first date should be
_FIRST_DATE = re.compile(r"\s*(\d{4}\D{1,2}\d{1,2}\D{1,2}\d{1,2})[^\d长]*(.*)")


def read_portrait(lines: Sequence[Line]) -> Form:
    """Fields of the 人像面."""
    return read_form(lines, _PORTRAIT, PORTRAIT)


def read_emblem(lines: Sequence[Line]) -> Form:
    """Fields of the 国徽面; both dates of the validity stand in one value with a dash between them."""
    form = read_form(lines, _EMBLEM)
    fields, labels = dict(form.fields), dict(form.labels)
    period = fields.pop(Slot(Field.VALID_FROM), None)
    if period:
        fields |= {Slot(end.field): end for end in _ends(period.runs)}
    if Slot(Field.VALID_FROM) in labels:
        labels[Slot(Field.VALID_UNTIL)] = labels[Slot(Field.VALID_FROM)]
    return Form(fields, labels)


def _ends(runs: Sequence[Run]) -> tuple[FieldReading, ...]:
    """The first date, and what follows it from the next digit or 长期 on, whatever the dash between was read as."""
    starts: list[Run] = []
    untils: list[Run] = []
    for run in runs:
        text = "".join(glyph.char for glyph in run.glyphs)
        first = None if starts else _FIRST_DATE.match(text)
        if first is None:
            (untils if starts or _NO_START.match(text) else starts).append(run)
            continue
        starts.append(run._replace(end=run.first + first.end(1)))
        if first[2]:
            untils.append(run._replace(first=run.first + first.start(2)))
    pairs = ((Field.VALID_FROM, starts), (Field.VALID_UNTIL, untils))
    fields = (read_field(field, [run for run in parts if run.text]) for field, parts in pairs)
    return tuple(field for field in fields if field)
