"""Values as people see them: personal data masked (cases stay distinguishable), table cells without formulas.

Source:
    The customary forms of GB/T 37964-2019 practice: 110***********1234, 138****1234, 欧阳**, X3*******1.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from models.documents import Field

_PAIRS: Final = (
    "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠公孙慕容"
    "仲孙钟离长孙宇文司徒鲜于司空闾丘子车亓官司寇巫马公西颛孙壤驷公良漆雕乐正宰父谷梁拓跋夹谷轩辕令狐"
    "段干百里呼延东郭南门羊舌微生公户公玉公仪梁丘公仲公上公门公山公坚左丘公伯西门公祖第五公乘贯丘公皙"
    "南荣东里东宫仲长子书子桑即墨达奚褚师纳兰完颜那拉东门"
)
_COMPOUND_SURNAMES: Final = frozenset(_PAIRS[start : start + 2] for start in range(0, len(_PAIRS), 2))
_YEAR_AND_MONTH = re.compile(r"(\d{4})-(\d{2})(?:\D.*)?")
_PERSONAL = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|1[3-9]\d{9})(?![\dXx])|(?<![A-Za-z\d])[A-Z]\d{9}(?!\d)")
_ADDRESS_SHOWN = 6  # characters: province and county
_LONG_TERM = "长期"
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")  # first characters that make a spreadsheet compute a cell


def mask(field: Field | None, value: str) -> str:
    """A field's value in the customary mask of the field; fully masked if there is none."""
    if field is None:
        return starred(value)
    return _MASKS.get(field, starred)(value)


def starred(value: str) -> str:
    """As many stars as there are characters."""
    return "*" * len(value)


def mask_name(name: str) -> str:
    """Show the surname, and the dots between the parts of a minority name: 张*, 欧阳**, 阿**·***."""
    first, *rest = name.split("·")
    shown = 0 if len(name) < 2 else 2 if len(first) > 2 and first[:2] in _COMPOUND_SURNAMES else 1
    return "·".join([_starred_after(first, shown), *(starred(part) for part in rest)])


def mask_number(number: str) -> str:
    """Show the first 3 and last 4 characters of an ID or phone number, the first 2 and the last of a certificate's."""
    shown = {18: (3, 4), 11: (3, 4), 10: (2, 1)}.get(len(number))
    if shown is None:
        return starred(number)
    head, tail = shown
    return f"{number[:head]}{starred(number[head:-tail])}{number[-tail:]}"


def mask_people(text: str) -> str:
    """Mask people in a text such as 委托人：欧阳明 110199…；受托人：林静, in which a space parts name and number."""
    people = (part.rpartition("：") for part in text.split("；"))
    return "；".join(f"{role}{colon}{_mask_person(person)}" for role, colon, person in people)


def _mask_person(person: str) -> str:
    name, *numbers = person.split(" ")
    return " ".join([mask_name(name), *map(mask_number, numbers)])


def mask_numbers(text: str) -> str:
    """Mask what looks like a personal number in a text that should have none, such as an id that a caller chose."""
    return _PERSONAL.sub(lambda found: mask_number(found.group()), text)


def mask_date(text: str) -> str:
    """Show year and month of an ISO date; 长期 stays unmasked."""
    if text == _LONG_TERM:
        return text
    found = _YEAR_AND_MONTH.fullmatch(text)
    return f"{found[1]}-{found[2]}-**" if found else starred(text)


def mask_address(address: str) -> str:
    """Show the first 6 characters of an address, if more follow."""
    return _starred_after(address, _ADDRESS_SHOWN if len(address) > _ADDRESS_SHOWN else 0)


def mask_household(number: str) -> str:
    """Show the last 2 characters of a 户号 of more than 4."""
    return f"{starred(number[:-2])}{number[-2:]}" if len(number) > 4 else starred(number)


def no_formula(value: str) -> str:
    """The value, with a quote before it if a spreadsheet would compute it as a formula."""
    return f"'{value}" if value.startswith(_FORMULA) else value


def _starred_after(text: str, shown: int) -> str:
    return text[:shown] + starred(text[shown:])


_MASKS: Mapping[Field, Callable[[str], str]] = MappingProxyType(
    {
        **dict.fromkeys((Field.NAME, Field.HEAD_NAME, Field.FORMER_NAME), mask_name),
        **dict.fromkeys((Field.ID_NUMBER, Field.CERTIFICATE_NUMBER), mask_number),
        **dict.fromkeys((Field.ADDRESS, Field.OTHER_ADDRESS), mask_address),
        **dict.fromkeys(
            (
                Field.BIRTH_DATE,
                Field.BIRTH_TIME,
                Field.ISSUE_DATE,
                Field.VALID_FROM,
                Field.VALID_UNTIL,
                Field.REGISTRATION_DATE,
            ),
            mask_date,
        ),
        Field.HOUSEHOLD_NUMBER: mask_household,
    }
)
