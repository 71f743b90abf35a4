"""Who is known to be of the child's family, and how well a name, a number or an address fits one of these people."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from types import MappingProxyType
from typing import Final, NamedTuple

from rapidfuzz.distance import Levenshtein

from models.content import FieldContent
from models.documents import Field, Person
from models.id_number import age_on, normal_number, parse_id_number
from models.names import SEPARATOR, normal_name
from models.submission import EnteredChild, Sex
from pipeline.judge.field_legibility import Legibility, certain, legibility_of
from pipeline.judge.holders import certain_number, far_apart, likeness
from pipeline.judge.name_match import NameContext, match_name, nothing_alike
from pipeline.judge.pages import Likeness, PageView, Party
from pipeline.judge.relations import composes, is_child, is_head
from pipeline.names.characters import in_forms_of

AGES: Final = MappingProxyType({Person.MOTHER: range(14, 56), Person.FATHER: range(15, 76)})  # at a child's birth
_ROLES: Final = MappingProxyType({Sex.MALE.value: Person.FATHER, Sex.FEMALE.value: Person.MOTHER})
_MISTYPED: Final = 1  # characters of a name
_SHORT: Final = 2  # characters: of such a name one is half
_PROVINCE: Final = 2  # characters
_COUNTY: Final = 6  # digits of an ID number
_LEAST_ADDRESS: Final = 8  # characters; a shorter one is a town or a street


class Kin(NamedTuple):
    """The people who are known to be of the child's family.

    Attributes:
        child: As entered.
        parties: The guardian, and the parents that the child's certificate names.
        cards: Member cards that are, or may be, of the child, of a party, or of a parent whom nobody names.
        context: What comparing names needs.
    """

    child: EnteredChild
    parties: tuple[Party, ...]
    cards: tuple[PageView, ...]
    context: NameContext

    @property
    def people(self) -> tuple[Party, ...]:
        """The child, the parties, and the holders of the cards."""
        number = normal_number(self.child.id_number) if self.child.id_number else None
        child = Party(Person.CHILD, normal_name(self.child.name), number)
        return (child, *self.parties, *as_parties(self.cards, self.context))

    @property
    def heads(self) -> tuple[PageView, ...]:
        """The cards whose holders are heads of a booklet."""
        return tuple(card for card in self.cards if is_head(relation_of(card)))

    @property
    def has_both_parents(self) -> bool:
        """Whether father and mother are named."""
        return AGES.keys() <= {party.person for party in self.parties}

    @property
    def births_of_parents(self) -> tuple[date, ...]:
        """Birth dates of the parents and the other adults on the cards, and of the parties by their numbers."""
        cards = (card.value(Field.BIRTH_DATE) for card in self.cards if card.holder is not Person.CHILD)
        numbers = (parse_id_number(party.id_number or "") for party in self.parties if party.person in AGES)
        return (*(date.fromisoformat(born) for born in cards if born), *(one.birth_date for one in numbers if one))

    def has_surname(self, name: str, heads: Iterable[str]) -> bool | None:
        """Whether a child of the family may have this surname; None where surnames do not tell.

        They tell where the child has that of an adult whom we know, or of a head. Of names in parts, as people have who
        have no surnames, some character of a part does: fathers and children, brothers and sisters have one in common.
        """
        adults = [party.name for party in self.parties if party.person is not Person.CHILD]
        adults += [card.value(Field.NAME) or "" for card in self.cards if card.holder is not Person.CHILD]
        child, elders = normal_name(self.child.name), [*adults, *heads]
        parted = [SEPARATOR in one for one in (name, child, *elders)]
        alike = _share_a_part if all(parted[:2]) else same_surname
        telling = (all(parted[:2]) or not any(parted)) and any(alike(child, one) for one in elders)
        return any(alike(name, one) for one in (child, *elders)) if telling else None

    def fit(self, card: PageView) -> int:
        """In how many things a card agrees with one of the family: 籍贯, 出生地, county of the first registration."""
        own, known = _origins(card, self.context), self._origins_beside(card)
        return sum(said is not None and any(said == one[at] for one in known) for at, said in enumerate(own))

    def is_of_other_places(self, card: PageView) -> bool:
        """Whether it agrees in none of them, and its number and one of theirs, both certain, are of two counties."""
        county = _origins(card, self.context)[-1]
        return county is not None and any(one[-1] for one in self._origins_beside(card)) and not self.fit(card)

    def _origins_beside(self, card: PageView) -> list[tuple[str | None, ...]]:
        return [_origins(one, self.context) for one in self.cards if one is not card]

    def best(self, cards: Sequence[PageView]) -> PageView | None:
        """The card that fits the family better than all others of them; None if several fit alike."""
        ranked = sorted(cards, key=self.fit, reverse=True)
        clear = len(ranked) == 1 or (len(ranked) > 1 and self.fit(ranked[0]) > self.fit(ranked[1]))
        return ranked[0] if clear else None


def known_kin(cards: Sequence[PageView], child: EnteredChild, parties: Sequence[Party], context: NameContext) -> Kin:
    """The family as the member cards of a case show it.

    Where nobody names a parent, the card that may be this parent's and fits best counts as such.
    """
    own = tuple(card for card in cards if card.holder is Person.CHILD or card.resembles)
    others = tuple(card for card in cards if card.holder is not Person.CHILD and not card.resembles)
    kin = Kin(child, tuple(parties), own, context)
    unnamed = (role for role in AGES if role not in {party.person for party in parties})
    maybe = (kin.best([card for card in others if _may_be_parent(card, role, kin)]) for role in unnamed)
    return kin._replace(cards=(*own, *(card for card in maybe if card)))


def _origins(card: PageView, context: NameContext) -> tuple[str | None, ...]:
    number = certain_number(card, context.policy)
    places = (card.value(field) for field in (Field.NATIVE_PLACE, Field.BIRTH_PLACE))
    return (*places, number[:_COUNTY] if number else None)


def as_parties(cards: Iterable[PageView], context: NameContext) -> Iterator[Party]:
    """The holders of cards whose name or number has a value."""
    for card in cards:
        name, number = card.value(Field.NAME) or "", card.value(Field.ID_NUMBER)
        if name or number:
            yield Party(card.holder or Person.OTHER, name, number, sure=reads(card, Field.NAME, context))


def relation_of(card: PageView) -> str:
    """户主或与户主关系 as it was read; empty for a blank one."""
    return card.value(Field.RELATION) or ""


def reads(page: PageView, field: Field, context: NameContext, person: Person | None = None) -> bool:
    """Whether a field was read with certainty."""
    return legibility_of(page.get(field, person), context.policy.legibility).legibility is Legibility.READ


def may_be_named(page: PageView, field: Field, names: Iterable[str], context: NameContext) -> bool:
    """Whether a name on a page may be one of these names."""
    read = page.get(field)
    return read is None or read.value is None or any(_may_be_name(name, read, context) for name in names)


def _may_be_name(name: str, read: FieldContent, context: NameContext) -> bool:
    """Whether a name that was read may be this one; without its lattice one character of three may be misread."""
    value = read.value or ""
    if nothing_alike(name, value, context.alphabet):
        return legibility_of(read, context.policy.legibility).legibility is not Legibility.READ
    if not read.pieces:
        return Levenshtein.distance(name, in_forms_of(name, value)) <= (len(name) > _SHORT)
    return match_name(name, read, context.alphabet, context.policy.names).equal is not False


def may_be(page: PageView, people: Iterable[Party], context: NameContext) -> bool:
    """Whether a card may be of one of these people; a single character may be mistyped where no number tells."""
    name, number = page.value(Field.NAME) or "", certain_number(page, context.policy)
    return any(
        likeness(page, one, context) is not Likeness.STRANGER
        or (not far_apart(number, one.id_number) and _hardly_differs(name, one.name))
        for one in people
    )


def _hardly_differs(read: str, name: str) -> bool:
    return Levenshtein.distance(in_forms_of(name, read), name) <= _MISTYPED


def same_surname(one: str, other: str) -> bool:
    """Whether two names begin with one character, in any form of it."""
    return in_forms_of(other[:1], one[:1]) == other[:1]


def _share_a_part(one: str, other: str) -> bool:
    """Whether two names have a character in common: a part is spelt in several ways, 买买提 and 麦麦提."""
    return bool(set(one) & set(other) - {SEPARATOR})


def same_address(one: PageView, other: PageView) -> bool:
    """Whether two pages have one address, of which one may say more."""
    first, second = sorted((one.value(Field.ADDRESS) or "", other.value(Field.ADDRESS) or ""), key=len)
    return len(first) >= _LEAST_ADDRESS and first in second


def _may_be_parent(card: PageView, role: Person, kin: Kin) -> bool:
    """Whether a card may be of a parent whom nobody names: sex, age, relation, and a father's surname fit."""
    relation, born = relation_of(card), card.value(Field.BIRTH_DATE)
    if born is None or _ROLES.get(card.value(Field.SEX) or "") is not role:
        return False
    childs = next((relation_of(one) for one in kin.cards if one.holder is Person.CHILD), "")
    elsewhere = not relation or is_head(relation) or is_child(relation)  # in a booklet of another head
    fits = elsewhere or (bool(childs) and composes(relation, childs))
    named = role is Person.MOTHER or _may_be_father(card, kin)
    return fits and named and age_on(date.fromisoformat(born), kin.child.birth_date) in AGES[role]


def _may_be_father(card: PageView, kin: Kin) -> bool:
    """Whether the child has this surname, or the mother's and no other 籍贯, or names have parts and no surnames."""
    name, child = card.value(Field.NAME) or "", normal_name(kin.child.name)
    mothers = [party.name for party in kin.parties if party.person is Person.MOTHER]
    as_mother = any(same_surname(child, one) for one in mothers) and is_of_their_place(
        card, [one for one in kin.cards if one.holder is Person.CHILD], kin.context
    )
    return SEPARATOR in name + child or same_surname(child, name) or as_mother


def is_of_their_place(card: PageView, others: Iterable[PageView], context: NameContext) -> bool:
    """Whether 籍贯, which children have from their father, is not certainly of another province than all of theirs."""
    limits = context.policy.legibility
    known = {(certain(one.get(Field.NATIVE_PLACE), limits) or "")[:_PROVINCE] for one in others} - {""}
    own = certain(card.get(Field.NATIVE_PLACE), limits)
    return not own or not known or own[:_PROVINCE] in known
