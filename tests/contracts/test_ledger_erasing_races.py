"""Erasing while others work: a case that is worked on at that moment is erased whole, or stays whole.

On PostgreSQL, where several write at once; of SQLite there is one writer.
"""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Connection

from models.case import Conclusion
from models.register import ChildNumbers
from models.review import WaitReason
from pipeline.ledger import cases
from pipeline.ledger.ledger import Ledger, open_ledger
from pipeline.ledger.repositories import queue
from pipeline.ledger.values import Forgotten, Selection
from tests.contracts.conftest import Clock
from tests.contracts.test_ledger_reviews import BLURRED, NUMBER, UNSURE, ended, whys
from tests.support.values import SECRET, child, result

pytestmark = pytest.mark.postgres


@pytest.fixture
def url(postgres_url: str) -> str:
    return postgres_url


@pytest.fixture
def other(ledger: Ledger, url: str, clock: Clock) -> Iterator[Ledger]:
    """Somebody else's connection, when the ledger is there."""
    opened = open_ledger(url, SECRET, clock=clock)
    yield opened
    opened.close()


def test_a_child_is_forgotten_while_its_case_is_concluded(
    ledger: Ledger, other: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = ended(ledger, UNSURE)
    numbers, follow, begun = ChildNumbers((NUMBER,)), queue.follow, list[Future[Forgotten]]()
    ledger.cases.conclude(Conclusion(case, result(case), child=child(NUMBER), numbers=numbers))
    with ThreadPoolExecutor(1) as pool:

        def meanwhile(*args: Any, **named: Any) -> None:
            follow(*args, **named)
            begun.append(pool.submit(other.erasures.forget_child, [NUMBER]))
            time.sleep(0.5)  # by then it waits for us

        monkeypatch.setattr(queue, "follow", meanwhile)
        ledger.cases.conclude(Conclusion(case, result(case, UNSURE), numbers=numbers))
        assert begun[0].result().cases == 1
    assert tuple(ledger.cases.select(Selection())) == ()


def test_an_objection_that_comes_while_scans_expire_keeps_them(
    ledger: Ledger, other: Ledger, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended(ledger, BLURRED)
    clock.forward(10)
    lock = cases.lock

    def meanwhile(connection: Connection, names: Sequence[str]) -> object:
        monkeypatch.setattr(cases, "lock", lock)
        other.reviews.reopen("s-1", "wang")
        return lock(connection, names)

    monkeypatch.setattr(cases, "lock", meanwhile)
    assert ledger.erasures.expire_scans(clock.now, 10).cases == 0
    assert whys(ledger) == [("s-1", WaitReason.OBJECTION)]
