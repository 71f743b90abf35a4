"""What is timed: the product's way of a submission, and the two libraries alone on its pages.

Each is loaded once in a process of its own and takes submission after submission.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from bench.submissions import pages_of
from bench.workplace import opened_desk, reading_processes
from models.case import CaseReading
from pipeline.desk import Desk
from pipeline.documents.dossier import open_dossier
from pipeline.documents.likeness import Reader
from pipeline.intake import perceive_case, process
from pipeline.judge import judge, sought
from pipeline.ocr.options import OcrOptions
from pipeline.ocr.paddle import headless_opencv_counts
from pipeline.ocr.weights import find_weights
from pipeline.stores.folder import FolderStore

_THREADS = 2


class Taken(NamedTuple):
    """A submission that was taken: wall-clock seconds, and what came of it.

    Attributes:
        outcome: The product's decision, or how many lines of text a library gave.
        judging_ms: Milliseconds to judge the case from its readings; None for the libraries.
    """

    seconds: float
    outcome: str
    judging_ms: float | None = None


Contender: TypeAlias = Callable[[Path], Taken]


@contextmanager
def product(processes: int, workspace: Path) -> Iterator[Contender]:
    """The whole of `intake process`: bytes kept, pages read, case judged and recorded."""
    with reading_processes(processes) as readers, opened_desk(workspace, readers) as desk:
        readers.warm_up()
        yield lambda folder: _processed(folder, desk)


@contextmanager
def paddle(_workspace: Path) -> Iterator[Contender]:
    """PaddleOCR with the product's weights and its own defaults.

    Turning and unwarping pages is off, since these models are not there and would be downloaded.
    """
    os.environ["PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK"] = "True"  # noqa: TID251 - PaddleX reads it when it is imported
    with headless_opencv_counts():
        from paddleocr import PaddleOCR  # noqa: TID251 - the library itself is what is compared with
    weights = find_weights(None, OcrOptions().cache)
    ocr = PaddleOCR(
        engine="onnxruntime",
        engine_config={"intra_op_num_threads": _THREADS, "inter_op_num_threads": 1},
        text_detection_model_name=weights.model_name(weights.detection),
        text_detection_model_dir=str(weights.detection),
        text_recognition_model_name=weights.model_name(weights.recognition),
        text_recognition_model_dir=str(weights.recognition),
        use_doc_orientation_classify=False,
        use_doc_unwarping=False,
        use_textline_orientation=False,
    )
    yield lambda folder: _read(folder, lambda page: len(ocr.predict(str(page))[0]["rec_texts"]))


@contextmanager
def rapid(_workspace: Path) -> Iterator[Contender]:
    """RapidOCR with its bundled models and its own defaults, among them a classifier that turns lines."""
    from rapidocr import RapidOCR

    threads = {"intra_op_num_threads": _THREADS, "inter_op_num_threads": 1}
    ocr: Any = RapidOCR(params={f"EngineConfig.onnxruntime.{key}": value for key, value in threads.items()})
    yield lambda folder: _read(folder, lambda page: len(ocr(str(page)).txts or ()))


Opening: TypeAlias = Callable[[Path], AbstractContextManager[Contender]]
CONTENDERS: Mapping[str, Opening] = MappingProxyType(
    {
        "intake, 2 processes": partial(product, 2),
        "intake, 1 process": partial(product, 1),
        "PaddleOCR, 2 threads": paddle,
        "RapidOCR, 2 threads": rapid,
    }
)


def _processed(folder: Path, desk: Desk) -> Taken:
    began = time.monotonic()
    result = process(FolderStore(folder.parent), folder.name, desk)
    seconds = time.monotonic() - began
    taken = Taken(seconds, result.decision, _judging(result.submission_id, desk))
    _forget(result.submission_id, desk)
    return taken


def _judging(submission_id: str, desk: Desk) -> float:
    case = desk.ledger.case(submission_id)
    files = tuple(perceive_case(case, desk))
    began = time.monotonic()
    reader = Reader(desk.readers.alphabet, desk.policy)
    dossier = open_dossier(CaseReading(case=case, files=files), reader)
    judge(dossier, desk.ledger.known_children(sought(dossier)), reader)
    return (time.monotonic() - began) * 1000


def _forget(submission_id: str, desk: Desk) -> None:
    """Every submission is of one of two children: forget them, or the next one ends as 4005."""
    number = desk.ledger.case(submission_id).submission.child.id_number
    if number is not None:
        desk.ledger.forget_child(number)


def _read(folder: Path, lines_of: Callable[[Path], int]) -> Taken:
    began = time.monotonic()
    lines = sum(lines_of(page) for page in pages_of(folder))
    return Taken(time.monotonic() - began, f"{lines} lines")
