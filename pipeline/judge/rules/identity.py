"""Sex, birth date and numbers: against the entered ones, against each other, and against their check digit."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from models.content import FieldContent, Slot
from models.documents import Field, PageKind, Person
from models.findings import Code, Evidence, Finding, Location, Reason, Severity, Stated, disagreement, found
from models.id_number import normal_number, parse_id_number
from models.policy import Policy
from models.submission import IdType
from pipeline.judge.dossier import Dossier
from pipeline.judge.field_legibility import Legibility, legibility_of
from pipeline.judge.holders import certain_number
from pipeline.judge.pages import PageView
from pipeline.judge.rules.completeness import needs

_EIGHTEEN: Final = re.compile(r"\d{17}[\dX]", re.ASCII)


class _Source(NamedTuple):
    """A value on a page, or one that follows from it."""

    page: PageView
    slot: Slot
    field: FieldContent
    value: str
    certain: bool

    @property
    def here(self) -> Stated:
        """The value with its location and confidence."""
        return Stated(self.page.place(*self.slot), self.value, self.field.confidence)

    @property
    def severity(self) -> Severity:
        """Reject only what was read with certainty."""
        return Severity.REJECT if self.certain else Severity.REVIEW


class _Question(NamedTuple):
    """A value that several pages have: its code if they disagree, the entered value, and its slots."""

    code: Code
    entered: str | None
    card: Slot
    certificate: Slot | None
    length: int | None = None  # characters that count, from the start; None for all


def identity(dossier: Dossier, policy: Policy) -> Iterator[Finding]:
    """性别不一致, 出生日期不一致 and 证件号码不一致."""
    for question in _questions(dossier):
        stated = tuple(_stated(question, dossier, policy))
        implied = tuple(_implied(question, dossier, policy))
        against_entered = [row for row in stated if question.entered and row.value != question.entered]
        confirmed = any(row.value == question.entered and not row.field.repaired for row in (*stated, *implied))
        confirmed = confirmed or _in_a_barcode(question, dossier)
        for row in against_entered:
            evidence = Evidence(read=row.value, entered=question.entered, measured=row.field.confidence)
            severity = Severity.REVIEW if confirmed else row.severity
            yield found(question.code, Reason.ENTERED, row.page.place(*row.slot), evidence, severity=severity)
        if not against_entered:
            yield from _disagreeing(question.code, (*stated, *implied))
    yield from _unlawful_numbers(dossier, policy)
    yield from _unlawful_numbers_of_adults(dossier, policy)
    yield from _unlawful_certificate_number(dossier, policy)
    yield from _nothing_to_compare(dossier)


def _questions(dossier: Dossier) -> Iterator[_Question]:
    child = dossier.child
    who = Person.CHILD
    number = normal_number(child.id_number) if child.id_number else None
    certificate = normal_number(child.birth_certificate_number) if child.birth_certificate_number else None
    yield _Question(Code.SEX_DIFFERS, child.sex.value, Slot(Field.SEX), Slot(Field.SEX, who))
    born = child.birth_date.isoformat()
    yield _Question(Code.BIRTH_DATE_DIFFERS, born, Slot(Field.BIRTH_DATE), Slot(Field.BIRTH_TIME, who), len(born))
    yield _Question(Code.NUMBER_DIFFERS, number, Slot(Field.ID_NUMBER), None)
    yield _Question(Code.NUMBER_DIFFERS, certificate, Slot(Field.CERTIFICATE_NUMBER), Slot(Field.CERTIFICATE_NUMBER))


def _stated(question: _Question, dossier: Dossier, policy: Policy) -> Iterator[_Source]:
    for page in dossier.child_pages:
        slot = question.certificate if page.kind is PageKind.BIRTH_CERTIFICATE else question.card
        field = page.get(*slot) if slot else None
        if slot is None or field is None:
            continue
        legibility = legibility_of(field, policy.legibility).legibility
        if legibility is not Legibility.UNREADABLE:  # what cannot be read is never compared
            value = field.value or field.text  # a text that is no valid value differs, and is never certain
            certain = legibility is Legibility.READ and not _may_be_misread(page, field)
            yield _Source(page, slot, field, value[: question.length], certain)


def _may_be_misread(page: PageView, field: FieldContent) -> bool:
    """Whether a mark may cross the value, or a number breaks its own check digit: more are misread than misprinted."""
    number = parse_id_number(field.value or "") if field.field is Field.ID_NUMBER else None
    return page.content.watermark is not None or (number is not None and not number.check_digit_right)


def _implied(question: _Question, dossier: Dossier, policy: Policy) -> Iterator[_Source]:
    """Birth date and sex by a certain ID number on the child's card."""
    for page in dossier.members(Person.CHILD):
        text, slot = certain_number(page, policy), Slot(Field.ID_NUMBER)
        number, field = parse_id_number(text) if text else None, page.get(*slot)
        if number and field and question.card.field is Field.BIRTH_DATE:
            yield _Source(page, slot, field, number.birth_date.isoformat(), certain=True)
        if number and field and question.card.field is Field.SEX:
            yield _Source(page, slot, field, number.sex.value, certain=True)


def _in_a_barcode(question: _Question, dossier: Dossier) -> bool:
    """Whether a barcode on the certificate says the entered number: the print was misread, or contradicts it."""
    certificate, slot = dossier.certificate, Slot(Field.CERTIFICATE_NUMBER)
    barcodes = certificate.content.barcodes if certificate and question.certificate == slot else ()
    return any(normal_number(barcode) == question.entered for barcode in barcodes)


def _nothing_to_compare(dossier: Dossier) -> Iterator[Finding]:
    """An entered ID number that no page can confirm."""
    entered, cards = dossier.child.id_number, dossier.members(Person.CHILD)
    if entered and dossier.child.id_type is IdType.BIRTH_CERTIFICATE and not cards:
        yield found(
            Code.NUMBER_DIFFERS, Reason.ENTERED, Location(), Evidence(entered=entered), severity=Severity.REVIEW
        )


def _disagreeing(code: Code, stated: tuple[_Source, ...]) -> Iterator[Finding]:
    """Pages that disagree with each other, if none disagrees with an entered value."""
    for row in stated[1:]:
        if row.value != stated[0].value:
            yield from disagreement(code, Reason.CROSS_DOCUMENT, stated[0].here, row.here, severity=Severity.REVIEW)


def _unlawful_numbers(dossier: Dossier, policy: Policy) -> Iterator[Finding]:
    """A number with a wrong form, province or check digit was misread or misprinted, so a person checks it.

    The family cannot mend a number that its document shows. A number with a wrong form that differs from the entered
    one is reported as different instead.
    """
    entered = normal_number(dossier.child.id_number or "")
    for page in dossier.members(Person.CHILD):
        field = page.get(Field.ID_NUMBER)
        legibility = legibility_of(field, policy.legibility).legibility
        if field is None or legibility is Legibility.UNREADABLE:
            continue
        text = _number_in(field)
        number = parse_id_number(text)
        lawful = number is not None and number.check_digit_right and number.province_known
        if lawful or (number is None and entered not in ("", text)):
            continue
        yield _unlawful(text, page, Slot(Field.ID_NUMBER), field)


def _unlawful_numbers_of_adults(dossier: Dossier, policy: Policy) -> Iterator[Finding]:
    """A wrong check digit or day in the number of the guardian or a parent, if two sources say it: it was not misread.

    One that only an ID card has may be misread, and does not count where another page tells its holder's number. One
    finding a number, on the first page that has it.
    """
    read = tuple(_numbers_of_adults(dossier, policy))
    told = {slot.person or page.holder for page, slot, field in read if _is_lawful(field)}
    places: dict[str, list[tuple[PageView, Slot, FieldContent]]] = {}
    for row in read:
        places.setdefault(_number_in(row[2]), []).append(row)
    guardian = dossier.submission.guardian
    typed = normal_number(guardian.id_number) if guardian and guardian.id_number else None
    for text, rows in places.items():
        number, page = parse_id_number(text), rows[0][0]
        lawful = number.check_digit_right if number else not _EIGHTEEN.fullmatch(text)  # a passport's number is one
        alone = page.kind is PageKind.ID_PORTRAIT and page.holder not in told
        if alone or (not lawful and (text == typed or len(rows) > 1)):
            yield _unlawful(text, *rows[0])


def _is_lawful(field: FieldContent) -> bool:
    number = parse_id_number(field.value or "")
    return number is not None and number.check_digit_right


def _unlawful_certificate_number(dossier: Dossier, policy: Policy) -> Iterator[Finding]:
    """A legible number of the wrong form on a certificate that is needed; one that was typed in differs from it."""
    page, slot = dossier.certificate, Slot(Field.CERTIFICATE_NUMBER)
    field = page.get(*slot) if page and not dossier.child.birth_certificate_number else None
    if page is None or field is None or field.value is not None:
        return
    legible = legibility_of(field, policy.legibility).legibility is not Legibility.UNREADABLE
    if legible and any(need.reason is Reason.BIRTH_CERTIFICATE for need in needs(dossier, policy)):
        yield _unlawful(_number_in(field), page, slot, field)


def _number_in(field: FieldContent) -> str:
    """A number as a result lists it; as it was read, if it is none."""
    return field.value or normal_number(field.text)


def _unlawful(text: str, page: PageView, slot: Slot, field: FieldContent) -> Finding:
    evidence = Evidence(read=text, measured=field.confidence)
    return found(Code.NUMBER_DIFFERS, Reason.CHECKSUM, page.place(*slot), evidence, severity=Severity.REVIEW)


def _numbers_of_adults(dossier: Dossier, policy: Policy) -> Iterator[tuple[PageView, Slot, FieldContent]]:
    """Every legible number on a card or a page of the guardian or a parent, and on the certificate."""
    for page in dossier.of_family:
        people = (Person.MOTHER, Person.FATHER) if page.kind is PageKind.BIRTH_CERTIFICATE else (None,)
        for person in people if page.resembles or page.kind is PageKind.BIRTH_CERTIFICATE else ():
            slot = Slot(Field.ID_NUMBER, person)
            field = page.get(*slot)
            legible = legibility_of(field, policy.legibility).legibility is not Legibility.UNREADABLE
            if field and legible and not field.repaired:
                yield page, slot, field
