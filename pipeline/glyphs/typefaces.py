"""Typefaces in which characters are drawn to be compared with a picture: those of Debian's that are installed here."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import ImageFont

from pipeline.perceive.decode.pixels import Grey

EM: Final = 48  # pixels of the em square in which characters are drawn
_ROOT: Final = Path("/usr/share/fonts")
_NO_SUCH_GLYPH: Final = "\U0010fffe"  # a noncharacter: every face draws its replacement box for it


class _File(NamedTuple):
    path: str
    number: int = 0  # of the face inside a collection


# A family's files hold different characters; the first one that holds a character draws it.
_FAMILIES: Final[Mapping[str, tuple[_File, ...]]] = MappingProxyType(
    {
        "TW-Sung": tuple(_File(f"truetype/cns11643/TW-Sung-{part}98_1.ttf") for part in ("", "Ext-B-", "Plus-")),
        "TW-Kai": tuple(_File(f"truetype/cns11643/TW-Kai-{part}98_1.ttf") for part in ("", "Ext-B-", "Plus-")),
        "BabelStone Han": (_File("truetype/babelstone/BabelStoneHan.ttf"),),
        "Noto Serif CJK SC": (_File("opentype/noto/NotoSerifCJK-Regular.ttc", 2),),
        "Noto Sans CJK SC": (_File("opentype/noto/NotoSansCJK-Regular.ttc", 2),),
    }
)


@cache
def families() -> tuple[str, ...]:
    """The families that are installed, whole; Debian's packages are in the README."""
    return tuple(family for family, files in _FAMILIES.items() if all((_ROOT / file.path).is_file() for file in files))


def drawn(character: str, family: str) -> Grey | None:
    """A character's ink in black on white, cut to its rim, at `EM` pixels; None if the family lacks it."""
    for font, nothing in _fonts(family):
        ink = _ink(font, character)
        if ink.any() and not np.array_equal(ink, nothing):
            return _trimmed(ink)
    return None


def _ink(font: ImageFont.FreeTypeFont, character: str) -> NDArray[np.uint8]:
    mask = font.getmask(character, mode="L")
    return np.frombuffer(bytes(mask), np.uint8).reshape(mask.size[1], mask.size[0])


def _trimmed(mask: NDArray[np.uint8]) -> Grey:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return 255 - mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


@cache
def _fonts(family: str) -> tuple[tuple[ImageFont.FreeTypeFont, NDArray[np.uint8]], ...]:
    return tuple(_with_its_box(file) for file in _FAMILIES[family])


def _with_its_box(file: _File) -> tuple[ImageFont.FreeTypeFont, NDArray[np.uint8]]:
    font = ImageFont.truetype(_ROOT / file.path, EM, index=file.number, layout_engine=ImageFont.Layout.BASIC)
    return font, _ink(font, _NO_SUCH_GLYPH)
