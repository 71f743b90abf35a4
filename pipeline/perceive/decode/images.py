"""File types, and JPEG, PNG, WebP and TIFF to pixels, by Pillow."""

import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from io import BytesIO

import numpy as np
from PIL import Image, UnidentifiedImageError
from PIL.JpegImagePlugin import JpegImageFile
from PIL.TiffImagePlugin import TiffImageFile

from models.errors import FileRejectedError
from models.findings import Reason
from models.policy import Limits
from pipeline.perceive.decode import jpeg, raw, strips, webp
from pipeline.perceive.decode.complaints import complaints
from pipeline.perceive.decode.meaning import meant
from pipeline.perceive.decode.pixels import DecodedPage


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

_RIFF_HEADER = 8  # bytes, which the size that a WebP states does not count
_ASIDE = (b"iCCP", b"iTXt", b"zTXt")  # what a PNG packs beside its pixels
_PNG_HEADER = 8  # bytes before the first piece
_PNG_FRAME = 12  # bytes of a piece that its length does not count
_NEEDED = 40_000_000  # pixels: A4 in colour at 600 dots an inch; what is larger is decoded smaller
_NEW_SUBFILE, _SUBFILE = 254, 255  # tags of TIFF 6.0
_REDUCED_OR_MASK = 0b101
_REDUCED = 2
_MOST_PICTURES = 1000
_CUT_SHORT = ("truncated", "broken data stream", "unrecognized data stream", "not enough image data")


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


def count_frames(data: bytes, file_type: FileType) -> int:
    """The number of pages of an image file.

    Raises:
        FileRejectedError: It does not open, or is an animation, whose frames are no pages.
    """
    if file_type is FileType.WEBP and int.from_bytes(data[4:8], "little") + _RIFF_HEADER > len(data):
        raise FileRejectedError(Reason.TRUNCATED)
    with _coded_errors(), _open_image(data, file_type) as image:
        if isinstance(image, TiffImageFile):
            return len(_pages(image))
        if getattr(image, "n_frames", 1) > 1 and file_type is not FileType.JPEG:
            raise FileRejectedError(Reason.TYPE)
        return 1


def _pages(tiff: TiffImageFile) -> list[int]:
    """The pictures of a TIFF that are pages, counted from 0: not those that show another one smaller, or mask it."""
    pages = [number for number in range(min(tiff.n_frames, _MOST_PICTURES)) if not _is_beside(tiff, number)]
    return pages or [0]


def _is_beside(tiff: TiffImageFile, number: int) -> bool:
    try:
        tiff.seek(number)
    except (OSError, SyntaxError, ValueError, EOFError, KeyError, TypeError, struct.error):
        return False  # a page that is damaged is one
    return bool(int(tiff.tag_v2.get(_NEW_SUBFILE, 0)) & _REDUCED_OR_MASK) or tiff.tag_v2.get(_SUBFILE) == _REDUCED


def decode_frame(data: bytes, file_type: FileType, *, page_no: int, limits: Limits) -> DecodedPage:
    """One page of an image file as it is meant to be seen (`meant`), smaller if it is larger than anything needs.

    Raises:
        FileRejectedError: Too many pixels by the header, cut short, or damaged.
    """
    with _coded_errors(), _open_image(data, file_type) as image:
        if isinstance(image, TiffImageFile):
            image.seek(dict(enumerate(_pages(image), 1))[page_no])
        elif page_no > 1:
            image.seek(page_no - 1)
        if file_type is FileType.JPEG and not jpeg.is_decoded(data):
            raise FileRejectedError(Reason.TYPE)
        width, height = image.size
        if file_type is FileType.JPEG and not jpeg.is_progressive(data):
            scale = next((k for k in (1, 2, 4) if width * height <= _NEEDED * k * k), 8)
            image.draft(None, (width // scale, height // scale))
        if image.width * image.height > limits.pixels:
            raise FileRejectedError(Reason.TOO_LARGE)
        with complaints() as heard:
            image.load()
        if reason := _what_is_missing(data, file_type, image, heard.said):
            raise FileRejectedError(reason)
        seen, unit = meant(image), width / image.width
        if seen.width * seen.height > _NEEDED:
            seen, unit = seen.reduce(2), 2 * unit
        return DecodedPage(np.asarray(seen), unit)


def _what_is_missing(data: bytes, file_type: FileType, image: Image.Image, said: bytes) -> Reason | None:
    """What a picture that decoded has lost all the same."""
    match file_type:
        case FileType.JPEG:
            return jpeg.what_is_missing(data)
        case FileType.WEBP:
            return webp.what_is_missing(data)
        case FileType.TIFF if isinstance(image, TiffImageFile):
            return _what_a_tiff_lost(data, image, said)
        case FileType.PNG if not _agrees_with_its_sums(data):
            return Reason.DAMAGED
        case _:
            return None


def _agrees_with_its_sums(png: bytes) -> bool:
    """Whether the pieces that hold the pixels have the sums that they state; Pillow passes over them."""
    return all(zlib.crc32(piece[4:-4]) == int.from_bytes(piece[-4:]) for piece in _pieces(png) if piece[4:8] == b"IDAT")


def _open_image(data: bytes, file_type: FileType) -> Image.Image:
    if file_type is FileType.JPEG:  # without Pillow's own limit: it is decoded smaller
        return JpegImageFile(BytesIO(jpeg.with_end(data)))
    plain = _without_asides(data) if file_type is FileType.PNG else data
    return Image.open(BytesIO(plain), formats=(file_type.name,))


def _without_asides(png: bytes) -> bytes:
    """A PNG without its colour profile and packed texts: unused here, and Pillow refuses those that expand far."""
    return png[:_PNG_HEADER] + b"".join(piece for piece in _pieces(png) if piece[4:8] not in _ASIDE)


def _pieces(png: bytes) -> Iterator[bytes]:
    """The chunks, each with its length, its kind and its sum."""
    at = _PNG_HEADER
    while at < len(png):
        end = at + int.from_bytes(png[at : at + 4]) + _PNG_FRAME
        yield png[at:end]
        at = end


def _what_a_tiff_lost(data: bytes, page: TiffImageFile, said: bytes) -> Reason | None:
    if reason := strips.harm_of(data, page.tag_v2, said):
        return reason
    if page.mode not in ("L", "RGB") or page.info.get("compression") != "raw":
        return None
    return raw.what_is_missing(np.asarray(page).reshape(page.height, page.width, -1))


@contextmanager
def _coded_errors() -> Iterator[None]:
    """Turn Pillow's errors into FileRejectedError."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an unknown EXIF tag is no reason to refuse a picture
        try:
            yield
        except Image.DecompressionBombError as error:
            raise FileRejectedError(Reason.TOO_LARGE) from error
        except UnidentifiedImageError as error:
            raise FileRejectedError(Reason.DAMAGED) from error
        except (OSError, SyntaxError, ValueError, EOFError, KeyError, TypeError, struct.error) as error:
            cut_short = any(words in str(error).lower() for words in _CUT_SHORT)
            raise FileRejectedError(Reason.TRUNCATED if cut_short else Reason.DAMAGED) from error
