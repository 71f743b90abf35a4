"""What a cell means: a name, a sex, a day, a number; repaired where that is sure, else a ValueError says what is wrong.

No text of an error repeats the value: it may be a name or a number.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from enum import Enum
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple

from models.entered_numbers import NO_VALUE, damage_of, entered_number, is_absent, without_marks
from models.id_number import IdNumber, is_certificate_number, modern_number, normal_number, parse_id_number
from models.names import is_han
from models.submission import Sex
from pipeline.spreadsheets.decoding import SAVE_AS

ROUNDED: Final = "a spreadsheet rounded it to 15 digits"
WRONG_DIGIT: Final = "its check digit is wrong"
LOST: Final = f"a character was lost and stands as ?: {SAVE_AS}"
GARBLED: Final = f"it was opened in the wrong encoding before: {SAVE_AS}"
ROUNDED_END: Final = "000"  # what stands for the last three of 18 digits then
_LONGEST_NAME: Final = 50
_LONGEST_COINCIDENCE: Final = 3  # characters of a name that is UTF-8 by chance
_NO_NAME: Final = frozenset("unknown n/a null none ? ？".split()) | frozenset(
    "无名 未取名 未命名 未起名 待定 待取名 暂未取名 同上 姓名 name 合计 总计 小计 匿名".split()
)
_NAME_SIGNS: Final = frozenset("·•‧・･∙⋅．.。●○-‐‑–—－'’ʼ`() （）,，、~°□")
_SPACES: Final = re.compile(r"\s+")
_SEXES: Final[Mapping[str, Sex]] = MappingProxyType(
    dict.fromkeys("男 男性 男孩 男童 男婴 男生 m male".split(), Sex.MALE)
    | dict.fromkeys("女 女性 女孩 女童 女婴 女生 f female".split(), Sex.FEMALE)
)
_SEX_CODES: Final[Mapping[str, Sex]] = MappingProxyType({"1": Sex.MALE, "2": Sex.FEMALE})  # GB/T 2261.1
_WEEKDAY: Final = r"(?: *(?:星期|周)[一二三四五六日天])?"
_TIME: Final = (
    r"(?:(?:T| +|(?<=日))(?:上午|下午)? *\d{1,2}[:时点]\d{1,2}(?:[:分](?:\d{1,2}(?:\.\d+)?秒?)?)?"
    r"(?: *[AP]M)?(?:\+08:?00)?)?"  # another zone may mean another day
)
_DAY: Final = re.compile(
    r"(?:(\d{4})([-/.])(\d{1,2})\2(\d{1,2})|(\d{4}) *年 *(\d{1,2}) *月 *(\d{1,2}) *日?"
    rf"|(\d{{4}})(\d\d)(\d\d)(?:\.0)?){_WEEKDAY}{_TIME}",
    re.ASCII,
)
_SERIAL: Final = re.compile(r"(\d{1,5})(?:\.\d+)?", re.ASCII)
_NUMERALS: Final = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_CHINESE_DAY: Final = re.compile(
    r"([〇零○一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日"
)
EPOCHS: Final = (date(1899, 12, 30), date(1904, 1, 1))  # of Excel and WPS; of Excel for Mac until 2011
_PUNCTUATION: Final = re.compile(r"[-–—.·,，、/_]+")
_OTHER_NUMBER: Final = re.compile(r"[A-Z]{1,3}\d{6,12}", re.ASCII)  # passports, permits, old residence cards
_DESTROYED: Final = "?\ufffd"


class Garbled(Enum):
    """How surely a name was read in the wrong encoding."""

    NO = "no"
    PERHAPS = "perhaps"  # 濮鸿涵 is a name
    LIKELY = "likely"  # three characters, and not all of GB 2312
    SURELY = "surely"


class Serial(NamedTuple):
    """A day as spreadsheets count it; which day it is depends on the system that the file was made on."""

    days: int

    def on(self, epoch: date) -> date:
        """The day, counted from an epoch."""
        return epoch + timedelta(days=self.days)


class SexCode(NamedTuple):
    """1 or 2 where 男 or 女 is meant: sure only where the ID number says the same."""

    sex: Sex


def child_name(text: str) -> str:
    """A name as it is written, in NFC, without the marks and spaces that a spreadsheet and its users put in."""
    visible = "".join(char for char in text if char not in "\u200b\u200c\u200d\u2060\ufeff\xad")
    if any(unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp") and not char.isspace() for char in visible):
        raise ValueError("it holds control or bidirectional characters")
    name = unicodedata.normalize("NFC", _SPACES.sub(" ", without_marks(visible)))
    if all(is_han(char) for char in name.replace(" ", "")):
        name = name.replace(" ", "")
    if not name or name in NO_VALUE or name.casefold() in _NO_NAME:
        raise ValueError("it is missing")
    if damage := damage_of(name):
        raise ValueError(damage)
    if any(char in _DESTROYED for char in unicodedata.normalize("NFKC", name)):
        raise ValueError(LOST)
    if not any(
        unicodedata.category(char)[0] == "L" or unicodedata.category(char) in ("Co", "Cn", "So") for char in name
    ):
        raise ValueError("it holds no letter")
    if not all(_may_be_in_name(char) for char in name):
        raise ValueError("it holds signs that no name has")
    if len(name) > _LONGEST_NAME:
        raise ValueError(f"it has more than {_LONGEST_NAME} characters")
    return name


@lru_cache(64)
def child_sex(text: str) -> Sex | SexCode:
    """男 or 女, also as 女性, 女童, F, female."""
    plain = unicodedata.normalize("NFKC", _SPACES.sub("", without_marks(text))).casefold()
    sex, code = _SEXES.get(plain), _SEX_CODES.get(plain.removesuffix(".0"))
    if sex is not None:
        return sex
    if code is not None:
        return SexCode(code)
    raise ValueError("it is missing" if is_absent(plain) else "it is neither 男 nor 女")


@lru_cache(2**14)
def birth_day(text: str) -> date | Serial:
    """A day as Chinese spreadsheets write it: 2019-11-23, 2019/11/3, 20191123, 2019年11月3日, or a serial."""
    plain = unicodedata.normalize("NFKC", without_marks(text)).strip()
    if is_absent(plain):
        raise ValueError("it is missing")
    if plain.startswith("#"):
        raise ValueError("the cell shows an error or #### instead of its content: make the column wider, or correct it")
    found = _DAY.fullmatch(plain)
    if found:
        year, month, day = (int(part) for at, part in enumerate(found.groups(), 1) if part and at != 2)
        return _real(year, month, day)
    chinese = _CHINESE_DAY.fullmatch(_SPACES.sub("", plain))
    if chinese:
        year, month, day = int(chinese[1].translate(_NUMERALS)), _counted(chinese[2]), _counted(chinese[3])
        return _real(year, month, day)
    serial = _SERIAL.fullmatch(plain)
    if serial and int(serial[1]):
        return Serial(int(serial[1]))
    raise ValueError("it is no day such as 2019-11-23; format the cells as a date with a year of four digits")


def id_number(text: str) -> str | None:
    """An ID number with a right check digit, of 15 digits in today's form, a passport or permit; None if absent."""
    parsed = parse_id_number(text) if text.isascii() and text.isalnum() else None
    plain = text if parsed else _upper(entered_number(text))
    if plain is None:
        return None
    parsed = parsed or parse_id_number(plain) or _without_punctuation(plain)
    if parsed is not None:
        if not parsed.check_digit_right:
            raise ValueError(ROUNDED if parsed.text.endswith(ROUNDED_END) else WRONG_DIGIT)
        return parsed.text
    modern = modern_number(plain)
    if len(plain) == 15 and len(modern) == 18:
        return modern
    if is_certificate_number(plain):
        raise ValueError("it is the number of a birth certificate")
    if _OTHER_NUMBER.fullmatch(plain):
        return plain
    if len(plain) == 18 and plain[:17].isascii() and plain[:17].isdigit():
        raise ValueError("its day of birth does not exist")
    digits = plain.isascii() and plain.isdigit()
    raise ValueError(f"it has {len(plain)} digits instead of 18" if digits else "it has not the form of an ID number")


def certificate_number(text: str) -> str | None:
    """The number of a birth certificate, one letter and nine digits; None if absent."""
    plain = _upper(entered_number(text))
    if plain is None or is_certificate_number(plain):
        return plain
    if parse_id_number(plain):
        raise ValueError("it is an ID number")
    raise ValueError("it is not one letter and nine digits")


def _upper(plain: str | None) -> str | None:
    return None if plain is None else normal_number(plain)


def _without_punctuation(plain: str) -> IdNumber | None:
    """The number without hyphens or dots between its parts, where the check digit says that nothing is lost."""
    parsed = parse_id_number(_PUNCTUATION.sub("", plain))
    return parsed if parsed and parsed.check_digit_right else None


def _real(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError("it is a day that does not exist") from None


def _counted(numeral: str) -> int:
    """一 to 三十一 as a number."""
    tens, ten, ones = numeral.rpartition("十")
    units = int(ones.translate(_NUMERALS)) if ones else 0
    return (int(tens.translate(_NUMERALS)) if tens else 1) * 10 + units if ten else units


def garbled(name: str) -> Garbled:
    """Whether UTF-8 was read as GBK: 娆ч槼闈栬悾 is what becomes of 欧阳靖萱, and 鐜嬭姵 of 王芳."""
    try:
        back = name.encode("gb18030").decode("utf-8")
    except UnicodeError:
        return Garbled.NO
    if back == name or not any(map(is_han, back)) or not all(is_han(char) or char in _NAME_SIGNS for char in back):
        return Garbled.NO
    if len(name) > _LONGEST_COINCIDENCE or not all(map(is_han, name)):
        return Garbled.SURELY
    try:
        name.encode("gb2312")
    except UnicodeError:
        return Garbled.LIKELY
    return Garbled.PERHAPS


def _may_be_in_name(char: str) -> bool:
    return (
        char in _NAME_SIGNS
        or unicodedata.category(char)[0] in "LMN"
        or unicodedata.category(char) in ("Co", "Cn", "So")
    )
