"""Which papers are another family's: of people who are neither on the child's certificate, nor in its household.

Only what was read with certainty makes a page a stranger's. Within the family's booklet a relation is enough to belong:
grandparents, uncles, a father's second wife. What ties nobody and contradicts nothing is in doubt.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final, NamedTuple

from models.documents import Field, PageKind, Person
from models.id_number import age_on
from models.submission import EnteredChild
from pipeline.judge.booklets import Booklets, booklets_of
from pipeline.judge.field_legibility import certain
from pipeline.judge.holders import certain_number
from pipeline.judge.kin import AGES, Kin, as_parties, known_kin, may_be, may_be_named, reads, relation_of, same_address
from pipeline.judge.name_match import NameContext
from pipeline.judge.pages import Likeness, PageView, Party, Tie
from pipeline.judge.relations import child_married_to, has_heads_surname, is_head, is_spouse
from pipeline.judge.unregistered_parents import PARENTS

_PROVINCE: Final = 2  # characters
_YOUNGEST: Final = min(AGES[Person.MOTHER])


class _Case(NamedTuple):
    """What decides about a page: who is kin, the booklets, and whether another family's papers came."""

    kin: Kin
    booklets: Booklets
    strange: bool = False


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
    if parties or any(may_be(page, people, context) for page in portraits):
        ties |= _of_portraits(portraits, people, family_homes, context)
    ties |= {id(page): Tie.STRANGER for page in certificates if _has_strange_parents(page, people, context)}
    return tuple(page._replace(tie=ties.get(id(page), page.tie)) for page in pages)


def _of_cards(others: Sequence[PageView], case: _Case) -> dict[int, Tie]:
    """The ties of member cards that are of nobody whom we know: the heads first, since one of them brings a family."""
    strangers = _strange_heads([card for card in others if is_head(relation_of(card))], case)
    case = case._replace(strange=bool(strangers) or case.booklets.strange)
    rest = [card for card in others if not is_head(relation_of(card))]
    ties = {id(card): Tie.STRANGER for card in strangers}
    return ties | {id(card): _of_relative(card, rest, case) for card in rest}


def _strange_heads(heads: Sequence[PageView], case: _Case) -> list[PageView]:
    """The heads of no booklet of the family; as many as have no 首页 may be grandparents."""
    context, names = case.kin.context, case.booklets.heads
    unknown = [card for card in heads if not may_be_named(card, Field.NAME, names, context)]
    return unknown[case.booklets.open :] if len(unknown) > case.booklets.open else []


def _of_relative(card: PageView, others: Sequence[PageView], case: _Case) -> Tie:
    """The tie of a card by its relation to a head."""
    relation, kin = relation_of(card), case.kin
    theirs = kin.has_surname(card.value(Field.NAME) or "", case.booklets.heads)
    if is_spouse(relation):
        return _of_spouse(card, others, case)
    if has_heads_surname(relation):
        return Tie.STRANGER if theirs is False or not _is_of_their_place(card, kin) else Tie.FAMILY
    if not relation:
        unrelated = theirs is False or (theirs is None and all(map(relation_of, kin.cards)))
        return Tie.DOUBTFUL if unrelated and card.get(Field.RELATION) is None else Tie.FAMILY
    alone = case.strange or _lacks_spouse(card, others, kin)
    return Tie.DOUBTFUL if alone and not theirs and not kin.fit(card) else Tie.FAMILY


def _lacks_spouse(card: PageView, others: Sequence[PageView], kin: Kin) -> bool:
    """Whether it is of a son's wife, and the sons on the other cards have wives; the same of a daughter's husband."""
    married_to, cards = child_married_to(relation_of(card)), [*others, *kin.cards]
    if married_to is None:
        return False
    children = sum(married_to.fullmatch(relation_of(one)) is not None for one in cards)
    return children < sum(relation_of(one) == relation_of(card) for one in cards)


def _of_spouse(card: PageView, others: Sequence[PageView], case: _Case) -> Tie:
    """The tie of a head's wife or husband: a booklet has one; of several it is the one who fits best."""
    kin, heads = case.kin, case.kin.heads
    married = sum(is_spouse(relation_of(one)) for one in kin.cards)
    one_sex = bool(heads) and all(one.value(Field.SEX) == card.value(Field.SEX) for one in heads)
    if not case.booklets.open and (one_sex or married >= max(1, len(heads))):
        return Tie.STRANGER
    rivals = [one for one in others if is_spouse(relation_of(one))]
    alone = kin.best(rivals) is card and not (case.strange and not kin.fit(card))
    may_be = any(map(relation_of, kin.cards)) and (bool(heads) or _is_elder(card, kin))
    return Tie.FAMILY if alone and may_be else Tie.DOUBTFUL


def _is_elder(card: PageView, kin: Kin) -> bool:
    """Whether a card may be of a grandparent: its holder is old enough to be the parent of a parent."""
    parents = [one for one in kin.cards if one.holder is not Person.CHILD]
    born, *births = (one.value(Field.BIRTH_DATE) for one in (card, *parents))
    ages = [age_on(date.fromisoformat(born), date.fromisoformat(birth)) for birth in births if birth and born]
    return not ages or max(ages) >= _YOUNGEST


def _is_of_their_place(card: PageView, kin: Kin) -> bool:
    """Whether 籍贯, which children have from their father, is not certainly of another province than the family's."""
    limits = kin.context.policy.legibility
    known = {(certain(one.get(Field.NATIVE_PLACE), limits) or "")[:_PROVINCE] for one in kin.cards} - {""}
    own = certain(card.get(Field.NATIVE_PLACE), limits)
    return not own or not known or own[:_PROVINCE] in known


def _of_portraits(
    portraits: Sequence[PageView], people: Sequence[Party], homes: Sequence[PageView], context: NameContext
) -> dict[int, Tie]:
    """The ties of ID cards."""
    known = [page for page in portraits if page.resembles or may_be(page, people, context)]
    addresses = [*homes, *(page for page in known if any(how is Likeness.SAME for _, how in page.resembles))]
    strangers = (
        page
        for page in portraits
        if not any(page is one for one in known)
        and (reads(page, Field.NAME, context) or certain_number(page, context.policy))
        and not any(same_address(page, one) for one in addresses)
    )
    return {id(page): Tie.STRANGER for page in strangers}


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
    return any(name == one.name or (number is not None and number == one.id_number) for one in people)
