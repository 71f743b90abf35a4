"""Typefaces in which characters are drawn for comparison, and which of their characters look most like one.

The typefaces are Debian's, as far as they are installed here.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import ImageFont

from pipeline.glyphs.shape import Shape, outline_of, shape_of
from pipeline.perceive.decode.pixels import Grey

EM: Final = 48  # pixels of the em square in which characters are drawn
_ROOT: Final = Path("/usr/share/fonts")
_NO_SUCH_GLYPH: Final = "\U0010fffe"  # a noncharacter: every face draws its replacement box for it
_BLOCKS: Final = (  # of Unicode: the unified ideographs, and their extensions
    (0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2EE5D), (0x30000, 0x323AF),
)  # fmt: skip
_KEPT: Final = 60
_BATCH: Final = 8192  # outlines compared at a time: float16 is widened to float32 first


class _FontFile(NamedTuple):
    path: str
    number: int = 0  # of the face inside a collection


# A family's files hold different characters; the first one that holds a character draws it.
_FAMILIES: Final[Mapping[str, tuple[_FontFile, ...]]] = MappingProxyType(
    {
        "TW-Sung": tuple(_FontFile(f"truetype/cns11643/TW-Sung-{part}98_1.ttf") for part in ("", "Ext-B-", "Plus-")),
        "TW-Kai": tuple(_FontFile(f"truetype/cns11643/TW-Kai-{part}98_1.ttf") for part in ("", "Ext-B-", "Plus-")),
        "BabelStone Han": (_FontFile("truetype/babelstone/BabelStoneHan.ttf"),),
        "Noto Serif CJK SC": (_FontFile("opentype/noto/NotoSerifCJK-Regular.ttc", 2),),
        "Noto Sans CJK SC": (_FontFile("opentype/noto/NotoSansCJK-Regular.ttc", 2),),
    }
)


@cache
def families() -> tuple[str, ...]:
    """The families of which every file is installed; docs/runbook.md names Debian's packages."""
    return tuple(family for family, files in _FAMILIES.items() if all((_ROOT / file.path).is_file() for file in files))


def drawn(character: str, family: str) -> Grey | None:
    """A character's ink in black on white, cut to its rim, at `EM` pixels; None if the family lacks it."""
    for font, replacement in _fonts(family):
        ink = _ink(font, character)
        if ink.any() and not np.array_equal(ink, replacement):
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
    """Each font of a family, with the ink of its replacement box."""
    fonts = (
        ImageFont.truetype(_ROOT / file.path, EM, index=file.number, layout_engine=ImageFont.Layout.BASIC)
        for file in _FAMILIES[family]
    )
    return tuple((font, _ink(font, _NO_SUCH_GLYPH)) for font in fonts)


class _Index(NamedTuple):
    characters: NDArray[np.str_]
    outlines: NDArray[np.float16]


def neighbours(character: str) -> tuple[str, ...]:
    """The characters that look most like this one in a typeface that holds it, nearest first; none if none does."""
    for family in families():
        ink = drawn(character, family)
        if ink is not None:
            return tuple(other for other in _nearest(shape_of(ink), family) if other != character)
    return ()


def lookalikes(shape: Shape) -> tuple[str, ...]:
    """The characters that look most like a shape in the first typeface here, nearest first; none without typefaces."""
    return _nearest(shape, families()[0]) if families() else ()


def _nearest(shape: Shape, family: str) -> tuple[str, ...]:
    """The first call for a typeface draws all its characters: ten seconds, 40 MB."""
    characters, outlines = _index(family)
    likeness = _products(outlines, outline_of(shape))
    return tuple(str(one) for one in characters[np.argsort(-likeness)[:_KEPT]])


@cache
def _index(family: str) -> _Index:
    characters, outlines = zip(*_drawn_outlines(family), strict=True)
    return _Index(np.array(characters), np.stack(outlines))


def _drawn_outlines(family: str) -> Iterator[tuple[str, NDArray[np.float16]]]:
    for code in chain.from_iterable(range(first, last + 1) for first, last in _BLOCKS):
        ink = drawn(chr(code), family)
        if ink is not None:
            yield chr(code), outline_of(shape_of(ink))


def _products(outlines: NDArray[np.float16], outline: NDArray[np.float16]) -> NDArray[np.float32]:
    wide = outline.astype(np.float32)
    starts = range(0, len(outlines), _BATCH)
    return np.concatenate([outlines[start : start + _BATCH].astype(np.float32) @ wide for start in starts])
