"""The contenders of bench.speed: the whole product on a submission, and two OCR libraries alone on its pages.

Each contender loads once, in its own process, and takes one submission after another.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from bench.baselines import LineReader, paddle, rapid
from bench.submissions import pages_of
from bench.workspace import open_context, reading_processes
from models.policy import Limits
from pipeline.cases.context import PipelineContext
from pipeline.cases.steps import perceive_case, process
from pipeline.extract.extraction import extract_files
from pipeline.judge.case import judge, register_query
from pipeline.judge.dossier import open_dossier
from pipeline.perceive.decode.pages import decode
from pipeline.stores.folder import FolderStore


class Taken(NamedTuple):
    """A submission that a contender processed: wall-clock seconds and the outcome.

    Attributes:
        outcome: The product's decision, or the number of lines that a library read.
        judging_ms: Milliseconds to judge the case from its readings; None for the libraries.
    """

    seconds: float
    outcome: str
    judging_ms: float | None = None


Contender: TypeAlias = Callable[[Path], Taken]


@contextmanager
def product(processes: int, workspace: Path) -> Iterator[Contender]:
    """The work of `intake process`: store the files, read the pages, judge and record the case."""
    with reading_processes(processes) as readers, open_context(workspace, readers) as desk:
        readers.warm_up()
        yield lambda folder: _processed(folder, desk)


@contextmanager
def library(load: Callable[[], LineReader], _workspace: Path) -> Iterator[Contender]:
    """A library alone: decode the pages and read their lines."""
    read = load()
    limits = Limits()
    yield lambda folder: _read(folder, lambda page: len(read(decode(page.read_bytes(), page_no=1, limits=limits))))


Opening: TypeAlias = Callable[[Path], AbstractContextManager[Contender]]
CONTENDERS: Mapping[str, Opening] = MappingProxyType(
    {
        "intake, 2 processes": partial(product, 2),
        "intake, 1 process": partial(product, 1),
        "PaddleOCR, 2 threads": partial(library, paddle),
        "RapidOCR, 2 threads": partial(library, rapid),
    }
)


def _processed(folder: Path, desk: PipelineContext) -> Taken:
    began = time.monotonic()
    result = process(FolderStore(folder.parent), folder.name, desk)
    seconds = time.monotonic() - began
    taken = Taken(seconds, result.decision, _judging(result.submission_id, desk))
    _forget(result.submission_id, desk)
    return taken


def _judging(submission_id: str, desk: PipelineContext) -> float:
    case = desk.ledger.cases.get(submission_id)
    files = tuple(perceive_case(case, desk))
    began = time.monotonic()
    dossier = open_dossier(case, extract_files(files), desk.reader)
    (known,) = desk.ledger.children.known(register_query(dossier))
    judge(dossier, known, desk.reader)
    return (time.monotonic() - began) * 1000


def _forget(submission_id: str, desk: PipelineContext) -> None:
    """Forget the child: all submissions are of the same two children, so the next one would end as 4005."""
    number = desk.ledger.cases.get(submission_id).submission.child.id_number
    if number is not None:
        desk.ledger.erasures.forget_child([number])


def _read(folder: Path, lines_of: Callable[[Path], int]) -> Taken:
    began = time.monotonic()
    lines = sum(lines_of(page) for page in pages_of(folder))
    return Taken(time.monotonic() - began, f"{lines} lines")
