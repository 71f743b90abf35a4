"""Pages as they are printed: every value that a family has stands on its page, once, under its boxes."""

import numpy as np
import pytest
import zxingcpp

from fixtures.people.family import Correction, Edition, Family, Script
from fixtures.people.names import NameKind
from fixtures.people.population import TODAY, Household, Traits, family
from fixtures.pictures.picture import Leaf, draw
from fixtures.printing.office import Hand
from fixtures.printing.paper import Page
from fixtures.specimens.papers import renamed
from fixtures.truth import Split
from models.documents import Field, PageKind, Person
from tests.support.fonts import needs_fonts

pytestmark = needs_fonts
COMMON = family(Split.TEST, 4, Traits(children=2, certificate=True))
KINDS = {
    Leaf.ID_PORTRAIT: PageKind.ID_PORTRAIT,
    Leaf.ID_EMBLEM: PageKind.ID_EMBLEM,
    Leaf.COVER: PageKind.HUKOU_COVER,
    Leaf.NOTICE: PageKind.HUKOU_NOTICE,
    Leaf.HOME: PageKind.HUKOU_HOME,
    Leaf.CHILD: PageKind.HUKOU_MEMBER,
    Leaf.OTHER: PageKind.HUKOU_MEMBER,
    Leaf.CHANGES: PageKind.HUKOU_CHANGES,
    Leaf.BLANK: PageKind.HUKOU_BLANK,
    Leaf.CERTIFICATE: PageKind.BIRTH_CERTIFICATE,
}


def values(page: Page) -> dict[tuple[Person | None, Field], str]:
    return {(field.person, field.field): field.value for field in page.fields}


def with_birth(one: Family, **change: object) -> Family:
    assert one.birth is not None
    return one.model_copy(update={"birth": one.birth.model_copy(update=change)})


def with_print(one: Family, **change: object) -> Family:
    style = one.booklet.print.model_copy(update=change)
    return one.model_copy(update={"booklet": one.booklet.model_copy(update={"print": style})})


@pytest.mark.parametrize(("leaf", "kind"), KINDS.items())
def test_every_kind_of_page_is_drawn(leaf: Leaf, kind: PageKind) -> None:
    page = draw(COMMON, leaf)
    assert page.kind is kind
    assert bool(page.fields) is (kind not in (PageKind.HUKOU_COVER, PageKind.HUKOU_NOTICE, PageKind.HUKOU_BLANK,
                                              PageKind.HUKOU_CHANGES))  # fmt: skip


@pytest.mark.parametrize("leaf", KINDS)
@pytest.mark.parametrize("number", range(6))
def test_every_character_has_a_box_on_ink(leaf: Leaf, number: int) -> None:
    page = draw(family(Split.TRAIN, number, Traits(children=2, certificate=True)), leaf)
    grey = np.asarray(page.image.convert("L"), np.int16)
    for field in page.fields:
        assert len(field.characters) == sum(not character.isspace() for character in field.text), field
        for box in field.characters:
            assert box.within(*page.image.size) == box, field
        cut = grey[field.box.top : field.box.bottom, field.box.left : field.box.right]
        assert np.percentile(cut, 90) - cut.min() > 40, field


def test_the_childs_card_says_what_the_register_knows() -> None:
    child = COMMON.member(Person.CHILD)
    told = values(draw(COMMON, Leaf.CHILD))
    for field, value in (
        (Field.NAME, child.name),
        (Field.SEX, child.sex),
        (Field.BIRTH_DATE, child.birth_date.isoformat()),
        (Field.ID_NUMBER, child.id_number),
        (Field.RELATION, child.relation),
    ):
        assert told[Person.CHILD, field] == value


def test_a_collective_household_has_neither_head_nor_relation() -> None:
    one = family(Split.TRAIN, 3, Traits(household=Household.COLLECTIVE))
    assert (None, Field.HEAD_NAME) not in values(draw(one, Leaf.HOME))
    assert (Person.CHILD, Field.RELATION) not in values(draw(one, Leaf.CHILD))


def test_a_cancelled_card_is_stamped_across() -> None:
    plain, stamped = (draw(one, Leaf.CHILD) for one in (COMMON, renamed(COMMON, cancelled="死亡注销")))
    assert plain.fields == stamped.fields
    changed = np.any(np.asarray(plain.image) != np.asarray(stamped.image), axis=2)
    assert 0.01 < changed.mean() < 0.2


@pytest.mark.parametrize("by_hand", [False, True])
def test_corrections_stand_on_the_change_page(by_hand: bool) -> None:
    correction = Correction(field=Field.NAME, item="姓名", value="卢知行", day=TODAY, by_hand=by_hand)
    assert values(draw(renamed(COMMON, corrections=(correction,)), Leaf.CHANGES)) == {
        (Person.CHILD, Field.NAME): "卢知行"
    }


@pytest.mark.parametrize("leaf", [Leaf.CHILD, Leaf.CERTIFICATE])
def test_the_longest_name_stays_in_its_cell(leaf: Leaf) -> None:
    one = next(
        candidate
        for number in range(60)
        if len((candidate := family(Split.TEST, number, Traits(name=NameKind.LONG, certificate=True)))
               .member(Person.CHILD).name) >= 23
    )  # fmt: skip
    page = draw(one, leaf)
    name = next(field for field in page.fields if (field.person, field.field) == (Person.CHILD, Field.NAME))
    others = [field for field in page.fields if field is not name]
    assert all(name.box.overlap(field.box) == 0 for field in others)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"hand": Hand.DOT_MATRIX}, id="needles"),
        pytest.param({"hand": Hand.PEN}, id="a pen"),
        pytest.param({"strength": 0.5}, id="little ink"),
        pytest.param({"shift": (4.0, 1.5)}, id="beside its cell"),
    ],
)
def test_how_an_office_prints_changes_the_ink_and_not_the_value(change: dict[str, object]) -> None:
    plain, other = (draw(one, Leaf.CHILD) for one in (COMMON, with_print(COMMON, **change)))
    assert values(plain) == values(other)
    assert not np.array_equal(np.asarray(plain.image), np.asarray(other.image))


@pytest.mark.parametrize("edition", Edition)
def test_only_the_seventh_edition_has_a_barcode_of_its_number(edition: Edition) -> None:
    one = with_birth(COMMON, edition=edition, undivided=False)
    assert one.birth is not None
    codes = [code.text for code in zxingcpp.read_barcodes(np.asarray(draw(one, Leaf.CERTIFICATE).image))]
    assert codes == ([one.birth.number] if edition is Edition.SEVENTH else [])


def test_an_undivided_certificate_shows_its_number_twice() -> None:
    one = with_birth(COMMON, edition=Edition.SEVENTH, undivided=True)
    codes = zxingcpp.read_barcodes(np.asarray(draw(one, Leaf.CERTIFICATE).image))
    assert len(codes) == 2
    numbers = [field for field in draw(one, Leaf.CERTIFICATE).fields if field.field is Field.CERTIFICATE_NUMBER]
    assert len(numbers) == 1


def test_a_father_who_is_not_stated_leaves_his_block_blank() -> None:
    told = values(draw(with_birth(COMMON, father_stated=False), Leaf.CERTIFICATE))
    assert (Person.FATHER, Field.NAME) not in told
    assert (Person.MOTHER, Field.NAME) in told


def test_a_placeholder_stands_on_the_certificate_alone() -> None:
    one = with_birth(COMMON, child_name="沈若兰之子")
    assert values(draw(one, Leaf.CERTIFICATE))[Person.CHILD, Field.NAME] == "沈若兰之子"
    assert values(draw(one, Leaf.CHILD))[Person.CHILD, Field.NAME] == COMMON.member(Person.CHILD).name


@pytest.mark.parametrize("script", Script)
@pytest.mark.parametrize("leaf", [Leaf.ID_PORTRAIT, Leaf.ID_EMBLEM])
def test_a_bilingual_card_says_the_same_in_chinese(script: Script, leaf: Leaf) -> None:
    both = COMMON.model_copy(update={"card": COMMON.card.model_copy(update={"second_script": script})})
    assert draw(both, leaf).fields == draw(COMMON, leaf).fields
    assert not np.array_equal(np.asarray(draw(both, leaf).image), np.asarray(draw(COMMON, leaf).image))
