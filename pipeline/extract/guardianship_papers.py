"""Whom a paper about guardianship names, and with which numbers: for a reviewer, who reads the paper.

Such papers are letters: names stand behind a word for their role or in a sentence, numbers behind the names.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from models.content import LineContent
from models.id_number import normal_number

_SURE: Final = 0.5  # least confidence of a line
_FULL: Final = 0.85  # share of the widest line's reach from which a line goes on in the next one
_HAN: Final = r"[\u3400-\u9fff]"
_ROLES: Final = (
    "被委托监护人", "受委托监护人", "委托监护人", "被监护人", "监护人", "被委托人", "受委托人", "受托人", "委托人",
    "申请人", "关系人", "被收养人", "收养人", "送养人", "兹证明", "儿童姓名", "姓名", "子女",
)  # fmt: skip
# Words that follow a name without a stop, and are no part of it.
_BEHIND: Final = "系|是|与|和|为|的|之|于|在|因|同志|身份证|公民身份|护照|性别|出生|男|女|户籍|现住|住址|电话|联系"
_BY_ROLE: Final = re.compile(
    rf"(?P<role>{'|'.join(_ROLES)})(?:姓名)?[:：，,（(]*(?!姓名)"
    rf"(?P<name>(?:{_HAN}{{2,12}}?·)*{_HAN}{{2,4}}?)(?={_BEHIND}|[^\u3400-\u9fff·]|$)"
)
_NUMBER: Final = re.compile(r"(?<![\dA-Za-z])(?:\d{17}[\dXx]|[A-Z]\d{8})(?![\dA-Za-z])")


class PersonNamed(NamedTuple):
    """A person on a paper: the word for the role, the name, and the number behind it."""

    role: str
    name: str
    number: str | None


def people_named(lines: Sequence[LineContent]) -> tuple[PersonNamed, ...]:
    """The people whom a paper names by their roles, each once, in its order."""
    reach = max((line.box.right for line in lines), default=0)
    read = (line for line in lines if line.confidence >= _SURE)
    ends = ((line.text, "" if line.box.right >= _FULL * reach else "\n") for line in read)
    return tuple(dict.fromkeys(_people("".join(text.replace(" ", "") + end for text, end in ends))))


def _people(text: str) -> Iterator[PersonNamed]:
    """A number belongs to the last name before it."""
    named = list(_BY_ROLE.finditer(text))
    for at, one in enumerate(named):
        end = named[at + 1].start() if at + 1 < len(named) else len(text)
        number = _NUMBER.search(text, one.end(), end)
        yield PersonNamed(one["role"], one["name"], normal_number(number.group()) if number else None)
