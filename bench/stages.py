"""The share of each stage in the time of a page, from one process under Python's profiler.

The profiler slows Python code down but not native code, so the shares of stages in Python are a little high.
"""

import cProfile
import pstats
import time
from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

from bench.baselines import product_reader
from bench.cases import judged_alone
from bench.metrics import Figure
from fixtures.specimens.pages import test_pages
from models.case import ReadPage
from models.policy import Policy
from pipeline.judge.name_match import NameContext
from pipeline.perceive.ocr.engine import alphabet
from pipeline.perceive.ocr.options import OcrOptions

SEED: Final = 7
# The functions of each stage: the end of the file's path, and the name.
_STAGES: Final = MappingProxyType(
    {
        "decode": (("pipeline/perceive/decode/pages.py", "decode"),),
        "find": (
            ("perceive/scene/panels.py", "find_panels"),
            ("perceive/scene/document_detection.py", "find_documents"),
        ),
        "straighten": (("pipeline/perceive/scene/rectify.py", "rectify"),),
        "print layer": (("scene/ink_separation.py", "separate_ink"),),
        "detect": (("ocr/detection.py", "find_lines"),),
        "cut lines": (("scene/rectify.py", "cut_line"),),
        "recognise": (("ocr/recognition.py", "read_line"),),
        "lattice": (("ocr/recognition.py", "alternatives"),),
        "measure": (
            ("perceive/quality.py", "measure_page"),
            ("perceive/quality.py", "measure_line"),
            ("perceive/moire.py", "measure_raster"),
            ("perceive/subpixels.py", "measure_subpixels"),
        ),
        "barcodes": (("perceive/page.py", "read_barcodes"),),
    }
)
_WHOLE: Final = (("pipeline/perceive/page.py", "perceive"),)


def stage_figures(count: int) -> Iterator[Figure]:
    """The share of each stage, judging included, in the time of `count` pages."""
    read = product_reader()
    pages = tuple(test_pages(count, SEED))
    read(pages[0].data)  # warm
    reader = NameContext(alphabet(OcrOptions()), Policy())
    profile = cProfile.Profile()
    profile.enable()
    readings = tuple(read(page.data) for page in pages)
    profile.disable()
    began = time.monotonic()
    for page, reading in zip(pages, readings, strict=True):
        judged_alone(page.truth[0].file, ReadPage(page_no=1, readings=reading), reader)
    judging = time.monotonic() - began
    seconds = {stage: _seconds(profile, functions) for stage, functions in _STAGES.items()}
    seconds["recognise"] -= seconds["lattice"]  # it is built while lines are decoded
    whole = _seconds(profile, _WHOLE) + judging
    for stage, spent in (*seconds.items(), ("judge", judging)):
        yield Figure(name=f"stage {stage}: part of the time", value=spent / whole, unit="number")
    rest = 1 - (sum(seconds.values()) + judging) / whole
    yield Figure(name="stage other: part of the time", value=rest, unit="number")


def _seconds(profile: cProfile.Profile, functions: tuple[tuple[str, str], ...]) -> float:
    rows = pstats.Stats(profile).stats  # type: ignore[attr-defined]  # typeshed hides the table
    wanted = (
        float(row[3])
        for (file, _, name), row in rows.items()
        if any(file.endswith(end) and name == of for end, of in functions)
    )
    return sum(wanted)
