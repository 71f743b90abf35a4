"""The figures of `bench.accuracy`, or of `bench.quality`, on the training split: `python -m bench.training [--gate N]`.

Use it for learning, tuning and inspection. It writes nothing to bench/results, since figures on the training split
prove nothing.
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
    """Measure, print, and write every mistake to `build/training.json`."""
    parser = argparse.ArgumentParser(prog="python -m bench.training", description=__doc__)
    parser.add_argument("--count", type=int, default=40, help="number of submissions (default: 40)")
    parser.add_argument("--gate", type=int, help="measure N harmed pages instead")
    arguments = parser.parse_args()
    found = _gate(arguments.gate) if arguments.gate else _accuracy(arguments.count)
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
