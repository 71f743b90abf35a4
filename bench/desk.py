"""Response times of the review desk on a full ledger: `python -m bench.desk [--full]`.

The bench reads a few accepted cases once. Each stored case is a copy of one of them with another child; in every fifth
the entered name ends in a character that the engine cannot read, so that the case waits for review. The real desk runs
in its own process; a signed-in client opens pages and decides, first alone, then beside a second client that browses.
"""

import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Final, NamedTuple

from pydantic import SecretStr
from rich.progress import track

from bench.desk_client import PEOPLE, Client, browse
from bench.judging import six_pages
from bench.metrics import Figure, percentile, share
from bench.readings import library
from bench.report import Measured
from bench.runner import Bench, run_bench
from bench.synthetic_cases import SyntheticCase, clone
from bench.tables import errors
from bench.workspace import SECRET, running_process
from models.case import Conclusion
from models.content import Content
from models.policy import ReviewSampling
from models.result import Judgement
from models.review import WaitReason
from models.review_case import View
from pipeline.extract.extraction import CONTENT_VERSION
from pipeline.judge.case import judge
from pipeline.judge.dossier import open_dossier
from pipeline.judge.name_match import NameContext
from pipeline.ledger.ledger import Ledger, open_ledger
from service.options import DeskOptions
from service.settings import Settings
from tests.support.people import PASSWORD
from tests.support.processes import answers, free_port, wait_until
from tests.support.values import result
from web.desk.app import run

SEED: Final = 12
BENCH: Final = Bench("desk", __doc__, SEED, "cases", small=2000, full=100_000)
TARGET_MS: Final = 150.0  # limits for the p95 of a queue page and of a case page
_PROCESSES: Final = 2
_MODELS: Final = 10  # cases that the stored ones are modelled on
_WAITING: Final = 5  # one case in so many waits for review
_AT_ONCE: Final = 50  # cases that one transaction concludes
_ASKED: Final = 100  # requests of each kind of page, and decisions
_UNREAD: Final = "𪚥"
_LOOKS: Final = ReviewSampling(share=0.02)
_SIGNING_IN: Final = 4.0  # seconds, of the other client
_TABS: Final = ("open", "supervisor", "known", "blind", "mine")


class _Filling(NamedTuple):
    """What each process needs to fill the ledger."""

    url: str
    models: Sequence[SyntheticCase]
    reader: NameContext
    engine: str


def measure(count: int) -> Measured:
    """Fill a ledger with `count` cases, and time the desk's pages."""
    with library() as shelf:
        models, reader = tuple(islice(six_pages(shelf), _MODELS)), shelf.reader
        engine = shelf.desk.readers.engine
    with tempfile.TemporaryDirectory(prefix="desk-") as folder:
        settings = Settings(
            workspace=Path(folder), register_secret=SecretStr(SECRET.hex()), desk=DeskOptions(port=free_port())
        )
        _fill(_Filling(settings.ledger_at, models, reader, engine), count)
        with closing(open_ledger(settings.ledger_at, SECRET)) as ledger:
            for name, role in PEOPLE.items():
                ledger.accounts.make(name, role, PASSWORD, by="bench")
            waiting = [one.submission_id for one in ledger.reviews.queue(View(why=(WaitReason.REVIEW,)), count).cases]
        figures = tuple(_served(settings, waiting))
    return Measured((*figures, Figure(name="cases that wait", value=len(waiting), unit="count")), {})


def _served(settings: Settings, waiting: Sequence[str]) -> Iterator[Figure]:
    port, asked = settings.desk.port or 0, min(_ASKED, len(waiting) // 3)
    drawn = random.Random(SEED).sample(waiting, len(waiting))
    alone, together, others = drawn[:asked], drawn[asked : 2 * asked], drawn[2 * asked :]
    with running_process(run, settings):
        wait_until(lambda: answers(port), "the desk", 120)
        client = Client(port, "amy")
        client.get("/queue")  # the first request loads templates and translations
        yield from _pages(client, alone, "")
        with running_process(browse, port, others):
            time.sleep(_SIGNING_IN)
            yield from _pages(client, together, ", beside another client")


def _pages(client: Client, cases: Sequence[str], beside: str) -> Iterator[Figure]:
    kinds = {
        "queue, first page": [client.get("/queue?view=open").ms for _ in cases],
        "queue, a later page": [client.get(path).ms for path in client.later(len(cases))],
        "queue, any part": [client.get(f"/queue?view={_TABS[at % len(_TABS)]}").ms for at, _ in enumerate(cases)],
        "case": [client.get(f"/cases/{name}").ms for name in cases],
    }
    for name, took in kinds.items():
        if not took:
            continue  # a small queue has only one page
        yield from _figures(name + beside, took)
        yield share(f"{name + beside}, within {TARGET_MS:.0f} ms", sum(ms <= TARGET_MS for ms in took), len(took))
    decided = [answer for name in cases if (answer := client.accept(name)) is not None]
    yield from _figures(f"decision{beside}", [answer.ms for answer in decided])
    yield share(f"decisions recorded{beside}", sum(answer.status == 303 for answer in decided), len(cases))


def _figures(name: str, took: list[float]) -> Iterator[Figure]:
    for percent in (50, 95, 99):
        yield Figure(name=f"{name}, p{percent}", value=percentile(took, percent), unit="ms")


def _fill(filling: _Filling, count: int) -> None:
    """Open, keep and conclude every case as the product does, in fewer transactions."""
    open_ledger(filling.url, SECRET).close()
    shares = [range(at, count, _PROCESSES) for at in range(_PROCESSES)]
    with ProcessPoolExecutor(_PROCESSES, mp_context=get_context("spawn")) as pool:
        for _ in track(pool.map(partial(_share, filling), shares), "filled", total=_PROCESSES, console=errors):
            pass


def _share(filling: _Filling, numbers: range) -> None:
    usual = [judge(open_dossier(one.case, one.contents, filling.reader), (), filling.reader) for one in filling.models]
    with closing(open_ledger(filling.url, SECRET)) as ledger:
        for at in range(0, len(numbers), _AT_ONCE):
            part = numbers[at : at + _AT_ONCE]
            ledger.cases.conclude(*(_concluded(filling, ledger, number, usual[number % _MODELS]) for number in part))


def _concluded(filling: _Filling, ledger: Ledger, number: int, usual: Judgement) -> Conclusion:
    """Open and judge the case of this number; only cases that wait for review keep their content."""
    model, name = filling.models[number % _MODELS], f"case-{number:06}"
    if number % _WAITING:
        submission = model.case.submission.model_copy(update={"submission_id": name})
        case = ledger.cases.open(submission, model.case.files, name)
        return Conclusion(case, result(case).model_copy(update=dict(usual)), looks=_LOOKS)
    one = clone(model, number, name)
    child = one.case.submission.child
    child = child.model_copy(update={"name": child.name[:-1] + _UNREAD})
    submission = one.case.submission.model_copy(update={"child": child})
    case = ledger.cases.open(submission, one.case.files, name)
    ledger.cases.keep_content(case, Content(filling.engine, CONTENT_VERSION, one.contents))
    judged = judge(open_dossier(case, one.contents, filling.reader), (), filling.reader)
    return Conclusion(case, result(case).model_copy(update=dict(judged)), looks=_LOOKS)


if __name__ == "__main__":
    run_bench(BENCH, measure)
