"""Which 首页 belong to the child's family, by the name of the head, and by the relations of the family to a head.

Parents may be in two booklets, and each in a grandparent's, whose name nobody knows: so many 首页 are the family's
whatever name they have.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from models.documents import Field, Person
from pipeline.judge.kin import Kin, may_be_named, reads, relation_of, same_address, same_surname
from pipeline.judge.name_match import nothing_alike
from pipeline.judge.pages import Likeness, PageView, Tie
from pipeline.judge.relations import is_child, is_head, is_kin, is_spouse

_COLLECTIVE: Final = "集体"  # a 集体户 has no head


class Booklets(NamedTuple):
    """The booklets of a case.

    Attributes:
        ties: Of each 首页, in the order of the case.
        heads: Names of the heads of the family's booklets.
        open: How many booklets of the family have a head whose name is not known.
    """

    ties: tuple[Tie, ...]
    heads: frozenset[str]
    open: int

    @property
    def strange(self) -> bool:
        """Whether a 首页 is not, or may be not, of the family."""
        return any(tie is not Tie.FAMILY for tie in self.ties)


def booklets_of(
    homes: Sequence[PageView], others: Sequence[PageView], portraits: Sequence[PageView], kin: Kin
) -> Booklets:
    """Tell the family's booklets from others.

    Args:
        homes: Every 首页 of the case.
        others: Member cards that are of nobody whom we know.
        portraits: ID cards.
        kin: Who is known to be of the family.
    """
    named = [card.value(Field.NAME) or "" for card in kin.heads]
    known = [*named, *(person.name for person in kin.people)]
    theirs = [page for page in portraits if any(how is Likeness.SAME for _, how in page.resembles)]
    collective = [home for home in homes if _is_collective(home)]
    headed = [home for home in homes if not _is_among(home, collective)]
    by_name = [home for home in headed if not _says_another(home, known, kin)]
    by_address = [home for home in homes if any(same_address(home, one) for one in (*theirs, *by_name))]
    theirs_together = _their_collective(collective, by_address, kin)
    of_father = _of_father([home for home in headed if not _is_among(home, [*by_name, *by_address])], kin)
    tied = [home for home in homes if _is_among(home, [*by_name, *by_address, *theirs_together, *of_father])]
    loose = [home for home in headed if not _is_among(home, tied)]
    told = bool(kin.heads) or kin.has_both_parents or any(reads(one, Field.HEAD_NAME, kin.context) for one in by_name)
    left = max(0, _of_elders(kin, told=told) - len(tied) + len(by_name))
    kept = _likeliest(loose, left, others, kin)
    family = [*tied, *kept]
    strange = Tie.STRANGER if family or _is_one_booklet(kin) else Tie.DOUBTFUL
    heads = {home.value(Field.HEAD_NAME) or "" for home in family} - {""}
    legible = [home for home in by_name if _may_be_of(home, known, kin)]
    placed = [home for home in by_name if any(same_address(home, one) for one in (*theirs, *legible))]
    doubtful = [home for home in by_name if legible and not _is_among(home, [*legible, *placed])]
    ties = (Tie.FAMILY if _is_among(home, family) else strange for home in homes)
    return Booklets(
        ties=tuple(Tie.DOUBTFUL if _is_among(home, doubtful) else tie for home, tie in zip(homes, ties, strict=True)),
        heads=frozenset({*named, *heads, *(party.name for party in kin.parties)}),
        open=left - len({home.value(Field.HEAD_NAME) for home in kept}),
    )


def _is_collective(home: PageView) -> bool:
    """Whether it is of a 集体户, whose head is nobody, or none of its people."""
    return _COLLECTIVE in (home.value(Field.HOUSEHOLD_TYPE) or "")


def _their_collective(collective: Sequence[PageView], near: Sequence[PageView], kin: Kin) -> Sequence[PageView]:
    """The 首页 of the family's 集体户, by whose cards nobody is kin of a head; of several none, unless all are one."""
    blank = not kin.cards or not all(is_kin(relation_of(card)) for card in kin.cards)
    one = len({home.value(Field.ADDRESS) for home in collective}) == 1
    return collective if blank and one and not any(_is_among(home, near) for home in collective) else ()


def _of_father(loose: Sequence[PageView], kin: Kin) -> Sequence[PageView]:
    """The 首页 whose head has the child's surname, where nobody names the father: he may live apart with the child."""
    if any(one.person is Person.FATHER for one in kin.people):
        return ()
    alike = [home for home in loose if same_surname(kin.child.name, home.value(Field.HEAD_NAME) or "")]
    return alike if len(alike) == 1 else ()


def _says_another(home: PageView, names: Sequence[str], kin: Kin) -> bool:
    """Whether the head, read with certainty, is none of these people."""
    return reads(home, Field.HEAD_NAME, kin.context) and not may_be_named(home, Field.HEAD_NAME, names, kin.context)


def _may_be_of(home: PageView, names: Sequence[str], kin: Kin) -> bool:
    """Whether the head, as far as the name can be read, is one of these people: by a character at least.

    Of a 首页 that certainly names another head, `_says_another` is true.
    """
    head = home.value(Field.HEAD_NAME) or ""
    alike = any(not nothing_alike(name, head, kin.context.alphabet) for name in names)
    return reads(home, Field.HEAD_NAME, kin.context) or (head != "" and alike)


def _of_elders(kin: Kin, *, told: bool) -> int:
    """How many booklets of the family have a head whom it does not name: a grandparent as a rule.

    `told` says whether the head is known where the cards are of the head's couple and their child.
    """
    adults = [card for card in kin.cards if card.holder is not Person.CHILD]
    children = {card.value(Field.SEX) for card in adults if is_child(relation_of(card))}
    clear = bool(kin.cards) and all(_tells_head(card, told=told) for card in kin.cards)
    elders = len(children) or (0 if clear else 1)  # a son and a daughter of one head are no couple
    known = any(card.resembles and card.holder not in (Person.FATHER, Person.MOTHER) for card in kin.heads)
    return max(0, elders - known)


def _tells_head(card: PageView, *, told: bool) -> bool:
    """Whether the relation tells which person of the family is the head."""
    relation = relation_of(card)
    of_couple = is_spouse(relation) or (is_child(relation) and card.holder is Person.CHILD)
    return is_head(relation) or (of_couple and told)


def _is_one_booklet(kin: Kin) -> bool:
    """Whether the cards are of a head, the head's spouse and their child: a booklet of another head is not theirs."""
    relations = [relation_of(card) for card in kin.cards if reads(card, Field.RELATION, kin.context)]
    couple = len(kin.heads) == 1 and any(map(is_spouse, relations)) and any(map(is_child, relations))
    return couple and len(relations) == len(kin.cards)


def _likeliest(loose: Sequence[PageView], left: int, others: Sequence[PageView], kin: Kin) -> list[PageView]:
    """The 首页 of so many heads as may be grandparents: those who fit best; none where several fit alike."""
    fit = {home.value(Field.HEAD_NAME): _fit(home, others, kin) for home in loose}
    ranked = sorted(fit, key=lambda name: -fit[name])
    clear = len(ranked) <= left or (left > 0 and fit[ranked[left - 1]] > fit[ranked[left]])
    kept = ranked[:left] if clear else []
    return [home for home in loose if home.value(Field.HEAD_NAME) in kept]


def _fit(home: PageView, others: Sequence[PageView], kin: Kin) -> int:
    """Points for the head to be an elder of the family: a surname of it, and a card that says 户主."""
    name = home.value(Field.HEAD_NAME) or ""
    head = [card for card in others if is_head(relation_of(card)) and card.value(Field.NAME) == name]
    return 2 * any(same_surname(person.name, name) for person in kin.people) + bool(head)


def _is_among(page: PageView, pages: Sequence[PageView]) -> bool:
    return any(page is one for one in pages)
