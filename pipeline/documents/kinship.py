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
