"""Whether a picture shows a given character, by comparison with typefaces: used where no engine reads the character."""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.content import Resemblance
from models.geometry import Quad
from models.policy import Limits
from pipeline.glyphs.segmentation import cut_out
from pipeline.glyphs.shape import SHARP, shape_of
from pipeline.glyphs.typefaces import drawn, families, lookalikes, neighbours
from pipeline.perceive.decode.pages import decode
from pipeline.perceive.decode.pixels import Rgb

_SOFTNESS: Final = (SHARP, 2.0, 3.2)  # as sharp as print, as legible pictures, and as barely legible ones
_BEST: Final = 2  # typefaces that count: the print may be unlike all others


def resemblance(
    page: Rgb, place: Quad, character: str, rivals: Collection[str] = (), *, without: Collection[str] = ()
) -> Resemblance | None:
    """How similar the picture at a place is to a character, and to the most similar other character.

    Args:
        page: As decoded.
        place: Around the character, as high as its line.
        character: The one that was entered.
        rivals: Further candidates; the characters that look most like `character` or like the picture are always tried.
        without: Families of typefaces to leave out.

    Returns:
        None if there is no ink, or if no installed typeface holds the character.
    """
    cuts = cut_out(page, place)
    faces = tuple(family for family in families() if family not in without)
    if not cuts or not _drawn_shapes(character, faces):
        return None
    seen = np.stack([shape_of(cut) for cut in cuts])
    alike = _alike(seen, character, faces)
    tried = {*rivals, *neighbours(character), *lookalikes(seen[0])} - {character}
    others = {other: _alike(seen, other, faces) for other in tried}
    rival = max(others, key=lambda other: others[other])
    return Resemblance(character, round(alike, 4), rival, round(others[rival], 4))


def _alike(seen: NDArray[np.float32], character: str, faces: tuple[str, ...]) -> float:
    shapes = _drawn_shapes(character, faces)
    best = sorted((float((seen @ soft.T).max()) for soft in shapes.values()), reverse=True)[:_BEST]
    return sum(best) / len(best) if best else 0.0


@lru_cache(maxsize=4096)
def _drawn_shapes(character: str, faces: tuple[str, ...]) -> Mapping[str, NDArray[np.float32]]:
    """The shape in each family that holds the character, a row for each softness."""
    inks = {family: ink for family in faces if (ink := drawn(character, family)) is not None}
    return {family: np.stack([shape_of(ink, soft) for soft in _SOFTNESS]) for family, ink in inks.items()}


class GlyphQuery(NamedTuple):
    """Whether a character is the one at a place of a page; `rivals` are the characters that were read there."""

    page_no: int
    place: Quad
    character: str
    rivals: tuple[str, ...]


def answer_queries(data: bytes, queries: Sequence[GlyphQuery], limits: Limits) -> tuple[Resemblance | None, ...]:
    """Compare the pictures of characters on the pages of a file.

    Args:
        data: The file.
        queries: In the order of its pages.
        limits: For decoding it.

    Returns:
        For each query what `resemblance` returns.

    Raises:
        FileRejectedError: A page cannot be decoded within the limits.
    """
    answers: list[Resemblance | None] = []
    for page_no, on_page in groupby(queries, attrgetter("page_no")):
        page = decode(data, page_no=page_no, limits=limits)
        answers += (resemblance(page, query.place, query.character, query.rivals) for query in on_page)
    return tuple(answers)
