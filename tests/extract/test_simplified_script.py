"""Traditional forms that a recogniser sees in simplified print."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.reading import BLANK, Alternative, Lattice
from pipeline.extract.simplified_script import folded, prefer_simplified, simplified_forms
from pipeline.perceive.ocr.lattice import text_of
from tests.support.lines import Ink, line


@pytest.mark.parametrize(
    ("ink", "text", "least"),
    [
        pytest.param(Ink("曹瑤松", weak={1: 0.7}, others={1: {"瑶": 0.2}}), "曹瑶松", 0.6, id="both forms seen"),
        pytest.param(Ink("曹瑤松", weak={1: 0.97}, others={1: {"瑶": 0.01}}), "曹瑤松", 0.6, id="surely traditional"),
        pytest.param(
            Ink("曹瑤松", weak={1: 0.95}, others={1: {"瑶": 0.03}}), "曹瑤松", 0.7, id="traditional, with a trace"
        ),
        pytest.param(Ink("曹瑤松", weak={1: 0.999}), "曹瑤松", 0.99, id="only the traditional form seen"),
        pytest.param(Ink("昇", weak={0: 0.6}, others={0: {"升": 0.35}}), "昇", 0.6, id="allowed in names"),
        pytest.param(Ink("曹松", weak={0: 0.6}, others={0: {"曾": 0.3}}), "曹松", 0.6, id="two characters"),
    ],
)
def test_the_simplified_form_counts_for_more_where_both_were_seen(ink: Ink, text: str, least: float) -> None:
    (read,) = prefer_simplified([line(ink, 0, 0)])
    assert read.text == text
    assert min(step[0].probability for step in read.lattice.steps if step[0].char != BLANK) >= least


@given(
    st.lists(
        st.tuples(st.sampled_from("瑤瑶強强鍾鐘钟松"), st.floats(0.0001, 0.12)),
        min_size=1, max_size=8, unique_by=lambda row: row[0],
    )
)  # fmt: skip
def test_what_is_weighed_anew_sums_to_the_same_and_stays_in_order(seen: list[tuple[str, float]]) -> None:
    step = tuple(sorted((Alternative(*row) for row in seen), key=lambda row: -row.probability))
    lattice = Lattice(steps=(step,), span=1.0)
    (read,) = prefer_simplified([line("松", 0, 0).model_copy(update={"lattice": lattice, "text": text_of(lattice)})])
    (after,) = read.lattice.steps
    assert sum(row.probability for row in after) == pytest.approx(sum(row.probability for row in step), abs=1e-4)
    assert [row.probability for row in after] == sorted((row.probability for row in after), reverse=True)
    assert read.text == text_of(read.lattice)


def test_every_form_is_one_character_and_no_simplified_one_is_folded() -> None:
    forms = simplified_forms()
    assert all(len(one) == len(other) == 1 for one, other in forms.items())
    assert not set(forms) & set(forms.values())
    assert folded("獨龍族") == "独龙族"
    assert not set("昇甦陞釐") & set(forms)
