"""Printed values in normal form: what a cell says, or None where it cannot be what the field holds."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from models.documents import Field
from models.id_number import half_width, is_certificate_number, iso_date, normal_number, parse_id_number
from models.submission import Sex
from pipeline.extract.vocabularies import ETHNICITIES, LEXICON, of_list
from pipeline.names.normal import normal_name

_DIGITS_FIRST = re.compile(r"\d[\d-]*(?![A-Z])", re.ASCII)
_HOW_IT_ENDS = re.compile(r"久居|.*?(?:迁来|因出生|迁入|入户)")  # a seal's words may follow, and are no part of it

Parse = Callable[[str], str | None]


def _date(text: str) -> str | None:
    found = iso_date(text)
    return found.isoformat() if found else None


def _sex(text: str) -> str | None:
    return next((sex.value for sex in Sex if sex.value in text), None)


def _ethnicity(text: str) -> str | None:
    name = text.removesuffix("族")
    known = name in ETHNICITIES or "入籍" in name
    return text if known else None


def _id_number(text: str) -> str | None:
    """Eighteen characters that form a number with a real birth date; its check digit is judged elsewhere."""
    found = re.search(r"\d{17}[\dX]", normal_number(text))
    number = found.group() if found else ""
    return number if parse_id_number(number) else None


def _certificate_number(text: str) -> str | None:
    found = re.search(r"[A-Z]\d{9}", normal_number(text))
    return found.group() if found and is_certificate_number(found.group()) else None


def _birth_time(text: str) -> str | None:
    """A day and, where it is printed, the time of day: YYYY-MM-DDTHH:MM."""
    found = re.search(r"(\d{4})年(\d{1,2})月(\d{1,2})日(?:(\d{1,2})[时:](\d{1,2})(?![\dA-Za-z]))?", half_width(text))
    day = iso_date(text)
    if day is None:
        return None
    if found is None or found[4] is None or int(found[4]) > 23 or int(found[5]) > 59:
        return day.isoformat()
    return f"{day.isoformat()}T{int(found[4]):02}:{int(found[5]):02}"


def _household_number(text: str) -> str | None:
    """Digits from the start; what a seal adds behind them is not part of the number."""
    found = _DIGITS_FIRST.match(normal_number(text))
    return found.group() if found else None


def _moved(text: str) -> str | None:
    plain = re.sub(r"\s", "", text)
    found = _HOW_IT_ENDS.match(plain)
    return found.group() if found else plain or None


def _valid_until(text: str) -> str | None:
    return "长期" if "长期" in text else _date(text)


def _digits(text: str) -> str | None:
    """A number with its unit; a letter or a comma within may be a digit that was misread."""
    found = re.fullmatch(r"[^\dA-Za-z]*(\d+(?:[+.]\d+)?)(?![,，A-Za-z]).*", half_width(text))
    return found[1] if found and not re.search(r"\d[A-Za-z,，]|[A-Za-z,，]\d", half_width(text)) else None


def _blood_type(text: str) -> str | None:
    """A, B, AB, O or 不明; a nought is the letter."""
    letters = half_width(text).upper().replace("0", "O").removesuffix("型")
    return letters if letters in ("A", "B", "AB", "O", "不明") else None


def _name(text: str) -> str | None:
    return normal_name(text) or None


def _as_printed(text: str) -> str | None:
    return re.sub(r"\s", "", text) or None


_PARSERS: Mapping[Field, Parse] = MappingProxyType(
    {
        Field.NAME: _name,
        Field.HEAD_NAME: _name,
        Field.FORMER_NAME: _name,
        Field.SEX: _sex,
        Field.ETHNICITY: _ethnicity,
        Field.BIRTH_DATE: _date,
        Field.ISSUE_DATE: _date,
        Field.REGISTRATION_DATE: _date,
        Field.VALID_FROM: _date,
        Field.VALID_UNTIL: _valid_until,
        Field.BIRTH_TIME: _birth_time,
        Field.ID_NUMBER: _id_number,
        Field.CERTIFICATE_NUMBER: _certificate_number,
        Field.BLOOD_TYPE: _blood_type,
        Field.HOUSEHOLD_NUMBER: _household_number,
        Field.MOVED_TO_CITY: _moved,
        Field.MOVED_TO_ADDRESS: _moved,
        Field.AGE: _digits,
        Field.WEIGHT_G: _digits,
        Field.LENGTH_CM: _digits,
        Field.GESTATION_WEEKS: _digits,
    }
)


def normal_value(field: Field, text: str) -> str | None:
    """The value in the form that results carry (contract, section 3); None if the text is no such value."""
    return _PARSERS.get(field, _as_printed)(of_list(field, text))


def is_sound(field: Field, value: str | None) -> bool:
    """Whether a value is one that the field can hold; a number whose check digit is wrong may be misread."""
    if value is None:
        return False
    if field in LEXICON:
        return value in LEXICON[field] or "入籍" in value
    number = parse_id_number(value) if field is Field.ID_NUMBER else None
    return number is None or number.check_digit_right
