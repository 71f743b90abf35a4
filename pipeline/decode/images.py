"""JPEG, PNG, WebP and TIFF to pixels, by Pillow."""

import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from models.errors import FileRejectedError
from models.findings import Reason
from models.policy import Limits
from pipeline.decode.pixels import Rgb
from pipeline.decode.sniff import FileType

_FORMATS = {FileType.JPEG: "JPEG", FileType.PNG: "PNG", FileType.WEBP: "WEBP", FileType.TIFF: "TIFF"}
_RIFF_HEADER = 8  # bytes, which the size that a WebP states does not count
_CUT_SHORT = ("truncated", "broken data stream", "unrecognized data stream", "not enough image data")


def count_frames(data: bytes, file_type: FileType) -> int:
    """The number of pages of an image file.

    Raises:
        FileRejectedError: It does not open, or is an animation, whose frames are no pages.
    """
    if file_type is FileType.WEBP and int.from_bytes(data[4:8], "little") + _RIFF_HEADER > len(data):
        raise FileRejectedError(Reason.TRUNCATED)
    with _coded_errors(), Image.open(BytesIO(data), formats=(_FORMATS[file_type],)) as image:
        frames: int = getattr(image, "n_frames", 1)
        if frames > 1 and file_type in (FileType.PNG, FileType.WEBP):
            raise FileRejectedError(Reason.TYPE)
        return frames if file_type is FileType.TIFF else 1


def decode_frame(data: bytes, file_type: FileType, *, page_no: int, limits: Limits) -> Rgb:
    """One page of an image file, turned as its EXIF orientation says, transparency on white.

    Raises:
        FileRejectedError: Too many pixels (told from the header), cut short, or damaged.
    """
    with _coded_errors(), Image.open(BytesIO(data), formats=(_FORMATS[file_type],)) as image:
        if page_no > 1:
            image.seek(page_no - 1)
        if image.width * image.height > limits.pixels:
            raise FileRejectedError(Reason.TOO_LARGE)
        image.load()
        return np.asarray(_on_white(ImageOps.exif_transpose(image)))


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
    """Pillow's many ways to say no, as ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a strange EXIF tag is no reason to refuse a picture
        try:
            yield
        except Image.DecompressionBombError as error:
            raise FileRejectedError(Reason.TOO_LARGE) from error
        except UnidentifiedImageError as error:
            raise FileRejectedError(Reason.DAMAGED) from error
        except (OSError, SyntaxError, ValueError, EOFError, KeyError, TypeError, struct.error) as error:
            cut_short = any(words in str(error).lower() for words in _CUT_SHORT)
            raise FileRejectedError(Reason.TRUNCATED if cut_short else Reason.DAMAGED) from error
