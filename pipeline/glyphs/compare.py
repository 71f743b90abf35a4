"""Whether a picture shows a given character, by comparison with typefaces: used where no engine reads the character."""

from collections.abc import Collection, Iterator, Mapping, Sequence
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

_SOFTNESS: Final = (SHARP, 2.0, 3.2)  # as sharp as print, as pictures that one reads, and as those that one guesses at
_BEST: Final = 2  # typefaces that count: the print may be unlike all others


def resemblance(
    page: Rgb, place: Quad, character: str, rivals: Collection[str] = (), *, without: Collection[str] = ()
) -> Resemblance | None:
    """How much the picture at a place is that of a character, and how much that of the most similar other one.

    Args:
        page: As decoded.
        place: Around the character, as high as its line.
        character: That was entered.
        rivals: What else it may be, besides the characters that look most like `character`, or like the picture.
        without: Families of typefaces to leave out.

    Returns:
        None if there is no ink, or if no typeface here holds the character.
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
    """Is this character the one that stands at a place of a page? `rivals` are what was read there."""

    page_no: int
    place: Quad
    character: str
    rivals: tuple[str, ...]


def answer_queries(data: bytes, questions: Sequence[GlyphQuery], limits: Limits) -> tuple[Resemblance | None, ...]:
    """An answer to each question, None where there is none; raises FileRejectedError.

    Args:
        data: A file.
        questions: In the order of its pages.
        limits: Of its size.
    """
    return tuple(_answers(data, questions, limits))


def _answers(data: bytes, questions: Sequence[GlyphQuery], limits: Limits) -> Iterator[Resemblance | None]:
    for page_no, asked in groupby(questions, attrgetter("page_no")):
        page = decode(data, page_no=page_no, limits=limits)
        for question in asked:
            yield resemblance(page, question.place, question.character, question.rivals)
