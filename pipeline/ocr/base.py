"""What an OCR engine is to the rest of the pipeline."""

from typing import NamedTuple, Protocol

from models.geometry import Quad
from models.reading import Lattice
from pipeline.decode.pixels import Rgb


class TextLine(NamedTuple):
    """A line as an engine gives it: `quad` in pixels of the picture that was read, corners in reading order."""

    text: str
    confidence: float
    quad: Quad
    lattice: Lattice


class OcrEngine(Protocol):
    """Reads text. Holds no page; one caller at a time, since engines share buffers between calls."""

    @property
    def name(self) -> str:
        """`engine-version/runtime/weights/settings`: same name and same pixels give the same lines."""
        ...

    def read(self, picture: Rgb, /) -> tuple[TextLine, ...]:
        """Every line of text in the picture, top to bottom; none for a picture without text.

        Raises:
            EngineError: The engine gave no usable answer.
        """
        ...


def weights_named(engine: str) -> str:
    """The digest of the weights, out of an engine's name."""
    return engine.split("/")[2]
