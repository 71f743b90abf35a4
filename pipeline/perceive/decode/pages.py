"""Bytes to pages, within limits. Call it in a worker process only, since a hostile file can kill the process."""

from models.errors import FileRejectedError
from models.findings import Reason
from models.policy import Limits
from pipeline.perceive.decode.images import count_frames, decode_frame
from pipeline.perceive.decode.pdf import count_pdf_pages, decode_pdf_page
from pipeline.perceive.decode.pixels import DecodedPage, Rgb
from pipeline.perceive.decode.sniff import FileType, sniff

_LEAST_SIDE = 8  # pixels; no line of print is lower than this and readable


def count_pages(data: bytes, limits: Limits) -> int:
    """How many pages a file has, without decoding them.

    Raises:
        FileRejectedError: The file cannot be opened or asks for more than the limits allow.
    """
    if len(data) > limits.bytes:
        raise FileRejectedError(Reason.TOO_LARGE)
    file_type = sniff(data)
    pages = count_pdf_pages(data, limits) if file_type is FileType.PDF else count_frames(data, file_type)
    if pages > limits.pages:
        raise FileRejectedError(Reason.TOO_MANY_PAGES)
    return pages


def decode(data: bytes, *, page_no: int, limits: Limits) -> Rgb:
    """The pixels of one page; pages count from 1. Raises what `decode_page` raises."""
    return decode_page(data, page_no=page_no, limits=limits).pixels


def decode_page(data: bytes, *, page_no: int, limits: Limits) -> DecodedPage:
    """Decode one page; pages count from 1.

    Raises:
        FileRejectedError: The page cannot be decoded within the limits.
    """
    file_type = sniff(data)
    if file_type is FileType.PDF:
        page = decode_pdf_page(data, page_no=page_no, limits=limits)
    else:
        page = decode_frame(data, file_type, page_no=page_no, limits=limits)
    if min(page.pixels.shape[:2]) < _LEAST_SIDE:
        raise FileRejectedError(Reason.DAMAGED)  # a strip of pixels is no page
    return page
