"""PDF pages to pixels, by PDFium. Not thread-safe, not even for different documents: one caller a process."""

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import numpy as np
import pypdfium2

from models.errors import FileRejectedError
from models.findings import Reason
from models.policy import Limits
from pipeline.perceive.decode.budget import budget
from pipeline.perceive.decode.pixels import Rgb

_POINTS_PER_INCH = 72
_WRONG_PASSWORD = 4  # FPDF_ERR_PASSWORD
_NO_PAGES = re.compile(rb"/Count\s+0\b")
_A_PAGE = re.compile(rb"/Type\s*/Page\b")


def count_pdf_pages(data: bytes, limits: Limits) -> int:
    """The number of pages.

    Raises:
        FileRejectedError: It wants a password, has no pages, or is damaged.
    """
    with budget(limits), _opened(data) as document:
        pages = len(document)
    if pages == 0:
        raise FileRejectedError(Reason.EMPTY)
    return pages


def decode_pdf_page(data: bytes, *, page_no: int, limits: Limits) -> Rgb:
    """One page as it is shown, drawn at `limits.pdf_dpi` on white; scripts and forms are not run.

    Raises:
        FileRejectedError: The page is too large, or damaged.
    """
    with budget(limits), _opened(data) as document:
        try:
            page = document[page_no - 1]
            scale = limits.pdf_dpi / _POINTS_PER_INCH
            width, height = page.get_size()
            if width * height * scale * scale > limits.pixels:
                raise FileRejectedError(Reason.TOO_LARGE)
            pixels = page.render(scale=scale, rev_byteorder=True).to_numpy()
        except pypdfium2.PdfiumError as error:
            raise FileRejectedError(Reason.DAMAGED) from error
        return np.array(pixels[:, :, :3])  # PDFium frees its bitmap with the document


@contextmanager
def _opened(data: bytes) -> Iterator[Any]:
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise FileRejectedError(_reason(data, error)) from error
    with closing(document):
        yield document


def _reason(data: bytes, error: pypdfium2.PdfiumError) -> Reason:
    """Why a file does not open; PDFium may fail without an error, and then still tells that of an earlier file."""
    if error.err_code == _WRONG_PASSWORD and b"/Encrypt" in data:
        return Reason.PASSWORD
    return Reason.EMPTY if _NO_PAGES.search(data) and not _A_PAGE.search(data) else Reason.DAMAGED
