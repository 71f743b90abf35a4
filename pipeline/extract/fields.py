"""A field as found on a page, before it is known whose it is, and its value.

Where the best reading is no possible value, the lattice is searched for one that the field can hold. Nothing is
invented: an alternative counts only if the engine saw it. A value that the check digit repaired is marked, since it is
no independent evidence any more.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from models.documents import Field
from models.geometry import Box
from models.id_number import half_width, parse_id_number
from models.reading import Glyph, Lattice, Line
from pipeline.extract.runs import Run
from pipeline.extract.values import LEXICON, is_sound, normal_value
from pipeline.perceive.ocr.lattice import Steps, log_likelihood

_DIGITS: Final = "0123456789"
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# The characters possible at each place of a number; whatever stands before it is no part of it.
_NUMBERS: Final = {
    Field.ID_NUMBER: (_DIGITS,) * 17 + (_DIGITS + "X",),
    Field.CERTIFICATE_NUMBER: (_LETTERS,) + (_DIGITS,) * 9,
}
# Letters that the engine reads for digits, where only digits are possible; and digits for letters.
_LIKE_DIGITS: Final = str.maketrans("OoQDIl|iZzSsBbGq×x", "0000111122558869XX")
_LIKE_LETTERS: Final = str.maketrans("01258", "OIZSB")
_SEEN: Final = 1e-3  # probability from which an alternative was seen at all
_BEST: Final = 0.9  # of the likelihood of all entries that the best of a list must hold
_LIKELY: Final = 0.05  # of each character of a list's entry: below this the cell says something else
_SPECK = 0.5


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
    """A text that the field can hold; None if the lattice shows none, or if the field can hold any text."""
    if field in LEXICON:
        return _of_list(LEXICON[field], runs[0].steps, runs[0].text) if len(runs) == 1 else None
    if field is Field.HOUSEHOLD_NUMBER:
        return _plain(tuple(_leading(runs)))
    if field in _NUMBERS:
        characters = _at_places(_NUMBERS[field], runs)
        return _repaired(characters) if field is Field.ID_NUMBER else _plain(characters)
    return None


class Character(NamedTuple):
    """One character within an alphabet: the likeliest, and others that were seen, each with its probability."""

    best: str
    sure: float
    others: tuple[tuple[str, float], ...]


def _at_places(places: Sequence[str], runs: Sequence[Run]) -> tuple[Character, ...]:
    """The last characters that such a number can hold, each as its place allows; none if one of them is impossible."""
    anything = "".join(sorted(set("".join(places))))
    glyphs = [(glyph, run.line.lattice) for run in runs for glyph in run.glyphs]
    possible = [one for one in glyphs if character_within(*one, anything)][-len(places) :]
    found = [char for one, place in zip(possible, places, strict=False) if (char := character_within(*one, place))]
    return tuple(found) if len(found) == len(places) else ()


def _leading(runs: Sequence[Run]) -> Iterator[Character]:
    """Digits from the start, up to the first character that can be none."""
    for run in runs:
        for glyph in run.glyphs:
            digit = character_within(glyph, run.line.lattice, _DIGITS)
            if digit is None:
                return
            yield digit


def character_within(
    glyph: Glyph, lattice: Lattice, alphabet: str, like: dict[int, int] | None = None
) -> Character | None:
    """What the steps of a glyph show within an alphabet; None if nothing.

    Args:
        glyph: The character as it reads best.
        lattice: Of its line.
        alphabet: The possible characters.
        like: For signs outside the alphabet, those within that they may be; by default digits and letters alike.
    """
    alike = like or (_LIKE_LETTERS if _DIGITS[0] not in alphabet else _LIKE_DIGITS)
    shown: dict[str, float] = {}
    for step in lattice.steps[glyph.first : glyph.end]:
        for char, probability in step:
            plain = half_width(char)
            within = plain if plain in alphabet else plain.translate(alike)
            if within and within in alphabet and probability >= _SEEN:
                shown[within] = max(shown.get(within, 0.0), probability)
    ranked = sorted(shown.items(), key=lambda row: (-row[1], row[0]))
    return Character(*ranked[0], tuple(ranked[1:])) if ranked else None


def _plain(characters: Sequence[Character]) -> Decoded | None:
    if not characters:
        return None
    return Decoded("".join(one.best for one in characters), min(one.sure for one in characters))


def _repaired(characters: Sequence[Character]) -> Decoded | None:
    """The number as read if its check digit agrees, else the only number with one character changed that agrees."""
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
    possible = [entry for entry in near if min(shown.get(char, 0.0) for char in entry) >= _LIKELY]
    scored = sorted(((log_likelihood(steps, entry), entry) for entry in possible), reverse=True)
    if not scored or scored[0][0] == -math.inf:
        return None
    best, entry = scored[0]
    share = 1 / sum(math.exp(score - best) for score, _ in scored)
    sure = min(math.exp(best / len(entry)), *(shown[char] for char in entry))
    return Decoded(entry, round(min(sure, share), 4)) if share >= _BEST and sure >= _LIKELY else None


class FieldReading(NamedTuple):
    """A field: its normalised value (None if the text is no such value), where it stands, and how it was read.

    Attributes:
        text: The best reading, whatever the value was decoded to.
        confidence: Of its least sure character.
        decoded: Whether the value is not what reads best, but what the lattice shows within the field's list or digits.
        repaired: Whether a check digit chose the value, which is then no evidence of its own.
        verified: Whether the check digits of a machine-readable zone confirm the value; None for one without any.
    """

    field: Field
    value: str | None
    text: str
    confidence: float
    box: Box
    runs: tuple[Run, ...]
    decoded: bool = False
    repaired: bool = False
    verified: bool | None = None

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines that the value stands in."""
        return tuple(run.line for run in self.runs)


def read_field(field: Field, runs: Sequence[Run], *, specks: bool = True) -> FieldReading | None:
    """A field from the runs beside its label, in reading order; None if there are none.

    Args:
        field: What the label announces.
        runs: Beside the label.
        specks: Whether a single character that hardly reads is taken for a speck; not where each stands in a box.
    """
    runs = _without_specks(runs) if specks else runs
    if not runs:
        return None
    text = "".join(run.text for run in runs)
    value, sure, other = _value(field, text, runs)
    return FieldReading(
        field=field,
        value=value,
        text=text,
        confidence=round(sure, 4),
        box=Box.around(run.on_page.box for run in runs),
        runs=tuple(runs),
        decoded=other is not None,
        repaired=other is not None and other.repaired,
    )


def _value(field: Field, text: str, runs: Sequence[Run]) -> tuple[str | None, float, Decoded | None]:
    """The value, its confidence, and what the lattice was decoded to where the best reading is no such value."""
    sure = min(run.confidence for run in runs)
    value = normal_value(field, text)
    if value is None and field is Field.BIRTH_DATE:  # three numbers whose 年, 月 and 日 are too pale to be read
        value = normal_value(field, " ".join(run.text for run in runs))
    if is_sound(field, value):
        return value, sure, None
    other = decoded(field, runs)
    of_other = normal_value(field, other.text) if other else None
    if other is None or of_other is None:
        return value, sure, None
    return of_other, min(sure, other.sure), other if of_other != value else None


def _without_specks(runs: Sequence[Run]) -> Sequence[Run]:
    """Beside other text, a single character that hardly reads is a piece of a seal or a line."""
    print_ = [run for run in runs if len(run.text) > 1 or run.confidence >= _SPECK]
    return print_ or runs
