"""ID numbers, certificate numbers and printed dates: parsing and checking, without guessing."""

import re
from datetime import date
from operator import mul
from typing import NamedTuple

from models.submission import Sex

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
# GB/T 2260; 81 to 83 are on residence permits of Hong Kong, Macao and Taiwan.
_PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83".split()
)
_FOREIGN = "9"  # before the province on residence cards of foreigners, since December 2023
_FULL_WIDTH = {0xFF01 + offset: 0x21 + offset for offset in range(94)} | {0x3000: 0x20}
_DATES = (
    re.compile(r"(?<!\d)(\d{4})(\d{2})(\d{2})(?!\d)"),
    # A letter is no separator: it may be a digit that was misread, and 2019年1l月23日 is not the first of January.
    re.compile(r"(?<!\d)(\d{4})[^\dA-Za-z|]{1,3}(\d{1,2})[^\dA-Za-z|]{1,3}(\d{1,2})(?![\dA-Za-z|])"),
)
_CERTIFICATE = re.compile(r"[A-Z]\d{9}", re.ASCII)
_NUMBER = re.compile(r"\d{17}[\dX]", re.ASCII)
_LEGACY_DIGITS = 15
_LEGACY = re.compile(r"\d{15}", re.ASCII)


def half_width(text: str) -> str:
    """Convert full-width ASCII to half-width; other characters stay unchanged."""
    return text.translate(_FULL_WIDTH)


class IdNumber(NamedTuple):
    """A 公民身份号码 of 18 characters in the right form.

    Source:
        GB 11643-1999; check digit by ISO 7064 MOD 11-2.
    """

    text: str
    birth_date: date
    sex: Sex
    check_digit_right: bool
    province_known: bool


def normal_number(text: str) -> str:
    """A number in normal form, as in results: half-width, upper case, without spaces."""
    if text.isascii() and text.isalnum():
        return text.upper()
    return re.sub(r"\s", "", half_width(text)).upper().replace("×", "X")


def modern_number(text: str) -> str:
    """Convert an ID number of 15 digits to 18; any other text to normal form.

    Numbers of 15 digits were issued until 1999, with two digits for the year of birth, which is always 19xx.
    """
    number = normal_number(text)
    if len(number) != _LEGACY_DIGITS or not _LEGACY.fullmatch(number) or iso_date(f"19{number[6:12]}") is None:
        return number
    first = f"{number[:6]}19{number[6:]}"
    return first + check_digit(first)


def check_digit(first_seventeen: str) -> str:
    """The check digit (the 18th character) of 17 digits."""
    total = sum(map(mul, _WEIGHTS, map(int, first_seventeen)))
    return _CHECK_DIGITS[total % 11]


def parse_id_number(text: str) -> IdNumber | None:
    """Parse an ID number; None if its form is wrong or its birth date does not exist."""
    number = normal_number(text)
    if not _NUMBER.fullmatch(number):
        return None
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
    return IdNumber(
        text=number,
        birth_date=born,
        sex=Sex.MALE if int(number[16]) % 2 else Sex.FEMALE,
        check_digit_right=check_digit(number[:17]) == number[17],
        province_known=is_province(number[:2]) or (number[0] == _FOREIGN and is_province(number[1:3])),
    )


def is_province(digits: str) -> bool:
    """Whether two digits are the code of a province in GB/T 2260."""
    return digits in _PROVINCES


def is_certificate_number(text: str) -> bool:
    """Whether the text has the form of a 出生医学证明编号: one letter and nine digits."""
    return _CERTIFICATE.fullmatch(normal_number(text)) is not None


def iso_date(text: str) -> date | None:
    """The first date in a printed text (2019年1月3日, 2019.01.03, 20190103); None if it does not exist."""
    plain = half_width(text)
    match = next((found for pattern in _DATES if (found := pattern.search(plain))), None)
    if match is None:
        return None
    try:
        return date(*(int(part) for part in match.groups()))
    except ValueError:
        return None


def age_on(born: date, day: date) -> int:
    """The age in completed years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
