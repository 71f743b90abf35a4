"""Numbers that people typed, or that went through a spreadsheet: repaired where that is sure, else known as destroyed.

A spreadsheet keeps 15 digits of a number. 110199201911230020 in a cell that is not text becomes 1.10199E+17 or
110199201911230000, and no one can tell which number it was.
"""

import re
import unicodedata
from typing import Final

_QUOTES: Final = "'‘’‛＇`´′"
_TEXT_FORMULA: Final = re.compile(r'=\s*"([^"]*)"')
_WRAPPED: Final = re.compile(r'"(.*)"|“(.*)”|「(.*)」', re.DOTALL)
_MANTISSA: Final = re.compile(r"[+-]?\d+(?:[.,]\d*E[+-]?|E[+-])\d{1,3}", re.ASCII | re.IGNORECASE)
_DECIMAL: Final = re.compile(r"[+-]?\d[\d,]*\.\d*", re.ASCII)
_ERROR: Final = re.compile(r"#+|#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!)", re.IGNORECASE)
NO_VALUE: Final = frozenset("无 没有 暂无 未办 未办理 未提供 未知 不详 不明 无号码 空".split()) | frozenset(
    "- -- --- — —— ― – － / ／ \\ 、 . ·".split()
)
_ABSENT: Final = NO_VALUE | frozenset("n/a na nil null none nan".split())  # some of these are names


def without_marks(text: str) -> str:
    """The text of a cell without what spreadsheets and pasting put around and between: marks, quotes, ="…"."""
    if text.isascii() and text.isalnum():
        return text
    visible = "".join(char for char in text if unicodedata.category(char) != "Cf").strip()
    formula = _TEXT_FORMULA.fullmatch(visible)
    if formula:
        return formula[1].strip()
    wrapped = _WRAPPED.fullmatch(visible)
    if wrapped:
        visible = next(part for part in wrapped.groups() if part is not None)
    return visible.strip().lstrip(_QUOTES).strip()


def is_marked_as_text(text: str) -> bool:
    """Whether a cell says that it is text, by an apostrophe, a tab or ="…" before it: no spreadsheet rounded it."""
    return text.startswith((*_QUOTES, "\t")) or _TEXT_FORMULA.fullmatch(text.strip()) is not None


def is_absent(text: str) -> bool:
    """Whether a cell without its marks says that there is no number: nothing, 无, -, N/A."""
    return not text or text.casefold() in _ABSENT


def plain_number(text: str) -> str:
    """A number without marks and spaces, in half-width characters."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", without_marks(text)))


def entered_number(text: str) -> str | None:
    """A number that was typed or pasted, without spaces and marks; None if the text says that there is none.

    Raises:
        ValueError: A spreadsheet destroyed the number; the text names no digit of it.
    """
    plain = plain_number(text)
    if is_absent(plain):
        return None
    damage = damage_of(plain)
    if damage:
        raise ValueError(damage)
    return plain


def damage_of(plain: str) -> str | None:
    """What was done to a number without marks: destroyed, or masked; None if nothing is seen."""
    return destruction_of(plain) or ("it is masked with *" if "*" in plain else None)


def destruction_of(plain: str, *, dotted: bool = False) -> str | None:
    """How a spreadsheet destroyed a number without marks; None if nothing is seen.

    Args:
        plain: The number.
        dotted: Whether people write a dot in such numbers, as in the telephone number 010.65123456.
    """
    if _MANTISSA.fullmatch(plain):
        return "a spreadsheet destroyed it: written as 1.1E+17 its last digits are lost"
    if not dotted and _DECIMAL.fullmatch(plain):
        return "a spreadsheet made a decimal number of it: its last digits may be lost"
    if _ERROR.fullmatch(plain):
        return "the cell shows an error or #### instead of its content"
    return None
