"""Characters of a name that the engine does not read, and where they stand in what it read instead."""

import re
from collections.abc import Collection, Mapping

from pipeline.names.normal import SEPARATOR


def unreadable(name: str, alphabet: Collection[str]) -> frozenset[str]:
    """The characters of a name in normal form that the engine does not read where they are printed."""
    return frozenset(char for char in name if char not in alphabet and char != SEPARATOR)


def stretches(name: str, read: str, unread: Collection[str]) -> Mapping[int, tuple[int, int]]:
    """Which characters of a reading stand for each one that the engine does not read; one may be read as two.

    Args:
        name: As entered, in normal form.
        read: The best reading.
        unread: Characters of the name that the engine does not read.

    Returns:
        For each index in `name` the first index in `read` and the one behind the last; none if any other character of
        the name was not read as such.
    """
    pattern = "".join("(.{1,2}?)" if char in unread else re.escape(char) for char in name)
    found = re.fullmatch(pattern, read)
    places = [at for at, char in enumerate(name) if char in unread]
    return {at: found.span(group) for group, at in enumerate(places, start=1)} if found else {}
