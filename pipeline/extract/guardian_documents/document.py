"""What a document that stands for an ID card is, and how its two kinds of names, its number and its period are read."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from models.content import Slot
from models.documents import Field, PageKind
from models.names import is_han
from models.reading import Line
from pipeline.extract.fields import FieldReading, read_field
from pipeline.extract.form import Form, read_form
from pipeline.extract.id_card import with_period
from pipeline.extract.runs import Run

Spellings = Mapping[Field | None, tuple[str, ...]]
Number = Callable[[str], str | None]

# Labels that most of these cards share; what stands beside those under None is of no field.
CARD: Final[Spellings] = {
    Field.NAME: ("姓名",),
    Field.SEX: ("性别",),
    Field.BIRTH_DATE: ("出生日期", "出生"),
    Field.VALID_FROM: ("有效期限", "有效期"),
    Field.ISSUING_AUTHORITY: ("签发机关",),
    Field.ID_NUMBER: ("证件号码",),
    Field.NATIONALITY: ("国籍",),
}
_AS_PRINTED: Final = frozenset({Field.NATIONALITY, Field.ISSUING_AUTHORITY, Field.BIRTH_PLACE})
_SECOND_LABEL: Final = re.compile(
    r"^/[^\u4e00-\u9fff]*(?=[\u4e00-\u9fff])"
)  # the label in English, before a value in Han
_SMALL: Final = re.compile(r"[A-Za-z]?[a-z]{2,}")  # words of such a label; numbers have capitals only


class GuardianDocument(NamedTuple):
    """A document that stands for an ID card.

    Attributes:
        kind: Of its pages.
        two_sided: Whether both sides are asked for.
        read: The fields of a page of it.
        number: A number as printed or typed in, in normal form; None for a text that is none.
        is_checked: Whether the check digit of a number in normal form agrees; None if its numbers have none.
    """

    kind: PageKind
    two_sided: bool
    read: Callable[[Sequence[Line]], Form]
    number: Number
    is_checked: Callable[[str], bool] | None


def read_card(
    lines: Sequence[Line], spellings: Spellings, number: Number | None = None, unread: tuple[str, ...] = ()
) -> Form:
    """The fields of a card.

    Args:
        lines: Of one side.
        spellings: The words that announce each field.
        number: Takes the number in normal form out of a text; by default it is a 公民身份号码.
        unread: Labels whose values are of no field.
    """
    form = with_period(read_form(lines, spellings, unread=unread))
    fields = dict(form.fields)
    if (name := fields.pop(Slot(Field.NAME), None)) is not None:
        fields |= {Slot(one.field): one for one in split_name(name.runs)}
    if number and (read := fields.get(Slot(Field.ID_NUMBER))):
        fields[Slot(Field.ID_NUMBER)] = _as_number(read, number)
    for slot in [slot for slot in fields if slot.field in _AS_PRINTED]:
        value = fields[slot].value
        fields[slot] = fields[slot]._replace(value=_SECOND_LABEL.sub("", value) if value else None)
    return form._replace(fields=fields)


def _as_number(read: FieldReading, number: Number) -> FieldReading:
    """The reading of a number that follows another rule than that of a 公民身份号码."""
    sure, text = round(min(run.confidence for run in read.runs), 4), _SMALL.sub("", read.text)
    return read._replace(value=number(text), confidence=sure, decoded=False, repaired=False)


def split_name(runs: Sequence[Run]) -> Iterator[FieldReading]:
    """The name in Han characters and the one in Latin letters, of runs that hold either or both."""
    pieces = [piece for run in runs for piece in _by_script(run)]
    for field, han in ((Field.NAME, True), (Field.LATIN_NAME, False)):
        if read := read_field(field, [piece for piece in pieces if any(map(is_han, piece.text)) is han]):
            yield read


def _by_script(run: Run) -> Iterator[Run]:
    """A run cut where Han characters and letters meet; signs stay with what stands before them."""
    places = range(run.first, run.end)
    letters = [at for at in places if run.read[at].char.isalpha()]
    last = letters[0] if letters else run.first
    script: list[tuple[int, bool]] = []
    for at in places:
        last = at if run.read[at].char.isalpha() else last
        script.append((at, is_han(run.read[last].char)))
    for _, stretch in groupby(script, key=lambda one: one[1]):
        inside = [at for at, _ in stretch]
        yield run._replace(first=inside[0], end=inside[-1] + 1)
