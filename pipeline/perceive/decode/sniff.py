"""The type of a file, by its first bytes."""

import zipfile
from collections.abc import Callable
from enum import StrEnum
from io import BytesIO

from models.errors import FileRejectedError
from models.findings import Reason


class FileType(StrEnum):
    """A type that can be decoded; the value is the media type, the name is what Pillow calls it."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    TIFF = "image/tiff"
    PDF = "application/pdf"


# Of ISO/IEC 23008-12, annexes B to M, and those that phones write.
_HEIC_BRANDS = frozenset(
    b"heic heix heim heis heif hevc hevx hevm hevs mif1 mif2 msf1 miaf MiHB MiHE MiHA MiPr avci avcs jpeg jpgs".split()
)
_JXL = (b"\xff\x0a", b"\x00\x00\x00\x0cJXL \r\n\x87\n")
_AVIF_BRANDS = frozenset({b"avif", b"avis", b"avio"})
_PDF_HEADER_WITHIN = 1024  # PDF 1.7, appendix H: readers accept the header anywhere in the first 1024 bytes

_SIGNATURES: tuple[tuple[FileType, Callable[[bytes], bool]], ...] = (
    (FileType.JPEG, lambda head: head.startswith(b"\xff\xd8\xff")),
    (FileType.PNG, lambda head: head.startswith(b"\x89PNG\r\n\x1a\n")),
    (FileType.WEBP, lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP"),
    (FileType.TIFF, lambda head: head[:4] in (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")),
    (FileType.PDF, lambda head: b"%PDF-" in head[:_PDF_HEADER_WITHIN]),
)


def sniff(data: bytes) -> FileType:
    """The type of a file, by its first bytes and never by its name.

    Raises:
        FileRejectedError: It is empty, or none of the types that we decode.
    """
    if not data:
        raise FileRejectedError(Reason.EMPTY)
    head = data[:_PDF_HEADER_WITHIN]
    for file_type, matches in _SIGNATURES:
        if matches(head):
            return file_type
    raise FileRejectedError(_foreign(data))


def _foreign(data: bytes) -> Reason:
    """What a file is that we do not decode, as far as we can tell a family how to go on."""
    brands = _brands(data[:_PDF_HEADER_WITHIN])
    if brands & _AVIF_BRANDS:
        return Reason.AVIF
    if brands & _HEIC_BRANDS:
        return Reason.HEIC
    if data.startswith(_JXL):
        return Reason.JXL
    return Reason.OFD if _is_ofd(data) else Reason.TYPE


def _is_ofd(data: bytes) -> bool:
    """Whether it is an archive with the root of a document of GB/T 33190."""
    if not data.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return "OFD.xml" in archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False


def _brands(head: bytes) -> set[bytes]:
    """The major and the compatible brands of an ISO base media file."""
    if head[4:8] != b"ftyp":
        return set()
    size = min(int.from_bytes(head[:4]) or len(head), len(head))
    return {head[8:12], *(head[at : at + 4] for at in range(16, size - 3, 4))}
