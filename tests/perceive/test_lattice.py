import math
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.reading import BLANK, Alternative, Glyph, Lattice
from pipeline.perceive.ocr.lattice import glyphs, log_likelihood, stretch, text_of
from tests.support.lines import Ink, lattice

_ALPHABET = "甲乙"
_SYMBOLS = (BLANK, *_ALPHABET)
_SHARES = st.lists(st.integers(1, 20), min_size=3, max_size=3)


@st.composite
def small_lattices(draw: st.DrawFn) -> Lattice:
    """Up to four steps over two characters and the blank, with every probability listed."""
    steps = []
    for shares in draw(st.lists(_SHARES, min_size=1, max_size=4)):
        seen = (Alternative(char, share / sum(shares)) for char, share in zip(_SYMBOLS, shares, strict=True))
        steps.append(tuple(sorted(seen, key=lambda alternative: -alternative.probability)))
    return Lattice(steps=tuple(steps), span=1 / len(steps))


def collapsed(path: tuple[str, ...]) -> str:
    """What a path over the steps says: repeats merged, blanks dropped."""
    merged = [char for at, char in enumerate(path) if at == 0 or path[at - 1] != char]
    return "".join(merged)


def by_brute_force(held: Lattice) -> dict[str, float]:
    """The probability of every text, summed over every path."""
    texts: dict[str, float] = {}
    for path in product(_SYMBOLS, repeat=len(held.steps)):
        chances = (dict(step)[char] for step, char in zip(held.steps, path, strict=True))
        texts[collapsed(path)] = texts.get(collapsed(path), 0.0) + math.prod(chances)
    return texts


@given(small_lattices())
def test_the_likelihood_of_a_text_is_the_sum_over_all_its_paths(held: Lattice) -> None:
    for text, probability in by_brute_force(held).items():
        assert math.exp(log_likelihood(held.steps, text)) == pytest.approx(probability)


@given(small_lattices())
def test_the_likelihoods_of_all_texts_sum_to_one(held: Lattice) -> None:
    texts = ("".join(chars) for size in range(5) for chars in product(_ALPHABET, repeat=size))
    assert sum(math.exp(log_likelihood(held.steps, text)) for text in texts) == pytest.approx(1.0, abs=1e-6)


@given(small_lattices())
def test_the_greedy_reading_is_the_likeliest_path(held: Lattice) -> None:
    assert text_of(held) == collapsed(tuple(step[0].char for step in held.steps))


@given(small_lattices())
def test_glyphs_stand_in_order_and_do_not_overlap(held: Lattice) -> None:
    read = glyphs(held)
    edges = [edge for glyph in read for edge in (glyph.first, glyph.end)]
    assert edges == sorted(edges)
    assert all(glyph.first < glyph.end for glyph in read)


@given(small_lattices())
def test_the_part_of_all_glyphs_is_the_whole(held: Lattice) -> None:
    read = glyphs(held)
    assert stretch(read, 0, len(read), len(held.steps)) == (0, len(held.steps))


@given(small_lattices(), st.data())
def test_a_part_reads_as_its_glyphs(held: Lattice, data: st.DataObject) -> None:
    read = glyphs(held)
    first = data.draw(st.integers(0, len(read)))
    end = data.draw(st.integers(first, len(read)))
    if first < end:
        steps = held.steps[slice(*stretch(read, first, end, len(held.steps)))]
        assert text_of(Lattice(steps=steps, span=held.span)) == text_of(held)[first:end]


@given(small_lattices(), st.data())
def test_parts_side_by_side_hold_every_step_and_share_one_blank_at_most(held: Lattice, data: st.DataObject) -> None:
    read = glyphs(held)
    if len(read) > 1:
        at = data.draw(st.integers(1, len(read) - 1))
        (first, stop), (start, end) = (stretch(read, *ends, len(held.steps)) for ends in ((0, at), (at, len(read))))
        assert (first, end) == (0, len(held.steps))
        assert 0 <= stop - start <= 1


@pytest.mark.parametrize(
    ("best", "text"),
    [
        pytest.param(["甲", "甲", "乙"], "甲乙", id="repeats are one character"),
        pytest.param(["甲", BLANK, "甲"], "甲甲", id="a blank keeps two of the same apart"),
        pytest.param([BLANK, BLANK], "", id="blanks are nothing"),
        pytest.param([], "", id="no steps are nothing"),
    ],
)
def test_greedy_reading(best: list[str], text: str) -> None:
    held = Lattice(steps=tuple((Alternative(char, 0.9),) for char in best), span=1.0)
    assert text_of(held) == text


def test_a_glyph_holds_its_steps_and_the_probability_of_the_first() -> None:
    steps = ((Alternative("甲", 0.7),), (Alternative("甲", 0.9),), (Alternative(BLANK, 1.0),))
    assert glyphs(Lattice(steps=steps, span=1 / 3)) == (Glyph("甲", 0, 2, 0.7),)


def test_a_character_that_is_not_listed_is_all_but_impossible() -> None:
    held = lattice(Ink("甲", sure=0.99))
    assert log_likelihood(held.steps, "乙") < math.log(1e-8) < log_likelihood(held.steps, "甲")


def test_a_text_longer_than_the_lattice_has_no_path() -> None:
    held = lattice("甲")
    assert log_likelihood(held.steps, "甲乙甲乙") == -math.inf
    assert log_likelihood((), "甲") == -math.inf
