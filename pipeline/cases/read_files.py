"""Read the pages of a file, or load their kept readings; each page ends as read or failed."""

from typing import NamedTuple

from models.case import Case, FailedPage, FileReading, ReadPage, StoredFile
from models.errors import EngineError, FileRejectedError
from models.findings import Code, Reason
from models.policy import Limits
from models.result import Result
from pipeline.cases.context import PipelineContext
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.repositories.readings import reading_key
from pipeline.stores.content import bytes_of
from pipeline.workers.ocr_pool import Pending


class StartedFile(NamedTuple):
    """A file whose pages are kept, being read, or failed at once."""

    file: StoredFile
    pages: tuple["ReadPage | _StartedPage", ...]
    failure: tuple[Code, Reason] | None = None

    def finish(self) -> FileReading:
        """Wait for every page."""
        pages = tuple(page if isinstance(page, ReadPage) else page.finish() for page in self.pages)
        return FileReading(file=self.file, pages=pages, failure=self.failure)


class _StartedPage(NamedTuple):
    page_no: int
    key: str
    pending: Pending
    context: PipelineContext

    def finish(self) -> ReadPage | FailedPage:
        """Wait for the page and keep its readings; this is the only place where a page's errors become `FailedPage`."""
        try:
            page = ReadPage(page_no=self.page_no, readings=self.pending.result())
        except FileRejectedError as error:
            return FailedPage(page_no=self.page_no, code=Code.BAD_FILE, reason=error.reason)
        except EngineError as error:
            return FailedPage(page_no=self.page_no, code=Code.OUR_FAULT, reason=error.reason)
        self.context.ledger.readings.keep(self.key, page)
        return page


def start_file(file: StoredFile, context: PipelineContext, engine: str) -> StartedFile:
    """Start to read the pages of a file; kept readings by `engine` are loaded instead."""
    if file.digest is None:
        too_large = (Code.BAD_FILE, Reason.TOO_LARGE)
        return StartedFile(file, (), too_large if file.size else (Code.UPLOAD_BROKEN, Reason.UPLOAD_INCOMPLETE))
    data = bytes_of(context.store, file.digest, limit=None)
    try:
        count = context.readers.count(data, context.limits)
    except FileRejectedError as error:
        return StartedFile(file, (), (Code.BAD_FILE, error.reason))
    except EngineError as error:
        return StartedFile(file, (), (Code.OUR_FAULT, error.reason))
    return StartedFile(
        file, tuple(_start_page(file.digest, data, page_no, context, engine) for page_no in range(1, count + 1))
    )


def kept_files(case: Case, result: Result, ledger: Ledger, limits: Limits) -> tuple[FileReading, ...] | None:
    """The kept readings of a case by the engine of a result, without bytes and without an engine.

    Args:
        case: The revision of the result.
        result: Has the pages that were read, and the engine.
        ledger: The ledger that keeps the readings.
        limits: The limits under which PDF pages were drawn.

    Returns:
        The files in order, without pages that failed; None if the reading of a page is not kept any more.
    """
    files = [_kept_file(file, result, ledger, limits) for file in case.files]
    found = tuple(file for file in files if file is not None)
    return found if len(found) == len(files) else None


def _kept_file(file: StoredFile, result: Result, ledger: Ledger, limits: Limits) -> FileReading | None:
    if file.digest is None:
        return FileReading(file=file)
    read = (page.page_no for page in result.pages if page.file == file.path and page.was_read)
    keys = [_key(file.digest, page_no, result.provenance.engine, limits) for page_no in dict.fromkeys(read)]
    pages = tuple(page for key in keys if (page := ledger.readings.get(key)) is not None)
    return FileReading(file=file, pages=pages) if len(pages) == len(keys) else None


def _start_page(
    digest: str, data: bytes, page_no: int, context: PipelineContext, engine: str
) -> ReadPage | _StartedPage:
    kept = context.ledger.readings.get(_key(digest, page_no, engine, context.limits))
    if kept is not None:
        return kept
    key = _key(digest, page_no, context.readers.engine, context.limits)
    return _StartedPage(page_no, key, context.readers.start(data, page_no, context.limits), context)


def _key(digest: str, page_no: int, engine: str, limits: Limits) -> str:
    return reading_key(digest, page_no, f"{engine}/{limits.pdf_dpi}dpi")
