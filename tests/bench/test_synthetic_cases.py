"""Cases that benches multiply: each clone is another child, on pages that agree with what was typed in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.synthetic_cases import DAYS, SyntheticCase, clone
from models.id_number import parse_id_number
from models.result import Decision
from pipeline.judge.case import judge, registration
from pipeline.judge.dossier import open_dossier
from tests.support.dossiers import FAMILY, READER, dossier

_HELD = dossier(*FAMILY)
MODEL = SyntheticCase(_HELD.case, tuple(file.content for file in _HELD.files))


@given(st.integers(0, 200_000))
def test_a_clone_is_accepted_like_its_model(number: int) -> None:
    case, contents, _ = clone(MODEL, number, "c")
    made = open_dossier(case, contents, READER)
    assert judge(made, (), READER).decision is Decision.ACCEPTED
    assert registration(made, READER.policy).id_number == case.submission.child.id_number


@given(st.integers(0, 100_000))
def test_a_twin_has_the_next_number_of_that_day_and_sex(number: int) -> None:
    one, other = (clone(MODEL, at, "c").case.submission.child for at in (number, number + DAYS))
    first, second = (parse_id_number(child.id_number or "") for child in (one, other))
    assert first
    assert second
    assert (first.birth_date, first.sex) == (second.birth_date, second.sex) == (one.birth_date, one.sex)
    assert abs(int(second.text[14:17]) - int(first.text[14:17])) in (2, 998)
    assert first.check_digit_right
    assert second.check_digit_right


def test_only_a_child_with_a_number_becomes_another() -> None:
    child = MODEL.case.submission.child.model_copy(update={"id_number": None})
    nobody = MODEL.case.model_copy(update={"submission": MODEL.case.submission.model_copy(update={"child": child})})
    with pytest.raises(ValueError, match="ID number"):
        clone(MODEL._replace(case=nobody), 1, "c")
