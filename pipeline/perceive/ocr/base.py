"""What an OCR engine is to the rest of the pipeline."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from models.geometry import Quad
from models.reading import Lattice
from pipeline.perceive.decode.pixels import Rgb


class TextLine(NamedTuple):
    """A line that was read: `quad` in pixels of the picture that it was found in, corners in reading order."""

    text: str
    confidence: float
    quad: Quad
    lattice: Lattice


class OcrEngine(Protocol):
    """Finds lines of text and reads them. Holds no page; one caller at a time, since networks reuse their buffers."""

    @property
    def name(self) -> str:
        """`runtime-version/precision/weights/settings`: same name and same pixels give the same lines."""
        ...

    def find(self, picture: Rgb, /) -> tuple[Quad, ...]:
        """Where lines of text stand, top to bottom, corners as if each were read along its longer side.

        Raises:
            EngineError: The engine gave no usable answer.
        """
        ...

    def read(self, lines: Sequence[Rgb], /) -> tuple[Lattice, ...]:
        """What each picture of one line says, upright, in the order given; a line's reading depends on no other.

        Raises:
            EngineError: The engine gave no usable answer.
        """
        ...


def weights_named(engine: str) -> str:
    """The digest of the weights, out of an engine's name."""
    return engine.split("/")[2]
