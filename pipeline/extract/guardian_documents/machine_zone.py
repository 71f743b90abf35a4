"""The machine-readable zone of a passport, found among the lines of a page and decoded by position.

Each place of the second line holds digits only, letters only, or both, so what the engine saw is taken within that
alphabet. Fillers at a line's end, of which engines lose some, are counted anew.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from models.mrz import DIGITS, FILLER, LENGTH, LETTERS, Td3, parse_td3, unchecked
from models.reading import Line
from pipeline.extract.fields import character_within
from pipeline.extract.runs import SPACES, Run, whole

NUMBER: Final = (0, 9)
NATIONALITY: Final = (10, 13)
BIRTH: Final = (13, 19)
SEX: Final = (20, 21)
EXPIRY: Final = (21, 27)
_BOTH: Final = DIGITS + LETTERS + FILLER
# The alphabet of each place up to the check digit of the expiry; what follows is free.
_PLACES: Final = (
    *(_BOTH,) * 9, DIGITS, *(LETTERS + FILLER,) * 3, *(DIGITS,) * 7, "MFX" + FILLER, *(DIGITS,) * 7,
)  # fmt: skip
_FILLERS: Final = {"〈": "<", "《": "<<", "«": "<<", "‹": "<", "く": "<", "＜": "<", "≪": "<<", "﹤": "<"}
_LETTERS_ONLY: Final = str.maketrans("012568", "OIZSGB")
_NAMES_FROM: Final = 5
_CHECKS: Final = 2  # digits at the end of a second line
_LEAST: Final = 30  # characters of a line that may be a second one
_SPECKS: Final = 2  # characters before a line that may be none of it
_UPPER: Final = re.compile(r"[P1][A-Z0<][A-Z0<]{3}[A-Z0-9]")
_HEIGHTS: Final = 2.5  # between the two lines of a zone
_SEEN: Final = 1e-3  # probability from which a character was seen beside another one
# Numbers of China: one letter of few and eight digits, or a second letter; all else in them is digits.
_CHINESE: Final = re.compile(r"[DEGHKMPS][A-HJ-NP-Z\d]\d{7}", re.ASCII)


class MachineNames(NamedTuple):
    """The names of a first line, as printed on passports (SURNAME, GIVEN NAMES), and the line."""

    text: str
    run: Run


class MachineZone(NamedTuple):
    """A zone as read.

    Attributes:
        td3: What it says.
        lower: The places of its second line, as far as the check digit of the expiry.
        names: The names of the first line; None if that was not found.
        is_decided: Whether the form of the state's numbers tells what no check digit tells of a number.
    """

    td3: Td3
    lower: tuple[Run, ...]
    names: MachineNames | None
    is_decided: bool

    def runs(self, first: int, end: int) -> tuple[Run, ...]:
        """The places of the second line from `first` up to `end`."""
        start, stop = self.lower[first], self.lower[end - 1]
        if start.line is stop.line:
            return (start._replace(end=stop.end),)
        return self.lower[first:end]


def find_zone(lines: Sequence[Line]) -> MachineZone | None:
    """The zone of a page; the first one whose check digits agree, else the first that has the form of one."""
    zones = [zone for line in lines if (zone := _zone(line, lines)) is not None]
    return next((zone for zone in zones if zone.td3.agrees), zones[0] if zones else None)


def names_alone(lines: Sequence[Line]) -> MachineNames | None:
    """The first line of a zone whose second one was not found."""
    line = next((one for one in lines if _UPPER.match(_plain(one.text)) and is_of_zone(one)), None)
    return _machine_names(line) if line else None


def is_of_zone(line: Line) -> bool:
    """Whether a line is one of a zone, by its fillers."""
    return _plain(line.text).count(FILLER) >= 2


def _zone(line: Line, lines: Sequence[Line]) -> MachineZone | None:
    places = [place for piece in _row(line, lines) for place in _glyphs(piece)]
    if len(places) < _LEAST:
        return None
    for first in range(_SPECKS + 1):
        if (read := _decoded(places[first:])) is not None:
            text, decided = read
            upper = _upper(line, lines)
            td3 = parse_td3(text)
            if td3 is not None:
                names = _machine_names(upper) if upper else None
                return MachineZone(td3, tuple(places[first : first + len(_PLACES)]), names, decided)
    return None


def _decoded(places: Sequence[Run]) -> tuple[str, bool] | None:
    """The 44 characters of a second line, and whether its number is decided; None where a place holds none of its."""
    text, other_seen = "", False
    if len(places) < len(_PLACES):
        return None
    for at, (place, alphabet) in enumerate(zip(places, _PLACES, strict=False)):
        read = _within(place, alphabet)
        if read is None:
            return None
        char, others = read
        text += char
        other_seen |= (
            at < NUMBER[1] and char != FILLER and any(others.get(one, 0.0) >= _SEEN for one in unchecked(char))
        )
    chinese = text[slice(*NATIONALITY)] == "CHN" and _CHINESE.fullmatch(text[slice(*NUMBER)])
    rest = _tail(_behind(places[len(_PLACES) :]))
    return text + rest, bool(chinese) and not other_seen


def _within(place: Run, alphabet: str) -> tuple[str, dict[str, float]] | None:
    (glyph,) = place.glyphs
    plain = _plain(glyph.char)
    if plain == FILLER and FILLER in alphabet:
        return FILLER, {}
    like = _LETTERS_ONLY if DIGITS[0] not in alphabet else None
    read = character_within(glyph, place.line.lattice, alphabet, like)
    return (read.best, dict(read.others)) if read else None


def _behind(places: Sequence[Run]) -> str:
    """What stands behind the expiry: optional data as read, and at the end two check digits."""
    said = [_plain(place.text) for place in places]
    for at in range(max(0, len(places) - _CHECKS), len(places)):
        read = _within(places[at], DIGITS + FILLER)
        said[at] = read[0] if read else said[at]
    return "".join(said)


def _tail(text: str) -> str:
    """The optional data and the last two check digits, with as many fillers in the longest gap as make them fit."""
    missing = LENGTH - len(_PLACES) - len(text)
    gap = max(re.finditer(f"{FILLER}+", text), key=lambda one: len(one.group()), default=None)
    if missing == 0 or gap is None or len(gap.group()) + missing < 0:
        return text
    return text[: gap.start()] + FILLER * (len(gap.group()) + missing) + text[gap.end() :]


def _row(line: Line, lines: Sequence[Line]) -> list[Line]:
    """A line and what stands behind it in the same row: engines cut long rows of fillers in two."""
    box = line.upright
    behind = [
        one
        for one in lines
        if one.upright.left > box.centre.x and box.top < one.upright.centre.y < box.bottom and one is not line
    ]
    return [line, *sorted(behind, key=lambda one: one.upright.left)]


def _upper(line: Line, lines: Sequence[Line]) -> Line | None:
    """The first line, right above the second."""
    box = line.upright
    above = [
        one
        for one in lines
        if 0 < box.centre.y - one.upright.centre.y < _HEIGHTS * box.height and _UPPER.match(_plain(one.text))
    ]
    return max(above, key=lambda one: one.upright.centre.y, default=None)


def _machine_names(line: Line) -> MachineNames:
    text = _plain(line.text).translate(_LETTERS_ONLY)[_NAMES_FROM:LENGTH].rstrip(FILLER)
    return MachineNames(text.replace(FILLER * 2, ", ").replace(FILLER, " "), whole(line))


def _glyphs(line: Line) -> Iterator[Run]:
    """Each character of a line but spaces, as a run of its own."""
    run = whole(line)
    for at, glyph in enumerate(run.read):
        if glyph.char not in SPACES:
            yield run._replace(first=at, end=at + 1)


def _plain(text: str) -> str:
    return "".join(_FILLERS.get(char, char) for char in text if char not in SPACES).upper()
