"""Accuracy, agreement, calibration and speed of the OCR engines: `python -m bench.runtimes [--full]`.

One process with one thread reads every page with each engine; another engine begins each time. The bench compares the
values with the truth, and with those that ONNX Runtime reads in full precision. The confidences are calibrated by the
same constants for all.
"""

import time
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from pydantic import JsonValue
from rich.progress import track

from bench.calibration_report import calibration_error, claims
from bench.cases import judged_alone
from bench.metrics import Figure, percentile, share
from bench.report import Measured
from bench.runner import Bench, run_bench
from bench.scoring import ScoredField, score_fields
from bench.tables import errors
from fixtures.specimens.pages import PageCase, test_pages
from fixtures.truth import Expected, Legibility
from models.case import ReadPage
from models.policy import Limits, Policy
from models.result import Decision
from pipeline.judge.name_match import NameContext
from pipeline.perceive.ocr.engine import alphabet, engine_kind
from pipeline.perceive.ocr.options import OcrOptions
from pipeline.perceive.page import perceive

SEED: Final = 9
BENCH: Final = Bench("runtimes", __doc__, SEED, "pages", small=24, full=96)
_REFERENCE: Final = "ONNX Runtime, f32"
RUNTIMES: Final[Mapping[str, OcrOptions]] = MappingProxyType(
    {
        "OpenVINO, bf16": OcrOptions(engine="openvino", precision="bf16"),
        "OpenVINO, f32": OcrOptions(engine="openvino", precision="f32"),
        _REFERENCE: OcrOptions(engine="onnxruntime"),
        "PaddleOCR, f32": OcrOptions(engine="paddleocr"),
    }
)


class Turn(NamedTuple):
    """One runtime's result on one page."""

    runtime: str
    page: str
    seconds: float
    fields: tuple[ScoredField, ...]


def measure(count: int) -> Measured:
    """Read `count` pages of the test split with each runtime."""
    turns = tuple(_turns(count))
    return Measured(tuple(figures(turns)), {"values that differ": tuple(_differing(turns))})


def figures(turns: tuple[Turn, ...]) -> Iterator[Figure]:
    """Accuracy, agreement and seconds of each."""
    reference = _read(turns, _REFERENCE)
    for name in RUNTIMES:
        own = [turn for turn in turns if turn.runtime == name]
        legible = [field for turn in own for field in turn.fields if field.printed.legibility is Legibility.LEGIBLE]
        yield share(f"{name}: legible fields exact", sum(field.value_right for field in legible), len(legible))
        read = _read(turns, name)
        yield share(f"{name}: values as {_REFERENCE}", sum(read[key] == reference[key] for key in read), len(read))
        made = claims(tuple(field for turn in own for field in turn.fields))
        yield Figure(name=f"{name}: calibration error", value=calibration_error(made), unit="number")
        for percent in (50, 95):
            seconds = percentile([turn.seconds for turn in own], percent)
            yield Figure(name=f"{name}: seconds a page, p{percent}", value=seconds, unit="s")


def _turns(count: int) -> Iterator[Turn]:
    engines = {name: engine_kind(options.engine).load(options) for name, options in RUNTIMES.items()}
    reader = NameContext(alphabet(OcrOptions()), Policy())
    for number, case in enumerate(track(test_pages(count, SEED), "pages", total=count, console=errors)):
        names = list(RUNTIMES)
        for name in names[number % len(names) :] + names[: number % len(names)]:
            began = time.monotonic()
            readings = perceive(case.data, 1, engine=engines[name], limits=Limits())
            seconds = time.monotonic() - began
            yield Turn(name, case.name, seconds, _scored(case, ReadPage(page_no=1, readings=readings), reader))


def _scored(case: PageCase, page: ReadPage, reader: NameContext) -> tuple[ScoredField, ...]:
    expected = Expected(name=case.name, decision=Decision.ACCEPTED, findings=(), pages=case.truth)
    return score_fields(expected, judged_alone(case.truth[0].file, page, reader))


def _read(turns: tuple[Turn, ...], runtime: str) -> dict[tuple[str, int], str | None]:
    own = [turn for turn in turns if turn.runtime == runtime]
    return {(turn.page, at): field.read for turn in own for at, field in enumerate(turn.fields)}


def _differing(turns: tuple[Turn, ...]) -> Iterator[Mapping[str, JsonValue]]:
    reads = {name: _read(turns, name) for name in RUNTIMES}
    printed = {(turn.page, at): field for turn in turns for at, field in enumerate(turn.fields)}
    for key, field in printed.items():
        said = {name: read.get(key) for name, read in reads.items()}
        if len(set(said.values())) > 1:
            yield {"page": key[0], "field": field.printed.field, "printed": field.printed.value, **said}


if __name__ == "__main__":
    run_bench(BENCH, measure)
