"""Tests that draw specimens need their typefaces."""

import pytest

from fixtures.printing.fonts import MissingFontError, require_fonts


def _missing() -> str:
    try:
        require_fonts()
    except MissingFontError as error:
        return str(error)
    return ""


needs_fonts = pytest.mark.skipif(bool(_missing()), reason=_missing() or "All fonts are installed.")
