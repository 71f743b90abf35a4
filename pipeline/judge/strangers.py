"""Which papers are another family's: of people who are neither on the child's certificate, nor in its household.

Only what was read with certainty makes a page a stranger's. Within the family's booklet a relation is enough to belong:
grandparents, uncles, a father's second wife. What ties nobody and contradicts nothing is in doubt.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final, NamedTuple

from models.documents import DocumentKind, Field, PageKind, Person
from models.id_number import age_on
from models.names import SEPARATOR
from models.submission import EnteredChild
from pipeline.extract.guardian_documents.table import GUARDIAN_DOCUMENTS
from pipeline.judge.booklets import Booklets, booklets_of
from pipeline.judge.field_legibility import certain
from pipeline.judge.holders import certain_number
from pipeline.judge.kin import (
    AGES,
    Kin,
    as_parties,
    is_of_their_place,
    known_kin,
    may_be,
    may_be_named,
    reads,
    relation_of,
    same_address,
)  # fmt: skip
from pipeline.judge.name_match import NameContext, nothing_alike
from pipeline.judge.pages import Likeness, PageView, Party, Tie
from pipeline.judge.relations import child_married_to, has_heads_surname, is_child, is_head, is_ranked, is_spouse
from pipeline.judge.unregistered_parents import PARENTS
from pipeline.names.characters import in_forms_of

_SEVERAL: Final = 2  # booklets
_YOUNGEST: Final = min(AGES[Person.MOTHER])
# What stands for an ID card; the name in Han on a foreigner's card is a translation, of which there are many.
_NAMED_IN_HAN: Final = GUARDIAN_DOCUMENTS.keys() - {DocumentKind.PERMANENT_RESIDENT}


class _Case(NamedTuple):
    """What decides about a page: who is kin, the booklets, their heads, and whether another family's papers came."""

    kin: Kin
    booklets: Booklets
    elders: tuple[PageView, ...] = ()  # cards of heads who are no parents
    strange: bool = False

    @property
    def heads(self) -> tuple[PageView, ...]:
        return (*self.kin.heads, *self.elders)


def with_ties(
    pages: Sequence[PageView], child: EnteredChild, parties: Sequence[Party], context: NameContext
) -> tuple[PageView, ...]:
    """The pages with `tie` filled in.

    Args:
        pages: Every document of the case, with holders.
        child: The child as entered.
        parties: The guardian, and the parents that the child's certificate names.
        context: What comparing names needs.
    """
    cards, homes, portraits, certificates = (
        [page for page in pages if page.kind is kind]
        for kind in (PageKind.HUKOU_MEMBER, PageKind.HUKOU_HOME, PageKind.ID_PORTRAIT, PageKind.BIRTH_CERTIFICATE)
    )
    kin = known_kin(cards, child, parties, context)
    others = [card for card in cards if not any(card is one for one in kin.cards) and reads(card, Field.NAME, context)]
    booklets = booklets_of(homes, others, portraits, kin)
    ties = dict(zip(map(id, homes), booklets.ties, strict=True))
    ties |= _of_cards(others, _Case(kin, booklets))
    family = [card for card in cards if ties.get(id(card), Tie.FAMILY) is Tie.FAMILY]
    known = (*kin.people, *as_parties(family, context))
    unknown = booklets.heads - {one.name for one in known}
    people = (*known, *(Party(Person.HEAD, name, None) for name in unknown))
    family_homes = [home for home in homes if ties[id(home)] is Tie.FAMILY]
    apart = [card for card in family if _is_apart(card, kin, family_homes)]
    parents = set(map(id, kin.cards))  # a parent whom nobody names often comes from elsewhere
    ties |= {id(card): Tie.POSSIBLE if id(card) in parents else Tie.DOUBTFUL for card in apart}
    papers = [page for page in pages if page.shown in _NAMED_IN_HAN and page.names_its_holder]
    if parties or any(may_be(page, people, context) for page in portraits):
        ties |= _of_portraits([*portraits, *papers], people, family_homes, context)
    ties |= {id(page): Tie.STRANGER for page in certificates if _has_strange_parents(page, people, context)}
    return tuple(page._replace(tie=ties.get(id(page), page.tie)) for page in pages)


def _is_apart(card: PageView, kin: Kin, homes: Sequence[PageView]) -> bool:
    """Whether the holder is named nowhere, is not the head on a 首页, and comes from other places than the family."""
    name, heads = card.value(Field.NAME) or "", [home.value(Field.HEAD_NAME) or "" for home in homes]
    known = card.holder is Person.CHILD or card.resembles
    unlike = all(nothing_alike(head, name, kin.context.alphabet) for head in heads if head and name)
    return not known and unlike and kin.is_of_other_places(card)


def _of_cards(others: Sequence[PageView], case: _Case) -> dict[int, Tie]:
    """The ties of member cards that are of nobody whom we know: the heads first, since one of them brings a family."""
    cards = [card for card in others if is_head(relation_of(card))]
    heads, rest = _of_heads(cards, case), [card for card in others if not is_head(relation_of(card))]
    elders = tuple(card for card in cards if id(card) not in heads)
    case = case._replace(elders=elders, strange=bool(heads) or case.booklets.strange)
    return heads | {id(card): _of_relative(card, rest, case) for card in rest}


def _of_heads(heads: Sequence[PageView], case: _Case) -> dict[int, Tie]:
    """The ties of heads of no booklet that we know: as many as have no 首页 may be grandparents, those who fit best."""
    context, kin, left = case.kin.context, case.kin, case.booklets.open
    unknown = [card for card in heads if not may_be_named(card, Field.NAME, case.booklets.heads, context)]
    ranked = sorted(unknown, key=kin.fit, reverse=True)
    clear = not left or len(ranked) <= left or kin.fit(ranked[left - 1]) > kin.fit(ranked[left])
    return {id(card): Tie.STRANGER for card in ranked[left:]} if clear else {id(card): Tie.DOUBTFUL for card in ranked}


def _of_relative(card: PageView, others: Sequence[PageView], case: _Case) -> Tie:
    """The tie of a card by its relation to a head; surnames, places and ages raise a doubt and prove nothing."""
    relation, kin = relation_of(card), case.kin
    name = card.value(Field.NAME) or ""
    unlike_cousins = SEPARATOR not in name or not relation or is_child(relation)  # an uncle's child has a part of his
    theirs = kin.has_surname(name, case.booklets.heads) if unlike_cousins else None
    if is_spouse(relation):
        return _of_spouse(card, others, case)
    if has_heads_surname(relation):
        fits = (
            theirs is not False
            and is_of_their_place(card, kin.cards, kin.context)
            and _may_descend_from_a_head(card, case)
        )
        return Tie.FAMILY if fits and not _has_anothers_rank(relation, case) else Tie.DOUBTFUL
    if not relation:
        unrelated = theirs is False or (theirs is None and all(map(relation_of, kin.cards)))
        return Tie.DOUBTFUL if unrelated and card.get(Field.RELATION) is None else Tie.FAMILY
    spouses = child_married_to(relation)
    alone = case.strange or (spouses is not None and _lacks_spouse(card, spouses, [*others, *kin.cards], kin))
    alike = kin.fit(card) or (theirs and spouses is None)
    return Tie.DOUBTFUL if alone and not alike else Tie.FAMILY


def _lacks_spouse(card: PageView, spouses: re.Pattern[str], cards: Sequence[PageView], kin: Kin) -> bool:
    """Whether it is of a son's wife, and the sons on the other cards have wives; the same of a daughter's husband.

    A son whom she may have borne is not her husband. The wife of the child's father is the mother, who is known where
    she is named.
    """
    born = _birth(card)
    free = (one for one in cards if not _has_absent_partner(one, kin) and not _is_of_next_generation(one, born))
    children = sum(spouses.fullmatch(relation_of(one)) is not None for one in free)
    return children < sum(relation_of(one) == relation_of(card) for one in cards)


def _is_of_next_generation(card: PageView, born: date | None) -> bool:
    """Whether a card is of the applying child, or of somebody who may be the child of a person born on this day."""
    birth = _birth(card)
    return card.holder is Person.CHILD or (born is not None and birth is not None and age_on(born, birth) >= _YOUNGEST)


def _has_anothers_rank(relation: str, case: _Case) -> bool:
    """Whether a card of the family says 长子 or 次女 of one person already, where the case has one booklet."""
    taken = {relation_of(one) for one in case.kin.cards}
    return len(case.booklets.ties) < _SEVERAL and is_ranked(relation) and relation in taken


def _has_absent_partner(card: PageView, kin: Kin) -> bool:
    """Whether a card is of a parent, and the other parent is named and has no card here."""
    holders, named = {one.holder for one in kin.cards}, {party.person for party in kin.parties}
    return card.holder in PARENTS and any(
        one in named and one not in holders for one in PARENTS if one is not card.holder
    )


def _of_spouse(card: PageView, others: Sequence[PageView], case: _Case) -> Tie:
    """The tie of a head's wife or husband: a booklet has one; of several it is the one who fits best.

    The spouse of a head who is a parent is the other parent; where that one is named and is another, nothing ties it.
    """
    kin, heads = case.kin, case.heads
    married = sum(is_spouse(relation_of(one)) for one in kin.cards)
    one_sex = bool(heads) and all(one.value(Field.SEX) == card.value(Field.SEX) for one in heads)
    if not case.booklets.open and (one_sex or married >= max(1, len(heads))):
        return Tie.STRANGER
    rivals = [one for one in others if is_spouse(relation_of(one))]
    alone = kin.best(rivals) is card and not (case.strange and not kin.fit(card))
    of_head = any(not _has_absent_partner(one, kin) for one in kin.heads)
    of_elder = bool(case.booklets.open or case.elders or not heads) and _is_elder(card, kin)
    return Tie.FAMILY if alone and any(map(relation_of, kin.cards)) and (of_head or of_elder) else Tie.DOUBTFUL


def _is_elder(card: PageView, kin: Kin) -> bool:
    """Whether a card may be of a grandparent: old enough to be a parent of a parent, or by the child's birth alone."""
    born, parents = _birth(card), kin.births_of_parents
    births, least = (parents, _YOUNGEST) if parents else ((kin.child.birth_date,), 2 * _YOUNGEST)
    return born is None or any(age_on(born, birth) >= least for birth in births)


def _may_descend_from_a_head(card: PageView, case: _Case) -> bool:
    """Whether a head of the family, or else the head's spouse, is old enough; also where no head is known."""
    kin, born = case.kin, _birth(card)
    spouses = [one for one in kin.cards if is_spouse(relation_of(one))]
    elders = [birth for one in case.heads or spouses if (birth := _birth(one))]
    least = _YOUNGEST * (1 if is_child(relation_of(card)) else 2)
    known = born is not None and bool(elders) and not case.booklets.open
    return not known or any(age_on(elder, born) >= least for elder in elders if born)


def _birth(card: PageView) -> date | None:
    born = card.value(Field.BIRTH_DATE)
    return date.fromisoformat(born) if born else None


def _of_portraits(
    portraits: Sequence[PageView], people: Sequence[Party], homes: Sequence[PageView], context: NameContext
) -> dict[int, Tie]:
    """The ties of ID cards, and of what stands for one."""
    known = [page for page in portraits if page.resembles or may_be(page, people, context)]
    addresses = [*homes, *(page for page in known if any(how is Likeness.SAME for _, how in page.resembles))]
    strangers = (
        page
        for page in portraits
        if not any(page is one for one in known) and not any(same_address(page, one) for one in addresses)
    )
    there = any(how is Likeness.SAME for page in portraits for _, how in page.resembles)
    ties = {id(page): Tie.STRANGER if _is_told(page, context) else Tie.DOUBTFUL for page in strangers}
    return {page: tie for page, tie in ties.items() if tie is Tie.STRANGER or there}


def _is_told(page: PageView, context: NameContext) -> bool:
    """Whether it was read with certainty who the holder is."""
    return reads(page, Field.NAME, context) or certain_number(page, context.policy) is not None


def _has_strange_parents(page: PageView, people: Sequence[Party], context: NameContext) -> bool:
    """Whether another child's certificate names parents, with certainty, and none of them is of the family."""
    if page.tie is not Tie.ANOTHER_CHILD:
        return False
    blocks = list(_parents_on(page, context))
    return bool(blocks) and not any(_is_known(name, number, people) for name, number in blocks)


def _parents_on(page: PageView, context: NameContext) -> Iterator[tuple[str, str | None]]:
    """Names and numbers of the parents, those that were read with certainty."""
    for person in PARENTS:
        name = certain(page.get(Field.NAME, person), context.policy.legibility)
        if name:
            yield name, certain_number(page, context.policy, person)


def _is_known(name: str, number: str | None, people: Sequence[Party]) -> bool:
    return any(
        in_forms_of(one.name, name) == one.name or (number is not None and number == one.id_number) for one in people
    )
