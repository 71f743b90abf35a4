"""Names in Latin letters: whether a typed one is the one that a document prints.

Zones have capitals of A to Z only, no hyphens and apostrophes, the surname first, and 39 characters at most; people
type any order, diacritics, and parts of a given name joined or apart.

Source:
    ICAO Doc 9303, part 3, section 6: transliteration of national characters.
"""

import re
import unicodedata
from typing import Final

from models.mrz import NAME_LENGTH

_SPELT: Final = str.maketrans(
    {"Æ": "AE", "Œ": "OE", "ß": "SS", "ẞ": "SS", "Þ": "TH", "Ð": "D", "Đ": "D", "Ł": "L", "Ø": "O", "ı": "I", "Ħ": "H"}
)
_SPELT_LONG: Final = str.maketrans({"Ä": "AE", "Ö": "OE", "Ü": "UE", "Å": "AA", "Ø": "OE"})
_BETWEEN: Final = re.compile(r"[^A-Z]+")


def is_latin(name: str) -> bool:
    """Whether a name is written in Latin letters throughout."""
    letters = [char for char in name if char.isalpha()]
    return bool(letters) and all("LATIN" in unicodedata.name(char, "") for char in letters)


def same_latin_name(entered: str, printed: str) -> bool:
    """Whether a typed name is a printed one: folded, in any order of surname and given names.

    Args:
        entered: As typed in, or in normal form.
        printed: As a document prints it; of 39 characters, it was cut.
    """
    theirs = _parts(printed, long=False)
    turned = ["".join((*theirs[at:], *theirs[:at])) for at in range(len(theirs))]
    for long in (False, True):
        ours = _parts(entered, long=long)
        if sorted(ours) == sorted(theirs) or "".join(ours) in turned:
            return bool(ours)
        if len(printed) == NAME_LENGTH and _starts(ours, "".join(theirs)):
            return True
    return False


def _starts(ours: tuple[str, ...], printed: str) -> bool:
    """Whether a name that was cut is the start of a whole one."""
    return any("".join((*ours[at:], *ours[:at])).startswith(printed) for at in range(len(ours)))


def _parts(name: str, *, long: bool) -> tuple[str, ...]:
    """The words of a name in capitals; `long` spells Ä, Ö, Ü, Å and Ø with two letters, as zones mostly do."""
    composed = unicodedata.normalize("NFC", name).replace("ß", "SS").upper()
    spelt = (composed.translate(_SPELT_LONG) if long else composed).translate(_SPELT)
    plain = "".join(char for char in unicodedata.normalize("NFKD", spelt) if not unicodedata.combining(char))
    return tuple(part for part in _BETWEEN.split(re.sub(r"['’`]", "", plain)) if part)
