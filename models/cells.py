"""Cells of CSV tables, which people open in a spreadsheet."""

from typing import Final

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")  # first characters that make a spreadsheet compute a cell


def no_formula(value: str) -> str:
    """The value, with a quote before it if a spreadsheet would compute it as a formula."""
    return f"'{value}" if value.startswith(_FORMULA) else value
