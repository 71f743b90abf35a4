"""Printed values in normal form: what a cell says, or None where it cannot be what the field holds."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from models.documents import Field
from models.identity import half_width, is_certificate_number, iso_date, normal_number, parse_id_number
from models.submission import Sex
from pipeline.names.normal import normal_name

# GB/T 3304-1991: the 56 nationalities, and the two other entries that a register may carry.
ETHNICITIES = frozenset(
    "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 "
    "柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 "
    "塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺 其他 外国血统".split()
)

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
    found = re.search(r"(\d{4})年(\d{1,2})月(\d{1,2})日(?:(\d{1,2})[时:](\d{1,2})分?)?", half_width(text))
    day = iso_date(text)
    if day is None:
        return None
    if found is None or found[4] is None or int(found[4]) > 23 or int(found[5]) > 59:
        return day.isoformat()
    return f"{day.isoformat()}T{int(found[4]):02}:{int(found[5]):02}"


def _valid_until(text: str) -> str | None:
    return "长期" if "长期" in text else _date(text)


def _digits(text: str) -> str | None:
    found = re.search(r"\d+(?:[+.]\d+)?", half_width(text))
    return found.group() if found else None


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
        Field.AGE: _digits,
        Field.WEIGHT_G: _digits,
        Field.LENGTH_CM: _digits,
        Field.GESTATION_WEEKS: _digits,
    }
)


def normal_value(field: Field, text: str) -> str | None:
    """The value in the form that results carry (contract, section 3); None if the text is no such value."""
    return _PARSERS.get(field, _as_printed)(text)
