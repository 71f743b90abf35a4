"""Parents of whom no register has a page, by the certificate: not stated, foreign, or with another document as ID."""

import re
from collections.abc import Iterator, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from models.documents import DocumentKind, Field, PageKind, Person
from models.id_number import parse_id_number
from models.policy import LegibilityLimits
from models.submission import Guardian, GuardianRelation
from pipeline.judge.field_legibility import Legibility, legibility_of
from pipeline.judge.pages import PageView

ROLES: Final = MappingProxyType({GuardianRelation.FATHER: Person.FATHER, GuardianRelation.MOTHER: Person.MOTHER})
PARENTS: Final = (Person.MOTHER, Person.FATHER)
# What offices print instead of a name.
_UNSTATED: Final = re.compile(r"[（(]?(未提供|不提供|拒绝提供|不详|不祥|未详|未知|不明)[）)]?")
_CHINESE: Final = re.compile(r"中国|中华|CHINA|CHINESE|CHN|PRC", re.IGNORECASE)
_OF_REGIONS: Final = re.compile(r"香港|澳门|台湾|HONG ?KONG|MACA[OU]|TAIWAN", re.IGNORECASE)  # 中国香港: in no register
_DASHES: Final = frozenset("一丨丿ー")  # what the / and —— of a crossed-out block may read as
_LEAST: Final = 2  # letters of a name or of a nationality
# Documents that people have who are in no register, or whose page the register does not show: 军官证 and its kind.
_OTHER_ID: Final = re.compile(
    r"护照|通行证|居住证|居留|军官|士官|士兵|军人|文职|警官|警察|武警|旅行证|回乡证|台胞证|其他|PASSPORT|PERMIT",
    re.IGNORECASE,
)

# Their numbers: permits of Hong Kong and Macau, passports, military IDs. Digits alone may be a piece of an ID number.
_OTHER_NUMBER: Final = re.compile(r"[HM]\d{8}(\d{2})?|[A-Z]{1,2}\d{6,9}|[军士兵文武警][一-鿿]*\d{5,10}号?")
_OF_PERMITS: Final = (
    "89"  # first digits of the numbers on residence permits and residence cards, which end like ID numbers
)
_CHOICES: Final = re.compile("身份证|护照|其他")  # pre-printed on A4 certificates; two of them in a row say nothing


class Unregistered(NamedTuple):
    """A parent of whom no page is asked for.

    Attributes:
        certificate: That says why, in `field`; None where the guardian's document does.
    """

    person: Person
    certificate: PageView | None = None
    field: Field | None = None


def names_somebody(name: str) -> bool:
    """Whether a name on a certificate is a parent's: not 未提供, nor the noise or the dashes of a blank block."""
    return _is_telling(name) and not is_unstated(name)


def is_unstated(name: str) -> bool:
    """Whether a block says that the parent's name is not given (未提供, 不详); a blank block says nothing."""
    return _UNSTATED.fullmatch(name) is not None


def _is_telling(text: str) -> bool:
    """Whether a text is more than the noise or the dashes of a blank block."""
    return sum(map(str.isalpha, text)) >= _LEAST and not is_dashes(text)


def is_dashes(text: str) -> bool:
    """Whether a text has no letter but those that strokes and dashes read as."""
    return _DASHES.issuperset(char for char in text if char.isalpha())


def unregistered_parents(
    pages: Sequence[PageView], guardian: Guardian | None, limits: LegibilityLimits
) -> tuple[Unregistered, ...]:
    """The parents without a page in a register; of several certificates of the child that say so the first counts.

    A guardian who is known by another document than an ID card is one of them, where no certificate says so. What
    cannot be read excuses nobody.
    """
    papers = (page for page in pages if page.kind is PageKind.BIRTH_CERTIFICATE and page.is_of_family)
    blocks = (one for page in papers for one in _on(page, limits))
    found = {one.person: one for one in reversed(tuple(blocks))}
    applies = ROLES.get(guardian.relation) if guardian and guardian.relation else None
    if guardian and applies and guardian.document is not DocumentKind.ID_CARD:
        found.setdefault(applies, Unregistered(applies))
    return tuple(found.values())


def _on(page: PageView, limits: LegibilityLimits) -> Iterator[Unregistered]:
    """The parents on a certificate. Types of ID are pre-printed, so in a block without a name they say nothing."""
    for person in PARENTS:
        name, nationality, document, number = (
            _text(page, field, person, limits)
            for field in (Field.NAME, Field.NATIONALITY, Field.ID_TYPE, Field.ID_NUMBER)
        )
        if is_unstated(name):
            yield Unregistered(person, page, Field.NAME)
        elif _is_foreign(nationality):
            yield Unregistered(person, page, Field.NATIONALITY)
        elif has_name(page, person) and _is_other_id(page, person, document):
            yield Unregistered(person, page, Field.ID_TYPE)
        elif _OTHER_NUMBER.fullmatch(number) or _is_of_permit(number):
            yield Unregistered(person, page, Field.ID_NUMBER)


def _is_other_id(page: PageView, person: Person, document: str) -> bool:
    """Whether the type of ID is another than an ID card; not by a box that was ticked beside an ID card's number.

    A tick may be misread, and may be told by the other boxes alone; a check digit that agrees is not.
    """
    found = page.get(Field.ID_TYPE, person)
    ticked = found is not None and _is_choice(found.text)
    read = page.value(Field.ID_NUMBER, person) or ""
    number = parse_id_number(read)
    carded = number is not None and number.check_digit_right and not _is_of_permit(read)
    return _OTHER_ID.search(document) is not None and not _is_choice(document) and not (ticked and carded)


def _is_of_permit(text: str) -> bool:
    """Whether it is the number of a residence permit or card; a first digit that was misread breaks its check digit."""
    number = parse_id_number(text)
    return number is not None and number.check_digit_right and number.text[0] in _OF_PERMITS


def _is_choice(text: str) -> bool:
    return len(set(_CHOICES.findall(text))) > 1


def has_name(page: PageView, person: Person) -> bool:
    """Whether something stands where the name does, legible or not."""
    name = page.get(Field.NAME, person)
    return name is not None and _is_telling(name.value or name.text)


def _is_foreign(nationality: str) -> bool:
    """Whether people of a nationality are in no register of the mainland."""
    abroad = not _CHINESE.search(nationality) or _OF_REGIONS.search(nationality) is not None
    return _is_telling(nationality) and abroad


def _text(page: PageView, field: Field, person: Person, limits: LegibilityLimits) -> str:
    """A parent's field as read; empty if it is not there, or cannot be read."""
    found = page.get(field, person)
    if found is None or legibility_of(found, limits).legibility is Legibility.UNREADABLE:
        return ""
    return found.value or found.text
