"""户主或与户主关系: two relations to one head compose to the relation between two people."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from models.documents import Person
from models.submission import Sex

_CHILD: Final = re.compile(r"(之|长|次|二|三|四|五|独生|养|继)?[子女]")
_GRANDCHILD: Final = re.compile(r"孙[子女]?")
_OUTER_GRANDCHILD: Final = re.compile(r"外孙[子女]?")
_HEAD: Final = "户主"
_SPOUSES: Final = frozenset({"妻", "夫", "配偶"})
_SON_OR_HIS_WIFE: Final = re.compile(r"(长|次|二|三|四|五|独生|养|继)?子|儿媳")
_DAUGHTER_OR_HER_HUSBAND: Final = re.compile(r"(长|次|二|三|四|五|独生|养|继)?女|女婿")

# For each relation of a child to the head: what its parents are to the head.
_PARENTS: Mapping[re.Pattern[str], re.Pattern[str]] = MappingProxyType(
    {
        _CHILD: re.compile("|".join((_HEAD, *sorted(_SPOUSES)))),
        _GRANDCHILD: _SON_OR_HIS_WIFE,
        _OUTER_GRANDCHILD: _DAUGHTER_OR_HER_HUSBAND,
    }
)

# The same where offices differ in what they write: anybody who may be the parent of such a relative of the head.
_MAY_BE_PARENTS: Mapping[re.Pattern[str], re.Pattern[str]] = MappingProxyType(
    {
        _CHILD: _PARENTS[_CHILD],
        re.compile(r"外?孙[子女]?"): re.compile(f"{_SON_OR_HIS_WIFE.pattern}|{_DAUGHTER_OR_HER_HUSBAND.pattern}"),
        re.compile(r"曾外?孙[子女]"): re.compile(r"外?孙([子女]|媳妇|女婿)?"),
        re.compile(r"侄[子女]"): re.compile("兄|嫂|弟|弟媳"),
        re.compile(r"外甥女?"): re.compile("姐|姐姐|姐夫|妹|妹妹|妹夫"),
        re.compile("兄|弟|姐|姐姐|妹|妹妹|户主|本人"): re.compile("[父母]亲?|[继养][父母]"),
    }
)


def is_head(relation: str) -> bool:
    """Whether a card is the head's own."""
    return relation.startswith(_HEAD)


def parent_by_relation(relation: str, sex: str | None, child_relation: str) -> Person | None:
    """Whether somebody is the child's father or mother, from what both are to the head; None if that does not follow.

    Another son of a grandfather would fit as well as the father: it is for the caller to see that one person fits.
    """
    for child, parents in _PARENTS.items():
        if child.fullmatch(child_relation) and parents.fullmatch(relation):
            return {Sex.MALE: Person.FATHER, Sex.FEMALE: Person.MOTHER}.get(Sex(sex)) if sex else None
    return None


def composes(relation: str, child_relation: str) -> bool:
    """Whether somebody can be the child's parent, from what both are to the head; True where no rule knows."""
    known = (parents for child, parents in _MAY_BE_PARENTS.items() if child.fullmatch(child_relation))
    return all(parents.fullmatch(relation) for parents in known)
