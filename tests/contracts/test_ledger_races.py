"""What every ledger must do when several processes want the same at once, or die in the middle."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from models.errors import LedgerBusyError
from pipeline.ledger.ledger import Ledger, open_ledger
from pipeline.ledger.values import Selection, UploadEvent, Via
from tests.support import racing
from tests.support.processes import leave
from tests.support.racing import race
from tests.support.values import SECRET

RACERS, ROUNDS = 4, 20


def told(url: str, act: racing.Act, *, rounds: int = ROUNDS) -> list[Counter[str]]:
    endings = race(url, act, racers=RACERS, rounds=rounds)
    return [Counter(ending.said for ending in endings if ending.turn == turn) for turn in range(rounds)]


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(racing.conclude_with_id_number, id="one ID number"),
        pytest.param(racing.conclude_with_certificate, id="one certificate number"),
    ],
)
def test_of_several_cases_of_one_child_exactly_one_registers_it(ledger: Ledger, url: str, act: racing.Act) -> None:
    assert told(url, act) == [Counter(registered=1, ChildExistsError=RACERS - 1)] * ROUNDS
    winners = {str(known.submission_id) for known in ledger.children.export()}
    ids = set(ledger.cases.select(Selection()))
    assert (len(winners), len(ids)) == (ROUNDS, ROUNDS * RACERS)
    assert {submission_id for submission_id in ids if ledger.cases.results(submission_id)} == winners


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        pytest.param(racing.open_one_case, Counter({"1": RACERS}), id="the same content is one revision"),
        pytest.param(racing.revise_one_case, Counter("1234"), id="other content is a revision each"),
        pytest.param(racing.conclude_one_case, Counter("1234"), id="conclusions are a run each"),
    ],
)
def test_several_processes_on_one_case(ledger: Ledger, url: str, act: racing.Act, expected: Counter[str]) -> None:
    assert told(url, act) == [expected] * ROUNDS
    assert len(tuple(ledger.cases.select(Selection()))) == ROUNDS


def test_of_several_threads_one_hears_first_and_one_gets_the_item(ledger: Ledger) -> None:
    for turn in range(ROUNDS):
        event = UploadEvent(bucket="b", key=f"k{turn}", etag="e", via=Via.EVENT)
        with ThreadPoolExecutor(RACERS) as pool:
            news = list(pool.map(ledger.inbox.add_upload, [event] * RACERS))
            item_id = ledger.inbox.undispatched(1)[0].item_id
            leases = list(pool.map(partial(ledger.inbox.lease, item_id, seconds=60), [f"w{n}" for n in range(RACERS)]))
        assert (sum(news), sum(lease is not None for lease in leases)) == (1, 1)


def test_several_processes_make_the_ledger_at_once(url: str) -> None:
    assert told(url, racing.open_one_case, rounds=1) == [Counter({"1": RACERS})]


def test_several_processes_make_the_file_at_once(tmp_path: Path) -> None:
    racing.make_files(f"sqlite:///{tmp_path}/{{turn}}.db", racers=RACERS, rounds=200)
    assert {path.name for path in tmp_path.iterdir()} >= {f"{turn}.db" for turn in range(200)}
    assert not tuple(tmp_path.glob(".ledger-*"))


@pytest.mark.parametrize("seed", range(3))
def test_a_killed_process_leaves_whole_runs_and_all_that_it_reported(url: str, seed: int) -> None:
    delays, reported = random.Random(seed), list[str]()
    for attempt in range(6):
        reported += _killed_after(delays.uniform(0.01, 0.2), url, f"a{attempt}", early=attempt % 2 == 0)
    ledger = open_ledger(url, SECRET)
    done = {submission_id for submission_id in ledger.cases.select(Selection()) if ledger.cases.results(submission_id)}
    registered = {known.submission_id for known in ledger.children.export()}
    assert set(reported) <= done == registered
    assert len(reported) >= 3
    assert all(len(ledger.cases.results(submission_id)) == 1 for submission_id in done)
    assert ledger.cases.open(*racing.opening("next")).revision == 1
    ledger.close()


def test_a_ledger_crosses_a_fork(ledger: Ledger, url: str) -> None:
    cases = {name: ledger.cases.open(*racing.opening(name)) for name in ("parent", "child")}
    pid = os.fork()
    if pid == 0:
        leave(ledger.cases.get("child") == cases["child"] for _ in range(200))
    assert all(ledger.cases.get("parent") == cases["parent"] for _ in range(200))
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


WRITES: dict[str, Callable[[Ledger], object]] = {
    "open_case": lambda ledger: ledger.cases.open(*racing.opening("next")),
    "hear": lambda ledger: ledger.inbox.add_upload(UploadEvent(bucket="b", key="k", etag="e", via=Via.EVENT)),
}


@pytest.mark.parametrize("write", sorted(WRITES))
def test_a_locked_ledger_is_busy_and_worth_another_try(ledger: Ledger, url: str, write: str) -> None:
    impatient = open_ledger(url, SECRET, patience=0.2)
    with racing.locked(url), pytest.raises(LedgerBusyError) as caught:
        WRITES[write](impatient)
    assert caught.value.retryable
    assert WRITES[write](impatient)
    impatient.close()


def _killed_after(seconds: float, url: str, prefix: str, *, early: bool) -> list[str]:
    """Kill a process so long after it began, or after its first report; hands on what it reported."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        racing.conclude_until_killed(url, prefix, writer)
    os.close(writer)
    first = b"" if early else os.read(reader, 1)
    time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    with os.fdopen(reader) as report:
        return (first.decode() + report.read()).split()
