"""Accuracy and speed of document detection on specimens of the test split: `python -m bench.scene`.

A document counts as found if some outline overlaps its own by an intersection over union of 0.9, or 0.8. An outline
that is too large does no harm, nor does the whole picture; an outline that cuts off print does, and so does a false
one.
"""

import time
from collections.abc import Iterator
from itertools import count as numbers
from itertools import islice
from typing import Final, NamedTuple

import cv2
import numpy as np
from cv2.typing import MatLike
from pydantic import JsonValue
from rich.progress import track

from bench.metrics import Figure, percentile, share
from bench.report import Measured
from bench.runner import Bench, run_bench
from bench.tables import errors
from fixtures.pictures.picture import PictureSpec, picture
from fixtures.specimens.sets import specimen
from fixtures.truth import PictureStyle, Split
from models.geometry import Box, Quad
from pipeline.perceive.scene.document_detection import find_documents

SEED: Final = 12
BENCH: Final = Bench("scene", __doc__, SEED, "pictures", small=60, full=300)
_WELL, _ROUGHLY = 0.9, 0.8
_KEPT: Final = 0.985  # share of a document that an outline and its margin must contain, or the document counts as cut
_SURROUND: Final = 0.085  # margin that rectification keeps around an outline, as a share of its longer side
_ASTRAY: Final = 0.3  # share of an outline that must lie on a document, or the outline counts as false
_WHOLE: Final = 0.98


class Detection(NamedTuple):
    """The result of document detection on a picture.

    Attributes:
        name: Name of its specimen.
        nearest: For each true document, the largest intersection over union with an outline.
        kept: For each true document, the largest share that one outline and its margin contain.
        found: Number of outlines.
        surplus: Number of false outlines.
        whole: Whether the detector took the whole picture for the document.
        seconds: Of processor time, on one thread.
    """

    name: str
    style: PictureStyle
    damaged: bool
    nearest: tuple[float, ...]
    kept: tuple[float, ...]
    found: int
    surplus: int
    whole: bool
    seconds: float


def measure(count: int) -> Measured:
    """Detect the documents in `count` pictures."""
    cv2.setNumThreads(1)
    seen = pictures(Split.TEST, SEED)
    detections = [
        detect(name, spec) for name, spec in track(islice(seen, count), "pictures", total=count, console=errors)
    ]
    mistakes = tuple(_row(one) for one in detections if _is_wrong(one))
    return Measured(tuple(figures(detections)), {"not found, or cut": mistakes})


def pictures(split: Split, seed: int) -> Iterator[tuple[str, PictureSpec]]:
    """One picture of every submission, and all pictures with two documents."""
    for number in numbers():
        made = specimen(split, seed, number)
        specs = [spec for file in made.files for spec in file.pages]
        pairs = [spec for spec in specs if spec.beside]
        yield from ((made.name, spec) for spec in pairs or specs[number % max(1, len(specs)) :][:1])


def detect(name: str, spec: PictureSpec) -> Detection:
    """Detect the documents in a picture, and compare them with the true ones."""
    captured = picture(spec)
    began = time.thread_time()
    quads = find_documents(captured.image)
    seconds = time.thread_time() - began
    frame = _corners(Quad.of_box(Box(0, 0, *captured.size)))
    outlines = [_corners(quad) for quad in quads]
    true = [_within(_corners(document.quad), frame) for document in captured.documents]
    true = [document for document in true if len(document)]
    whole = len(outlines) == 1 and _overlap(outlines[0], frame) >= _WHOLE
    return Detection(
        name,
        captured.style,
        spec.damage is not None,
        nearest=tuple(max(_overlap(one, outline) for outline in outlines) for one in true),
        kept=tuple(max(_shared(one, _grown(outline)) / _area(one) for outline in outlines) for one in true),
        found=len(outlines),
        surplus=0 if whole else sum(_is_astray(outline, true) for outline in outlines),
        whole=whole,
        seconds=seconds,
    )


def figures(detections: list[Detection]) -> Iterator[Figure]:
    """Shares of documents found: of all, by style, and where two lie side by side; and the time."""
    yield from _found("", detections)
    for style in PictureStyle:
        yield from _found(f"{style}: ", [one for one in detections if one.style is style])
    pairs = [one for one in detections if len(one.nearest) > 1]
    yield share("pairs found as two documents", sum(min(one.nearest) >= _ROUGHLY for one in pairs), len(pairs))
    yield share("pairs kept, as two or in one outline", sum(min(one.kept) >= _KEPT for one in pairs), len(pairs))
    yield share("pictures with an outline around nothing", sum(one.surplus > 0 for one in detections), len(detections))
    yield share("whole picture taken", sum(one.whole for one in detections), len(detections))
    times = [one.seconds * 1000 for one in detections]
    yield Figure(name="processor time of a picture, median", value=percentile(times, 50), unit="ms")
    yield Figure(name="processor time of a picture, 95th percentile", value=percentile(times, 95), unit="ms")


def _found(title: str, detections: list[Detection]) -> Iterator[Figure]:
    nearest = [value for one in detections for value in one.nearest]
    kept = [value for one in detections for value in one.kept]
    yield share(f"{title}found, nine tenths shared", sum(value >= _WELL for value in nearest), len(nearest))
    yield share(f"{title}found, four fifths shared", sum(value >= _ROUGHLY for value in nearest), len(nearest))
    yield share(f"{title}cut off", sum(value < _KEPT for value in kept), len(kept))


def _is_wrong(one: Detection) -> bool:
    return one.surplus > 0 or any(kept < _KEPT for kept in one.kept) or any(near < _ROUGHLY for near in one.nearest)


def _row(one: Detection) -> dict[str, JsonValue]:
    return {
        "specimen": one.name,
        "style": one.style.value,
        "damaged": one.damaged,
        "shared": [round(value, 3) for value in one.nearest],
        "kept": [round(value, 3) for value in one.kept],
        "outlines": one.found,
        "around nothing": one.surplus,
        "whole": one.whole,
    }


def _is_astray(outline: MatLike, true: list[MatLike]) -> bool:
    return max((_shared(outline, one) for one in true), default=0.0) < _ASTRAY * _area(outline)


def _grown(outline: MatLike) -> MatLike:
    """The outline with the margin that rectification keeps around it."""
    middle = outline.mean(axis=0)
    sides = np.linalg.norm(outline - np.roll(outline, 1, axis=0), axis=1)
    away = outline - middle
    return np.asarray(outline + away / np.linalg.norm(away, axis=1)[:, None] * _SURROUND * sides.max(), np.float32)


def _corners(quad: Quad) -> MatLike:
    return cv2.convexHull(np.asarray(quad, np.float32))[:, 0]


def _within(one: MatLike, frame: MatLike) -> MatLike:
    """The part of a document that the picture shows; damage may have cut it."""
    size, shown = cv2.intersectConvexConvex(one, frame)
    return shown[:, 0] if size else np.empty((0, 2), np.float32)


def _overlap(one: MatLike, other: MatLike) -> float:
    both = _shared(one, other)
    return both / max(1.0, _area(one) + _area(other) - both)


def _shared(one: MatLike, other: MatLike) -> float:
    return float(cv2.intersectConvexConvex(one, other)[0])


def _area(outline: MatLike) -> float:
    return float(cv2.contourArea(outline))


if __name__ == "__main__":
    run_bench(BENCH, measure)
