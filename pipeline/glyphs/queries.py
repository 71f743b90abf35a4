"""What is asked of a picture, and the answers for the pages of one file."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from models.content import Resemblance
from models.geometry import Quad
from models.policy import Limits
from pipeline.glyphs.compare import resemblance
from pipeline.perceive.decode.pages import decode


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
