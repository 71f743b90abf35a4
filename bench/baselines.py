"""Page readers to compare: the product's own, and the OCR libraries that a hospital could use instead.

Each library runs as its own documentation shows. It gets the decoded page, and its lines go through the product's field
extraction. Libraries report no lattice, so each character of a line gets the confidence of the line.
"""

import csv
import io
import os
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Protocol, TypeAlias

import cv2
import numpy as np

from models.geometry import Box, Point, Quad
from models.policy import Limits
from models.reading import BLANK, Alternative, Lattice, Line, PageReading
from pipeline.perceive.decode.pages import decode
from pipeline.perceive.decode.pixels import Rgb
from pipeline.perceive.ocr.base import TextLine
from pipeline.perceive.ocr.engine import engine_kind
from pipeline.perceive.ocr.options import OcrOptions
from pipeline.perceive.ocr.paddle import without_network
from pipeline.perceive.ocr.runtimes import import_onnxruntime
from pipeline.perceive.ocr.weights import find_weights
from pipeline.perceive.page import perceive
from pipeline.perceive.quality import grey_of, measure_line, measure_page

THREADS: Final = 2
_TESSERACT: Final = "tesseract"
_WORD_ROWS: Final = "5"  # level of a word in Tesseract's table

PageReader: TypeAlias = Callable[[bytes], tuple[PageReading, ...]]


class MissingBaselineError(RuntimeError):
    """A baseline is not installed on this machine; the message says what to install."""


class LineReader(Protocol):
    """A library that finds and reads lines of text."""

    def __call__(self, picture: Rgb, /) -> tuple[TextLine, ...]:
        """All lines of the picture."""
        ...


def product_reader() -> PageReader:
    """The product's page reader: finds the document, turns and rectifies it, reads it."""
    options = OcrOptions(threads=THREADS)
    engine = engine_kind(options.engine).load(options)
    return lambda data: perceive(data, 1, engine=engine, limits=Limits())


def paddle() -> LineReader:
    """PaddleOCR with the weights that the product uses and its own defaults.

    Page orientation and unwarping are off: their models would have to be downloaded.
    """
    cache = OcrOptions().cache
    import_onnxruntime()  # without its telemetry, before PaddleX imports it
    with without_network(cache):
        from paddleocr import PaddleOCR
    weights = find_weights(None, cache)
    ocr: Any = PaddleOCR(
        engine="onnxruntime",
        engine_config={"intra_op_num_threads": THREADS, "inter_op_num_threads": 1},
        text_detection_model_name=weights.model_name(weights.detection),
        text_detection_model_dir=str(weights.detection),
        text_recognition_model_name=weights.model_name(weights.recognition),
        text_recognition_model_dir=str(weights.recognition),
        use_doc_orientation_classify=False,
        use_doc_unwarping=False,
        use_textline_orientation=False,
    )

    def read(picture: Rgb) -> tuple[TextLine, ...]:
        (found,) = ocr.predict(np.ascontiguousarray(picture[..., ::-1]))
        rows = zip(found["rec_texts"], found["rec_scores"], found["rec_polys"], strict=True)
        return tuple(_line(text, float(score), np.asarray(poly)) for text, score, poly in rows if text)

    return read


def rapid() -> LineReader:
    """RapidOCR with its bundled models and its own defaults, which include a line orientation classifier."""
    import_onnxruntime()  # without its telemetry, before RapidOCR imports it
    from rapidocr import RapidOCR

    threads = {"intra_op_num_threads": THREADS, "inter_op_num_threads": 1}
    ocr: Any = RapidOCR(params={f"EngineConfig.onnxruntime.{key}": value for key, value in threads.items()})

    def read(picture: Rgb) -> tuple[TextLine, ...]:
        found = ocr(np.ascontiguousarray(picture[..., ::-1]))
        if found.txts is None:
            return ()
        rows = zip(found.txts, found.scores, found.boxes, strict=True)
        return tuple(_line(text, float(score), np.asarray(box)) for text, score, box in rows if text)

    return read


def tesseract() -> LineReader:
    """Tesseract with `chi_sim` and its defaults.

    Raises:
        MissingBaselineError: Tesseract or its language `chi_sim` is not installed.
    """
    try:
        done = subprocess.run([_TESSERACT, "--list-langs"], capture_output=True, text=True, check=True, timeout=30)
    except (OSError, subprocess.SubprocessError) as error:
        raise MissingBaselineError("Tesseract is not installed. Install the Debian package tesseract-ocr.") from error
    if "chi_sim" not in done.stdout.split():
        raise MissingBaselineError("Tesseract lacks chi_sim. Install the Debian package tesseract-ocr-chi-sim.")

    def read(picture: Rgb) -> tuple[TextLine, ...]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "page.png"
            cv2.imwrite(str(path), np.ascontiguousarray(picture[..., ::-1]))
            command = [_TESSERACT, str(path), "stdout", "-l", "chi_sim", "tsv"]
            limited = {**os.environ, "OMP_THREAD_LIMIT": str(THREADS)}
            done = subprocess.run(command, capture_output=True, check=True, timeout=120, env=limited)
        return lines_of_table(done.stdout.decode())

    return read


def lines_of_table(table: str) -> tuple[TextLine, ...]:
    """The lines of Tesseract's TSV output; the words of a line are joined without blanks, as Chinese is written."""
    rows = csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE)
    lines: dict[tuple[str, ...], list[Mapping[str, str]]] = {}
    for row in rows:
        if row["level"] == _WORD_ROWS and row["text"].strip():
            lines.setdefault((row["block_num"], row["par_num"], row["line_num"]), []).append(row)
    return tuple(_joined(words) for words in lines.values())


def _joined(words: list[Mapping[str, str]]) -> TextLine:
    boxes = [
        Box(int(w["left"]), int(w["top"]), int(w["left"]) + int(w["width"]), int(w["top"]) + int(w["height"]))
        for w in words
    ]
    text = "".join(word["text"] for word in words)
    score = min(float(word["conf"]) for word in words) / 100
    return TextLine(text, max(0.0, score), Quad.of_box(Box.around(boxes)), lattice_of(text, max(0.0, score)))


def lattice_of(text: str, confidence: float) -> Lattice:
    """A lattice with a single reading: each character has the line's confidence, with a blank between two."""
    sure = round(min(1.0, confidence), 5)
    steps: list[tuple[Alternative, ...]] = []
    for character in text:
        steps += [(Alternative(character, sure),), (Alternative(BLANK, sure),)]
    return Lattice(steps=tuple(steps), span=1 / max(1, len(steps)))


def _line(text: str, score: float, corners: np.ndarray) -> TextLine:
    quad = Quad(*(Point(float(x), float(y)) for x, y in corners))
    return TextLine(text, score, quad, lattice_of(text, score))


def without_preparation(read: LineReader) -> PageReader:
    """A page reader that reads the page as decoded, without document detection or orientation."""

    def page(data: bytes) -> tuple[PageReading, ...]:
        picture = decode(data, page_no=1, limits=Limits())
        return (_reading(picture, read(picture)),)

    return page


def _reading(picture: Rgb, lines: tuple[TextLine, ...]) -> PageReading:
    grey = grey_of(picture)
    height, width = picture.shape[:2]
    return PageReading(
        engine="peer",
        page_no=1,
        width=width,
        height=height,
        upright_width=width,
        upright_height=height,
        rotation=0,
        quad=Quad.of_box(Box(0, 0, width, height)),
        lines=tuple(
            Line(
                text=line.text,
                confidence=line.confidence,
                quad=line.quad,
                upright=line.quad.box.within(width, height),
                lattice=line.lattice,
                measures=measure_line(picture, grey, line.quad.box.within(width, height)),
            )
            for line in lines
            if line.quad.box.within(width, height).height > 1 and line.quad.box.within(width, height).width > 1
        ),
        measures=measure_page(picture, grey),
    )


PAGE_READERS: Final[Mapping[str, Callable[[], PageReader]]] = MappingProxyType(
    {
        "child-intake": product_reader,
        "PaddleOCR": lambda: without_preparation(paddle()),
        "RapidOCR": lambda: without_preparation(rapid()),
        "Tesseract": lambda: without_preparation(tesseract()),
    }
)
