"""Characters that the recogniser reads where they are printed, learned by `bench.alphabet`.

Its list of outputs is no answer: it names thousands of characters that training showed it a few times or never, and it
says something else for them, and is sure. Of such a character nothing follows from what was read.
"""

from collections.abc import Collection
from functools import cache
from importlib import resources
from typing import Final

from pipeline.names.normal import is_han

FILE: Final = "readable.txt"


def readable(alphabet: Collection[str]) -> frozenset[str]:
    """Those of an engine's characters that it reads: of Han characters what was learned, of all others its word."""
    learned = _learned()
    return frozenset(char for char in alphabet if char in learned or not is_han(char))


@cache
def _learned() -> frozenset[str]:
    text = resources.files("pipeline.names").joinpath(FILE).read_text("utf-8")
    return frozenset(char for row in text.splitlines() if not row.startswith("#") for char in row)
