"""What else a name may read as: against every reading there is, on lattices small enough to list them."""

import math
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from models.content import FieldContent, Piece
from models.documents import Field
from models.geometry import Box
from models.reading import BLANK, Alternative, Lattice
from pipeline.perceive.ocr.lattice import glyphs
from pipeline.review.readings_offered import ReadingCandidate, candidates
from tests.support.fields import field_of
from tests.support.lines import Ink

LETTERS = "梓粹欧阳"
FOLLOWED = 16  # readings
LEAST = 0.001


@st.composite
def steps(draw: st.DrawFn) -> tuple[Alternative, ...]:
    """A step as an engine gives it: the likeliest first, all of them together at most certain."""
    chars = draw(st.lists(st.sampled_from((BLANK, *LETTERS)), min_size=1, max_size=4, unique=True))
    weights = sorted(draw(st.lists(st.integers(1, 2000), min_size=len(chars), max_size=len(chars))), reverse=True)
    return tuple(Alternative(char, weight / sum(weights)) for char, weight in zip(chars, weights, strict=True))


@st.composite
def pieces(draw: st.DrawFn) -> tuple[Piece, ...]:
    """A name in one or two pieces of a few steps."""
    lattices = draw(st.lists(st.lists(steps(), min_size=1, max_size=4), min_size=1, max_size=2))
    return tuple(Piece(tuple(one), glyphs(Lattice(steps=tuple(one), span=0.1)), ()) for one in lattices)


def field(held: tuple[Piece, ...]) -> FieldContent:
    text = greedy(held)
    return FieldContent(Field.NAME, text, text, 0.9, 0.9, Box(0, 0, 9, 9), (0,), pieces=held)


def greedy(held: tuple[Piece, ...]) -> str:
    return "".join(glyph.char for piece in held for glyph in piece.glyphs)


def every_reading(held: tuple[Piece, ...]) -> dict[str, float]:
    """All texts of the three likeliest characters at each glyph, with their probabilities."""
    places = []
    for piece in held:
        for glyph in piece.glyphs:
            likely: dict[str, float] = {}
            for char, probability in (one for step in piece.steps[glyph.first : glyph.end] for one in step):
                if char != BLANK and (probability >= LEAST or char == glyph.char):
                    likely[char] = max(probability, likely.get(char, 0.0))
            places.append(sorted(likely.items(), key=lambda one: -one[1])[:3])
    return {
        "".join(char for char, _ in chosen): math.prod(probability for _, probability in chosen)
        for chosen in product(*places)
        if chosen
    }


@given(pieces())
def test_the_readings_are_the_likeliest_there_are(held: tuple[Piece, ...]) -> None:
    found = candidates(field(held), FOLLOWED)
    brute = sorted(every_reading(held).values(), reverse=True)[:FOLLOWED]
    assert [round(one.probability, 12) for one in found] == [round(one, 12) for one in brute]


@given(pieces())
def test_each_probability_is_the_product_of_its_characters(held: tuple[Piece, ...]) -> None:
    every = every_reading(held)
    for text, probability in candidates(field(held), FOLLOWED):
        assert math.isclose(probability, every[text])


@given(pieces(), st.integers(0, 20))
def test_no_more_than_asked_each_once_and_the_likeliest_first(held: tuple[Piece, ...], most: int) -> None:
    found = candidates(field(held), most)
    assert len({one.text for one in found}) == len(found) <= most
    assert list(found) == sorted(found, key=lambda one: -one.probability)


@given(pieces())
def test_what_was_read_is_among_them_and_nothing_is_likelier(held: tuple[Piece, ...]) -> None:
    every, found = every_reading(held), candidates(field(held), FOLLOWED)
    if every:
        assert every[greedy(held)] == found[0].probability
        assert greedy(held) in {one.text for one in found}


def test_a_name_as_it_is_read_in_earnest() -> None:
    one = field_of(Field.NAME, Ink("王梓", weak={1: 0.6}, others={1: {"粹": 0.3, "样": 0.0009}}))
    assert candidates(one, 6) == (ReadingCandidate("王梓", 0.999 * 0.6), ReadingCandidate("王粹", 0.999 * 0.3))


def test_of_a_field_whose_lattice_was_not_kept_there_is_nothing_to_tell() -> None:
    assert candidates(field_of(Field.SEX, "女"), 6) == ()
