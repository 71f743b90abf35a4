"""PDF pages to pixels, by PDFium. Not thread-safe, not even for different documents: one caller a process."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import numpy as np
import pypdfium2

from models.errors import FileRejectedError
from models.findings import Reason
from models.policy import Limits
from pipeline.decode.pixels import Rgb

_POINTS_PER_INCH = 72
_WRONG_PASSWORD = 4  # FPDF_ERR_PASSWORD


def count_pdf_pages(data: bytes) -> int:
    """The number of pages.

    Raises:
        FileRejectedError: It wants a password, has no pages, or is damaged.
    """
    with _opened(data) as document:
        pages = len(document)
    if pages == 0:
        raise FileRejectedError(Reason.EMPTY)
    return pages


def decode_pdf_page(data: bytes, *, page_no: int, limits: Limits) -> Rgb:
    """One page as it is shown, drawn at `limits.pdf_dpi` on white; scripts and forms are not run.

    Raises:
        FileRejectedError: The page is too large, or damaged.
    """
    with _opened(data) as document:
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
        locked = getattr(error, "err_code", None) == _WRONG_PASSWORD or "password" in str(error).lower()
        raise FileRejectedError(Reason.PASSWORD if locked else Reason.DAMAGED) from error
    with closing(document):
        yield document
