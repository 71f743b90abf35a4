"""Accuracy and speed of the product and of OCR libraries on the same pages: `python -m bench.peers [--full]`.

Each reader has its own process with two threads. The readers take every page in turn, so that a disturbance affects all
of them, and all lines go through the same field extraction. The libraries' models for page orientation and unwarping
are not available offline; RapidOCR includes one for line orientation.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

import cv2
from rich.progress import track

from bench.baselines import PAGE_READERS, MissingBaselineError, tesseract
from bench.cases import judged_alone
from bench.contender_process import ContenderProcess
from bench.metrics import Figure, percentile, share
from bench.report import Measured
from bench.runner import Bench, run_bench
from bench.scoring import ScoredField, score_fields, score_pages
from bench.tables import errors
from fixtures.specimens.pages import PageCase, test_pages
from fixtures.truth import Expected, Legibility, PictureStyle
from models.case import FailedPage, ReadPage
from models.errors import EngineError, FileRejectedError
from models.findings import Code
from models.policy import Policy
from models.result import Decision
from pipeline.judge.name_match import NameContext
from pipeline.perceive.ocr.engine import alphabet
from pipeline.perceive.ocr.options import OcrOptions

SEED: Final = 5
BENCH: Final = Bench("peers", __doc__, SEED, "pages", small=24, full=150)


class Read(NamedTuple):
    """The result of one page: wall-clock seconds, and the reading or the failure."""

    seconds: float
    page: ReadPage | FailedPage


class Turn(NamedTuple):
    """One reader's scored result on one page."""

    reader: str
    case: PageCase
    seconds: float
    fields: tuple[ScoredField, ...]
    kind_right: bool


def measure(count: int) -> Measured:
    """Let every installed reader read `count` pages."""
    skipped = tuple(_missing())
    readers = [name for name in PAGE_READERS if not any(one.startswith(f"{name}:") for one in skipped)]
    turns = tuple(race(readers, count))
    return Measured(tuple(figures(readers, turns)), skipped=skipped)


@contextmanager
def load_reader(name: str, _workspace: Path) -> Iterator[Callable[[Path], Read]]:
    """A reader, loaded in this process."""
    cv2.setNumThreads(2)
    read = PAGE_READERS[name]()

    def take(path: Path) -> Read:
        data = path.read_bytes()
        began = time.monotonic()
        try:
            page: ReadPage | FailedPage = ReadPage(page_no=1, readings=read(data))
        except (FileRejectedError, EngineError) as error:
            page = FailedPage(page_no=1, code=Code.OUR_FAULT, reason=error.reason)
        return Read(time.monotonic() - began, page)

    yield take


def race(readers: list[str], count: int) -> Iterator[Turn]:
    """Let every reader read every page; another reader begins each time."""
    judging = NameContext(alphabet(OcrOptions()), Policy())
    with ExitStack() as resources:
        folder = Path(resources.enter_context(tempfile.TemporaryDirectory()))
        contenders = [
            resources.enter_context(ContenderProcess(name, partial(load_reader, name), folder)) for name in readers
        ]
        for contender in contenders:
            contender.ready()
        pages = enumerate(test_pages(count, SEED))
        for number, case in track(pages, "pages", total=count, console=errors):
            path = folder / f"{case.name}.{case.suffix}"
            path.write_bytes(case.data)
            first = number % len(contenders)
            for contender in (*contenders[first:], *contenders[:first]):
                yield _scored(contender.name, case, contender.take(path), judging)
            path.unlink()


def figures(readers: list[str], turns: tuple[Turn, ...]) -> Iterator[Figure]:
    """Accuracy on legible fields, by picture style; and seconds a page."""
    for name in readers:
        own = [turn for turn in turns if turn.reader == name]
        legible = [field for turn in own for field in turn.fields if field.printed.legibility is Legibility.LEGIBLE]
        yield share(f"{name}: legible fields exact", sum(field.value_right for field in legible), len(legible))
        characters = sum(len(one.printed.value) if one.value_right else one.characters_right for one in legible)
        yield share(f"{name}: characters", characters, sum(len(field.printed.value) for field in legible))
        yield share(f"{name}: page kinds", sum(turn.kind_right for turn in own), len(own))
        seconds = [turn.seconds for turn in own]
        yield Figure(name=f"{name}: seconds a page, p50", value=percentile(seconds, 50), unit="s")
        yield Figure(name=f"{name}: seconds a page, p95", value=percentile(seconds, 95), unit="s")
        for style in PictureStyle:
            some = [field.value_right for field in legible if field.page.style is style]
            yield share(f"{name}: {style}: legible fields exact", sum(some), len(some))


def _missing() -> Iterator[str]:
    """Baselines that are not installed, each with what to install."""
    try:
        tesseract()
    except MissingBaselineError as error:
        yield f"Tesseract: {error}"


def _scored(reader: str, case: PageCase, read: Read, judging: NameContext) -> Turn:
    expected = Expected(name=case.name, decision=Decision.ACCEPTED, findings=(), pages=case.truth)
    judged = judged_alone(case.truth[0].file, read.page, judging)
    (page,) = score_pages(expected, judged)
    return Turn(reader, case, read.seconds, score_fields(expected, judged), page.right)


if __name__ == "__main__":
    run_bench(BENCH, measure)
