"""户主或与户主关系: what the relations of two people to the head of a household say of them.

Source:
    GB/T 4761-2008, family relations; docs/reference/documents.md, Household rules.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from models.documents import Person
from models.submission import Sex

_HEAD: Final = "户主"
_SPOUSES: Final = frozenset({"妻", "夫", "配偶"})
_RANK: Final = "(之|长|次|二|三|四|五|独生|养|继)?"
_CHILD: Final = re.compile(f"{_RANK}[子女]")
_GRANDCHILD: Final = re.compile(r"孙[子女]?")
_OUTER_GRANDCHILD: Final = re.compile(r"外孙[子女]?")
_ANY_GRANDCHILD: Final = re.compile(r"外?孙[子女]?")
_NEPHEW: Final = re.compile(r"侄[子女]|外甥女?")
_SIBLING: Final = re.compile("兄|弟|姐|姐姐|妹|妹妹|哥哥|弟弟")
_SON: Final = re.compile(f"{_RANK}子")
_DAUGHTER: Final = re.compile(f"{_RANK}女")
_SON_OR_HIS_WIFE: Final = re.compile(f"{_SON.pattern}|儿媳")
_DAUGHTER_OR_HER_HUSBAND: Final = re.compile(f"{_DAUGHTER.pattern}|女婿")
_PARENTS_OF_HEAD: Final = re.compile("[父母]亲?|公公|婆婆|岳父|岳母|养[父母]")
_GRANDPARENTS_OF_HEAD: Final = re.compile("外?祖[父母]|爷爷|奶奶|外公|外婆|姥爷|姥姥")
_HEAD_OR_SPOUSE: Final = re.compile("|".join((_HEAD, *sorted(_SPOUSES))))

# For each relation of a child to the head: what its parents are to the head.
_PARENTS: Mapping[re.Pattern[str], re.Pattern[str]] = MappingProxyType(
    {
        _CHILD: _HEAD_OR_SPOUSE,
        _GRANDCHILD: _SON_OR_HIS_WIFE,
        _OUTER_GRANDCHILD: _DAUGHTER_OR_HER_HUSBAND,
    }
)

# The same, as widely as offices write it: every relation that a parent of such a relative of the head may have.
_MAY_BE_PARENTS: Mapping[re.Pattern[str], re.Pattern[str]] = MappingProxyType(
    {
        _CHILD: _HEAD_OR_SPOUSE,
        _ANY_GRANDCHILD: re.compile(f"{_SON_OR_HIS_WIFE.pattern}|{_DAUGHTER_OR_HER_HUSBAND.pattern}"),
        re.compile(r"曾外?孙[子女]"): re.compile(r"外?孙([子女]|媳妇|女婿)?"),
        re.compile(r"侄[子女]"): re.compile("兄|嫂|弟|弟媳"),
        re.compile(r"外甥女?"): re.compile("姐|姐姐|姐夫|妹|妹妹|妹夫"),
        re.compile("兄|弟|姐|姐姐|妹|妹妹|户主|本人"): re.compile("[父母]亲?|[继养][父母]"),
    }
)

# The relations that only grandparents of such a relative of the head have; step-relations make none.
_GRANDPARENTS: Mapping[re.Pattern[str], re.Pattern[str]] = MappingProxyType(
    {
        re.compile(f"(?!继){_CHILD.pattern}"): _PARENTS_OF_HEAD,
        _ANY_GRANDCHILD: _HEAD_OR_SPOUSE,
        _NEPHEW: re.compile("[父母]亲?|养[父母]"),
        re.compile(f"{_SIBLING.pattern}|{_HEAD}|本人"): _GRANDPARENTS_OF_HEAD,
    }
)


def is_head(relation: str) -> bool:
    """Whether 户主或与户主关系 says that the card is the head's own."""
    return relation.startswith(_HEAD)


def is_spouse(relation: str) -> bool:
    """Whether it says that the card is of the head's wife or husband."""
    return relation in _SPOUSES


def is_kin(relation: str) -> bool:
    """Whether it says how the person is related to a head; on a card of a 集体户 it is blank, or says 非亲属."""
    kin = (_HEAD_OR_SPOUSE, _CHILD, _ANY_GRANDCHILD, _SON_OR_HIS_WIFE, _DAUGHTER_OR_HER_HUSBAND, _PARENTS_OF_HEAD)
    return any(pattern.fullmatch(relation) for pattern in kin)


def is_child(relation: str) -> bool:
    """Whether it says that the card is of a son or a daughter of the head."""
    return _CHILD.fullmatch(relation) is not None


def is_ranked(relation: str) -> bool:
    """Whether it says which of the head's sons or daughters somebody is: a head has one 长子."""
    return relation[:1] in set("长次二三四五") and is_child(relation)


def child_married_to(relation: str) -> re.Pattern[str] | None:
    """For a son's wife or a daughter's husband what the son or the daughter is to the head; None for others."""
    return {"儿媳": _SON, "女婿": _DAUGHTER}.get(relation)


def has_heads_surname(relation: str) -> bool:
    """Whether such a relative mostly has the surname of the head or of the head's spouse: a child, or a son's child."""
    return is_child(relation) or _GRANDCHILD.fullmatch(relation) is not None


def parent_by_relation(relation: str, sex: str | None, child_relation: str) -> Person | None:
    """The father or the mother, by the relations of the person and of the child to the head; None if neither follows.

    An uncle fits as well as the father: the caller must check that exactly one person fits.
    """
    for child, parents in _PARENTS.items():
        if child.fullmatch(child_relation) and parents.fullmatch(relation):
            return {Sex.MALE: Person.FATHER, Sex.FEMALE: Person.MOTHER}.get(Sex(sex)) if sex else None
    return None


def composes(relation: str, child_relation: str) -> bool:
    """Whether a person can be the child's parent, by both relations to the head; True for relations without a rule."""
    known = (parents for child, parents in _MAY_BE_PARENTS.items() if child.fullmatch(child_relation))
    return all(parents.fullmatch(relation) for parents in known)


def is_grandparent(relation: str, child_relation: str) -> bool:
    """Whether a person is a grandparent of the child, by both relations to the same head; False where none follows."""
    known = (elders for child, elders in _GRANDPARENTS.items() if child.fullmatch(child_relation))
    return any(elders.fullmatch(relation) for elders in known)
