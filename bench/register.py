"""Lookups and races on a register of known children of real size: `python -m bench.register [--full]`.

The bench covers 4005 for known children, twins with adjacent numbers, siblings, the answer times for known and unknown
children, and processes that conclude one child's applications at the same instant. Every application uses the pages of
one case that was read, with another child. Importing such a register is `bench.register_import`.
"""

import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import get_context
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Final

from rich.progress import track

from bench.judging import six_pages
from bench.metrics import Figure, percentile, share
from bench.readings import library
from bench.report import Measured
from bench.runner import Bench, run_bench
from bench.synthetic_cases import DAYS, SyntheticCase, clone
from bench.tables import errors
from bench.workspace import SECRET
from models.content import Content
from models.findings import Code
from models.policy import Policy
from models.result import Decision
from pipeline.cases.conclude import judge_case, record
from pipeline.extract.extraction import CONTENT_VERSION
from pipeline.judge.case import judge, register_query, registration
from pipeline.judge.dossier import Dossier, open_dossier
from pipeline.judge.name_match import NameContext
from pipeline.judge.rules.duplicates import duplicates
from pipeline.ledger.ledger import Ledger, open_ledger

SEED: Final = 11
BENCH: Final = Bench("register", __doc__, SEED, "children", small=3000, full=50_000)
_IMPORTED: Final = 2  # imported rows per measured child: 100,000 rows at the full size
_LOT: Final = 50
_TIMED: Final = 1000
_RACERS: Final = 4
_ROUNDS: Final = 200
_READY_SECONDS: Final = 120.0


def measure(count: int) -> Measured:
    """Judge `count` known children, as many of their twins and as many siblings, on a larger imported register."""
    with library() as shelf:
        model, reader = next(six_pages(shelf)), shelf.reader
    numbers = track(range(_IMPORTED * count), "children", console=errors)
    records = [registration(_dossier(model, _known_number(at), reader), reader.policy) for at in numbers]
    with tempfile.TemporaryDirectory() as folder:
        ledger = open_ledger(f"sqlite:///{Path(folder) / 'ledger.sqlite'}", SECRET)
        ledger.children.add(record.model_copy(update={"submission_id": None}) for record in records[:count])
        answers = tuple(_answers(model, count, ledger, reader))
        times = tuple(_times(model, ledger, reader))
        ledger.close()
        races = tuple(_races(model, f"sqlite:///{Path(folder) / 'races.sqlite'}", reader))
    return Measured((*answers, *times, *races), {})


def _known_number(at: int) -> int:
    """The number of a known child; every second number is left free, for a twin of the same day and sex."""
    return at // DAYS * 2 * DAYS + at % DAYS


def _siblings_number(at: int) -> int:
    """The number of an unknown child, after those of the twins."""
    return at // DAYS * 2 * DAYS + DAYS + (at + 1) % DAYS


def _dossier(model: SyntheticCase, number: int, reader: NameContext, name: str = "known") -> Dossier:
    case, contents, _ = clone(model, number, name)
    return open_dossier(case, contents, reader)


def _answers(model: SyntheticCase, count: int, ledger: Ledger, reader: NameContext) -> Iterator[Figure]:
    questions: tuple[tuple[str, Callable[[int], int], Code | None], ...] = (
        ("the same child again: 4005", _known_number, Code.CHILD_EXISTS),
        ("twins with adjacent numbers: nothing said", lambda at: _known_number(at) + DAYS, None),
        ("siblings: nothing said", _siblings_number, None),
    )
    for words, number_of, expected in questions:
        said = Counter[Code | None]()
        for start in track(range(0, count, _LOT), words, console=errors):
            numbers = [number_of(at) for at in range(start, min(count, start + _LOT))]
            said.update(_said([_dossier(model, number, reader, "asks") for number in numbers], ledger, reader.policy))
        yield share(words, said[expected], said.total())
        if expected is None:
            yield share(f"{words.split(':')[0]}: called known (4005)", said[Code.CHILD_EXISTS], said.total())


def _said(dossiers: Sequence[Dossier], ledger: Ledger, policy: Policy) -> Iterator[Code | None]:
    known = ledger.children.known(*(register_query(dossier) for dossier in dossiers))
    for dossier, children in zip(dossiers, known, strict=True):
        codes = {finding.code for finding in duplicates(dossier, children, policy)}
        yield min(codes, default=None)


def _times(model: SyntheticCase, ledger: Ledger, reader: NameContext) -> Iterator[Figure]:
    """Answer times for known and unknown children, alternately."""
    took: dict[str, list[float]] = {"known": [], "not known": []}
    for at in track(range(_TIMED), "times", console=errors):
        for words, number in (("known", _known_number(at)), ("not known", _known_number(at) + DAYS)):
            dossier = _dossier(model, number, reader, "asks")
            began = time.perf_counter()
            (known,) = ledger.children.known(register_query(dossier))
            judge(dossier, known, reader)
            took[words].append((time.perf_counter() - began) * 1000)
    for words, times in took.items():
        yield Figure(name=f"answer about a child that is {words}, p50", value=percentile(times, 50), unit="ms")
    ratio = percentile(took["known"], 50) / percentile(took["not known"], 50)
    yield Figure(name="time of an answer, known against not known", value=ratio, unit="number")


def _races(model: SyntheticCase, url: str, reader: NameContext) -> Iterator[Figure]:
    """Let processes conclude applications of one child at the same instant, round after round."""
    open_ledger(url, SECRET).close()
    context = get_context("spawn")
    barrier, endings = context.Barrier(_RACERS), context.Queue()
    workers = [
        context.Process(target=_race, args=(model, url, reader, racer, barrier, endings), daemon=True)
        for racer in range(_RACERS)
    ]
    for worker in workers:
        worker.start()
    decisions: dict[int, Counter[Decision]] = {turn: Counter() for turn in range(_ROUNDS)}
    for _ in track(range(_RACERS * _ROUNDS), "races", console=errors):
        turn, decision = endings.get(timeout=_READY_SECONDS)
        decisions[turn][decision] += 1
    for worker in workers:
        worker.join(_READY_SECONDS)
    one = [held[Decision.ACCEPTED] == 1 and held[Decision.RETURNED] == _RACERS - 1 for held in decisions.values()]
    yield share(f"rounds of {_RACERS} processes with exactly one accepted, the others 4005", sum(one), _ROUNDS)


def _race(
    model: SyntheticCase,
    url: str,
    reader: NameContext,
    racer: int,
    barrier: Barrier,
    endings: "Queue[tuple[int, Decision]]",
) -> None:
    ledger = open_ledger(url, SECRET)
    for turn in range(_ROUNDS):
        made = clone(model, turn, f"round-{turn}-{racer}")
        case = ledger.cases.open(made.case.submission, made.case.files, made.case.input_digest)
        content = Content("bench/none/0000/0", CONTENT_VERSION, made.contents)
        barrier.wait(_READY_SECONDS)
        result = record(judge_case(case, content, ledger, reader, began=time.monotonic()), ledger, reader)
        endings.put((turn, result.decision))
    ledger.close()


if __name__ == "__main__":
    run_bench(BENCH, measure)
