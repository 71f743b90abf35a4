"""A workspace as the product's: a folder store, a SQLite ledger, reading processes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from models.policy import Limits, Policy
from pipeline.cases.context import PipelineContext
from pipeline.ledger.ledger import open_ledger
from pipeline.perceive.ocr.options import OcrOptions, ReaderOptions
from pipeline.stores.folder import FolderStore
from pipeline.workers.ocr_pool import OcrPool, PageReader

SECRET: Final = bytes(32)  # for ledgers with synthetic people only


def reading_processes(processes: int) -> OcrPool:
    """A pool of reading processes with one thread each."""
    return OcrPool(OcrOptions(threads=1), ReaderOptions(processes=processes))


@contextmanager
def open_context(workspace: Path, readers: PageReader) -> Iterator[PipelineContext]:
    """An empty pipeline context; its store and ledger are in `workspace`, which must exist."""
    ledger = open_ledger(f"sqlite:///{workspace / 'ledger.sqlite'}", SECRET)
    store = FolderStore(workspace / "store")
    try:
        yield PipelineContext(ledger=ledger, store=store, readers=readers, policy=Policy(), limits=Limits())
    finally:
        ledger.close()


@contextmanager
def running_process(work: Callable[..., None], *args: object) -> Iterator[None]:
    """Run `work(*args)` in a fresh interpreter, which may start processes itself, until the block ends."""
    child = get_context("spawn").Process(target=work, args=args)
    child.start()
    try:
        yield
    finally:
        child.terminate()
        child.join()
