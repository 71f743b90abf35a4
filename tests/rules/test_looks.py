import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.documents import Field, PageKind
from models.policy import LegibilityLimits
from pipeline.documents.fields import read_field
from pipeline.documents.looks import Legibility, look
from pipeline.documents.runs import whole
from pipeline.rules.legibility import REQUIRED, unreadable_slots
from tests.support.cards import member
from tests.support.dossiers import dossier
from tests.support.lines import Ink, line

LIMITS = LegibilityLimits()


def _name(ink: Ink) -> Legibility:
    return look(read_field(Field.NAME, [whole(line(ink, 0, 0))]), LIMITS).legibility


@pytest.mark.parametrize(
    ("sure", "legibility"),
    [
        pytest.param(0.9001, Legibility.READ, id="just sure enough"),
        pytest.param(0.8999, Legibility.DOUBTFUL, id="just not"),
        pytest.param(0.5001, Legibility.DOUBTFUL, id="just readable"),
        pytest.param(0.4999, Legibility.UNREADABLE, id="just not readable"),
    ],
)
def test_legibility_is_told_by_likelihood(sure: float, legibility: Legibility) -> None:
    assert _name(Ink("欧阳靖萱", sure=sure)) is legibility


@given(st.lists(st.floats(0.01, 1.0), min_size=1, max_size=5), st.floats(0.01, 1.0))
def test_a_surer_character_never_makes_a_field_less_legible(sure: list[float], surer: float) -> None:
    order = [Legibility.UNREADABLE, Legibility.DOUBTFUL, Legibility.READ]
    text = "欧阳靖萱明"[: len(sure)]
    before = _name(Ink(text, weak=dict(enumerate(sure))))
    after = _name(Ink(text, weak={**dict(enumerate(sure)), 0: max(surer, sure[0])}))
    assert order.index(after) >= order.index(before)


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_a_tighter_limit_never_forgives(sure: float, one: float, other: float) -> None:
    held = dossier(member({"姓名": Ink("欧阳靖萱", sure=sure)})).pages[0]
    loose, tight = (LegibilityLimits(unreadable=limit) for limit in sorted((one, other)))
    assert set(unreadable_slots(held, loose)) <= set(unreadable_slots(held, tight))


def test_a_text_that_cannot_be_such_a_value_is_doubtful() -> None:
    field = read_field(Field.ID_NUMBER, [whole(line("12345", 0, 0))])
    assert look(field, LIMITS).legibility is Legibility.DOUBTFUL


def test_every_page_that_fills_a_slot_has_required_fields() -> None:
    kinds = {PageKind.ID_PORTRAIT, PageKind.ID_EMBLEM, PageKind.HUKOU_HOME, PageKind.HUKOU_MEMBER}
    assert set(REQUIRED) == kinds | {PageKind.BIRTH_CERTIFICATE}
