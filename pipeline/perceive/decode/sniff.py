"""What a file is, told from its first bytes and never from its name."""

from collections.abc import Callable
from enum import StrEnum

from models.errors import FileRejectedError
from models.findings import Reason


class FileType(StrEnum):
    """A type that we decode; the value is the media type."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    TIFF = "image/tiff"
    PDF = "application/pdf"


_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
_PDF_HEADER_WITHIN = 1024  # PDF 1.7, appendix H: readers accept the header anywhere in the first 1024 bytes

_SIGNATURES: tuple[tuple[FileType, Callable[[bytes], bool]], ...] = (
    (FileType.JPEG, lambda head: head.startswith(b"\xff\xd8\xff")),
    (FileType.PNG, lambda head: head.startswith(b"\x89PNG\r\n\x1a\n")),
    (FileType.WEBP, lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP"),
    (FileType.TIFF, lambda head: head[:4] in (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")),
    (FileType.PDF, lambda head: b"%PDF-" in head[:_PDF_HEADER_WITHIN]),
)


def sniff(data: bytes) -> FileType:
    """Tell the type of a file.

    Raises:
        FileRejectedError: It is empty, HEIC, or none of the types that we decode.
    """
    if not data:
        raise FileRejectedError(Reason.EMPTY)
    head = data[:_PDF_HEADER_WITHIN]
    for file_type, matches in _SIGNATURES:
        if matches(head):
            return file_type
    heic = head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS
    raise FileRejectedError(Reason.HEIC if heic else Reason.TYPE)
