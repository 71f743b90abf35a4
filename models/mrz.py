"""The machine-readable zone of a passport (TD3): two lines of 44 characters, decoded by position.

Source:
    ICAO Doc 9303, 8th edition, parts 3 and 4.
"""

from datetime import date
from typing import Final, NamedTuple

from models.submission import Sex

FILLER: Final = "<"
LENGTH: Final = 44
NAME_LENGTH: Final = 39  # a longer name is cut
DIGITS: Final = "0123456789"
LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_VALUES: Final = {char: at for at, char in enumerate(DIGITS + LETTERS)} | {FILLER: 0}
_WEIGHTS: Final = (7, 3, 1)
_SEXES: Final = {"M": Sex.MALE, "F": Sex.FEMALE}
_CENTURY: Final = 70  # years of expiry from here on are of the 1900s
_SHORTEST: Final = 5  # years for which a passport is issued at least: nobody is born later than so long before its end


class Td3(NamedTuple):
    """What the second line of a zone says; the first has the names, which no check digit covers.

    Attributes:
        number: Of the passport, without fillers.
        nationality: ISO 3166-1 alpha-3, and the codes that ICAO adds (D, GBD, UTO).
        sex: None where the zone leaves it open.
        agrees: Whether all five check digits agree.
    """

    number: str
    nationality: str
    birth_date: date
    sex: Sex | None
    expiry: date
    agrees: bool


def check_digit(text: str) -> str:
    """The check digit of characters of a zone: weights 7, 3, 1, modulo 10."""
    return str(sum(_WEIGHTS[at % 3] * _VALUES[char] for at, char in enumerate(text)) % 10)


def unchecked(char: str) -> str:
    """The other characters that a check digit takes for this one: values ten apart, such as 6 G, A K, 0 U, E O, 1 L."""
    return "".join(one for one in DIGITS + LETTERS if one != char and (_VALUES[one] - _VALUES[char]) % 10 == 0)


def parse_td3(lower: str) -> Td3 | None:
    """Decode the second line of a zone; None if it has not the form of one, or a date that does not exist."""
    if len(lower) != LENGTH or not set(lower) <= set(_VALUES):
        return None
    expiry = _date(lower[21:27], 1900 if lower[21:23] >= str(_CENTURY) else 2000)
    if expiry is None or (born := _born(lower[13:19], expiry)) is None:
        return None
    checked = ((lower[:9], lower[9]), (lower[13:19], lower[19]), (lower[21:27], lower[27]))
    own, whole = lower[42], lower[:10] + lower[13:20] + lower[21:43]
    optional = own == check_digit(lower[28:42]) or (own == FILLER and not lower[28:42].strip(FILLER))
    agrees = all(check_digit(text) == digit for text, digit in (*checked, (whole, lower[43])))
    return Td3(
        number=lower[:9].strip(FILLER),
        nationality=lower[10:13].strip(FILLER),
        birth_date=born,
        sex=_SEXES.get(lower[20]),
        expiry=expiry,
        agrees=agrees and optional,
    )


def _born(text: str, expiry: date) -> date | None:
    """The latest such day on which the holder of a passport with this end can have been born."""
    days = (_date(text, century) for century in (2000, 1900))
    return next((day for day in days if day and day.year + _SHORTEST <= expiry.year), None)


def _date(text: str, century: int) -> date | None:
    try:
        return date(century + int(text[:2]), int(text[2:4]), int(text[4:]))
    except ValueError:
        return None
