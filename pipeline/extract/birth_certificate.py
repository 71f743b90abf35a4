"""出生医学证明: the child, the mother, the father, the issue; labels in Chinese and English."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from rapidfuzz import fuzz

from models.content import Slot
from models.documents import Field, Person
from models.geometry import Box, Quad
from models.reading import Line
from pipeline.extract.boxed_numbers import boxed_rows
from pipeline.extract.certificate_number import with_number, without_numero
from pipeline.extract.fields import FieldReading, read_field
from pipeline.extract.form import Form
from pipeline.extract.labels import Label, LabelledLines, Unread, find_labels
from pipeline.extract.runs import Run
from pipeline.extract.tick_boxes import sex_boxes, ticked_id_type, ticked_sex
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


_SPELLINGS: Mapping[_Announced | Unread | None, tuple[str, ...]] = {
    _Announced(Person.CHILD, Field.NAME): ("新生儿姓名",),
    _Announced(Person.CHILD, Field.SEX): ("性别",),
    _Announced(Person.CHILD, Field.BIRTH_TIME): ("出生时间", "出生日期"),
    _Announced(Person.CHILD, Field.GESTATION_WEEKS): ("出生孕周", "孕周"),
    _Announced(Person.CHILD, Field.WEIGHT_G): ("出生体重", "体重"),
    _Announced(Person.CHILD, Field.LENGTH_CM): ("出生身长", "身长"),
    _Announced(Person.CHILD, Field.BIRTH_PLACE): ("出生地点", "出生地"),
    _Announced(Person.CHILD, Field.INSTITUTION): ("医疗机构名称", "接生机构名称", "接生机构", "接生单位"),
    _Announced(Person.MOTHER, Field.NAME): ("母亲姓名",),
    _Announced(Person.FATHER, Field.NAME): ("父亲姓名",),
    _Announced(None, Field.AGE, either=True): ("年龄",),
    _Announced(None, Field.NATIONALITY, either=True): ("国籍",),
    _Announced(None, Field.ETHNICITY, either=True): ("民族",),
    _Announced(None, Field.ADDRESS, either=True): ("家庭住址", "住址"),
    _Announced(None, Field.ID_TYPE, either=True): ("有效身份证件类别", "有效身份证件类型"),
    _Announced(None, Field.ID_NUMBER, either=True): ("有效身份证件号码", "身份证号码", "身份证号", "号码"),
    _Announced(None, Field.CERTIFICATE_NUMBER): ("出生医学证明编号", "出生证编号", "编号"),
    _Announced(None, Field.ISSUER): ("签发机构（章）", "签发机构"),
    _Announced(None, Field.ISSUE_DATE): ("签发日期",),
    Unread.CELL: ("出生地点分类", "出生地分类", "健康状况", "签发人员", "领证人员", "领证人", "接生人员"),
    None: ("出生医学证明专用章",),
}
_BOXED = frozenset({_Announced(None, Field.ID_NUMBER, either=True)})
_EXACT = frozenset({"身份证号", "身份证号码"})  # 身份证□护照□ is no misread 身份证号


def read_certificate(lines: Sequence[Line]) -> Form:
    """Every field with the person it belongs to, None for fields of the certificate itself.

    Where the parts of one sheet (正页, 副页) say the same field, the first that says a value counts.
    """
    sheet: LabelledLines[_Announced | Unread] = find_labels(lines, _SPELLINGS, exact=_EXACT)
    sexes, runs = sex_boxes([run for run in sheet.runs if not _english(run)])
    boxed = boxed_rows(runs, [label for label in sheet.labels if label.key in _BOXED])
    left = tuple(run for run in runs if not any(run is box for row in boxed.values() for box in row))
    beside = {**values_beside(sheet._replace(runs=left)), **boxed}
    rows = [(label, label.key, runs) for label, runs in beside.items() if isinstance(label.key, _Announced)]
    names = [(label, key.person) for label, key, _ in rows if key.field is Field.NAME]
    people = [_parent(label.box, names) if key.either else key.person for label, key, _ in rows]
    slots = [Slot(key.field, person) for (_, key, _), person in zip(rows, people, strict=True)]
    form = _first_said((slot, label, runs) for slot, (label, _, runs) in zip(slots, rows, strict=True))
    return with_number(_with_boxes(form, sexes), lines)


def _first_said(rows: Iterable[tuple[Slot, Label[Any], tuple[Run, ...]]]) -> Form:
    fields: dict[Slot, FieldReading] = {}
    labels: dict[Slot, Label[Any]] = {}
    for slot, label, runs in rows:
        numbered = slot.field is Field.CERTIFICATE_NUMBER
        boxed = slot.field is Field.ID_NUMBER and len(runs) > 1
        read = read_field(slot.field, without_numero(runs) if numbered else runs, specks=not boxed)
        if read is not None and slot.field is Field.ID_TYPE:
            read = ticked_id_type(read)
        said = fields.get(slot)
        if read is not None and (said is None or (said.value is None and read.value is not None)):
            fields[slot], labels[slot] = read, label
        labels.setdefault(slot, label)
    return Form(fields, labels)


def _with_boxes(form: Form, sexes: Sequence[Run]) -> Form:
    """The form with the sex that is ticked, if it has boxes for it; their words are its label."""
    read, slot = ticked_sex(sexes) if sexes else None, Slot(Field.SEX, Person.CHILD)
    if read is None:
        return form
    first, last = sexes[0].on_page, sexes[-1].on_page
    quad = Quad(first.top_left, last.top_right, last.bottom_right, first.bottom_left)
    label = Label(slot.field, Box.around(run.upright for run in sexes), quad)
    return Form({**form.fields, slot: read}, {slot: label, **form.labels})


def _parent(box: Box, names: Sequence[tuple[Label[Any], Person | None]]) -> Person | None:
    """Whose block a label stands in: the one whose name label is the last that does not stand below it."""
    above = [(label.box.top, person) for label, person in names if label.box.top <= box.centre.y]
    return max(above, key=lambda row: row[0])[1] if above else None


def _english(run: Run) -> bool:
    """Whether a run is one of the form's English labels; a foreign parent's name is none."""
    letters = "".join(char for char in run.text if char.isascii() and char.isalpha()).lower()
    return len(letters) > 1 and any(fuzz.partial_ratio(letters, label) >= _ALIKE for label in _ENGLISH)
