"""The data page of a passport: the machine-readable zone first, the print beside it.

The print has the name in Han characters, and the number once more. Check digits take some characters for others (6 for
G, 1 for L), so they confirm a number only if the print has it too, or if the form of the state's numbers decides.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from rapidfuzz.distance import Hamming

from models.content import Slot
from models.documents import Field, PageKind
from models.geometry import Box
from models.id_number import normal_number
from models.names import is_han
from models.reading import Line
from pipeline.extract.fields import FieldReading
from pipeline.extract.form import Form
from pipeline.extract.guardian_documents.document import GuardianDocument, Spellings, read_card
from pipeline.extract.guardian_documents.machine_zone import (
    BIRTH,
    EXPIRY,
    NATIONALITY,
    NUMBER,
    SEX,
    MachineZone,
    find_zone,
    is_of_zone,
    names_alone,
)  # fmt: skip
from pipeline.extract.runs import Run

_LABELS: Final[Spellings] = {
    Field.NAME: ("姓名",),
    Field.SEX: ("性别",),
    Field.NATIONALITY: ("国籍",),
    Field.BIRTH_DATE: ("出生日期",),
    Field.BIRTH_PLACE: ("出生地点",),
    Field.ISSUE_DATE: ("签发日期",),
    Field.VALID_UNTIL: ("有效期至",),
    Field.ISSUING_AUTHORITY: ("签发机关",),
    Field.ID_NUMBER: ("护照号码", "护照号"),
    None: ("中华人民共和国", "护照"),
}
_NUMBER: Final = re.compile(r"(?<![A-Z0-9])[A-Z0-9]{6,9}(?![A-Z0-9])", re.ASCII)
_DIGITS: Final = 5  # of a number at least
_NEAR: Final = 2  # characters in which two readings of one number may differ


def _number(text: str) -> str | None:
    """Six to nine letters and digits, mostly digits."""
    found = (one for one in _NUMBER.findall(normal_number(text)) if sum(map(str.isdecimal, one)) >= _DIGITS)
    return next(found, None)


def _read(lines: Sequence[Line]) -> Form:
    zone = find_zone(lines)
    print_ = [line for line in lines if not is_of_zone(line)]
    form = read_card(print_, _LABELS, _number, ("类型", "国家码", "签发地点"))
    fields = dict(form.fields)
    if Slot(Field.ID_NUMBER) in fields:  # a number without a check digit is never certain
        fields[Slot(Field.ID_NUMBER)] = fields[Slot(Field.ID_NUMBER)]._replace(verified=False)
    if (latin := fields.get(Slot(Field.LATIN_NAME))) and any(char.islower() for char in latin.text):
        del fields[Slot(Field.LATIN_NAME)]  # the label in English
    if zone:
        fields |= {Slot(one.field): one for one in _of_zone(zone, print_)}
    if names := zone.names if zone else names_alone(lines):
        fields[Slot(Field.LATIN_NAME)] = _field(Field.LATIN_NAME, names.text, (names.run,))
    return form._replace(fields=fields)


def _of_zone(zone: MachineZone, print_: Sequence[Line]) -> Iterator[FieldReading]:
    td3 = zone.td3
    agrees = _printed_alike(td3.number, print_)
    sure = td3.agrees and (agrees is True or (agrees is None and zone.is_decided))
    yield _field(Field.ID_NUMBER, td3.number, zone.runs(*NUMBER), verified=sure)
    dates: Mapping[Field, tuple[str, tuple[int, int]]] = {
        Field.BIRTH_DATE: (td3.birth_date.isoformat(), BIRTH),
        Field.VALID_UNTIL: (td3.expiry.isoformat(), EXPIRY),
    }
    for field, (value, places) in dates.items():
        yield _field(field, value, zone.runs(*places), verified=td3.agrees)
    if td3.sex:
        yield _field(Field.SEX, td3.sex.value, zone.runs(*SEX))
    yield _field(Field.NATIONALITY, td3.nationality, zone.runs(*NATIONALITY))


def _field(field: Field, value: str, runs: Sequence[Run], *, verified: bool | None = None) -> FieldReading:
    box = Box.around(run.on_page.box for run in runs)
    sure = min(run.confidence for run in runs)
    return FieldReading(
        field, value, "".join(run.text for run in runs), round(sure, 4), box, tuple(runs), verified=verified
    )


def _printed_alike(number: str, print_: Sequence[Line]) -> bool | None:
    """Whether the print has the number of the zone; None where it has none that resembles it."""
    said = [one for line in print_ for one in _NUMBER.findall(_letters(line.text))]
    if number in said:
        return True
    near = (len(one) == len(number) and Hamming.distance(one, number) <= _NEAR for one in said)
    return False if any(near) else None


def _letters(text: str) -> str:
    """A line's text, with Han characters as gaps."""
    return "".join(" " if is_han(char) else char for char in text).upper()


PASSPORT: Final = GuardianDocument(
    PageKind.PASSPORT, two_sided=False, read=_read, number=_number, is_checked=lambda _: True
)
