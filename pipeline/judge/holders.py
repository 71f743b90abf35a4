"""Whose each page of a case is: by name and number, or by 户主或与户主关系. A guess never makes a card a stranger's."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Final

from rapidfuzz.distance import Hamming, Levenshtein

from models.documents import Field, PageKind, Person
from models.id_number import age_on, normal_number, parse_id_number
from models.latin_names import same_latin_name
from models.names import normal_name
from models.policy import LegibilityLimits, Policy
from models.submission import EnteredChild, IdType, Sex
from pipeline.judge.field_legibility import Legibility, certain, is_poor, legibility_of
from pipeline.judge.name_match import NameContext, is_placeholder, match_name, nothing_alike
from pipeline.judge.pages import Likeness, PageView, Party
from pipeline.judge.relations import is_head, is_spouse, parent_by_relation

_ADULT: Final = 18  # years
_CHILD_LIKELY: Final = 2  # points from which a card counts as the child's
_MISTYPED: Final = 4  # digits of an ID number; two people mostly differ in their birthdays and counties


def with_holders(
    pages: Sequence[PageView], child: EnteredChild, parents: Sequence[Party], today: date, context: NameContext
) -> tuple[PageView, ...]:
    """The pages with `holder` and `resembles` filled in, as far as they are known.

    Args:
        pages: Every document of the case.
        child: The child as entered.
        parents: The guardian, and the parents that the certificate names.
        today: The day of submission.
        context: What comparing names needs.
    """
    found = tuple(_with_holder(page, child, parents, today, context) for page in pages)
    found = _without_siblings(found, child, parents, context)
    return _with_relatives(_one_child(found, child, context.policy), parents, context)


def _with_holder(
    page: PageView, child: EnteredChild, parents: Sequence[Party], today: date, context: NameContext
) -> PageView:
    """The page with its holder and the parties that it resembles; no holder for pages that are of no person."""
    if not page.names_its_holder:
        return page
    alike = tuple((party, likeness(page, party, context)) for party in parents)
    same = tuple(row for row in alike if row[1] is Likeness.SAME)
    if same:
        return page._replace(holder=same[0][0].person, resembles=same)
    if page.kind is PageKind.HUKOU_MEMBER and _child_points(page, child, context.policy) >= _CHILD_LIKELY:
        return page._replace(holder=Person.CHILD)
    maybe = tuple(row for row in alike if row[1] is Likeness.MAYBE)
    if maybe and _may_be_a_parent(page, today):
        return page._replace(holder=maybe[0][0].person, resembles=maybe)
    return page._replace(holder=_by_relation(page, today))


def _without_siblings(
    pages: tuple[PageView, ...], child: EnteredChild, parents: Sequence[Party], context: NameContext
) -> tuple[PageView, ...]:
    """The pages; a card that would be the child's and is certainly a sibling's has no holder."""
    certified = _certified_names(pages, child, parents, context.policy)
    return tuple(
        page._replace(holder=None)
        if page.holder is Person.CHILD and _is_a_siblings(page, child, certified, context)
        else page
        for page in pages
    )


def _certified_names(
    pages: Sequence[PageView], child: EnteredChild, parents: Sequence[Party], policy: Policy
) -> frozenset[str]:
    """The child's name by the certificates, read with certainty: the entered one if it is among them, or else all.

    A name that the hospital gave until the family had chosen one tells nobody apart.
    """
    papers = (page for page in pages if page.kind is PageKind.BIRTH_CERTIFICATE and page.is_of_family)
    read = (certain(page.get(Field.NAME, Person.CHILD), policy.legibility) for page in papers)
    names = frozenset(name for name in read if name and not is_placeholder(name, {party.name for party in parents}))
    return names & {normal_name(child.name)} or names


def _is_a_siblings(page: PageView, child: EnteredChild, certified: Collection[str], context: NameContext) -> bool:
    """Whether a card is certainly of another child, a twin perhaps: its name differs, and something else does.

    That is the child's name on the certificate, or the sex; of a child who by the application is in no register the
    name suffices. A card with the entered number is the child's. Where the child's own card is needed, a single
    character is too little to disagree with the certificate: it may be misread.
    """
    name, limits = page.get(Field.NAME), context.policy.legibility
    read = certain(name, limits)
    if name is None or read is None or _is_numbered_as(page, child.id_number):
        return False
    unregistered = child.id_type is IdType.BIRTH_CERTIFICATE
    slack = 0 if unregistered else 1
    of_another = (unregistered or bool(certified)) and all(Levenshtein.distance(read, one) > slack for one in certified)
    if is_poor(page.content.lines_of(name), limits) or not (of_another or _is_of_other_sex(page, child, limits)):
        return False
    return match_name(child.name, name, context.alphabet, context.policy.names).equal is False


def _is_numbered_as(page: PageView, number: str | None) -> bool:
    return number is not None and page.value(Field.ID_NUMBER) == normal_number(number)


def _is_of_other_sex(page: PageView, child: EnteredChild, limits: LegibilityLimits) -> bool:
    """Whether sex or relation, read with certainty, are not of the child's sex."""
    sex, relation = (certain(page.get(field), limits) for field in (Field.SEX, Field.RELATION))
    ends = {Sex.MALE: "子", Sex.FEMALE: "女"}
    of_relation = next((one.value for one, end in ends.items() if relation and relation.endswith(end)), None)
    return any(said is not None and said != child.sex.value for said in (sex, of_relation))


def _may_be_a_parent(page: PageView, today: date) -> bool:
    """Whether the holder is an adult; without a birth date that is assumed of an ID card only."""
    return page.kind is PageKind.ID_PORTRAIT if page.value(Field.BIRTH_DATE) is None else _is_adult(page, today)


def _is_adult(page: PageView, today: date) -> bool:
    born = page.value(Field.BIRTH_DATE)
    return born is not None and age_on(date.fromisoformat(born), today) >= _ADULT


def _child_points(page: PageView, child: EnteredChild, policy: Policy) -> int:
    """Points for a card being the child's; a certain other number counts against it."""
    name, born = page.value(Field.NAME) or "", page.value(Field.BIRTH_DATE)
    number = certain_number(page, policy)
    digits = parse_id_number(number) if number else None
    entered = normal_number(child.id_number) if child.id_number else None
    same_day = child.birth_date.isoformat() == born or (digits is not None and digits.birth_date == child.birth_date)
    points = 2 * same_day + 2 * (name == normal_name(child.name))
    points += len(set(name) & set(child.name)) * 2 > len(child.name)
    if entered and number:
        points += 3 if entered == number else -2
    return points


def _by_relation(page: PageView, today: date) -> Person | None:
    """The head by the printed 户主; any other adult as `other`."""
    if is_head(page.value(Field.RELATION) or ""):
        return Person.HEAD
    return Person.OTHER if _is_adult(page, today) else None


def _one_child(pages: tuple[PageView, ...], child: EnteredChild, policy: Policy) -> tuple[PageView, ...]:
    """Of several cards that may be the child's (twins), keep the likeliest ones only."""
    points = [_child_points(page, child, policy) if page.holder is Person.CHILD else None for page in pages]
    best = max((one for one in points if one is not None), default=0)
    return tuple(
        page if one is None or one >= best else page._replace(holder=None)
        for page, one in zip(pages, points, strict=True)
    )


def _with_relatives(
    pages: tuple[PageView, ...], parents: Sequence[Party], context: NameContext
) -> tuple[PageView, ...]:
    """Name the father and the mother by their relations to the head, if exactly one card fits."""
    relation = next((page.value(Field.RELATION) for page in pages if page.holder is Person.CHILD), None)
    if not relation:
        return pages
    fits = [_parent_of(page, relation, parents, context) for page in pages]
    known = {page.holder for page in pages}
    clear = {person for person in (Person.FATHER, Person.MOTHER) if fits.count(person) == 1} - known
    return tuple(
        page._replace(holder=person) if person in clear else page for page, person in zip(pages, fits, strict=True)
    )


def _parent_of(page: PageView, child_relation: str, parents: Sequence[Party], context: NameContext) -> Person | None:
    """The parent whose card it is by its relation; None if that parent is named and certainly is another person."""
    relation = page.value(Field.RELATION) or ""
    if page.kind is not PageKind.HUKOU_MEMBER or page.holder not in (Person.HEAD, Person.OTHER):
        return None
    if page.resembles and not (is_head(relation) or is_spouse(relation)):
        return None  # a guardian who was entered as no parent is an uncle or an aunt rather
    person = parent_by_relation(relation, page.value(Field.SEX), child_relation)
    named = [party for party in parents if party.person is person]
    return None if any(likeness(page, one, context) is Likeness.STRANGER for one in named) else person


def likeness(page: PageView, party: Party, context: NameContext) -> Likeness:
    """Compare the name and the number of a card with those of a party.

    An equal number makes it the party's card, whatever the name. It is a stranger's only if the name certainly differs
    from a certain one, or if the number differs and the name is in doubt.
    """
    if party.id_number and page.value(Field.ID_NUMBER) == party.id_number:
        return Likeness.SAME
    latin = page.value(Field.LATIN_NAME)
    if latin and same_latin_name(party.name, latin):
        return Likeness.SAME
    name = page.get(Field.NAME)
    legibility = legibility_of(name, context.policy.legibility).legibility
    if name is None or legibility is Legibility.UNREADABLE:
        return Likeness.MAYBE
    match = match_name(party.name, name, context.alphabet, context.policy.names)
    if match.likely >= context.policy.names.alike:
        return Likeness.SAME
    if far_apart(certain_number(page, context.policy), party.id_number):
        return Likeness.STRANGER
    read = legibility is Legibility.READ
    another = read and nothing_alike(party.name, name.text, context.alphabet)
    differs = match.equal is False and (read or not match.edited)
    return Likeness.STRANGER if party.sure and (differs or another) else Likeness.MAYBE


def far_apart(one: str | None, other: str | None) -> bool:
    """Whether two numbers differ in more digits than a typing error explains."""
    return bool(one and other and len(one) == len(other) and Hamming.distance(one, other) > _MISTYPED)


def certain_number(page: PageView, policy: Policy, person: Person | None = None) -> str | None:
    """The ID number of a card's holder, or of a person that the page names, if it was read with certainty.

    Certain means that every digit was, and that the check digit agrees.
    """
    number = parse_id_number(certain(page.get(Field.ID_NUMBER, person), policy.legibility) or "")
    return number.text if number and number.check_digit_right else None
