"""Fit the confidence calibration on the training split: `python -m bench.calibrate`. Writes the constants in force.

A logistic model predicts from the features of each reading (`CONFIDENCE_FEATURES`) whether the value is right. It
learns from submissions as parents send them and from pages harmed at every level, so that hard readings are covered.
Half of the submissions fit the model; the program reports the calibration error on the other half, and for low
confidences how many values are right, those read where nothing is printed included: below the confidence at which a
reading means anything, `LegibilityLimits.unreadable`, results give no value.
"""

import argparse
import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from bench.accuracy import SEED, draw
from bench.calibration_report import Claim, calibration_error
from bench.cases import scan
from bench.harmed_pages import plan
from bench.machine import ROOT
from bench.readings import Library, ahead, library
from bench.tables import console, errors
from fixtures.truth import Expected, PrintedField, Split
from models.case import FileReading, ReadPage
from models.content import Slot
from models.documents import Person
from models.reading import weights_named
from pipeline.extract.calibration import CONFIDENCE_FEATURES, Calibration, calibrated
from pipeline.extract.extraction import ExtractedPage, extract
from pipeline.extract.fields import FieldReading
from pipeline.extract.split_documents import split_documents

FILE: Final = ROOT / "pipeline" / "extract" / "calibration.json"
_RIDGE: Final = 1.0  # keeps weights small where there is little data
_STEPS: Final = 60
_LOW: Final = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.9)  # bounds of the bands of low confidence


class Observed(NamedTuple):
    """One reading, whether it was right, where it comes from, and whether a value is printed there."""

    field: FieldReading
    right: bool
    source: int
    printed: bool = True


def main() -> None:
    """Read, fit, print the calibration error on the held-out half, and write the file."""
    parser = argparse.ArgumentParser(prog="python -m bench.calibrate", description=__doc__)
    parser.add_argument("--submissions", type=int, default=60)
    parser.add_argument("--pages", type=int, default=216, help="harmed pages")
    parser.add_argument("--out", type=Path, default=FILE)
    arguments = parser.parse_args()
    with library() as shelf:
        observed = (*_of_submissions(arguments.submissions, shelf), *_of_harmed_pages(arguments.pages, shelf))
        digest = weights_named(shelf.desk.readers.engine)
    printed = tuple(one for one in observed if one.printed)
    fitting = tuple(one for one in printed if one.source % 2 == 0)
    held_out = tuple(one for one in printed if one.source % 2)
    made = _calibration(fitting, arguments, digest)
    claims = tuple(Claim(calibrated(one.field, made), one.right) for one in held_out)
    console.print(f"calibration error on {len(claims)} readings not fitted: {calibration_error(claims):.4f}")
    for least in (0.5, 0.9, 0.99, 0.995, 0.999):
        sure = [claim.right for claim in claims if claim.confidence >= least]
        console.print(f"confidence >= {least}: {sum(sure)} of {len(sure)} right")
    _print_low(observed, made)
    arguments.out.write_text(
        json.dumps(_calibration(printed, arguments, digest).model_dump(), indent=1) + "\n", "utf-8"
    )


def _of_submissions(count: int, shelf: Library) -> Iterator[Observed]:
    drawn = (draw(Split.TRAIN, number) for number in range(count))
    begun = ((number, one, shelf.start(one.scans)) for number, one in enumerate(drawn))
    for number, one, started in track(ahead(begun), "submissions", total=count, console=errors):
        files = [file.finish() for file in started]
        yield from (Observed(*scored[:2], number, scored[2]) for scored in _scored_fields(files, one.expected))


def _of_harmed_pages(count: int, shelf: Library) -> Iterator[Observed]:
    begun = ((harmed, shelf.start([scan(harmed.spec)])) for harmed in plan(count, Split.TRAIN))
    for harmed, started in track(ahead(begun, 8), "harmed pages", total=count, console=errors):
        for _, _, page in _taken([file.finish() for file in started]):
            truth = [field for field in harmed.fields if field.level > 0 or harmed.number % 3 == 0]
            yield from (Observed(field, right, harmed.number) for field, right in _beside(page, truth))


def _print_low(observed: tuple[Observed, ...], made: Calibration) -> None:
    """How many values of low confidence are right, band by band."""
    sure = [(calibrated(one.field, made), one.right) for one in observed if one.field.value is not None]
    for low, high in pairwise(_LOW):
        band = [right for confidence, right in sure if low <= confidence < high]
        console.print(f"confidence {low} to {high}: {sum(band)} of {len(band)} values right")


def _scored_fields(files: list[FileReading], expected: Expected) -> Iterator[tuple[FieldReading, bool, bool]]:
    """Each reading, whether it is what is printed, and whether anything is printed there."""
    for path, page_no, page in _taken(files):
        here = (true for true in expected.pages if (true.file, true.page_no) == (path, page_no))
        true = next(
            (true for true in here if true.kind is page.kind), None
        )  # None where another page kind was recognised
        if true is not None:
            beside = [(field, right, True) for field, right in _beside(page, true.fields)]
            known = {id(field) for field, _, _ in beside}
            yield from beside
            yield from ((field, False, False) for field in page.form.fields.values() if id(field) not in known)


def _taken(files: list[FileReading]) -> Iterator[tuple[str, int, ExtractedPage]]:
    """Every document on every page, with its file's path and its page number."""
    for file in files:
        for page in file.pages:
            if isinstance(page, ReadPage):
                readings = (part for reading in page.readings for part in split_documents(reading))
                yield from ((file.file.path, page.page_no, extract(reading)) for reading in readings)


def _beside(
    page: ExtractedPage, truth: tuple[PrintedField, ...] | list[PrintedField]
) -> Iterator[tuple[FieldReading, bool]]:
    """Each reading of a printed value, and whether it is what is printed."""
    for printed in truth:
        person: Person | None = printed.person
        read = page.form.fields.get(Slot(printed.field, person)) or page.form.fields.get(Slot(printed.field))
        if read is not None and read.runs:
            yield read, read.value == printed.value


def _calibration(observed: tuple[Observed, ...], arguments: argparse.Namespace, digest: str) -> Calibration:
    evidence = np.array([[take(one.field) for take in CONFIDENCE_FEATURES.values()] for one in observed])
    right = np.array([one.right for one in observed], float)
    weights = _fitted(evidence, right)
    return Calibration(
        weights={name: round(float(weight), 4) for name, weight in zip(CONFIDENCE_FEATURES, weights, strict=True)},
        weights_digest=digest,
        split=Split.TRAIN,
        seed=SEED,
        submissions=arguments.submissions,
        harmed_pages=arguments.pages,
        fields=len(observed),
        wrong=int((1 - right).sum()),
    )


def _fitted(evidence: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """Maximum-likelihood weights by Newton's method, with a ridge penalty on all but the first."""
    weights = np.zeros(evidence.shape[1])
    ridge = np.full(evidence.shape[1], _RIDGE)
    ridge[0] = 1e-6
    for _ in range(_STEPS):
        predicted = 1 / (1 + np.exp(-np.clip(evidence @ weights, -40, 40)))
        slope = evidence.T @ (right - predicted) - ridge * weights
        curve = (evidence * (predicted * (1 - predicted))[:, None]).T @ evidence + np.diag(ridge)
        step = np.linalg.solve(curve, slope)
        weights += step
        if np.abs(step).max() < 1e-8:
            break
    return weights


if __name__ == "__main__":
    main()
