"""The figures of `bench.accuracy`, or of `bench.quality`, on the training split: `python -m bench.training [--gate N]`.

What is learned, tuned or looked at belongs here; nothing is kept in bench/results, since nothing here is a claim.
"""

import argparse
import json
from pathlib import Path
from typing import Final

from bench import quality
from bench.accuracy import details, figures, score
from bench.machine import ROOT
from bench.report import Measured
from bench.tables import compared, console, observed
from fixtures.truth import Split

OUT: Final = ROOT / "build" / "training.json"


def main() -> None:
    """Measure, print, and keep every single mistake in `build/training.json`."""
    parser = argparse.ArgumentParser(prog="python -m bench.training", description=__doc__)
    parser.add_argument("--count", type=int, default=40, help="submissions; 40 if nothing is said")
    parser.add_argument("--gate", type=int, help="so many harmed pages instead")
    told = parser.parse_args()
    found = _gate(told.gate) if told.gate else _accuracy(told.count)
    console.print(compared("training", (figure for figure in found.figures if figure.value is not None), None))
    for title, rows in found.details.items():
        console.print(observed(title, rows, of=len(rows)))
    _keep(found, OUT)


def _accuracy(count: int) -> Measured:
    scored = tuple(score(Split.TRAIN, count))
    return Measured(tuple(figures(scored)), details(scored))


def _gate(count: int) -> Measured:
    return quality.found(*quality.judged_pages(count, Split.TRAIN))


def _keep(found: Measured, path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"details": found.details}, ensure_ascii=False, indent=1, default=str), "utf-8")


if __name__ == "__main__":
    main()
