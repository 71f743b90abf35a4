"""Printed values in normal form: what a cell says, or None where it cannot be what the field holds.

Some fields hold entries of a closed list, as they are printed (docs/reference/documents.md, Closed lists).
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from models.documents import Field
from models.id_number import half_width, iso_date, normal_number, parse_id_number
from models.names import normal_name
from models.submission import Sex
from pipeline.extract.simplified_script import folded

# GB/T 3304-1991: the 56 nationalities, and what else a register may carry.
ETHNICITIES: Final = frozenset(
    "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 "
    "柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 "
    "塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺 其他 外国血统 穿青人 革家人".split()
)
# GB/T 4761-2008, and what offices print beside it.
RELATIONS: Final = frozenset(
    "本人 户主 小集体户户主 配偶 夫 妻 子 独生子 长子 次子 二子 三子 四子 五子 养子 继子 女婿 女 独生女 长女 "
    "次女 二女 三女 四女 五女 养女 继女 儿媳 之子 之女 孙子 孙女 外孙子 外孙 外孙女 孙媳妇 外孙媳妇 孙女婿 "
    "外孙女婿 曾孙子 曾孙女 曾外孙子 曾外孙女 父亲 母亲 父 母 公公 婆婆 岳父 岳母 继父 养父 继母 养母 祖父 "
    "祖母 外祖父 外祖母 兄 嫂 弟 弟媳 姐 姐姐 姐夫 妹 妹妹 妹夫 伯父 伯母 叔父 婶母 舅父 舅母 姨父 姨母 姑父 "
    "姑母 侄子 侄女 外甥 外甥女 其他亲属 非亲属".split()
)
_NOT_A_NATIONALITY: Final = frozenset("其他 外国血统 穿青人 革家人".split())
LEXICON: Final[Mapping[Field, frozenset[str]]] = MappingProxyType(
    {
        Field.SEX: frozenset(sex.value for sex in Sex),
        Field.ETHNICITY: ETHNICITIES | {f"{name}族" for name in ETHNICITIES - _NOT_A_NATIONALITY},
        Field.RELATION: RELATIONS,
        Field.MARITAL_STATUS: frozenset("未婚 已婚 初婚 再婚 复婚 有配偶 丧偶 离婚".split()),
        Field.BLOOD_TYPE: frozenset("A B O AB A型 B型 O型 AB型 不明".split()),
        Field.EDUCATION: frozenset(
            "研究生 大学本科 本科 大学专科 大专 中专 中技 技工学校 高中 初中 小学 文盲 半文盲 学龄前儿童 幼儿园".split()
        ),
        Field.MILITARY_SERVICE: frozenset("未服兵役 服现役 退出现役 服预备役 退伍 已服兵役".split()),
        Field.HOUSEHOLD_TYPE: frozenset(
            "家庭户 集体户 居民家庭户口 居民户口家庭户 非农业家庭户口 农业家庭户口 非农业集体户口 农业集体户口 "
            "居民集体户口".split()
        ),
        Field.ID_TYPE: frozenset("居民身份证 护照 军官证 士兵证 港澳居民来往内地通行证 台湾居民来往大陆通行证".split()),
    }
)
_DIGITS_FIRST = re.compile(r"\d[\d-]*(?![A-Z])", re.ASCII)
_UNIT = re.compile(r"(?<=\d{4})[gG]$|(?<=\d)[cC][mM]$")  # a g behind three digits may be a nine
_MOVE = re.compile(r"久居|.*?(?:迁来|因出生|迁入|入户)")  # without the words of a seal that may follow

Parse = Callable[[str], str | None]


def of_list(field: Field, text: str) -> str:
    """A text as the field's list would write it; of fields without a list, the text itself."""
    return folded(text) if field in LEXICON else text


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
    found = re.search(r"(?:(?<![A-Z0-9])|(?<=NO)|(?<=N0))[A-Z]\d{9}(?!\d)", normal_number(text), re.ASCII)
    return found.group() if found else None


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
    found = _MOVE.match(plain)
    return found.group() if found else plain or None


def _valid_until(text: str) -> str | None:
    return "长期" if "长期" in text else _date(text)


def _digits(text: str) -> str | None:
    """A number with its unit; a letter or a comma within may be a digit that was misread."""
    plain = _UNIT.sub("", half_width(text))
    found = re.fullmatch(r"[^\dA-Za-z]*(\d+(?:[+.]\d+)?)(?![,，A-Za-z]).*", plain)
    return found[1] if found and not re.search(r"\d[A-Za-z,，]|[A-Za-z,，]\d", plain) else None


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
        **dict.fromkeys((Field.NAME, Field.HEAD_NAME, Field.FORMER_NAME), _name),
        **dict.fromkeys((Field.BIRTH_DATE, Field.ISSUE_DATE, Field.REGISTRATION_DATE, Field.VALID_FROM), _date),
        **dict.fromkeys((Field.AGE, Field.WEIGHT_G, Field.LENGTH_CM, Field.GESTATION_WEEKS), _digits),
        **dict.fromkeys((Field.MOVED_TO_CITY, Field.MOVED_TO_ADDRESS), _moved),
        Field.SEX: _sex,
        Field.ETHNICITY: _ethnicity,
        Field.VALID_UNTIL: _valid_until,
        Field.BIRTH_TIME: _birth_time,
        Field.ID_NUMBER: _id_number,
        Field.CERTIFICATE_NUMBER: _certificate_number,
        Field.BLOOD_TYPE: _blood_type,
        Field.HOUSEHOLD_NUMBER: _household_number,
    }
)


def normal_value(field: Field, text: str) -> str | None:
    """The value in the form that results carry (docs/contract.md, section 3); None if the text is no such value."""
    return _PARSERS.get(field, _as_printed)(of_list(field, text))


def is_sound(field: Field, value: str | None) -> bool:
    """Whether a value is one that the field can hold; a number whose check digit is wrong may be misread."""
    if value is None:
        return False
    if field in LEXICON:
        return value in LEXICON[field] or "入籍" in value
    number = parse_id_number(value) if field is Field.ID_NUMBER else None
    return number is None or number.check_digit_right
