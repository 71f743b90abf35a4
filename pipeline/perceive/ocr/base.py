"""What an OCR engine must provide, and the checks on what it answers: a broken network still answers, and fluently."""

import math
from collections.abc import Sequence
from typing import Final, NamedTuple, Protocol

from models.errors import EngineError
from models.geometry import Quad
from models.reading import Lattice
from pipeline.perceive.decode.pixels import Rgb

MOST_LINES: Final = 2000  # of a picture; the densest page of a household register has about 80, noise below 1000
_ROUNDING: Final = 0.001  # by which a softmax may exceed one
_RIM: Final = 0.25  # of the picture's longer side, by which a line that grew again may stand out of it


class TextLine(NamedTuple):
    """A line that was read: `quad` in pixels of the picture that it was found in, corners in reading order."""

    text: str
    confidence: float
    quad: Quad
    lattice: Lattice


class OcrEngine(Protocol):
    """Finds lines of text and reads them. Keeps no page. One caller at a time, since networks reuse their buffers."""

    @property
    def name(self) -> str:
        """`runtime-version/precision/weights/settings`: same name and same pixels give the same lines."""

    def find(self, picture: Rgb, /) -> tuple[Quad, ...]:
        """The quads of lines of text, top to bottom; corners as if each line were read along its longer side.

        Raises:
            EngineError: The engine gave no usable answer.
        """

    def read(self, lines: Sequence[Rgb], /) -> tuple[Lattice, ...]:
        """The lattice of each upright picture of one line, in the order given; no line affects another.

        Raises:
            EngineError: The engine gave no usable answer.
        """


class ValidatedEngine:
    """An engine whose answers are checked: an impossible answer raises EngineError and never becomes a reading."""

    def __init__(self, engine: OcrEngine) -> None:
        self._engine = engine
        self.name = engine.name

    def find(self, picture: Rgb, /) -> tuple[Quad, ...]:
        """See `OcrEngine.find`."""
        places = self._engine.find(picture)
        if len(places) > MOST_LINES:
            raise EngineError(f"the OCR engine found {len(places)} lines in a picture")
        height, width = picture.shape[:2]
        if not all(lies_on(place, width, height) for place in places):
            raise EngineError("the OCR engine found a line outside the picture")
        return places

    def read(self, lines: Sequence[Rgb], /) -> tuple[Lattice, ...]:
        """See `OcrEngine.read`."""
        lattices = self._engine.read(lines)
        if len(lattices) != len(lines):
            raise EngineError(f"the OCR engine read {len(lattices)} of {len(lines)} lines")
        if not all(_is_possible(lattice) for lattice in lattices):
            raise EngineError("the OCR engine gave a probability or a character that cannot be")
        return lattices


def lies_on(place: Quad, width: int, height: int) -> bool:
    """Whether a line lies on a picture of this size, give or take a rim.

    NaN fails every comparison, so it lies nowhere.
    """
    rim = _RIM * max(width, height)
    return all(-rim <= corner.x <= width + rim and -rim <= corner.y <= height + rim for corner in place)


def _is_possible(lattice: Lattice) -> bool:
    return (
        math.isfinite(lattice.span)
        and lattice.span > 0
        and all(
            0 <= alternative.probability <= 1 + _ROUNDING and _is_text(alternative.char)
            for step in lattice.steps
            for alternative in step
        )
    )


def _is_text(char: str) -> bool:
    """Half a surrogate pair is no character: it could be neither stored nor shown."""
    return not any("\ud800" <= one <= "\udfff" for one in char)
