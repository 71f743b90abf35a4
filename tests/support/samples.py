"""The committed samples without an engine, from their stored readings."""

import csv
import hashlib
import sys
from collections.abc import Iterator
from typing import Final, NamedTuple

import pytest

from fixtures.readings import kept_readings
from fixtures.truth import KNOWN_CHILDREN, SAMPLES
from models.case import FileReading, ReadPage
from models.errors import FileRejectedError
from models.policy import Limits, Policy, ReviewSampling
from models.reading import PageReading
from models.register import KnownChild
from models.result import Result
from pipeline.cases.context import PipelineContext
from pipeline.cases.steps import process
from pipeline.extract.extraction import CONTENT_VERSION
from pipeline.ledger.ledger import Ledger
from pipeline.stores.base import Store
from pipeline.stores.folder import FolderStore
from pipeline.workers.ocr_pool import Pending
from tests.support.scripted import ScriptedReaders

_UNDRAWN: Final = ReviewSampling(share=0)


class SampleReaders(ScriptedReaders):
    """An OCR pool that answers from the stored readings."""

    def __init__(self) -> None:
        super().__init__({})
        self.engine = next(_readings()).engine

    def count(self, data: bytes, limits: Limits) -> int:
        """As it was counted."""
        file = _file(data)
        if file.failure is not None:
            raise FileRejectedError(file.failure[1])
        return len(file.pages)

    def start(self, data: bytes, page_no: int, limits: Limits) -> Pending:
        """As it was read."""
        (page,) = (page for page in _file(data).pages if page.page_no == page_no)
        assert isinstance(page, ReadPage)
        return _Read(page.readings)


class _Read(NamedTuple):
    readings: tuple[PageReading, ...]

    def result(self) -> tuple[PageReading, ...]:
        return self.readings


def processed_sample(name: str, ledger: Ledger, store: Store, looks: ReviewSampling = _UNDRAWN) -> Result:
    """Process a sample as the product does it, but for the reading."""
    return process(
        FolderStore(SAMPLES), name, PipelineContext(ledger, store, SampleReaders(), Policy(looks=looks), Limits())
    )


def known_children() -> tuple[KnownChild, ...]:
    """The register of known children for the samples."""
    with KNOWN_CHILDREN.open(encoding="utf-8", newline="") as file:
        rows = [{name: value or None for name, value in row.items()} for row in csv.DictReader(file)]
    return tuple(map(KnownChild.model_validate, rows))


def raise_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """Raise the content version everywhere, as a release with other content does."""
    for module in tuple(sys.modules.values()):
        if "CONTENT_VERSION" in getattr(module, "__dict__", {}):
            monkeypatch.setattr(module, "CONTENT_VERSION", CONTENT_VERSION + 1)


def _file(data: bytes) -> FileReading:
    return kept_readings()[hashlib.sha256(data).hexdigest()]


def _readings() -> Iterator[PageReading]:
    pages = (page for file in kept_readings().values() for page in file.pages)
    return (reading for page in pages if isinstance(page, ReadPage) for reading in page.readings)
