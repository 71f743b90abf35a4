import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.content import FieldContent
from models.documents import Field, PageKind
from models.policy import LegibilityLimits
from pipeline.judge.field_legibility import Legibility, legibility_of
from pipeline.judge.required import REQUIRED
from pipeline.judge.rules.legibility import unreadable_slots
from tests.support.cards import member
from tests.support.dossiers import dossier
from tests.support.fields import field_of
from tests.support.lines import Ink

LIMITS = LegibilityLimits()


def _name(legible: float) -> FieldContent:
    return field_of(Field.NAME, "欧阳靖萱")._replace(legible=legible)


@pytest.mark.parametrize(
    ("sure", "legibility"),
    [
        pytest.param(0.98, Legibility.READ, id="just sure enough"),
        pytest.param(0.9799, Legibility.DOUBTFUL, id="just not"),
        pytest.param(0.3, Legibility.DOUBTFUL, id="just readable"),
        pytest.param(0.2999, Legibility.UNREADABLE, id="just not readable"),
    ],
)
def test_legibility_is_told_by_confidence(sure: float, legibility: Legibility) -> None:
    assert legibility_of(_name(sure), LIMITS).legibility is legibility


def test_what_was_not_found_is_unreadable() -> None:
    assert legibility_of(None, LIMITS).legibility is Legibility.UNREADABLE


@given(st.floats(0.01, 0.999), st.floats(0.01, 0.999))
def test_a_surer_character_is_never_less_confident(sure: float, surer: float) -> None:
    less, more = (member({"姓名": Ink("欧阳靖萱", weak={0: one})}) for one in sorted((sure, surer)))
    before, after = (dossier(one).pages[0].get(Field.NAME) for one in (less, more))
    assert before is not None
    assert after is not None
    assert after.confidence >= before.confidence


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_a_tighter_limit_never_forgives(sure: float, one: float, other: float) -> None:
    held = dossier(member({"姓名": Ink("欧阳靖萱", sure=sure)})).pages[0]
    loose, tight = (LegibilityLimits(unreadable=limit) for limit in sorted((one, other)))
    assert set(unreadable_slots(held, loose)) <= set(unreadable_slots(held, tight))


@pytest.mark.parametrize(
    ("sure", "legibility"),
    [
        pytest.param(0.99, Legibility.DOUBTFUL, id="read well: a person sees it"),
        pytest.param(0.5, Legibility.DOUBTFUL, id="just read"),
        pytest.param(0.4999, Legibility.UNREADABLE, id="read badly, too"),
    ],
)
def test_a_text_that_cannot_be_such_a_value_is_doubtful_or_unreadable(sure: float, legibility: Legibility) -> None:
    garbled = field_of(Field.ID_NUMBER, "12345")._replace(legible=sure)
    assert legibility_of(garbled, LIMITS).legibility is legibility


def test_every_page_that_fills_a_slot_has_required_fields() -> None:
    kinds = {PageKind.ID_PORTRAIT, PageKind.ID_EMBLEM, PageKind.HUKOU_HOME, PageKind.HUKOU_MEMBER}
    assert set(REQUIRED) == kinds | {PageKind.BIRTH_CERTIFICATE}
