"""JPEG, PNG, WebP and TIFF to pixels, by Pillow."""

import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError
from PIL.JpegImagePlugin import JpegImageFile
from PIL.TiffImagePlugin import TiffImageFile

from models.errors import FileRejectedError
from models.findings import Reason
from models.policy import Limits
from pipeline.perceive.decode import jpeg, png, raw, strips, tiff_rest, webp
from pipeline.perceive.decode.complaints import complaints
from pipeline.perceive.decode.meaning import meant
from pipeline.perceive.decode.pixels import DecodedPage
from pipeline.perceive.decode.rest import Rest, lost_part, without
from pipeline.perceive.decode.sniff import FileType

_RIFF_HEADER = 8  # bytes, which the size that a WebP states does not count
_ORIENTATION = 0x0112  # of EXIF
_NEEDED = 40_000_000  # pixels: A4 in colour at 600 dots an inch; what is larger is decoded smaller
_NEW_SUBFILE, _SUBFILE = 254, 255  # tags of TIFF 6.0
_REDUCED_OR_MASK = 0b101
_REDUCED = 2
_MOST_PICTURES = 1000
_CUT_SHORT = ("truncated", "broken data stream", "unrecognized data stream", "not enough image data")


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

    Of a file that lost its end the rows before that are shown, if it is known which those are.

    Raises:
        FileRejectedError: Too many pixels by the header, cut short, or damaged.
    """
    try:
        return _frame(data, file_type, page_no, limits, None)
    except FileRejectedError as error:
        if error.reason in (Reason.TRUNCATED, Reason.DAMAGED):
            with suppress(Exception):  # whatever goes wrong with the rest, the file is refused for its first fault
                if rest := _rest(data, file_type, page_no, limits):
                    return _frame(rest.data, file_type, page_no, limits, _Lost(error.reason, rest.kept))
        raise


class _Lost(NamedTuple):
    """Why a file does not show all of its rows, and the share of them that it shows."""

    reason: Reason
    kept: float


def _frame(data: bytes, file_type: FileType, page_no: int, limits: Limits, lost: _Lost | None) -> DecodedPage:
    with _coded_errors(), _open_image(data, file_type) as image:
        _turn_to(image, page_no)
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
        if lost is None and (reason := _what_is_missing(data, file_type, image, heard.said)):
            raise FileRejectedError(reason)
        orientation = image.getexif().get(_ORIENTATION, 1)
        seen, unit = meant(image), width / image.width
        if seen.width * seen.height > _NEEDED:
            seen, unit = seen.reduce(2), 2 * unit
        pixels = np.asarray(seen)
        if lost is None:
            return DecodedPage(pixels, unit)
        loss = lost_part(lost.reason, lost.kept, seen.size, orientation)
        return DecodedPage(without(pixels, loss), unit, loss=loss)


def _turn_to(image: Image.Image, page_no: int) -> None:
    if isinstance(image, TiffImageFile):
        image.seek(_number(image, page_no))
    elif page_no > 1:
        image.seek(page_no - 1)


def _number(tiff: TiffImageFile, page_no: int) -> int:
    """Which of its pictures, from 0, is a page of a TIFF."""
    return dict(enumerate(_pages(tiff), 1))[page_no]


def _rest(data: bytes, file_type: FileType, page_no: int, limits: Limits) -> Rest | None:
    """What is left of a page of a damaged file; None for nothing, if it is unknown, or if the page is too large."""
    match file_type:
        case FileType.JPEG:
            return jpeg.rest_of(data)
        case FileType.PNG:
            return png.rest_of(data, limits.pixels)
        case FileType.TIFF:
            with _coded_errors(), _open_image(data, file_type) as image:
                if isinstance(image, TiffImageFile):
                    image.seek(number := _number(image, page_no))
                    if image.width * image.height > limits.pixels:
                        return None
                    return tiff_rest.rest_of(data, number, image.tag_v2) or _above_a_tear(data, image)
                return None
        case _:
            return None


def _above_a_tear(data: bytes, page: TiffImageFile) -> Rest | None:
    """The rows above the one in which bare pixels turn to noughts."""
    if not _is_bare(page):
        return None
    pixels = _stored(page)
    row = raw.torn_row(pixels)
    return Rest(data, row / page.height) if row and not raw.has_noise(pixels[:row].reshape(-1)) else None


def _what_is_missing(data: bytes, file_type: FileType, image: Image.Image, said: bytes) -> Reason | None:
    """What a picture that decoded has lost all the same."""
    match file_type:
        case FileType.JPEG:
            return jpeg.what_is_missing(data)
        case FileType.WEBP:
            return webp.what_is_missing(data)
        case FileType.TIFF if isinstance(image, TiffImageFile):
            return _what_a_tiff_lost(data, image, said)
        case FileType.PNG if not png.agrees_with_its_sums(data):
            return Reason.DAMAGED
        case _:
            return None


def _open_image(data: bytes, file_type: FileType) -> Image.Image:
    if file_type is FileType.JPEG:  # without Pillow's own limit: it is decoded smaller
        return JpegImageFile(BytesIO(jpeg.with_end(data)))
    plain = png.without_asides(data) if file_type is FileType.PNG else data
    return Image.open(BytesIO(plain), formats=(file_type.name,))


def _what_a_tiff_lost(data: bytes, page: TiffImageFile, said: bytes) -> Reason | None:
    if reason := strips.harm_of(data, page.tag_v2, said):
        return reason
    return raw.what_is_missing(_stored(page)) if _is_bare(page) else None


def _is_bare(page: TiffImageFile) -> bool:
    """Whether the file holds the pixels themselves, a byte a sample."""
    return page.mode in ("L", "RGB") and page.info.get("compression") == "raw"


def _stored(page: TiffImageFile) -> NDArray[np.uint8]:
    return np.asarray(page).reshape(page.height, page.width, -1)


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
