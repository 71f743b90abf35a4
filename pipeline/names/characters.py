"""Tables of Han characters: legacy private codes, what the recogniser reads, variants; and unread ones in a reading.

Source:
    docs/reference/documents.md, Names (legacy codes, variants); the table of variants names its own.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from functools import cache
from importlib import resources
from typing import Final

from models.names import SEPARATOR, is_han

# FE50 to FEA0 of GBK (without FE7F) were U+E815 to U+E864 in the fonts of that time, one after the other; GB 18030 gave
# them codes of their own. The codecs of platforms disagree about fourteen of them, so none is used. Other private codes
# mean something only to the office that made them: a reviewer decides.
_FIRST: Final = 0xE815
_MODERN: Final = (
    "⺁𠂇𠂉𠃌⺄㑳㑇⺈⺋龴㖞㘚㘎⺌⺗㥮㤘龵㧏㧟㩳㧐龶龷㭎㱮㳠⺧𡗗龸⺪䁖䅟⺮䌷⺳⺶⺷𢦏䎱"
    "䎬⺻䏝䓖䙡䙌龹䜣䜩䝼䞍⻊䥇䥺䥽䦂䦃䦅䦆䦟䦛䦷䦶龺𤇾䲣䲟䲠䲡䱷䲢䴓䴔䴕䴖䴗䴘䴙䶮龻"
)
_TABLE: Final = {_FIRST + at: char for at, char in enumerate(_MODERN)}
READABLE_FILE: Final = "readable.txt"
_VARIANTS_FILE: Final = "variants.txt"


def modern(text: str) -> str:
    """The text with legacy private codes of the GBK tail replaced by today's; everything else stays.

    Only for texts of a system that is known to write the GBK tail in private codes.
    """
    return text.translate(_TABLE)


@cache  # each step of a case asks, and an engine has 18,000 characters
def readable(alphabet: frozenset[str]) -> frozenset[str]:
    """The characters of an engine's alphabet that it reads where they are printed.

    Of Han characters these are the ones `bench.alphabet` learned: the alphabet names thousands that training showed a
    few times or never, and for those the engine says something else with confidence. Of other characters, all.
    """
    learned = _learned()
    return frozenset(char for char in alphabet if char in learned or not is_han(char))


def table_rows(package: str, file: str) -> list[str]:
    """The rows of a text file of a package, without comments."""
    text = resources.files(package).joinpath(file).read_text("utf-8")
    return [row for row in text.splitlines() if not row.startswith("#")]


@cache
def _learned() -> frozenset[str]:
    return frozenset(char for row in table_rows("pipeline.names", READABLE_FILE) for char in row)


def are_variants(one: str, other: str) -> bool:
    """Whether two different characters are forms of one (繁, 简, 异体); only a person may treat them as equal."""
    return one != other and other in _forms().get(one, frozenset())


def in_forms_of(name: str, read: str) -> str:
    """A name that was read, in the forms of another: 陳偉 in those of 陈伟 is 陈伟."""
    return "".join(next((char for char in name if are_variants(char, one)), one) for one in read)


@cache
def _forms() -> Mapping[str, frozenset[str]]:
    forms: dict[str, set[str]] = defaultdict(set)
    for row in table_rows("pipeline.names", _VARIANTS_FILE):
        for group in row.split():
            for char in group:
                forms[char] |= set(group)
    return {char: frozenset(group) for char, group in forms.items()}


def unreadable(name: str, alphabet: Collection[str]) -> frozenset[str]:
    """The characters of a name in normal form that the engine does not read, given those that it reads."""
    return frozenset(char for char in name if char not in alphabet and char != SEPARATOR)


def stretches(name: str, read: str, unread: Collection[str]) -> Mapping[int, tuple[int, int]]:
    """Which characters of a reading stand for each one that the engine does not read; one may be read as two.

    Args:
        name: As entered, in normal form.
        read: The best reading.
        unread: Characters of the name that the engine does not read.

    Returns:
        For each index in `name` the first index in `read` and the one behind the last; none if any other character of
        the name was not read as such.
    """
    pattern = "".join("(.{1,2}?)" if char in unread else re.escape(char) for char in name)
    found = re.fullmatch(pattern, read)
    places = [at for at, char in enumerate(name) if char in unread]
    return {at: found.span(group) for group, at in enumerate(places, start=1)} if found else {}
