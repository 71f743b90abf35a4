"""What a cell says where the best reading cannot be it: asked of the lattice, within what the field can hold.

Nothing is invented: an alternative counts only if the engine saw it. What the check digit repaired is marked, since
it is no evidence of its own any more.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from models.documents import Field
from models.identity import half_width, parse_id_number
from models.reading import Lattice
from pipeline.documents.lexicon import LEXICON
from pipeline.documents.runs import Run
from pipeline.ocr.lattice import Glyph, log_likelihood

_DIGITS: Final = "0123456789"
# What can stand first, and after that.
_ALPHABETS: Final = {
    Field.ID_NUMBER: (_DIGITS, _DIGITS + "X"),
    Field.CERTIFICATE_NUMBER: ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", _DIGITS),
    Field.HOUSEHOLD_NUMBER: (_DIGITS, _DIGITS),
}
# Letters that are read for digits where only digits can stand.
_LOOKALIKES: Final = str.maketrans("OoQDIl|iZzSsBbGq×x", "0000111122558869XX")
_SEEN: Final = 1e-3  # probability from which an alternative was seen at all
_BEST: Final = 0.9  # of the likelihood of all entries that the best of a list must hold
_LIKELY: Final = 0.02  # a character, of the best entry of a list: below this the cell says something else


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
        return _of_list(LEXICON[field], runs[0].lattice, runs[0].text) if len(runs) == 1 else None
    if field in _ALPHABETS:
        characters = tuple(_within(*_ALPHABETS[field], runs))
        return _repaired(characters) if field is Field.ID_NUMBER else _plain(characters)
    return None


class _Character(NamedTuple):
    """One character within an alphabet: the likeliest, and others that were seen, each with its probability."""

    best: str
    sure: float
    others: tuple[tuple[str, float], ...]


def _within(first: str, rest: str, runs: Sequence[Run]) -> Iterator[_Character]:
    """The characters that can be one of the alphabet, first and after that; stray signs are passed over."""
    alphabet = first
    for run in runs:
        for glyph in run.glyphs:
            seen = _seen(glyph, run.line.lattice, alphabet)
            if seen:
                alphabet = rest
                yield _Character(*seen[0], tuple(seen[1:]))


def _seen(glyph: Glyph, lattice: Lattice, alphabet: str) -> list[tuple[str, float]]:
    """What the steps of a glyph show within an alphabet, best first."""
    shown: dict[str, float] = {}
    for step in lattice.steps[glyph.first : glyph.end]:
        for char, probability in step:
            plain = half_width(char)
            within = plain if plain in alphabet else plain.translate(_LOOKALIKES)
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


def _of_list(entries: frozenset[str], lattice: Lattice, read: str) -> Decoded | None:
    """The entry that the lattice likes best, if it likes no other nearly as well."""
    near = sorted(entry for entry in entries if abs(len(entry) - len(read)) <= 1)
    scored = sorted(((log_likelihood(lattice, entry), entry) for entry in near), reverse=True)
    if not scored or scored[0][0] == -math.inf:
        return None
    best, entry = scored[0]
    total = sum(math.exp(score - best) for score, _ in scored)
    a_character = math.exp(best / len(entry))
    if 1 / total < _BEST or a_character < _LIKELY:
        return None
    return Decoded(entry, round(min(a_character, 1 / total), 4))
