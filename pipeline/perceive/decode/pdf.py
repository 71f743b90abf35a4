"""PDF pages to pixels by PDFium, within a budget of time and memory.

The size of a PDF does not bound what drawing it costs: streams expand far, and forms can draw each other. PDFium is not
thread-safe, not even for different documents, so a process may have one caller only.
"""

import math
import os
import re
import resource
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
import pypdfium2
import pypdfium2.raw

from models.errors import FileRejectedError
from models.findings import Reason
from models.policy import Limits
from pipeline.perceive.decode.pdf_fonts import check_fonts
from pipeline.perceive.decode.pdf_objects import open_page, user_unit
from pipeline.perceive.decode.pdf_pictures import (
    check_pictures,
    finest,
    holds_files,
    is_shell,
    is_typeset,
    shows_pictures_alone,
)
from pipeline.perceive.decode.pixels import DecodedPage
from pipeline.perceive.decode.rest import lost_part, without

OVERDRAWN: Final = 87  # exit status of a process that was ended here; neither Python's nor a signal's
_BETWEEN_LOOKS: Final = 0.02  # seconds, in which a bomb was seen to take some ten megabytes
_MEMORY_PAGE: Final = resource.getpagesize()
_MEGABYTE: Final = 1024 * 1024
_POINTS_PER_INCH = 72
_RESULT_DPI: Final = 200  # at which results give boxes (docs/contract.md, section 3)
_LEGIBLE: Final = 1600  # pixels of the longer side of a page with text, whatever size it states
_LONGEST: Final = 4000  # pixels of the longer side: A4 at 340 dots an inch, and a card on it at 1,150 across
_LOCKED: Final = frozenset({4, 5})  # FPDF_ERR_PASSWORD, and FPDF_ERR_SECURITY for locks that PDFium does not know
_AS_EXIF: Final = {0: 1, 90: 6, 180: 3, 270: 8}  # degrees by which a page is turned
_NO_PAGES = re.compile(rb"/Count\s+0\b")
_A_PAGE = re.compile(rb"/Type\s*/Page\b")


@contextmanager
def budget(limits: Limits) -> Iterator[None]:
    """End this process if what runs inside takes more than `pdf_seconds` of its processors or `pdf_mb` of memory.

    Native code cannot be interrupted, and PDFium knows no limits of its own. It does let other threads run.
    """
    done = threading.Event()
    cpu, memory = time.process_time() + limits.pdf_seconds, _resident() + limits.pdf_mb * _MEGABYTE

    def watch() -> None:
        while not done.wait(_BETWEEN_LOOKS):
            if time.process_time() > cpu or _resident() > memory:
                os._exit(OVERDRAWN)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def _resident() -> int:
    return int(Path("/proc/self/statm").read_bytes().split()[1]) * _MEMORY_PAGE


def count_pdf_pages(data: bytes, limits: Limits) -> int:
    """The number of pages.

    Raises:
        FileRejectedError: It wants a password, has no pages, is damaged, or shows nothing without another program.
    """
    with budget(limits), _open_pdf(data) as document:
        pages = len(document)
        form = document.get_formtype()
    if pages == 0:
        raise FileRejectedError(Reason.EMPTY)
    if form == pypdfium2.raw.FORMTYPE_XFA_FULL or (form == pypdfium2.raw.FORMTYPE_XFA_FOREGROUND and is_shell(data)):
        raise FileRejectedError(Reason.XFA)
    if holds_files(data):
        raise FileRejectedError(Reason.PORTFOLIO)
    return pages


def decode_pdf_page(data: bytes, *, page_no: int, limits: Limits) -> DecodedPage:
    """One page as viewers show it, with the values of its forms, drawn on white; scripts are not run.

    A page of pictures is drawn as fine as they are, one with text at `limits.pdf_dpi` or finer.

    Raises:
        FileRejectedError: The page is damaged, or a picture on it, or a font that it needs is nowhere.
    """
    with budget(limits), _open_pdf(data) as document:
        try:
            document.init_forms()
            page = _page(document, page_no)
            check_fonts(page)
            objects = open_page(data, page_no)
            kept = check_pictures(page, objects)
            scale, typeset = _scale(page, limits), is_typeset(page, objects)
            drawn = page.render(scale=scale, rev_byteorder=True).to_numpy()
            turned = page.get_rotation()
        except (pypdfium2.PdfiumError, ValueError, ZeroDivisionError) as error:
            raise FileRejectedError(Reason.DAMAGED) from error
        unit = _RESULT_DPI / _POINTS_PER_INCH * user_unit(objects) / scale
        pixels = np.array(drawn[:, :, :3])  # PDFium frees its bitmap with the document
    if kept.share >= 1:
        return DecodedPage(pixels, unit, typeset)
    loss = lost_part(kept.reason, kept.share, pixels.shape[1::-1], _AS_EXIF[turned])
    return DecodedPage(without(pixels, loss), unit, typeset, loss)


def _page(document: Any, page_no: int) -> Any:
    """A page; viewers show all of one whose visible part is empty or lies beside it, and so do we."""
    page = document[page_no - 1]
    if min(page.get_size()) > 0:
        return page
    page.set_cropbox(*page.get_mediabox())
    page.close()
    return document[page_no - 1]


def _scale(page: Any, limits: Limits) -> float:
    """Pixels a point, by what lies on the page; the size that it states may be anything."""
    width, height = page.get_size()
    scale = finest(page)
    if not shows_pictures_alone(page):
        scale = max(scale, limits.pdf_dpi / _POINTS_PER_INCH, _LEGIBLE / max(width, height))
    return float(min(scale, _LONGEST / max(width, height), math.sqrt(limits.pixels / (width * height))))


@contextmanager
def _open_pdf(data: bytes) -> Iterator[Any]:
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise FileRejectedError(_reason(data, error)) from error
    with closing(document):
        yield document


def _reason(data: bytes, error: pypdfium2.PdfiumError) -> Reason:
    """Why a file does not open; PDFium may fail without an error, and then reports that of an earlier file."""
    if error.err_code in _LOCKED and b"/Encrypt" in data:
        return Reason.PASSWORD
    return Reason.EMPTY if _NO_PAGES.search(data) and not _A_PAGE.search(data) else Reason.DAMAGED
