"""Compare the entered value of each field with its values on all pages, person by person.

For reviewers, after the case was judged: nothing is decided here, and nothing is masked.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from models.documents import Field, Person
from models.findings import Code, Finding, Reason, Severity
from models.id_number import half_width, normal_number
from models.names import normal_name
from models.policy import Policy
from models.result import FieldValue, Result, values_of
from models.submission import Submission
from pipeline.judge.dossier import guardian_person
from pipeline.names.characters import modern


class Agreement(StrEnum):
    """How the values of a field agree."""

    AGREE = "agree"  # all values are equal
    DIFFER = "differ"  # two certain values differ
    DOUBTFUL = "doubtful"  # a differing value was not read with certainty, or a rule asks for a person
    SINGLE = "single"  # there is only one value


STATE_TITLES: Final[Mapping[Agreement, str]] = MappingProxyType(
    {
        Agreement.AGREE: "一致",
        Agreement.DIFFER: "不一致",
        Agreement.DOUBTFUL: "存疑",
        Agreement.SINGLE: "只有一处，无法比对",
    }
)


class FieldComparison(NamedTuple):
    """A field of a person, with all its values.

    Attributes:
        person: The person; None for a field of the page itself, such as a 户号.
        field: The field. The day of a 出生时间 counts as the date of birth, and a certificate's number as the child's.
        entered: As the parent typed it in; None if the form has no such field, or it is empty.
        read: The values on pages, in the order of the result.
        state: How the values agree.
    """

    person: Person | None
    field: Field
    entered: str | None
    read: tuple[FieldValue, ...]
    state: Agreement


class _Slot(NamedTuple):
    """A field of a person; `which` tells several people in one role apart."""

    person: Person | None
    which: str
    field: Field


_GUARDIAN: Final = ""  # sorts before all others in the role
_ONE_OF_A_KIND: Final = (Person.CHILD, Person.FATHER, Person.MOTHER)
_PEOPLE: Final = (*_ONE_OF_A_KIND, Person.HEAD, Person.OTHER, None)
_FIELDS: Final = tuple(Field)
_DAY: Final = len("2019-11-23")
_OF_THE_CHILD: Final[Mapping[Code, Field]] = MappingProxyType(
    {
        Code.NAME_DIFFERS: Field.NAME,
        Code.NAME_IN_DOUBT: Field.NAME,
        Code.SEX_DIFFERS: Field.SEX,
        Code.BIRTH_DATE_DIFFERS: Field.BIRTH_DATE,
    }
)


def compare_fields(submission: Submission, result: Result, policy: Policy = Policy()) -> tuple[FieldComparison, ...]:  # noqa: B008 - frozen
    """Every field that was entered or read, with all its values; the child's fields first."""
    entered, read = dict(_entered(submission)), _read(submission, values_of(result.fields))
    rows = []
    for slot in sorted({*entered, *read}, key=_in_order):
        row = FieldComparison(slot.person, slot.field, entered.get(slot), tuple(read.get(slot, ())), Agreement.SINGLE)
        rows.append(row._replace(state=_state(row, result.findings, policy)))
    return tuple(rows)


def canonical(field: Field, value: str) -> str:
    """A value in canonical form: two values that are equal in it mean the same."""
    return _FORMS.get(field, _unspaced)(value)


def _entered(submission: Submission) -> Iterator[tuple[_Slot, str]]:
    child, guardian = submission.child, submission.guardian
    typed: list[tuple[Person, Field, str | None]] = [
        (Person.CHILD, Field.NAME, child.name),
        (Person.CHILD, Field.SEX, child.sex.value),
        (Person.CHILD, Field.BIRTH_DATE, child.birth_date.isoformat()),
        (Person.CHILD, Field.ID_NUMBER, child.id_number),
        (Person.CHILD, Field.CERTIFICATE_NUMBER, child.birth_certificate_number),
    ]
    if guardian:
        person = guardian_person(guardian)
        typed += [(person, Field.NAME, guardian.name), (person, Field.ID_NUMBER, guardian.id_number)]
    yield from ((_Slot(person, _GUARDIAN, field), value) for person, field, value in typed if value)


def _read(submission: Submission, values: Sequence[FieldValue]) -> Mapping[_Slot, list[FieldValue]]:
    identities, read = _identities(values), defaultdict[_Slot, list[FieldValue]](list)
    for value in values:
        person, field = _about(value)
        which = _GUARDIAN if person in _ONE_OF_A_KIND else _which(value, identities, submission)
        read[_Slot(person, which, field)].append(value)
    return read


def _about(value: FieldValue) -> tuple[Person | None, Field]:
    if value.field is Field.CERTIFICATE_NUMBER:
        return Person.CHILD, value.field
    return value.person, Field.BIRTH_DATE if value.field is Field.BIRTH_TIME else value.field


def _identities(values: Iterable[FieldValue]) -> Mapping[tuple[str, int], Mapping[Field, str]]:
    """The number and the name of each page's holder."""
    identities = defaultdict[tuple[str, int], dict[Field, str]](dict)
    for value in values:
        if value.person not in _ONE_OF_A_KIND and value.field in (Field.ID_NUMBER, Field.NAME):
            identities[value.file, value.page_no][value.field] = canonical(value.field, value.value)
    return identities


def _which(value: FieldValue, identities: Mapping[tuple[str, int], Mapping[Field, str]], submission: Submission) -> str:
    """Which of several people in one role: the guardian, else by number or name, else by page."""
    page = f"{value.file}#{value.page_no}"
    known = identities.get((value.file, value.page_no), {}) if value.person else {}
    guardian = submission.guardian
    theirs = {Field.NAME: guardian.name, Field.ID_NUMBER: guardian.id_number} if guardian else {}
    if any(entered and canonical(field, entered) == known.get(field) for field, entered in theirs.items()):
        return _GUARDIAN
    return known.get(Field.ID_NUMBER) or known.get(Field.NAME) or page


def _in_order(slot: _Slot) -> tuple[int, str, int]:
    return _PEOPLE.index(slot.person), slot.which, _FIELDS.index(slot.field)


def _state(row: FieldComparison, findings: Iterable[Finding], policy: Policy) -> Agreement:
    """Findings about the child's field count before the values themselves."""
    about = [finding for finding in findings if row.person is Person.CHILD and _row_of(finding) is row.field]
    if any(finding.severity is Severity.REJECT and finding.reason is not Reason.CHECKSUM for finding in about):
        return Agreement.DIFFER
    agreement = _agreement(row, policy)
    in_doubt = any(finding.code is Code.NAME_IN_DOUBT for finding in about)
    return Agreement.DOUBTFUL if in_doubt or (about and agreement is not Agreement.DIFFER) else agreement


def _row_of(finding: Finding) -> Field | None:
    return finding.field if finding.code is Code.NUMBER_DIFFERS else _OF_THE_CHILD.get(finding.code)


def _agreement(row: FieldComparison, policy: Policy) -> Agreement:
    """How the values agree; an illegible value decides nothing."""
    limits = policy.legibility
    typed = [row.entered] if row.entered is not None else []
    if len(typed) + len(row.read) < 2:
        return Agreement.SINGLE
    if row.entered and row.field is Field.NAME and policy.names.legacy_gbk:
        typed = [modern(row.entered)]
    sure = [value.value for value in row.read if value.confidence >= limits.doubtful]
    if len(_forms(row.field, (*typed, *sure))) > 1:
        return Agreement.DIFFER
    legible = all(value.confidence >= limits.unreadable for value in row.read)
    alike = len(_forms(row.field, (*typed, *(value.value for value in row.read)))) == 1
    return Agreement.AGREE if alike and legible else Agreement.DOUBTFUL


def _forms(field: Field, values: Iterable[str]) -> frozenset[str]:
    return frozenset(canonical(field, value) for value in values)


def _unspaced(text: str) -> str:
    return re.sub(r"\s", "", half_width(text))


def _day(text: str) -> str:
    return text[:_DAY]


def _nationality(text: str) -> str:
    """Cards say 汉 where registers say 汉族."""
    return _unspaced(text).removesuffix("族")


_FORMS: Final[Mapping[Field, Callable[[str], str]]] = MappingProxyType(
    {
        **dict.fromkeys((Field.NAME, Field.HEAD_NAME, Field.FORMER_NAME), normal_name),
        **dict.fromkeys((Field.ID_NUMBER, Field.CERTIFICATE_NUMBER), normal_number),
        Field.BIRTH_DATE: _day,
        Field.ETHNICITY: _nationality,
    }
)
