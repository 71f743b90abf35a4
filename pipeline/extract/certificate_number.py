"""The number of a birth certificate, wherever it stands: at its label, beside, below or within the barcode's band."""

import re
from collections.abc import Sequence
from typing import Final

from models.content import Slot
from models.documents import Field
from models.id_number import half_width
from models.reading import Line
from pipeline.extract.fields import FieldReading, read_field
from pipeline.extract.form import Form
from pipeline.extract.labels import is_stamp
from pipeline.extract.runs import SPACES, Run, whole

_SLOT: Final = Slot(Field.CERTIFICATE_NUMBER)
_FORM: Final = re.compile(r"(?:(?<![A-Z0-9])|(?<=NO)|(?<=N0))[A-Z]\d{9}(?![A-Z0-9])", re.ASCII)
# Letters that stand for digits: the lattice is asked for what the place can hold.
_MISREAD: Final = re.compile(
    r"(?:(?<![A-Z0-9])|(?<=NO)|(?<=N0))[A-Z](?=(?:[A-Z|]*\d){7})[0-9A-Z|]{9}(?![A-Z0-9])", re.ASCII
)
# What a number becomes if a character of it was lost, doubled or misread. Telephone numbers have more or fewer digits,
# but for those that begin with 400 or 800.
_NEARLY: Final = re.compile(
    r"(?:(?<![A-Z0-9])|(?<=NO)|(?<=N0))(?:[A-Z](?:\d{8}|\d{10})|(?![48]00)\d{10})(?![A-Z0-9])", re.ASCII
)
_STAMPED: Final = 0.95  # confidence at most
_NUMERO: Final = re.compile(r"N[O0°º][.:：]?", re.ASCII)


def without_numero(runs: Sequence[Run]) -> tuple[Run, ...]:
    """The runs without the form's No. before the number; its O would be taken for a letter of the number."""
    return tuple(cut for run in runs if (cut := _without_numero(run)).text)


def with_number(form: Form, lines: Sequence[Line]) -> Form:
    """The form with its number; where the label's place shows none, it is looked for on the whole page.

    Red print counts here: on certificates from before 2014 the number is red. Two different numbers give no value, and
    neither does one with a character too few, too many or of the wrong kind, which a person can read.
    """
    printed = form.fields.get(_SLOT)
    if printed is not None and printed.value is not None:
        return form
    others = {id(line) for slot, read in form.fields.items() if slot.field is Field.ID_NUMBER for line in read.lines}
    runs = [whole(line) for line in lines if id(line) not in others]
    found = _numbers(runs, _FORM) or _numbers(runs, _MISREAD)
    if not found:
        return _with_nearly_a_number(form, lines)
    best = max((_bounded(read) for read in found), key=lambda read: read.confidence)
    alike = len({read.value for read in found}) == 1
    return form._replace(fields={**form.fields, _SLOT: best if alike else best._replace(value=None)})


def _with_nearly_a_number(form: Form, lines: Sequence[Line]) -> Form:
    """The form with the only piece of a line of no field that is nearly a number, without a value."""
    held = {id(line) for read in form.fields.values() for line in read.lines}
    pieces = [piece for line in lines if id(line) not in held and (piece := _piece(whole(line), _NEARLY)) is not None]
    read = read_field(Field.CERTIFICATE_NUMBER, pieces) if len(pieces) == 1 else None
    return form._replace(fields={**form.fields, _SLOT: read._replace(value=None)}) if read else form


def _bounded(read: FieldReading) -> FieldReading:
    """A number in stamp ink alone is never certain, so that it rejects nothing by itself: it may be a stamp's."""
    if not all(map(is_stamp, read.lines)):
        return read
    return read._replace(confidence=min(read.confidence, _STAMPED), decoded=True)


def _numbers(runs: Sequence[Run], form: re.Pattern[str]) -> list[FieldReading]:
    pieces = [piece for run in runs if (piece := _piece(run, form)) is not None]
    fields = (read_field(Field.CERTIFICATE_NUMBER, [piece]) for piece in pieces)
    return [read for read in fields if read is not None and read.value is not None]


def _piece(run: Run, form: re.Pattern[str]) -> Run | None:
    text, places = _plain(run)
    match = form.search(text)
    return run._replace(first=places[match.start()], end=places[match.end() - 1] + 1) if match else None


def _without_numero(run: Run) -> Run:
    text, places = _plain(run)
    match = _NUMERO.match(text)
    return run._replace(first=places[match.end()] if match.end() < len(text) else run.end) if match else run


def _plain(run: Run) -> tuple[str, list[int]]:
    """The text as numbers are written, without spaces, and the place of each character in the line."""
    shown = [(glyph.char, run.first + at) for at, glyph in enumerate(run.glyphs) if glyph.char not in SPACES]
    return "".join(half_width(char).upper()[:1] for char, _ in shown), [at for _, at in shown]
