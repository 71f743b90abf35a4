"""A whole case on every store and every ledger, each of whose calls fails once: lost, or done and not answered."""

from contextlib import closing, suppress
from functools import partial
from typing import Any
from zlib import crc32

import pytest

from models.errors import LedgerBusyError, PipelineError, StoreDownError
from pipeline.cases.erasure import forget_child
from pipeline.ledger.database import utc_now
from pipeline.ledger.ledger import Ledger, open_ledger
from pipeline.stores.base import Store
from tests.contracts.conftest import OpenStore
from tests.support.cards import CHILD_NUMBER
from tests.support.failing import Failing
from tests.support.uploads import upload
from tests.support.values import SECRET
from tests.support.whole_case import CASE, LATER, work, wrong_case

STEP = 25  # of the calls: each store with each ledger breaks a few, and all together most of them


def _worked(url: str, store: Store, turn: list[int], *, done: bool, later: bool = False) -> None:
    passed = LATER if later else LATER * 0
    with closing(open_ledger(url, SECRET, clock=lambda: utc_now() + passed)) as ledger, suppress(PipelineError):
        failing: Any = partial(Failing, turn=turn, done=done)
        work(failing(ledger, error=LedgerBusyError), failing(store, error=StoreDownError), passed)


def _round(url: str, store: Store, at: int, *, done: bool) -> list[str]:
    """Break one call, let the next worker go on, look, and let everything be forgotten for the next round."""
    upload(store, f"inbox/{CASE}-{at}", submission_id=CASE)
    turn = [at]
    for later in (False, True):
        _worked(url, store, turn, done=done, later=later)
    for _ in range(2):
        _worked(url, store, [0], done=False, later=True)
    with closing(open_ledger(url, SECRET)) as ledger:
        problems = [*wrong_case(ledger, store), *ledger.audit.verify().problems]
        forget_child([CHILD_NUMBER], ledger, store)
    return problems


def _calls(url: str, store: Store) -> int:
    turn = [0]
    upload(store, f"inbox/{CASE}", submission_id=CASE)
    _worked(url, store, turn, done=False)
    with closing(open_ledger(url, SECRET)) as ledger:
        forget_child([CHILD_NUMBER], ledger, store)
    return -turn[0]


@pytest.mark.parametrize("done", [pytest.param(False, id="lost"), pytest.param(True, id="done")])
def test_a_call_that_fails_changes_nothing_in_the_end(
    request: pytest.FixtureRequest, reopen: OpenStore, url: str, done: bool
) -> None:
    store = reopen()
    calls = _calls(url, store)
    assert calls > 40
    first = 1 + crc32(request.node.name.encode()) % STEP
    broken = {at: _round(url, store, at, done=done) for at in range(first, calls + 1, STEP)}
    assert {at: problems for at, problems in broken.items() if problems} == {}


def test_nothing_is_broken_where_no_call_fails(reopen: OpenStore, ledger: Ledger) -> None:
    store = reopen()
    upload(store, f"inbox/{CASE}", submission_id=CASE)
    work(ledger, store)
    assert list(wrong_case(ledger, store)) == []
