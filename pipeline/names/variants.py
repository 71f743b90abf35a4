"""Forms of one character: 繁, 简, 异体. Which of them a name is written with only a person may overlook.

Source:
    domain.md, sections 4.3 and 4.4, level L2; the table names its own.
"""

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Final

_FILE: Final = "variants.txt"


def are_variants(one: str, other: str) -> bool:
    """Whether two characters, not the same, are forms of one."""
    return one != other and other in _forms().get(one, frozenset())


@cache
def _forms() -> Mapping[str, frozenset[str]]:
    text = resources.files("pipeline.names").joinpath(_FILE).read_text("utf-8")
    forms: dict[str, set[str]] = defaultdict(set)
    for row in text.splitlines():
        for group in row.split() if not row.startswith("#") else ():
            for char in group:
                forms[char] |= set(group)
    return {char: frozenset(held) for char, held in forms.items()}
