"""Invented families: consistent with themselves, the same every time, and the splits apart."""

from datetime import date

import numpy as np
import pytest

from fixtures.people.births import edition_on
from fixtures.people.family import Edition, Family
from fixtures.people.names import RARE, NameKind, impostor, placeholder
from fixtures.people.population import TODAY, Household, Traits, family, twin_of
from fixtures.people.printers import FACES
from fixtures.printing.fonts import face_of
from fixtures.truth import Split
from models.documents import Person
from models.identity import age_on, is_certificate_number, parse_id_number
from models.submission import Sex
from tests.support.fonts import needs_fonts

MANY = [family(split, number) for split in Split for number in range(250)]
_EVERY = pytest.mark.parametrize("one", MANY[::5], ids=lambda one: one.booklet.number)


def test_the_same_number_is_the_same_family() -> None:
    assert family(Split.TEST, 12) == family(Split.TEST, 12)
    assert family(Split.TEST, 12) != family(Split.TRAIN, 12)


def test_numbers_are_right_and_belong_to_no_county() -> None:
    for one in MANY:
        for resident in one.members:
            number = parse_id_number(resident.id_number)
            assert number is not None
            assert number.check_digit_right
            assert number.province_known
            assert resident.county.endswith("0199")


@_EVERY
def test_dates_follow_each_other(one: Family) -> None:
    child = one.member(Person.CHILD)
    for resident in one.members:
        assert resident.birth_date <= resident.registration_date <= TODAY
    for person in (Person.FATHER, Person.MOTHER):
        for parent in (resident for resident in one.members if resident.person is person):
            assert 14 <= age_on(parent.birth_date, child.birth_date) <= 60
    if one.birth:
        assert child.birth_date <= one.birth.issue_date <= TODAY


@_EVERY
def test_the_card_is_in_force_for_as_long_as_the_law_gives(one: Family) -> None:
    since, until = one.card.valid_from, one.card.valid_until
    age = age_on(one.member(one.card.holder).birth_date, since)
    assert age >= 16
    assert since < TODAY
    assert (until is None) is (age >= 46)
    if until is not None:
        assert until > TODAY
        assert until == since.replace(year=since.year + (10 if age < 26 else 20))


@pytest.mark.parametrize(
    ("household", "relations"),
    [
        pytest.param(Household.PARENTS, {"户主", "妻", "夫", "子", "女"}, id="parents"),
        pytest.param(Household.GRANDPARENT, {"户主", "子", "儿媳", "孙子", "孙女"}, id="a grandparent heads it"),
        pytest.param(Household.COLLECTIVE, {""}, id="a 集体户 leaves it blank"),
        pytest.param(Household.MOTHER_ONLY, {"户主", "子", "女"}, id="the mother alone"),
    ],
)
def test_relations_compose(household: Household, relations: set[str]) -> None:
    for number in range(40):
        one = family(Split.TRAIN, number, Traits(household=household))
        told = [resident.relation for resident in one.members]
        assert set(told) <= relations
        assert told.count("户主") == (0 if household is Household.COLLECTIVE else 1)


@pytest.mark.parametrize(
    ("issued", "edition"),
    [
        pytest.param(date(2013, 12, 31), Edition.FOURTH, id="the last day of the fourth"),
        pytest.param(date(2014, 1, 1), Edition.FIFTH, id="the first day of the fifth"),
        pytest.param(date(2018, 12, 31), Edition.FIFTH, id="the last day of the fifth"),
        pytest.param(date(2019, 1, 1), Edition.SIXTH, id="the first day of the sixth"),
        pytest.param(date(2023, 3, 31), Edition.SIXTH, id="the last day of the sixth"),
        pytest.param(date(2023, 4, 1), Edition.SEVENTH, id="the first day of the seventh"),
    ],
)
def test_the_edition_follows_the_day_of_issue(issued: date, edition: Edition) -> None:
    assert edition_on(issued) is edition


def test_certificate_numbers_fit_year_and_province() -> None:
    papers = [(one.birth, one) for one in MANY if one.birth]
    assert len(papers) > 50
    for paper, one in papers:
        assert is_certificate_number(paper.number)
        assert paper.number[1:3] == one.member(Person.CHILD).county[:2]
        assert 0 <= min(25, paper.issue_date.year - 2000) - (ord(paper.number[0]) - ord("A")) <= 1


@pytest.mark.parametrize("together", [2, 3])
def test_twins_share_their_day_and_their_numbers_are_neighbours(together: int) -> None:
    one = family(Split.TEST, 8, Traits(children=3, together=together, certificate=True))
    children = [one.member(Person.CHILD), *one.others[: together - 1]]
    assert len({child.birth_date for child in children}) == 1
    assert max(child.sequence for child in children) - min(child.sequence for child in children) < 2 * together
    other = twin_of(one)
    assert other.member(Person.CHILD).name == one.others[0].name
    assert one.birth is not None
    assert other.birth is not None
    assert int(other.birth.number[1:]) - int(one.birth.number[1:]) == 1
    assert other.birth.time > one.birth.time


def test_a_newborn_is_at_most_28_days_old() -> None:
    for number in range(40):
        one = family(Split.TRAIN, number, Traits(newborn=True))
        assert (TODAY - one.member(Person.CHILD).birth_date).days <= 28
        assert one.birth is not None


def test_the_splits_share_no_name_no_rare_character_and_no_face() -> None:
    named = {split: {family(split, number).member(Person.CHILD).name for number in range(400)} for split in Split}
    assert not named[Split.TRAIN] & named[Split.TEST]
    for kind in RARE.values():
        assert not set(kind[Split.TRAIN]) & set(kind[Split.TEST])
        assert min(len(kind[split]) for split in Split) >= 8
    train, test = FACES[Split.TRAIN], FACES[Split.TEST]
    assert not {*train.values, train.card, train.digits} & {*test.values, test.card, test.digits}


@pytest.mark.parametrize("kind", NameKind)
def test_names_of_every_kind(kind: NameKind) -> None:
    names = [family(Split.TEST, number, Traits(name=kind)).member(Person.CHILD).name for number in range(30)]
    assert all(2 <= len(name) <= 25 for name in names)
    if kind in RARE:
        assert all(set(name) & set(RARE[kind][Split.TEST]) for name in names)
    if kind is NameKind.LONG:
        assert max(map(len, names)) > 18


@pytest.mark.parametrize(
    ("name", "impostors"),
    [
        pytest.param("王祎", {"玉祎", "主祎", "壬祎", "王袆"}, id="a character that is mistaken for others"),
        pytest.param("欧阳萱", {"欧阴萱", "欧阳宣"}, id="any of several"),
    ],
)
def test_impostors_come_from_the_table(name: str, impostors: set[str]) -> None:
    drawn = {impostor(name, np.random.default_rng(seed)) for seed in range(60)}
    assert drawn == impostors


def test_a_name_without_lookalikes_still_gets_an_impostor() -> None:
    drawn = impostor("龚麒", np.random.default_rng(1))
    assert drawn != "龚麒"
    assert len(drawn) == 2


@pytest.mark.parametrize(
    ("sex", "called"),
    [pytest.param(Sex.MALE, "沈若兰之子", id="a boy"), pytest.param(Sex.FEMALE, "沈若兰之女", id="a girl")],
)
def test_what_a_hospital_calls_a_child_without_a_name(sex: Sex, called: str) -> None:
    assert placeholder("沈若兰", sex) == called


@needs_fonts
def test_every_printed_value_can_be_drawn() -> None:
    for one in MANY:
        prints = [one.booklet.print, one.card.print, *([one.birth.print] if one.birth else [])]
        assert one.booklet.print.label is not one.booklet.print.value
        for style in prints:
            for character in "".join(resident.name for resident in one.members) + one.booklet.address:
                face_of(character, style.value, style.rare)
