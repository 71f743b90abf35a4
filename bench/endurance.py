"""Start-up time, and growth of a reading process's memory over very many pages."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Final

import psutil
from rich.progress import track

from bench.machine import ROOT
from bench.metrics import Figure
from bench.tables import errors
from fixtures.specimens.pages import test_pages
from fixtures.truth import SAMPLES
from models.policy import Limits
from pipeline.perceive.ocr.options import OcrOptions, ReaderOptions
from pipeline.workers.ocr_pool import OcrPool

SEED: Final = 8
_DIFFERENT: Final = 48  # pages that are read repeatedly
_WARM: Final = 0.1  # share of the pages at the beginning, while the process takes memory that it keeps
_MEGABYTE: Final = 2**20
_ONE_SAMPLE: Final = "returned-missing-emblem"


def startup_figures() -> Iterator[Figure]:
    """Seconds until a reading process is warm, and seconds of a whole `intake process` from a cold start."""
    began = time.monotonic()
    with OcrPool(OcrOptions(threads=1), ReaderOptions(processes=1)) as readers:
        readers.warm_up()
        yield Figure(name="start of one reading process", value=time.monotonic() - began, unit="s")
    with tempfile.TemporaryDirectory() as folder:
        command = [str(Path(sys.executable).with_name("intake")), "process", str(SAMPLES / _ONE_SAMPLE)]
        chosen = {**os.environ, "INTAKE_WORKSPACE": folder}  # noqa: TID251 - handed to a child process
        began = time.monotonic()
        subprocess.run(command, cwd=ROOT, env=chosen, capture_output=True, check=False, timeout=300)
        name = "intake process of a sample, cold"
        yield Figure(name=name, value=time.monotonic() - began, unit="s")


def memory_figures(count: int) -> Iterator[Figure]:
    """Resident memory of one reading process over `count` pages, without replacement of the process."""
    sizes = tuple(_sizes(count))
    warm = sizes[max(1, round(count * _WARM)) :]
    yield Figure(name="memory after the first page", value=sizes[0], unit="MB")
    yield Figure(name="memory after the last page", value=sizes[-1], unit="MB")
    yield Figure(name="memory at most", value=max(sizes), unit="MB")
    if len(warm) > 2:
        yield Figure(name="memory slope over 1,000 pages", value=1000 * slope(warm), unit="MB")


def slope(values: tuple[float, ...]) -> float:
    """The least-squares slope of at least two values at 0, 1, 2 and so on."""
    middle = (len(values) - 1) / 2
    mean = sum(values) / len(values)
    above = sum((n - middle) * (value - mean) for n, value in enumerate(values))
    return above / sum((n - middle) ** 2 for n in range(len(values)))


def _sizes(count: int) -> Iterator[float]:
    """Resident megabytes after each page."""
    endless = ReaderOptions(processes=1, pages_per_process=count + 1, memory_mb=1_000_000)
    pages = [case.data for case in test_pages(min(count, _DIFFERENT), SEED)]
    with OcrPool(OcrOptions(threads=2), endless) as readers:
        for data in track(islice(cycle(pages), count), "pages", total=count, console=errors):
            readers.start(data, 1, Limits()).result()
            yield _children_mb()


def _children_mb() -> float:
    return sum(child.memory_info().rss for child in psutil.Process().children(recursive=True)) / _MEGABYTE
