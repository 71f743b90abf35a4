"""Which characters look most like one, among all that the typefaces here hold."""

from collections.abc import Iterator
from functools import cache
from itertools import chain
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.glyphs.shape import Shape, outline_of, shape_of
from pipeline.glyphs.typefaces import drawn, families

_BLOCKS: Final = (  # of Unicode: the unified ideographs, and their extensions
    (0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2EE5D), (0x30000, 0x323AF),
)  # fmt: skip
_KEPT: Final = 60
_LOT: Final = 8192  # outlines that are compared at a time: numbers of two bytes are widened first


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
    """The first call for a typeface draws all of its characters, which takes ten seconds and 40 MB."""
    characters, outlines = _index(family)
    likeness = _products(outlines, outline_of(shape))
    return tuple(str(one) for one in characters[np.argsort(-likeness)[:_KEPT]])


@cache
def _index(family: str) -> _Index:
    held = tuple(_held(family))
    return _Index(np.array([character for character, _ in held]), np.stack([outline for _, outline in held]))


def _held(family: str) -> Iterator[tuple[str, NDArray[np.float16]]]:
    for code in chain.from_iterable(range(first, last + 1) for first, last in _BLOCKS):
        ink = drawn(chr(code), family)
        if ink is not None:
            yield chr(code), outline_of(shape_of(ink))


def _products(outlines: NDArray[np.float16], outline: NDArray[np.float16]) -> NDArray[np.float32]:
    wide = outline.astype(np.float32)
    lots = range(0, len(outlines), _LOT)
    return np.concatenate([outlines[at : at + _LOT].astype(np.float32) @ wide for at in lots])
