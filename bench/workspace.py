"""A place to work on cases as the product does: a folder store, a SQLite ledger, reading processes."""

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

SECRET: Final = bytes(32)  # of ledgers that hold made-up people only


def reading_processes(processes: int) -> OcrPool:
    """Reading processes of one thread each."""
    return OcrPool(OcrOptions(threads=1), ReaderOptions(processes=processes))


@contextmanager
def opened_desk(workspace: Path, readers: PageReader) -> Iterator[PipelineContext]:
    """A desk with nothing on it yet; its store and ledger lie in `workspace`, which must exist."""
    ledger = open_ledger(f"sqlite:///{workspace / 'ledger.sqlite'}", SECRET)
    store = FolderStore(workspace / "store")
    try:
        yield PipelineContext(ledger=ledger, store=store, readers=readers, policy=Policy(), limits=Limits())
    finally:
        ledger.close()


@contextmanager
def process_of(work: Callable[..., None], *args: object) -> Iterator[None]:
    """Run `work(*args)` in a fresh interpreter, which may have processes of its own, for as long as the block lasts."""
    child = get_context("spawn").Process(target=work, args=args)
    child.start()
    try:
        yield
    finally:
        child.terminate()
        child.join()
