"""Consistency of a birth certificate: its number, edition, dates and ages. No finding of this rule rejects.

Source:
    docs/reference/documents.md, Birth certificate.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final

from models.documents import Field, PageKind, Person
from models.findings import Code, Evidence, Finding, Reason, Severity, Stated, disagreement, found
from models.id_number import age_on, is_certificate_number, is_province, parse_id_number
from models.policy import Policy
from pipeline.judge.dossier import Dossier
from pipeline.judge.field_legibility import certain
from pipeline.judge.holders import certain_number
from pipeline.judge.pages import PageView

_FIRST: Final = date(1996, 1, 1)  # births before have no certificate
_BARCODES: Final = date(2023, 4, 1)  # start of the seventh edition; earlier ones have no barcode
_LETTERS: Final = range(2000, 2026)  # years of issue with a letter, A to Z; the rule after Z is not known
_SLACK: Final = 1  # years: hospitals use up old stock, or start new stock early
_NUMBERED_BY_PROVINCE: Final = 2014  # before, some digits followed the postcode


def certificates(dossier: Dossier, policy: Policy) -> Iterator[Finding]:
    """信息矛盾/edition_date and 信息矛盾/age, from values that were read with certainty."""
    for page in dossier.of_kind(PageKind.BIRTH_CERTIFICATE):
        yield from _dates(page, policy)
        yield from _number(page, policy)
        for parent in (Person.MOTHER, Person.FATHER):
            yield from _printed_age(page, parent, policy)


def _dates(page: PageView, policy: Policy) -> Iterator[Finding]:
    """The child is born before its certificate is issued, and not before 1996."""
    born, issued = _born(page, policy), _issued(page, policy)
    place = page.place(Field.BIRTH_TIME, Person.CHILD)
    if born and issued and issued < born:
        birth = Stated(place, born.isoformat())
        yield from disagreement(Code.CONTRADICTION, Reason.EDITION_DATE, _issue(page, issued), birth)
    if born and born < _FIRST:
        yield found(Code.CONTRADICTION, Reason.EDITION_DATE, place, Evidence(read=born.isoformat()))


def _number(page: PageView, policy: Policy) -> Iterator[Finding]:
    """The letter stands for the year, the digits after it for the province; only the seventh edition has a barcode."""
    number, issued = certain(page.get(Field.CERTIFICATE_NUMBER), policy.legibility), _issued(page, policy)
    if number is None:
        return
    place = page.place(Field.CERTIFICATE_NUMBER)
    if issued and (_another_year(number, issued) or (issued < _BARCODES and _has_barcode(page))):
        numbered = Stated(place, number)
        yield from disagreement(Code.CONTRADICTION, Reason.EDITION_DATE, numbered, _issue(page, issued))
    elif not is_province(number[1:3]):
        sure = issued is not None and issued.year >= _NUMBERED_BY_PROVINCE
        severity = Severity.REVIEW if sure else Severity.WARNING
        yield found(Code.CONTRADICTION, Reason.EDITION_DATE, place, Evidence(read=number), severity=severity)


def _another_year(number: str, issued: date) -> bool:
    printed = _LETTERS.start + ord(number[0]) - ord("A")
    return issued.year in _LETTERS and abs(printed - issued.year) > _SLACK


def _has_barcode(page: PageView) -> bool:
    return any(map(is_certificate_number, page.content.barcodes))


def _printed_age(page: PageView, parent: Person, policy: Policy) -> Iterator[Finding]:
    """A parent's printed age agrees with the parent's ID number on the day of birth, to a year."""
    age = certain(page.get(Field.AGE, parent), policy.legibility)
    number = parse_id_number(certain_number(page, policy, parent) or "")
    born = _born(page, policy)
    if age and age.isdecimal() and number and born and abs(int(age) - age_on(number.birth_date, born)) > _SLACK:
        printed = Stated(page.place(Field.AGE, parent), age)
        counted = Stated(page.place(Field.ID_NUMBER, parent), number.birth_date.isoformat())
        yield from disagreement(Code.CONTRADICTION, Reason.AGE, printed, counted)


def _issue(page: PageView, issued: date) -> Stated:
    return Stated(page.place(Field.ISSUE_DATE), issued.isoformat())


def _born(page: PageView, policy: Policy) -> date | None:
    value = certain(page.get(Field.BIRTH_TIME, Person.CHILD), policy.legibility)
    return date.fromisoformat(value[:10]) if value else None


def _issued(page: PageView, policy: Policy) -> date | None:
    value = certain(page.get(Field.ISSUE_DATE), policy.legibility)
    return date.fromisoformat(value) if value else None
