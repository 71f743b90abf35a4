"""A ledger of its own for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.ledger.ledger import Ledger, open_ledger
from tests.support.values import SECRET


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = open_ledger(f"sqlite:///{tmp_path}/ledger.db", SECRET)
    yield opened
    opened.close()
