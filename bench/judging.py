"""Time to judge stored cases again, for one and for a hundred thousand: `python -m bench.judging [--full]`.

The bench reads a few accepted cases once. Each stored case is a copy of one of them with another child, recorded as the
product does. Two processes then judge all of them again, as `intake reprocess --all --from-readings` does.
"""

import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from functools import partial
from itertools import count, islice
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from rich.progress import track

from bench.cases import submission, whole
from bench.metrics import Figure, percentile, share
from bench.readings import Library, library
from bench.report import Measured
from bench.runner import Bench, run_bench
from bench.synthetic_cases import SyntheticCase, clone, synthetic_case
from bench.tables import errors
from bench.workspace import SECRET
from fixtures.people.population import Traits, family
from fixtures.truth import Split
from models.content import Content
from models.result import Decision
from pipeline.batches.batch_lease import BatchOwner, BatchTask, hold_batch
from pipeline.batches.judging import Judging
from pipeline.batches.outcomes import ItemOutcome
from pipeline.batches.run import BatchContext, run
from pipeline.cases.conclude import VERSION, judge_case
from pipeline.cases.conclude import record as record_case
from pipeline.extract.extraction import CONTENT_VERSION, extract_files
from pipeline.judge.case import judge, register_query
from pipeline.judge.dossier import open_dossier
from pipeline.judge.name_match import NameContext
from pipeline.judge.rules.duplicates import mother_number
from pipeline.ledger.batch_values import BatchOptions, ItemState
from pipeline.ledger.ledger import open_ledger
from pipeline.ledger.repositories.readings import packed
from pipeline.workers.process_identity import process_identity

SEED: Final = 8
BENCH: Final = Bench("judging", __doc__, SEED, "cases", small=2000, full=100_000)
_PROCESSES: Final = 2
_MODELS: Final = 10  # cases that the stored ones are modelled on
_PAGES: Final = 6
_TURNS: Final = 40  # rounds in which each of them is timed


def measure(count: int) -> Measured:
    """Record `count` cases, and judge all of them again."""
    with library() as shelf:
        models = tuple(islice(six_pages(shelf), _MODELS))
        alone = tuple(_alone(models, shelf.reader))
        desk, reader = shelf.desk, shelf.reader
        engine = desk.readers.engine
    with tempfile.TemporaryDirectory() as folder:
        place = Judging(f"sqlite:///{Path(folder) / 'ledger.sqlite'}", SECRET, reader)
        began = time.monotonic()
        record(models, count, engine, place)
        recorded = time.monotonic() - began
        size = sum(file.stat().st_size for file in Path(folder).iterdir())
        ids = [f"case-{number:06}" for number in range(count)]
        began = time.monotonic()
        with closing(open_ledger(place.ledger_url, place.secret)) as ledger:
            outcomes = _again(ids, BatchContext(desk._replace(ledger=ledger), place, _PROCESSES))
        again = time.monotonic() - began
    unchanged = sum(outcome.state is ItemState.PROMOTED and not outcome.changes for outcome in outcomes)
    return Measured(
        (
            *alone,
            Figure(name=f"judged again by {_PROCESSES} processes", value=again, unit="s"),
            Figure(name="judged again, of one case", value=again / count * 1000, unit="ms"),
            share("judged again and the same", unchanged, count),
            Figure(name=f"recorded by {_PROCESSES} processes", value=recorded, unit="s"),
            Figure(name="ledger", value=size / 2**20, unit="MB"),
        ),
        {},
    )


def six_pages(shelf: Library) -> Iterator[SyntheticCase]:
    """Accepted cases of six pages, alternately scans and photos."""
    for number in count():
        one = family(Split.TEST, 2000 + number, Traits())
        files = shelf.read(whole(one, number))
        case = synthetic_case(submission(one, "x"), tuple(file.file for file in files), extract_files(files))
        dossier = open_dossier(case.case, case.contents, shelf.reader)
        if len(files) == _PAGES and judge(dossier, (), shelf.reader).decision is Decision.ACCEPTED:
            yield case._replace(mother=mother_number(dossier))


def _alone(models: Sequence[SyntheticCase], reader: NameContext) -> Iterator[Figure]:
    """Milliseconds of judging alone, from content to judgement, on one thread."""
    took = []
    for turn in range(_TURNS):
        for at, model in enumerate(models):
            case, contents, _ = clone(model, turn * len(models) + at, "timed")
            began = time.perf_counter()
            dossier = open_dossier(case, contents, reader)
            register_query(dossier)
            judge(dossier, (), reader)
            took.append((time.perf_counter() - began) * 1000)
    yield Figure(name="judging a case of six pages, p50", value=percentile(took, 50), unit="ms")
    yield Figure(name="judging a case of six pages, p95", value=percentile(took, 95), unit="ms")
    sizes = [len(packed(model.contents)) / 2**10 for model in models]
    yield Figure(name="content of a case, KiB", value=sum(sizes) / len(sizes), unit="number")


def _again(ids: Sequence[str], place: BatchContext) -> tuple[ItemOutcome, ...]:
    ledger, stop = place.pipeline.ledger, threading.Event()
    batch = ledger.batches.begin(ids, BatchOptions(from_readings=True), "bench", VERSION)
    with hold_batch(ledger, batch.batch_id, BatchTask.RUN, BatchOwner(process_identity(), "bench"), stop) as lease:
        ended = filter(None, run(batch, lease, place, stop))
        return tuple(track(ended, "again", total=len(ids), console=errors))


def record(models: Sequence[SyntheticCase], count: int, engine: str, place: Judging) -> None:
    """Open, keep and conclude every case, in as many processes as later judge."""
    open_ledger(place.ledger_url, place.secret).close()
    shares = [range(at, count, _PROCESSES) for at in range(_PROCESSES)]
    recorded = partial(_record_share, models, engine, place)
    with ProcessPoolExecutor(_PROCESSES, mp_context=get_context("spawn")) as pool:
        for _ in track(pool.map(recorded, shares), "recorded", total=_PROCESSES, console=errors):
            pass


def _record_share(models: Sequence[SyntheticCase], engine: str, place: Judging, numbers: range) -> None:
    ledger = open_ledger(place.ledger_url, place.secret)
    for number in numbers:
        made = clone(models[number % len(models)], number, f"case-{number:06}")
        case = ledger.cases.open(made.case.submission, made.case.files, made.case.input_digest)
        content = Content(engine, CONTENT_VERSION, made.contents)
        ledger.cases.keep_content(case, content)
        record_case(judge_case(case, content, ledger, place.reader, began=time.monotonic()), ledger, place.reader)
    ledger.close()


if __name__ == "__main__":
    run_bench(BENCH, measure)
