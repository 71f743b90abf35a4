"""A plugin of pytest that remembers what was collected, before anything of it is deselected."""

from typing import Final

import pytest

COLLECTED: Final = pytest.StashKey[set[str]]()


def pytest_itemcollected(item: pytest.Item) -> None:
    """Note the id of a test."""
    item.config.stash.setdefault(COLLECTED, set()).add(item.nodeid)
