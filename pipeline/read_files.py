"""A file's pages, read or brought back, each with its ending."""

from typing import NamedTuple

from models.case import FailedPage, FileReading, ReadPage, StoredFile
from models.errors import EngineError, FileRejectedError
from models.findings import Code, Reason
from pipeline.desk import Desk
from pipeline.ledger.base import reading_key
from pipeline.readers import Pending
from pipeline.stores.content import bytes_of


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
    desk: Desk

    def finish(self) -> ReadPage | FailedPage:
        """Wait for the page and keep what was read; the one place where a page's errors become its ending."""
        try:
            page = ReadPage(page_no=self.page_no, readings=self.pending.result())
        except FileRejectedError as error:
            return FailedPage(page_no=self.page_no, code=Code.BAD_FILE, reason=error.reason)
        except EngineError as error:
            return FailedPage(page_no=self.page_no, code=Code.OUR_FAULT, reason=error.reason)
        self.desk.ledger.keep_reading(self.key, page)
        return page


def start_file(file: StoredFile, desk: Desk, engine: str) -> StartedFile:
    """Begin to read a file; its pages' readings by `engine` that were kept are brought back instead."""
    if file.digest is None:
        too_large = (Code.BAD_FILE, Reason.TOO_LARGE)
        return StartedFile(file, (), too_large if file.size else (Code.UPLOAD_BROKEN, Reason.UPLOAD_INCOMPLETE))
    data = bytes_of(desk.store, file.digest, limit=None)
    try:
        count = desk.readers.count(data, desk.limits)
    except FileRejectedError as error:
        return StartedFile(file, (), (Code.BAD_FILE, error.reason))
    except EngineError as error:
        return StartedFile(file, (), (Code.OUR_FAULT, error.reason))
    return StartedFile(
        file, tuple(_start_page(file.digest, data, page_no, desk, engine) for page_no in range(1, count + 1))
    )


def _start_page(digest: str, data: bytes, page_no: int, desk: Desk, engine: str) -> ReadPage | _StartedPage:
    drawn = f"{desk.limits.pdf_dpi}dpi"
    kept = desk.ledger.reading(reading_key(digest, page_no, f"{engine}/{drawn}"))
    if kept is not None:
        return kept
    key = reading_key(digest, page_no, f"{desk.readers.engine}/{drawn}")
    return _StartedPage(page_no, key, desk.readers.start(data, page_no, desk.limits), desk)
