"""Processes that work on one ledger at the same time, or are killed while they do."""

import multiprocessing
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from typing import NamedTuple

import psycopg

from models.case import Conclusion, StoredFile
from models.errors import PipelineError
from models.submission import Submission
from pipeline.ledger.database import Database
from pipeline.ledger.ledger import Ledger, open_ledger
from tests.support.values import FILES, SECRET, child, result, submission

READY_SECONDS = 60.0
Act = Callable[[Ledger, int, int], str]


class Ending(NamedTuple):
    """The outcome of one process in one round: its answer, or the name of its error."""

    turn: int
    racer: int
    said: str


def race(url: str, act: Act, *, racers: int, rounds: int) -> list[Ending]:
    """Let processes act at the same instant, round after round; processes are started once."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])  # so that the ledger's modules are loaded once, not in each process
    barrier, endings = context.Barrier(racers), context.Queue()
    workers = [
        context.Process(target=_run, args=(url, act, racer, rounds, barrier, endings), daemon=True)
        for racer in range(racers)
    ]
    for worker in workers:
        worker.start()
    told = [endings.get(timeout=READY_SECONDS) for _ in range(racers * rounds)]
    for worker in workers:
        worker.join(READY_SECONDS)
    return told


def make_files(url: str, *, racers: int, rounds: int) -> None:
    """Let processes open a file that is not there at the same instant, `{turn}` being the round; any error ends it."""
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(racers)
    workers = [context.Process(target=_make_files, args=(url, rounds, barrier)) for _ in range(racers)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(READY_SECONDS)
    if any(worker.exitcode for worker in workers):
        raise AssertionError("A process could not open the file that others were making.")


def _make_files(url: str, rounds: int, barrier: Barrier) -> None:
    for turn in range(rounds):
        barrier.wait(READY_SECONDS)
        database = Database(url.format(turn=turn), patience=5)
        with database.reading():
            pass
        database.close()


def _run(url: str, act: Act, racer: int, rounds: int, barrier: Barrier, endings: "Queue[Ending]") -> None:
    barrier.wait(READY_SECONDS)  # opening the ledger is a race, too
    ledger = open_ledger(url, SECRET)
    for turn in range(rounds):
        barrier.wait(READY_SECONDS)
        try:
            said = act(ledger, turn, racer)
        except PipelineError as error:
            said = type(error).__name__
        endings.put(Ending(turn, racer, said))
    ledger.close()


Opening = tuple[Submission, tuple[StoredFile, ...], str]


def opening(submission_id: str) -> Opening:
    """The arguments of `open_case` for a case of this id."""
    return submission(submission_id), FILES, "d"


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Lock every table, as a long import or a backup does."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as connection:
            connection.execute("BEGIN EXCLUSIVE")
            yield
        return
    with psycopg.connect(url) as connection:
        connection.execute("LOCK TABLE cases, inbox IN ACCESS EXCLUSIVE MODE")
        yield


def conclude_with_id_number(ledger: Ledger, turn: int, racer: int) -> str:
    """Conclude this process's own case, with the child of this round."""
    case = ledger.cases.open(*opening(f"s-{turn}-{racer}"))
    ledger.cases.conclude(Conclusion(case, result(case), child(f"id-{turn}")))
    return "registered"


def conclude_with_certificate(ledger: Ledger, turn: int, racer: int) -> str:
    """Conclude a case of the same child by birth certificate; the ID number differs."""
    case = ledger.cases.open(*opening(f"s-{turn}-{racer}"))
    ledger.cases.conclude(Conclusion(case, result(case), child(f"id-{turn}-{racer}", f"T{turn}")))
    return "registered"


def conclude_one_case(ledger: Ledger, turn: int, racer: int) -> str:
    """All conclude the same case."""
    case = ledger.cases.open(*opening(f"s-{turn}"))
    (ordinal,) = ledger.cases.conclude(Conclusion(case, result(case, seconds=racer), child(f"id-{turn}")))
    return str(ordinal)


def open_one_case(ledger: Ledger, turn: int, racer: int) -> str:
    """All open the same case with the same content."""
    return str(ledger.cases.open(*opening(f"s-{turn}")).revision)


def revise_one_case(ledger: Ledger, turn: int, racer: int) -> str:
    """All open the same case, each with other content."""
    return str(ledger.cases.open(submission(f"s-{turn}"), FILES, f"d-{racer}").revision)


def conclude_until_killed(url: str, prefix: str, report: int) -> None:
    """Open and conclude case after case, and report each one after its commit."""
    ledger, number = open_ledger(url, SECRET), 0
    while True:
        case = ledger.cases.open(*opening(f"{prefix}-{number}"))
        ledger.cases.conclude(Conclusion(case, result(case), child(f"id-{prefix}-{number}")))
        os.write(report, f"{prefix}-{number}\n".encode())
        number += 1
