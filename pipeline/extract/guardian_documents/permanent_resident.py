"""外国人永久居留身份证: numbers of 15 characters on cards of 2017, of 18 on those since December 2023.

Source:
    国家移民管理局's rules for these numbers. 15 characters are the nationality (ISO 3166-1 alpha-3), four digits of
    GB/T 2260, YYMMDD, a digit of sequence and a check digit by weights 7, 3, 1. 18 are a nine, the province, the
    nationality (ISO 3166-1 numeric), YYYYMMDD, three digits of sequence and a check digit by ISO 7064 MOD 11-2.
"""

import re
from collections.abc import Sequence
from typing import Final

from models.documents import PageKind
from models.id_number import iso_date, normal_number, parse_id_number
from models.mrz import check_digit
from models.reading import Line
from pipeline.extract.form import Form
from pipeline.extract.guardian_documents.document import CARD, GuardianDocument, read_card

_OLD: Final = re.compile(r"[A-Z]{3}\d{12}", re.ASCII)
_NEW: Final = re.compile(r"9\d{16}[\dX]", re.ASCII)


def _number(text: str) -> str | None:
    number = normal_number(text)
    if found := _NEW.search(number):
        return found.group() if parse_id_number(found.group()) else None
    found = _OLD.search(number)
    return found.group() if found and _is_a_day(found.group()[7:13]) else None


def _is_a_day(digits: str) -> bool:
    return any(iso_date(f"{century}{digits}") for century in ("19", "20"))


def _is_checked(number: str) -> bool:
    if _OLD.fullmatch(number):
        return check_digit(number[:-1]) == number[-1]
    parsed = parse_id_number(number)
    return parsed is not None and parsed.check_digit_right


def _read(lines: Sequence[Line]) -> Form:
    return read_card(lines, {**CARD, None: ("外国人永久居留身份证", "中华人民共和国")}, _number)


PERMANENT_RESIDENT: Final = GuardianDocument(
    PageKind.PERMIT, two_sided=True, read=_read, number=_number, is_checked=_is_checked
)
