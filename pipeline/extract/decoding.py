"""What a cell says where the best reading cannot be it: asked of the lattice, within what the field can hold.

Nothing is invented: an alternative counts only if the engine saw it. What the check digit repaired is marked, since
it is no evidence of its own any more.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from models.documents import Field
from models.id_number import half_width, parse_id_number
from models.reading import Glyph, Lattice
from pipeline.extract.runs import Run
from pipeline.extract.vocabularies import LEXICON
from pipeline.perceive.ocr.lattice import Steps, log_likelihood

_DIGITS: Final = "0123456789"
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# What can stand at each place of a number; whatever stands before it is none of it.
_NUMBERS: Final = {
    Field.ID_NUMBER: (_DIGITS,) * 17 + (_DIGITS + "X",),
    Field.CERTIFICATE_NUMBER: (_LETTERS,) + (_DIGITS,) * 9,
}
# Letters that are read for digits where only digits can stand.
_LIKE_DIGITS: Final = str.maketrans("OoQDIl|iZzSsBbGq×x", "0000111122558869XX")
_LIKE_LETTERS: Final = str.maketrans("01258", "OIZSB")
_SEEN: Final = 1e-3  # probability from which an alternative was seen at all
_BEST: Final = 0.9  # of the likelihood of all entries that the best of a list must hold
_LIKELY: Final = 0.05  # of each character of a list's entry: below this the cell says something else


class Decoded(NamedTuple):
    """What the lattice says within the field's alphabet or list.

    Attributes:
        sure: Probability, never higher than that of the characters that it rests on.
        repaired: Whether the check digit chose it.
    """

    text: str
    sure: float
    repaired: bool = False


def decoded(field: Field, runs: Sequence[Run]) -> Decoded | None:
    """A text that the field can hold; None where the lattice has none, or the field can hold anything."""
    if field in LEXICON:
        return _of_list(LEXICON[field], runs[0].steps, runs[0].text) if len(runs) == 1 else None
    if field is Field.HOUSEHOLD_NUMBER:
        return _plain(tuple(_leading(runs)))
    if field in _NUMBERS:
        characters = _at_places(_NUMBERS[field], runs)
        return _repaired(characters) if field is Field.ID_NUMBER else _plain(characters)
    return None


class _Character(NamedTuple):
    """One character within an alphabet: the likeliest, and others that were seen, each with its probability."""

    best: str
    sure: float
    others: tuple[tuple[str, float], ...]


def _at_places(places: Sequence[str], runs: Sequence[Run]) -> tuple[_Character, ...]:
    """The last characters that can be of such a number, each as its place allows; none if one cannot be."""
    anything = "".join(sorted(set("".join(places))))
    shown = [
        (glyph, run.line.lattice) for run in runs for glyph in run.glyphs if _seen(glyph, run.line.lattice, anything)
    ]
    if len(shown) < len(places):
        return ()
    held = [_seen(*one, place) for one, place in zip(shown[-len(places) :], places, strict=True)]
    return tuple(_Character(*seen[0], tuple(seen[1:])) for seen in held) if all(held) else ()


def _leading(runs: Sequence[Run]) -> Iterator[_Character]:
    """Digits from the start, until something comes that is none."""
    for run in runs:
        for glyph in run.glyphs:
            seen = _seen(glyph, run.line.lattice, _DIGITS)
            if not seen:
                return
            yield _Character(*seen[0], tuple(seen[1:]))


def _seen(glyph: Glyph, lattice: Lattice, alphabet: str) -> list[tuple[str, float]]:
    """What the steps of a glyph show within an alphabet, best first."""
    like = _LIKE_LETTERS if alphabet == _LETTERS else _LIKE_DIGITS
    shown: dict[str, float] = {}
    for step in lattice.steps[glyph.first : glyph.end]:
        for char, probability in step:
            plain = half_width(char)
            within = plain if plain in alphabet else plain.translate(like)
            if within and within in alphabet and probability >= _SEEN:
                shown[within] = max(shown.get(within, 0.0), probability)
    return sorted(shown.items(), key=lambda row: (-row[1], row[0]))


def _plain(characters: Sequence[_Character]) -> Decoded | None:
    if not characters:
        return None
    return Decoded("".join(one.best for one in characters), min(one.sure for one in characters))


def _repaired(characters: Sequence[_Character]) -> Decoded | None:
    """The number as it reads if its check digit agrees, else the only one that agrees with one character changed."""
    plain = _plain(characters)
    if plain is None or _agrees(plain.text):
        return plain
    changed = {
        candidate: probability
        for at, one in enumerate(characters)
        for char, probability in one.others
        if _agrees(candidate := plain.text[:at] + char + plain.text[at + 1 :])
    }
    if len(changed) != 1:
        return plain
    ((text, sure),) = changed.items()
    return Decoded(text, min(plain.sure, sure), repaired=True)


def _agrees(text: str) -> bool:
    number = parse_id_number(text)
    return number is not None and number.check_digit_right and number.province_known


def _of_list(entries: frozenset[str], steps: Steps, read: str) -> Decoded | None:
    """The entry that the lattice likes best, if it likes no other nearly as well and saw every character of it."""
    shown: dict[str, float] = {}
    for step in steps:
        for char, probability in step:
            shown[char] = max(shown.get(char, 0.0), probability)
    near = [entry for entry in sorted(entries) if abs(len(entry) - len(read)) <= 1]
    held = [entry for entry in near if min(shown.get(char, 0.0) for char in entry) >= _LIKELY]
    scored = sorted(((log_likelihood(steps, entry), entry) for entry in held), reverse=True)
    if not scored or scored[0][0] == -math.inf:
        return None
    best, entry = scored[0]
    share = 1 / sum(math.exp(score - best) for score, _ in scored)
    sure = min(math.exp(best / len(entry)), *(shown[char] for char in entry))
    return Decoded(entry, round(min(sure, share), 4)) if share >= _BEST and sure >= _LIKELY else None
