"""File types, and JPEG, PNG, WebP and TIFF to pixels, by Pillow."""

import struct
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from io import BytesIO
from random import Random

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from models.errors import FileRejectedError
from models.findings import Reason
from models.policy import Limits
from pipeline.perceive.decode.pixels import Rgb


class FileType(StrEnum):
    """A type that can be decoded; the value is the media type, the name is what Pillow calls it."""

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

_RIFF_HEADER = 8  # bytes, which the size that a WebP states does not count
_ASIDE = (b"iCCP", b"iTXt", b"zTXt")  # what a PNG packs beside its pixels
_PNG_HEADER = 8  # bytes before the first piece
_PNG_FRAME = 12  # bytes of a piece that its length does not count
_BLOCK = 8  # rows that a JPEG stores together, at least
_SCAN, _END = b"\xff\xda", b"\xff\xd9"  # markers of a JPEG
_NOISE_A_BLOCK = 20  # bytes: more than a block of noise takes
_NOTHING = ({127}, {128})  # of four inks, which are inverted, and of any other colours
_CUT_SHORT = ("truncated", "broken data stream", "unrecognized data stream", "not enough image data")


def sniff(data: bytes) -> FileType:
    """The type of a file, by its first bytes and never by its name.

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


def count_frames(data: bytes, file_type: FileType) -> int:
    """The number of pages of an image file.

    Raises:
        FileRejectedError: It does not open, or is an animation, whose frames are no pages.
    """
    if file_type is FileType.WEBP and int.from_bytes(data[4:8], "little") + _RIFF_HEADER > len(data):
        raise FileRejectedError(Reason.TRUNCATED)
    with _coded_errors(), _open_image(data, file_type) as image:
        frames: int = getattr(image, "n_frames", 1)
        if frames > 1 and file_type in (FileType.PNG, FileType.WEBP):
            raise FileRejectedError(Reason.TYPE)
        return frames if file_type is FileType.TIFF else 1


def decode_frame(data: bytes, file_type: FileType, *, page_no: int, limits: Limits) -> Rgb:
    """One page of an image file, turned as its EXIF orientation says, transparency on white.

    Raises:
        FileRejectedError: Too many pixels by the header, cut short, or damaged.
    """
    with _coded_errors(), _open_image(data, file_type) as image:
        if page_no > 1:
            image.seek(page_no - 1)
        if image.width * image.height > limits.pixels:
            raise FileRejectedError(Reason.TOO_LARGE)
        image.load()
        if file_type is FileType.JPEG and _ends_early(data, image):
            raise FileRejectedError(Reason.TRUNCATED)
        return np.asarray(_on_white(ImageOps.exif_transpose(image)))


def _open_image(data: bytes, file_type: FileType) -> Image.Image:
    plain = _without_asides(data) if file_type is FileType.PNG else data
    return Image.open(BytesIO(plain), formats=(file_type.name,))


def _without_asides(png: bytes) -> bytes:
    """A PNG without its colour profile and packed texts: unused here, and Pillow refuses those that expand far."""
    kept, at = [png[:_PNG_HEADER]], _PNG_HEADER
    while at < len(png):
        end = at + int.from_bytes(png[at : at + 4]) + _PNG_FRAME
        if png[at + 4 : at + 8] not in _ASIDE:
            kept.append(png[at:end])
        at = end
    return b"".join(kept)


def _ends_early(jpeg: bytes, image: Image.Image) -> bool:
    """Whether rows are missing from a JPEG that says it ended.

    libjpeg fills missing rows with its zero, the middle grey, and Pillow drops its warning. A page may also end in just
    that grey; so noise is put before the end marker: the decoder reads it only where rows are missing.
    """
    if not _ends_in_nothing(image):
        return False
    scan = jpeg.rfind(_SCAN)
    end = jpeg.find(_END, scan) if jpeg.find(_END, scan) > 0 else len(jpeg)
    blocks = len(image.getbands()) * (image.width // _BLOCK + 1) * (image.height // _BLOCK + 1)
    noise = Random(0).randbytes(_NOISE_A_BLOCK * blocks).replace(b"\xff", b"\x55")  # noqa: S311 - no secret
    with Image.open(BytesIO(jpeg[:end] + noise + _END), formats=("JPEG",)) as longer:
        longer.load()
        return not _ends_in_nothing(longer)


def _ends_in_nothing(image: Image.Image) -> bool:
    last = image.crop((0, max(0, image.height - _BLOCK), image.width, image.height))
    return _levels(last) in _NOTHING and _levels(image) not in _NOTHING


def _levels(image: Image.Image) -> set[object]:
    """The lowest and the highest level of any colour."""
    return {level for band in image.split() for level in band.getextrema()}


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16") or image.mode == "I":
        # Pillow clips 16-bit grey at 255 when it converts; scale it instead.
        return Image.fromarray((np.asarray(image, dtype=np.uint32) >> 8).astype(np.uint8)).convert("RGB")
    if "A" in image.mode or "transparency" in image.info:
        layered = image.convert("RGBA")
        page = Image.new("RGBA", layered.size, "white")
        return Image.alpha_composite(page, layered).convert("RGB")
    return image.convert("RGB")


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
