"""Cells of tables that people open in a spreadsheet."""

from typing import Final

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")  # first characters that a spreadsheet takes for a formula


def no_formula(value: str) -> str:
    """The value as a cell that no spreadsheet computes."""
    return f"'{value}" if value.startswith(_FORMULA) else value
