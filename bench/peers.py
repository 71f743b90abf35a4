"""The same pages read by us and by the libraries a hospital would take instead: `python -m bench.peers [--full]`.

Each reader sits in a process of its own with two threads and takes page after page, all of them in turn, so that a
disturbance meets everybody. Behind each stands the same field extraction. The libraries' models that turn and unwarp
pages cannot be had offline; RapidOCR brings one that turns lines.
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

from bench.cases import judged_alone
from bench.contender_process import Rival
from bench.engines import PEERS, MissingPeerError, tesseract
from bench.metrics import Figure, percentile, share
from bench.report import Measured
from bench.runner import Bench, conduct
from bench.scoring import ScoredField, score_fields, score_pages
from bench.tables import errors
from fixtures.specimens.pages import PageCase, test_pages
from fixtures.truth import Expected, Legibility, PictureStyle
from models.case import FailedPage, ReadPage
from models.errors import EngineError, FileRejectedError
from models.findings import Code
from models.policy import Policy
from models.result import Decision
from pipeline.judge.likeness import NameContext
from pipeline.perceive.ocr.engine import alphabet
from pipeline.perceive.ocr.options import OcrOptions

SEED: Final = 5
BENCH: Final = Bench("peers", __doc__, SEED, "pages", small=24, full=150)


class Read(NamedTuple):
    """A page that a reader took: wall-clock seconds, and what was read, or why nothing was."""

    seconds: float
    page: ReadPage | FailedPage


class Turn(NamedTuple):
    """One reader's turn with one page."""

    reader: str
    case: PageCase
    seconds: float
    fields: tuple[ScoredField, ...]
    kind_right: bool


def measure(count: int) -> Measured:
    """Let everybody who is there read so many pages."""
    skipped = tuple(_missing())
    readers = [name for name in PEERS if not any(one.startswith(f"{name}:") for one in skipped)]
    turns = tuple(race(readers, count))
    return Measured(tuple(figures(readers, turns)), skipped=skipped)


@contextmanager
def opened(name: str, _workspace: Path) -> Iterator[Callable[[Path], Read]]:
    """A reader, loaded in this process."""
    cv2.setNumThreads(2)
    read = PEERS[name]()

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
    """Let every reader take every page; another one begins each time."""
    judging = NameContext(alphabet(OcrOptions()), Policy())
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory()))
        rivals = [held.enter_context(Rival(name, partial(opened, name), folder)) for name in readers]
        for rival in rivals:
            rival.ready()
        pages = enumerate(test_pages(count, SEED))
        for number, case in track(pages, "pages", total=count, console=errors):
            path = folder / f"{case.name}.{case.suffix}"
            path.write_bytes(case.data)
            first = number % len(rivals)
            for rival in (*rivals[first:], *rivals[:first]):
                yield _scored(rival.name, case, rival.take(path), judging)
            path.unlink()


def figures(readers: list[str], turns: tuple[Turn, ...]) -> Iterator[Figure]:
    """Accuracy on what a person can read, by kind of picture; and seconds a page."""
    for name in readers:
        own = [turn for turn in turns if turn.reader == name]
        seen = [field for turn in own for field in turn.fields if field.printed.legibility is Legibility.LEGIBLE]
        yield share(f"{name}: legible fields exact", sum(field.value_right for field in seen), len(seen))
        characters = sum(len(one.printed.value) if one.value_right else one.characters_right for one in seen)
        yield share(f"{name}: characters", characters, sum(len(field.printed.value) for field in seen))
        yield share(f"{name}: page kinds", sum(turn.kind_right for turn in own), len(own))
        seconds = [turn.seconds for turn in own]
        yield Figure(name=f"{name}: seconds a page, p50", value=percentile(seconds, 50), unit="s")
        yield Figure(name=f"{name}: seconds a page, p95", value=percentile(seconds, 95), unit="s")
        for style in PictureStyle:
            some = [field.value_right for field in seen if field.page.style is style]
            yield share(f"{name}: {style}: legible fields exact", sum(some), len(some))


def _missing() -> Iterator[str]:
    """Peers that are not on this machine, each with what to do."""
    try:
        tesseract()
    except MissingPeerError as error:
        yield f"Tesseract: {error}"


def _scored(reader: str, case: PageCase, read: Read, judging: NameContext) -> Turn:
    expected = Expected(name=case.name, decision=Decision.ACCEPTED, findings=(), pages=case.truth)
    told = judged_alone(case.truth[0].file, read.page, judging)
    (page,) = score_pages(expected, told)
    return Turn(reader, case, read.seconds, score_fields(expected, told), page.right)


if __name__ == "__main__":
    conduct(BENCH, measure)
