"""Strangers' pages, parents in no register, and twins, test split: `python -m bench.families`.

All pages are read once. Then another family's pages are sent along, or in place of the needed ones. Certificates that
name no father, or a parent who is foreign, of Hong Kong, Macau or Taiwan, or a soldier, are sent without that parent's
page. Of twins one is in the register and the other is not.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import count as numbers
from itertools import product
from typing import Final, NamedTuple

import numpy as np
from pydantic import JsonValue

from bench.cases import GATE
from bench.composed import Applicant, ReadFile, applicant, blockers, good_applicants, page_file, read, said
from bench.metrics import Figure, share
from bench.readings import Library, library
from bench.report import Measured
from bench.runner import Bench, run_bench
from fixtures.people.family import Family, StatedParent
from fixtures.people.parents import IN_NO_REGISTER, NOT_NAMED
from fixtures.people.population import Household, Traits, family, twin_of
from fixtures.pictures.files import FileSpec
from fixtures.pictures.picture import Leaf
from fixtures.specimens.application import typed_child
from fixtures.truth import Split
from models.documents import Person
from models.findings import Code, Reason
from models.register import KnownChild
from models.result import Decision, Judgement
from models.submission import IdType

SEED: Final = 42
BENCH: Final = Bench("families", __doc__, SEED, "families", small=3, full=13)
_FIRST: Final = {"strangers": 42_000, "parents": 43_000, "twins": 44_000}  # family numbers, apart from other benches'
_FURTHER: Final = 100  # numbers from one try to the next
_YOUNG: Final = 1981  # year of birth from which a mother of a newborn raises no doubt about her age
_STRANGER: Final = (Code.WRONG_DOCUMENT, Reason.WRONG_MEMBER)
_NO_PAGE: Final = (Code.GUARDIANSHIP, Reason.PARENT_WITHOUT_PAGE)
_PARENTS: Final = (Leaf.HEAD, Leaf.FATHER, Leaf.MOTHER)
_PERSONAL: Final = (Leaf.ID_PORTRAIT, *_PARENTS, Leaf.CHILD, Leaf.CERTIFICATE)


class Composed(NamedTuple):
    """A composed case: what it is about, which file is the strange one, and what became of it."""

    what: str
    file: str
    judgement: Judgement

    @property
    def names_the_page(self) -> bool:
        """Whether the stranger's page is named as one."""
        return any((one.code, one.reason, one.file) == (*_STRANGER, self.file) for one in self.judgement.findings)

    @property
    def illegible(self) -> bool:
        """Whether something was blamed on the picture."""
        return any(code in GATE for code, _ in blockers(self.judgement))


def measure(count: int) -> Measured:
    """Cases of `count` families of each kind."""
    with library() as shelf:
        good, tried = good_applicants(shelf, (_stranger(number) for number in numbers()), count)
        beside = tuple(_beside(good, shelf))
        instead = tuple(_instead(good, shelf))
        parents = tuple(_parents_of(count, shelf))
        twins = tuple(_twins(count, shelf))
    figures = (
        share("complete applications accepted", len(good), tried),
        *_of_strangers(beside, instead),
        *_of_parents(parents),
        *_of_twins(twins),
    )
    wrong = {
        "strangers' pages beside": [one for one in beside if not _is_reviewed(one)],
        "strangers' pages in a slot": [one for one in instead if not one.names_the_page or _is_passed(one)],
        "parents in no register": [one for one in parents if not _is_right(one)],
        "twins": [one for one in twins if _is_confused(one)],
    }
    return Measured(figures, {title: tuple(map(_row, own)) for title, own in wrong.items()})


def _of_strangers(beside: tuple[Composed, ...], instead: tuple[Composed, ...]) -> Iterator[Figure]:
    yield share("a stranger's page beside: in review, and named", sum(map(_is_reviewed, beside)), len(beside))
    named = sum(one.names_the_page for one in instead)
    yield share("a stranger's page in a slot: not accepted", sum(not _is_passed(one) for one in instead), len(instead))
    yield share("a stranger's page in a slot: named", named, len(instead))
    yield share("a stranger's page in a slot: 3002 or 影像不清", sum(one.illegible for one in instead), len(instead))


def _of_parents(parents: tuple[Composed, ...]) -> Iterator[Figure]:
    returned = sum(one.judgement.decision is Decision.RETURNED for one in parents)
    yield share("a parent in no register: returned", returned, len(parents))
    unnamed = [one for one in parents if one.what.startswith("nobody")]
    others = [one for one in parents if one not in unnamed]
    yield share("nobody is named: accepted", sum(map(_is_right, unnamed)), len(unnamed))
    yield share("a parent in no register: 监护待核/parent_without_page", sum(map(_is_right, others)), len(others))


def _of_twins(twins: tuple[Composed, ...]) -> Iterator[Figure]:
    for code in (Code.NAME_DIFFERS, Code.CHILD_EXISTS):
        hit = sum(any(found is code for found, _ in blockers(one.judgement)) for one in twins)
        yield share(f"twins: {code}", hit, len(twins))
    for decision in Decision:
        yield share(f"twins: {decision}", sum(one.judgement.decision is decision for one in twins), len(twins))


def _stranger(number: int) -> Family:
    homes = (Household.PARENTS, Household.GRANDPARENT, Household.PARENTS, Household.MOTHER_ONLY)
    kind = Traits(household=homes[number % len(homes)], newborn=number % 2 == 0)
    return family(Split.TEST, _FIRST["strangers"] + number, kind)


def _beside(good: tuple[Applicant, ...], shelf: Library) -> Iterator[Composed]:
    """Every page of another family that tells whose it is, beside a complete application."""
    for one, other in _pairs(good):
        for leaf in (*_PERSONAL, Leaf.HOME):
            if leaf in other.pages:
                page = _strange(other, leaf)
                judgement = one.judged((*one.pages.values(), page), shelf.reader)
                yield Composed(f"{leaf} beside", page.file.path, judgement)


def _instead(good: tuple[Applicant, ...], shelf: Library) -> Iterator[Composed]:
    """Another family's page in place of the same page; of the parents' pages one in place of all."""
    for one, other in _pairs(good):
        for leaf in _PERSONAL:
            left_out = _PARENTS if leaf in _PARENTS else (leaf,)
            if leaf in other.pages and any(page in one.pages for page in left_out):
                page = _strange(other, leaf)
                judgement = one.judged((*one.without(*left_out), page), shelf.reader)
                yield Composed(f"{leaf} instead", page.file.path, judgement)


def _pairs(good: tuple[Applicant, ...]) -> Iterator[tuple[Applicant, Applicant]]:
    return ((one, other) for one, other in product(good, good) if one is not other)


def _strange(other: Applicant, leaf: Leaf) -> ReadFile:
    page = other.pages[leaf]
    return page.sent_as(f"strange-{leaf}.jpg", page.file.hint)


def _parents_of(count: int, shelf: Library) -> Iterator[Composed]:
    """Certificates with each such father, and every other time mother; the parent's page is never sent."""
    for number in range(count):
        person = Person.MOTHER if number % 2 else Person.FATHER
        one = applicant(shelf, _half_registered(number, person), number)
        for (what, stated), page in read(shelf, _certificates(one, person, number)):
            gone = (Leaf.CERTIFICATE, Leaf(person.value))
            yield from _sent_in_every_way(one, f"{what} {stated.name} {stated.id_type}", gone, page, shelf)


def _half_registered(number: int, person: Person) -> Family:
    """A family with a newborn and a young mother, of which the other parent holds the card."""
    household = Household.PARENTS if person is Person.MOTHER else Household.MOTHER_ONLY
    kind = Traits(household=household, newborn=True)
    tried = (family(Split.TEST, _FIRST["parents"] + number + _FURTHER * turn, kind) for turn in numbers())
    one = next(one for one in tried if one.member(Person.MOTHER).birth_date.year >= _YOUNG)
    holder = Person.FATHER if person is Person.MOTHER else Person.MOTHER
    return one.model_copy(update={"card": one.card.model_copy(update={"holder": holder})})


def _certificates(one: Applicant, person: Person, number: int) -> Iterator[tuple[tuple[str, StatedParent], FileSpec]]:
    """Half of the statements for each family, so that two families have all; no mother is left unnamed."""
    rng = np.random.default_rng((SEED, number))
    stated = [("nobody", said) for said in NOT_NAMED] if person is Person.FATHER else []
    stated += [("elsewhere", said) for said in IN_NO_REGISTER[number // 2 % 2 :: 2]]
    for what, said_of in stated:
        birth = one.family.birth
        paper = birth.model_copy(update={person.value: said_of}) if birth else None
        kit = one.kit._replace(family=one.family.model_copy(update={"birth": paper}))
        yield (what, said_of), page_file(kit, Leaf.CERTIFICATE, rng)


def _sent_in_every_way(
    one: Applicant, what: str, gone: Collection[Leaf], certificate: ReadFile, shelf: Library
) -> Iterator[Composed]:
    """As a newborn in the register, and as a child in none; with and without a certificate's number typed in."""
    number = one.family.birth.number if one.family.birth else None
    unregistered = {"id_type": IdType.BIRTH_CERTIFICATE, "id_number": None}
    for change, left_out in (({}, gone), (unregistered, (*gone, Leaf.CHILD))):
        for typed in (number, None):
            child = typed_child(one.family, **change, birth_certificate_number=typed)
            files = (*one.without(*left_out), certificate)
            yield Composed(what, certificate.file.path, one.judged(files, shelf.reader, child=child))


def _twins(count: int, shelf: Library) -> Iterator[Composed]:
    """Newborn twins of whom one is in the register: each of them applies, with and without the other's papers."""
    for number in range(count):
        kind = Traits(children=2, together=2, newborn=True)
        one = applicant(shelf, family(Split.TEST, _FIRST["twins"] + number, kind), number)
        other = one.kit._replace(family=twin_of(one.family))
        drawn = [(other.family, page_file(other, Leaf.CERTIFICATE, np.random.default_rng((SEED, number))))]
        for twin, paper in read(shelf, drawn):
            yield from _either_applies(one, twin, paper.sent_as("twin.jpg", paper.file.hint), shelf)


def _either_applies(one: Applicant, twin: Family, paper: ReadFile, shelf: Library) -> Iterator[Composed]:
    shared, card, own = one.without(Leaf.CHILD, Leaf.CERTIFICATE), one.pages[Leaf.CHILD], one.pages[Leaf.CERTIFICATE]
    unregistered = typed_child(
        twin, id_type=IdType.BIRTH_CERTIFICATE, id_number=None,
        birth_certificate_number=twin.birth.number if twin.birth else None,
    )  # fmt: skip
    for beside, known in product(((), (card,), (own,), (card, own)), ((), (_record(one.family, numbered=True),))):
        judgement = one.judged((*shared, paper, *beside), shelf.reader, child=unregistered, known=known)
        yield Composed(_words("the unregistered twin", beside, known), paper.file.path, judgement)
    for beside, known in product(((), (paper,)), ((), (_record(twin, numbered=False),))):
        judgement = one.judged((*shared, card, own, *beside), shelf.reader, known=known)
        yield Composed(_words("the registered twin", beside, known), card.file.path, judgement)


def _record(family: Family, *, numbered: bool) -> KnownChild:
    """The twin as the hospital knows it from its own application."""
    child = family.member(Person.CHILD)
    return KnownChild(
        name=child.name,
        sex=child.sex,
        birth_date=child.birth_date,
        id_number=child.id_number if numbered else None,
        birth_certificate_number=family.birth.number if family.birth else None,
        mother_id_number=family.member(Person.MOTHER).id_number,
        submission_id="the-twin",
    )


def _words(who: str, beside: Iterable[ReadFile], known: Collection[KnownChild]) -> str:
    sent = " and ".join(page.file.path for page in beside) or "nothing"
    return f"{who} with {sent} of the other, who is {'known' if known else 'unknown'}"


def _is_reviewed(one: Composed) -> bool:
    return one.judgement.decision is Decision.REVIEW and one.names_the_page


def _is_passed(one: Composed) -> bool:
    return one.judgement.decision is Decision.ACCEPTED


def _is_right(one: Composed) -> bool:
    """Accepted where the certificate names no parent; else a person must look at the missing page."""
    if one.what.startswith("nobody"):
        return one.judgement.decision is Decision.ACCEPTED
    return one.judgement.decision is Decision.REVIEW and _NO_PAGE in blockers(one.judgement)


def _is_confused(one: Composed) -> bool:
    return any(code in (Code.NAME_DIFFERS, Code.CHILD_EXISTS) for code, _ in blockers(one.judgement))


def _row(one: Composed) -> Mapping[str, JsonValue]:
    return {"case": one.what, "decided": one.judgement.decision, "findings": said(one.judgement)}


if __name__ == "__main__":
    run_bench(BENCH, measure)
