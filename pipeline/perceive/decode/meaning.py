"""The pixels of a picture as its container means them: turned, at full range, on white, in red, green and blue."""

from typing import Any, Final

import numpy as np
from PIL import Image, ImageCms, ImageOps
from PIL.TiffImagePlugin import TiffImageFile

_BITS, _PHOTOMETRIC, _ACROSS, _DOWN, _UNIT = 258, 262, 282, 283, 296  # tags of TIFF 6.0
_WHITE_IS_NOUGHT: Final = 0
_NO_UNIT: Final = 1
_OBLONG: Final = (1.2, 4.0)  # faxes have twice as many pixels across as down; less is the rounding of a scanner
_BYTE, _WORD = 255.0, 65535.0


def meant(image: Image.Image) -> Image.Image:
    """The picture as a viewer shows it; `image` itself may be turned. docs/reference/files.md says what is obeyed."""
    width = image.width
    ImageOps.exif_transpose(image, in_place=True)
    return _squared(_on_white(_levelled(image)), image, turned=width != image.width)


def _levelled(image: Image.Image) -> Image.Image:
    """The picture with eight bits of each colour; Pillow would cut off what is above."""
    if image.mode == "LAB":
        lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
        levelled = ImageCms.profileToProfile(image, lab, srgb, outputMode="RGB")
        return image if levelled is None else levelled
    if image.mode == "F":
        return _grey(_in_bytes(np.nan_to_num(np.asarray(image))), image)
    if image.mode.startswith("I"):
        bits = 16 if image.mode.startswith("I;16") else _bits(image)
        return _grey(np.asarray(image, np.int64).clip(0) >> (bits - 8), image)
    return image


def _in_bytes(levels: Any) -> Any:
    """Levels of a float picture, which ends at 1, at 255 or at 65,535."""
    most = levels.max(initial=0.0)
    return levels * (_BYTE if most <= 1 else 1.0 if most <= _BYTE else _BYTE / _WORD)


def _grey(levels: Any, stored: Image.Image) -> Image.Image:
    grey = Image.fromarray(levels.clip(0, 255).astype(np.uint8))
    inverted = isinstance(stored, TiffImageFile) and stored.tag_v2.get(_PHOTOMETRIC) == _WHITE_IS_NOUGHT
    return ImageOps.invert(grey) if inverted else grey


def _bits(stored: Image.Image) -> int:
    """Bits of a pixel that Pillow holds as a whole number: as the TIFF says, else 16."""
    bits = stored.tag_v2.get(_BITS, (16,)) if isinstance(stored, TiffImageFile) else (16,)
    return max(8, int(bits[0]))


def _on_white(image: Image.Image) -> Image.Image:
    if "A" in image.mode or "a" in image.mode or "transparency" in image.info:
        layered = image.convert("RGBA")
        page = Image.new("RGBA", layered.size, "white")
        return Image.alpha_composite(page, layered).convert("RGB")
    return image if image.mode == "RGB" else image.convert("RGB")


def _squared(image: Image.Image, stored: Image.Image, *, turned: bool) -> Image.Image:
    """The picture of a TIFF in square pixels, enlarged the way in which it has fewer."""
    if not isinstance(stored, TiffImageFile) or stored.tag_v2.get(_UNIT) == _NO_UNIT:
        return image
    across, down = (float(stored.tag_v2.get(tag, 0) or 0) for tag in (_ACROSS, _DOWN))
    if across <= 0 or down <= 0 or not _OBLONG[0] <= max(across / down, down / across) <= _OBLONG[1]:
        return image
    if turned:  # by a quarter
        across, down = down, across
    width, height = image.size
    size = (width, round(height * across / down)) if across > down else (round(width * down / across), height)
    return image.resize(size, Image.Resampling.BICUBIC)
