"""出生医学证明: the child, the mother, the father, the issue; labels in Chinese and English."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rapidfuzz import fuzz

from models.content import Slot
from models.documents import Field, Person
from models.geometry import Box
from models.reading import Line
from pipeline.extract.form import Form, form_of
from pipeline.extract.labels import Label, find_labels
from pipeline.extract.runs import Run
from pipeline.extract.value_pairing import values_beside

_ALIKE = 80.0  # percent
_ENGLISH = (
    "fullnameofbaby", "fullnameofmother", "fullnameoffather", "sex", "timeofbirth", "gestationalage", "birthweight",
    "birthlength", "placeofbirth", "medicalinstitution", "age", "nationality", "ethnicity", "address", "typeofvalidid",
    "noofvalidid", "issuedby", "dateofissue", "birthcertificateno", "medicalcertificateofbirth",
)  # fmt: skip


class _Announced(NamedTuple):
    """The field that a label announces; `either` if the mother's and the father's block use the same label."""

    person: Person | None
    field: Field
    either: bool = False


_SPELLINGS: Mapping[_Announced | None, tuple[str, ...]] = {
    _Announced(Person.CHILD, Field.NAME): ("新生儿姓名",),
    _Announced(Person.CHILD, Field.SEX): ("性别",),
    _Announced(Person.CHILD, Field.BIRTH_TIME): ("出生时间",),
    _Announced(Person.CHILD, Field.GESTATION_WEEKS): ("出生孕周",),
    _Announced(Person.CHILD, Field.WEIGHT_G): ("出生体重",),
    _Announced(Person.CHILD, Field.LENGTH_CM): ("出生身长",),
    _Announced(Person.CHILD, Field.BIRTH_PLACE): ("出生地点",),
    _Announced(Person.CHILD, Field.INSTITUTION): ("医疗机构名称",),
    _Announced(Person.MOTHER, Field.NAME): ("母亲姓名",),
    _Announced(Person.FATHER, Field.NAME): ("父亲姓名",),
    _Announced(None, Field.AGE, either=True): ("年龄",),
    _Announced(None, Field.NATIONALITY, either=True): ("国籍",),
    _Announced(None, Field.ETHNICITY, either=True): ("民族",),
    _Announced(None, Field.ADDRESS, either=True): ("住址",),
    _Announced(None, Field.ID_TYPE, either=True): ("有效身份证件类别",),
    _Announced(None, Field.ID_NUMBER, either=True): ("有效身份证件号码",),
    _Announced(None, Field.CERTIFICATE_NUMBER): ("出生医学证明编号",),
    _Announced(None, Field.ISSUER): ("签发机构",),
    _Announced(None, Field.ISSUE_DATE): ("签发日期",),
    None: ("出生医学证明专用章",),
}


def read_certificate(lines: Sequence[Line]) -> Form:
    """Every field with the person it belongs to, None for fields of the certificate itself."""
    sheet = find_labels(lines, _SPELLINGS)
    beside = values_beside(sheet._replace(runs=tuple(run for run in sheet.runs if not _english(run))))
    names = [label for label in sheet.labels if label.key.field is Field.NAME]
    people = {label: _parent(label.box, names) if label.key.either else label.key.person for label in beside}
    return form_of((Slot(label.key.field, people[label]), label, runs) for label, runs in beside.items())


def _parent(box: Box, names: Sequence[Label[_Announced]]) -> Person | None:
    """Whose block a label stands in: the one whose name label is the last that does not stand below it."""
    above = [label for label in names if label.box.top <= box.centre.y]
    last = max(above, key=lambda label: label.box.top, default=None)
    return last.key.person if last else None


def _english(run: Run) -> bool:
    """Whether a run is one of the form's English labels; a foreign parent's name is none."""
    letters = "".join(char for char in run.text if char.isascii() and char.isalpha()).lower()
    return len(letters) > 1 and any(fuzz.partial_ratio(letters, label) >= _ALIKE for label in _ENGLISH)
